import { describe, expect, it } from 'vitest'
import { SentinelError } from '../../base/index.ts'
import {
  type ApiCaller,
  type ApiRequestFacts,
  compileAcl,
  decideApiRequest,
  isAllow,
  type Parameters,
  rootPolicy,
} from '../index.ts'
import { aclOf, policyOf, rulesOf } from './kit.fake.ts'

const holder = (text: string): ApiCaller => ({
  kind: 'holder',
  acl: aclOf(text),
  isEntityDisabled: false,
  isAddressAllowed: true,
})
const rootCaller: ApiCaller = {
  kind: 'holder',
  acl: compileAcl([rootPolicy], undefined, 0),
  isEntityDisabled: false,
  isAddressAllowed: true,
}
const noData: Parameters = Object.create(null)
const facts: ApiRequestFacts = {
  nowMs: 0,
  path: 'secret/a',
  anyCaseBehind: undefined,
  operation: { known: 'read' },
  data: noData,
  read: () => undefined,
  wrapSeconds: undefined,
  mountAccessor: 'kv_1',
  isUnauthenticated: false,
  isRootProtected: false,
  caller: { known: holder(rulesOf(['secret/*: read, list'])) },
  governing: undefined,
}
const down = new SentinelError('STORE_UNAVAILABLE', 'the store is down')
const rule = (block: string) => ({
  known: holder(`path "secret/*" { capabilities = ["read", "update", "list", "delete"] ${block} }`),
})
const sent = (parameters: Record<string, unknown>) =>
  Object.assign(Object.create(null) as object, parameters) as Parameters

/** `allow`, or what refused. */
function decided(change: Partial<ApiRequestFacts>): string {
  const decision = decideApiRequest({ ...facts, ...change }, new Map())
  if (decision.kind === 'deny') return decision.why.kind
  expect(isAllow(decision)).toBe(true)
  return 'allow'
}

describe('a request', () => {
  for (const [name, change, want] of [
    ['with the capability', {}, 'allow'],
    ['without the capability', { operation: { known: 'update' } }, 'acl'],
    ['on a path that nothing matches', { path: 'other' }, 'acl'],
    ['on a path that is denied', { caller: { known: holder(rulesOf(['secret/*: deny'])) } }, 'acl'],
    ['that renews needs update', { operation: { known: 'renew' }, caller: rule('') }, 'allow'],
    ['that revokes needs update', { operation: { known: 'revoke' } }, 'acl'],
    ['for help needs nothing', { operation: { known: 'help' }, path: 'other' }, 'allow'],
    ['for help needs no sudo', { operation: { known: 'help' }, isRootProtected: true }, 'allow'],
    [
      'for help needs a token',
      { operation: { known: 'help' }, caller: { known: { kind: 'nobody', because: 'no token' } } },
      'token',
    ],

    ['on a root-protected path without sudo', { isRootProtected: true }, 'sudo'],
    [
      'on a root-protected path with sudo',
      { isRootProtected: true, caller: { known: holder(rulesOf(['secret/*: read, sudo'])) } },
      'allow',
    ],
    [
      'on a root-protected path with sudo only',
      { isRootProtected: true, caller: { known: holder(rulesOf(['secret/*: sudo'])) } },
      'acl',
    ],
    ['of root', { path: 'sys/raw', isRootProtected: true, caller: { known: rootCaller } }, 'allow'],

    ['without a token', { caller: { known: { kind: 'nobody', because: 'no token' } } }, 'token'],
    [
      'without a token, where none is needed',
      { isUnauthenticated: true, caller: { known: { kind: 'nobody', because: 'no token' } } },
      'allow',
    ],
    [
      'with a token that grants nothing, where none is needed',
      { isUnauthenticated: true, caller: { known: holder('') } },
      'allow',
    ],
    [
      'of a disabled entity',
      { caller: { known: { ...holder(rulesOf(['*'])), isEntityDisabled: true } as ApiCaller } },
      'entity',
    ],
    [
      'of a disabled entity, where no token is needed',
      { isUnauthenticated: true, caller: { known: { ...holder(''), isEntityDisabled: true } as ApiCaller } },
      'entity',
    ],
    [
      'from an address that the token is not bound to',
      { caller: { known: { ...holder(rulesOf(['*'])), isAddressAllowed: false } as ApiCaller } },
      'address',
    ],
    [
      'of root from an address that the token is not bound to',
      { caller: { known: { ...rootCaller, isAddressAllowed: false } as ApiCaller } },
      'address',
    ],

    ['whose caller cannot be looked up', { caller: { unavailable: down } }, 'unavailable'],
    [
      'whose caller cannot be looked up, where no token is needed',
      { isUnauthenticated: true, caller: { unavailable: down } },
      'unavailable',
    ],
    ['of which is not known whether it creates', { operation: { unavailable: down } }, 'unavailable'],
    [
      'by policies that were compiled for an earlier moment',
      {
        nowMs: 60_000,
        caller: { known: holder('path "secret/a" { policy = "read" expiration = "1970-01-01T00:01:00Z" }') },
      },
      'unavailable',
    ],
    [
      'by policies that are about to expire',
      {
        nowMs: 59_999,
        caller: { known: holder('path "secret/a" { policy = "read" expiration = "1970-01-01T00:01:00Z" }') },
      },
      'allow',
    ],

    ['that must be wrapped and is not', { caller: rule('min_wrapping_ttl = "1s"') }, 'wrapping'],
    [
      'that must be wrapped, for no time',
      { caller: rule('min_wrapping_ttl = "1s"'), wrapSeconds: 0 },
      'wrapping',
    ],
    ['that must be wrapped and is', { caller: rule('min_wrapping_ttl = "1s"'), wrapSeconds: 1 }, 'allow'],
    [
      'that must be wrapped for longer',
      { caller: rule('min_wrapping_ttl = 60'), wrapSeconds: 59 },
      'wrapping',
    ],
    ['that must be wrapped for less', { caller: rule('max_wrapping_ttl = 60'), wrapSeconds: 61 }, 'wrapping'],
    ['that may be wrapped so long', { caller: rule('max_wrapping_ttl = 60'), wrapSeconds: 60 }, 'allow'],
    ['that may be wrapped at most, and is not', { caller: rule('max_wrapping_ttl = 60') }, 'wrapping'],
    [
      'that deletes must be wrapped too',
      { operation: { known: 'delete' }, caller: rule('min_wrapping_ttl = "1s"') },
      'wrapping',
    ],

    [
      'with a parameter that is denied',
      { caller: rule('denied_parameters = { a = [] }'), data: sent({ a: 1 }) },
      'parameters',
    ],
    [
      'with a parameter that is denied, where they do not count',
      {
        operation: { known: 'delete' },
        caller: rule('denied_parameters = { a = [] }'),
        data: sent({ a: 1 }),
      },
      'allow',
    ],
    [
      'for a list, without what is required',
      { operation: { known: 'list' }, path: 'secret/', caller: rule('required_parameters = ["a"]') },
      'allow',
    ],
    ['for a read, without what is required', { caller: rule('required_parameters = ["a"]') }, 'parameters'],

    [
      'that a method must confirm and others must agree to',
      {
        caller: rule(
          'mfa_methods = ["totp"] control_group = { factor "f" { identity { group_names = ["g"] } } }',
        ),
      },
      'control-group',
    ],
    [
      'that others must agree to',
      { caller: rule('control_group = { factor "f" { identity { group_names = ["g"] } } }') },
      'control-group',
    ],
    [
      'that others must agree to if it writes',
      {
        caller: rule(
          'control_group = { factor "f" { controlled_capabilities = ["write"] identity { group_names = ["g"] } } }',
        ),
      },
      'allow',
    ],
    [
      'that writes, and others must agree if it does',
      {
        operation: { known: 'update' },
        caller: rule(
          'control_group = { factor "f" { controlled_capabilities = ["write"] identity { group_names = ["g"] } } }',
        ),
      },
      'control-group',
    ],
  ] as const satisfies readonly (readonly [string, Partial<ApiRequestFacts>, string])[]) {
    it(`${name}: ${want}`, () => expect(decided(change)).toBe(want))
  }

  it('is refused where merged policies leave no time to wrap', () => {
    const acl = compileAcl(
      [
        policyOf('path "secret/a" { policy = "read" min_wrapping_ttl = 60 }', 'a'),
        policyOf('path "secret/a" { policy = "read" max_wrapping_ttl = 30 }', 'b'),
      ],
      undefined,
      0,
    )
    const caller = {
      known: { kind: 'holder', acl, isEntityDisabled: false, isAddressAllowed: true },
    } as const
    for (const wrapSeconds of [undefined, 1, 30, 45, 60, 90])
      expect(decided({ caller, wrapSeconds })).toBe('wrapping')
  })
})

describe('what is told of a decision', () => {
  const decide = (change: Partial<ApiRequestFacts>) => decideApiRequest({ ...facts, ...change }, new Map())

  it('names the policies that granted it', () => {
    const decision = decide({})
    expect(decision).toMatchObject({
      kind: 'allow',
      because: 'path `secret/*`',
      grant: {
        path: 'secret/a',
        operation: 'read',
        mountAccessor: 'kv_1',
        grantingPolicies: [{ name: 'test', namespace: '' }],
      },
    })
  })

  it('names root', () =>
    expect(decide({ caller: { known: rootCaller } })).toMatchObject({
      because: 'policy root',
      grant: { grantingPolicies: [{ name: 'root', namespace: '' }] },
    }))

  it('names what refused, and tells the caller nothing of it', () => {
    const decision = decide({ operation: { known: 'update' } })
    expect(decision).toMatchObject({
      because: '`update` is not granted',
      why: { kind: 'acl', pattern: 'secret/*' },
    })
    expect(decision.kind === 'deny' && decision.why.error.message).toBe(
      '1 error occurred:\n\t* permission denied\n\n',
    )
  })

  it('tells a caller without a token less', () => {
    const decision = decide({ caller: { known: { kind: 'nobody', because: 'the token has ended' } } })
    expect(decision).toMatchObject({ because: 'the token has ended' })
    expect(decision.kind === 'deny' && decision.why.error.message).toBe('permission denied')
  })

  it('tells what could not be looked up', () => {
    const decision = decide({ caller: { unavailable: down } })
    expect(decision.kind === 'deny' && decision.why.error).toBe(down)
  })
})

describe('a path with mfa_methods', () => {
  const both = { ...facts, caller: rule('mfa_methods = ["b", "a"]') }
  const no = { known: { valid: false, because: 'the code is wrong', told: 'no' } }
  const asked = (...said: readonly (readonly [string, unknown])[]) => {
    const answers = new Map(said.map(([name, fact]) => [`mfa/${name}`, fact as { known: unknown }]))
    const decision = decideApiRequest(both, answers)
    if (decision.kind === 'need') return decision.ask.key
    return decision.kind === 'deny' ? decision.why.kind : 'allow'
  }
  for (const [name, said, want] of [
    ['asks the first', [], 'mfa/b'],
    ['asks the next when the first has confirmed', [['b', { known: { valid: true } }]], 'mfa/a'],
    ['asks nobody behind one that does not confirm', [['b', no]], 'mfa'],
    ['is refused by one that cannot be asked', [['b', { unavailable: down }]], 'unavailable'],
    [
      'is granted when all have confirmed',
      [
        ['b', { known: { valid: true } }],
        ['a', { known: { valid: true } }],
      ],
      'allow',
    ],
  ] as const) {
    it(name, () => expect(asked(...said)).toBe(want))
  }

  it('asks nobody for what the ACL does not grant, nor for help', () => {
    for (const operation of ['create', 'help'] as const) {
      const decision = decideApiRequest({ ...both, operation: { known: operation } }, new Map())
      expect(decision.kind).toBe(operation === 'help' ? 'allow' : 'deny')
    }
  })

  it('tells whoever asks which method, and the record why', () => {
    const decision = decideApiRequest(both, new Map([['mfa/b', no]]))
    if (decision.kind !== 'deny') throw new Error(decision.kind)
    expect(decision.why.error.message).toBe(
      '2 errors occurred:\n\t* MFA method "b" did not confirm it: no\n\n\t* permission denied\n\n',
    )
    expect(decision.because).toBe('MFA method `b` did not confirm it: the code is wrong')
  })
})
