import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shownDiagnostics } from '../../hcl/show.fake.ts'
import { aclComplaint, defaultPolicyText, parseAcl, responseWrappingPolicyText } from '../index.ts'
import { capabilityNames } from './capability.ts'
import { policyOf } from './kit.fake.ts'

const wrong = (text: string) => {
  const source = { name: 'f', text }
  const { policy, diagnostics } = parseAcl(source, 'p')
  return {
    policy,
    wrong: shownDiagnostics(source, diagnostics).map((line) => line.replace(/ \(known are .*\)$/, '')),
  }
}
/** What the first block grants. */
const granted = (text: string) => {
  const [rule] = policyOf(text).rules
  return [rule?.pattern.join('|'), capabilityNames(rule?.capabilities ?? 0).join(' ')]
}

describe('a path block', () => {
  for (const [name, text, pattern, capabilities] of [
    ['in HCL', 'path "secret/*" { capabilities = ["read", "list"] }', 'secret/*', 'list read'],
    ['as an object', 'path = { "a" = { capabilities = ["read"] } }', 'a', 'read'],
    ['in JSON', '{"path": {"a": {"capabilities": ["create"]}}}', 'a', 'create'],
    ['in JSON as lists', '{"path": [{"a": [{"capabilities": ["sudo"]}]}]}', 'a', 'sudo'],
    [
      'in JSON with the old word',
      '{"path": {"a": {"policy": "write"}}}',
      'a',
      'create delete list read update',
    ],
    ['with the old word read', 'path "a" { policy = "read" }', 'a', 'list read'],
    ['with the old word sudo', 'path "a" { policy = "sudo" }', 'a', 'create delete list read sudo update'],
    ['with the old word deny', 'path "a" { policy = "deny" }', 'a', 'deny'],
    ['with both', 'path "a" { policy = "read" capabilities = ["patch"] }', 'a', 'list patch read'],
    ['whose deny drops the others', 'path "a" { capabilities = ["read", "deny"] }', 'a', 'deny'],
    ['that grants nothing', 'path "a" {}', 'a', 'deny'],
    ['with a leading slash', 'path "/a" { capabilities = ["read"] }', 'a', 'read'],
    [
      'with what newer servers know',
      'path "a" { capabilities = ["subscribe", "recover"] subscribe_event_types = ["*"] }',
      'a',
      'recover subscribe',
    ],
    [
      'with a comment and its end',
      'path "a" { comment = "x" expiration = "2030-01-01T00:00:00+01:00" capabilities = ["read"] }',
      'a',
      'read',
    ],
    ['of a policy with a name', 'name = "x"\npath "a" { capabilities = ["read"] }', 'a', 'read'],
  ] as const) {
    it(name, () => expect(granted(text)).toEqual([pattern, capabilities]))
  }

  it('keeps every condition', () => {
    const [rule] = policyOf(`path "a" {
      capabilities = ["update"]
      allowed_parameters = { "Foo" = ["zip", 1, true], "*" = [] }
      denied_parameters { bar = [] }
      required_parameters = ["Baz", "baz"]
      min_wrapping_ttl = "1m"
      max_wrapping_ttl = 7200
      mfa_methods = ["totp"]
      control_group = {
        ttl = "4h"
        factor "ops" {
          controlled_capabilities = ["write"]
          identity { group_names = ["managers"] approvals = 2 }
        }
        factor "more" { identity = { group_ids = ["g-1"] } }
      }
    }`).rules
    expect(rule?.conditions).toEqual({
      allowed: new Map<string, unknown[]>([
        ['foo', ['zip', 1, true]],
        ['*', []],
      ]),
      denied: new Map([['bar', []]]),
      required: ['baz'],
      minWrapSeconds: 60,
      maxWrapSeconds: 7200,
      mfaMethods: ['totp'],
      controlGroups: [
        {
          ttlSeconds: 14_400,
          factors: [
            { name: 'ops', controlled: 1 | 4, groupNames: ['managers'], groupIds: [], approvals: 2 },
            { name: 'more', controlled: 0, groupNames: [], groupIds: ['g-1'], approvals: 1 },
          ],
        },
      ],
    })
  })

  for (const [text, want] of [
    ['90', 90],
    ['"90"', 90],
    ['"1h30m"', 5400],
    ['"2d"', 172_800],
    ['"0s"', 0],
    ['0', 0],
  ] as const) {
    it(`has a time of ${text}`, () =>
      expect(policyOf(`path "a" { min_wrapping_ttl = ${text} }`).rules[0]?.conditions.minWrapSeconds).toBe(
        want,
      ))
  }

  it('belongs to the namespace of its policy', () =>
    expect(policyOf('path "+/a" {}', 'p', 'ns1/').rules[0]?.pattern).toEqual(['ns1/+/a']))
})

describe('a policy with mistakes', () => {
  for (const [name, text, ...want] of [
    ['an unknown key at the root', '\nfoo = 1', '2:1: invalid key "foo" on line 2'],
    [
      'an unknown key in a block',
      'path "x" {\n  capability = []\n}',
      '2:3: path "x": invalid key "capability" on line 2',
    ],
    [
      'an unknown capability',
      'path "x" { capabilities = ["raed"] }',
      '1:28: path "x": invalid capability "raed" (did you mean `read`?)',
    ],
    [
      'a capability in capitals',
      'path "x" { capabilities = ["READ"] }',
      '1:28: path "x": invalid capability "READ" (did you mean `read`?)',
    ],
    ['an unknown word of old', 'path "x" { policy = "y" }', '1:21: path "x": invalid policy "y"'],
    [
      'a star behind a plus',
      'path "x/+*" {}',
      '1:6: path "x/+*": invalid use of wildcards (\'+*\' is forbidden) (a trailing `*` follows a `/` or a letter)',
    ],
    [
      'times that exclude each other',
      'path "x" { min_wrapping_ttl = "2h" max_wrapping_ttl = "1h" }',
      '1:6: path "x": max_wrapping_ttl cannot be less than min_wrapping_ttl',
    ],
    [
      'a time that is none',
      'path "x" { max_wrapping_ttl = "soon" }',
      '1:31: path "x": max_wrapping_ttl must be a duration (write it like 90, 90s, 1h30m or 2d)',
    ],
    [
      'a time below nothing',
      'path "x" { max_wrapping_ttl = -1 }',
      '1:31: path "x": max_wrapping_ttl must be a duration (write it like 90, 90s, 1h30m or 2d)',
    ],
    [
      'a string for a list',
      'path "x" { capabilities = "read" }',
      '1:27: path "x": capabilities must be a list (write it in brackets)',
    ],
    [
      'a value for a list of values',
      'path "x" { allowed_parameters = { a = "b" } }',
      '1:39: path "x": each of allowed_parameters must be a list (write it in brackets)',
    ],
    [
      'a parameter twice',
      'path "x" { denied_parameters = { a = [] A = [1] } }',
      '1:41: path "x": "A" is given twice (say it once)',
    ],
    [
      'a key twice',
      'path "x" { capabilities = ["deny"] capabilities = ["read"] }',
      '1:36: path "x": "capabilities" is given twice (say it once)',
    ],
    ['a value for a block', 'path = "x"', '1:8: path must be a block (write it like name { … })'],
    [
      'a path without its name',
      'path { capabilities = ["read"] }',
      '1:23: path "capabilities": it must be a block (write it like name { … })',
    ],
    [
      'a list for a block',
      '{"path": {"x": []}}',
      '1:16: path "x": it must be a block (write it like name { … })',
    ],
    [
      'an end that is none',
      'path "x" { expiration = "tomorrow" }',
      '1:25: path "x": expiration must be a time (write it like 2026-12-31T23:59:59Z)',
    ],
    [
      'a template that is not closed',
      'path "x/{{identity.entity.id}" {}',
      '1:6: path "x/{{identity.entity.id}": unbalanced templating characters (write what is to be filled in like {{identity.entity.name}})',
    ],
    [
      'a control group of nobody',
      'path "x" { control_group = { } }',
      '1:28: path "x": control_group has no factor',
    ],
    [
      'a factor of no group',
      'path "x" { control_group = { factor "f" { identity { approvals = 1 } } } }',
      '1:37: path "x": factor "f" names no group',
    ],
    [
      'no approvals',
      'path "x" { control_group = { factor "f" { identity { group_names = ["a"] approvals = 0 } } } }',
      '1:86: path "x": approvals must be a number above 0',
    ],
    [
      'all at once, in order',
      'path "x" { policy = 1 }\nfoo {}\npath "y" { capabilities = ["no"] }\nbar',
      '1:21: path "x": policy must be a string',
      '2:1: invalid key "foo" on line 2',
      '3:28: path "y": invalid capability "no"',
      '4:4: expected `=` or `{`, found the end of the file',
    ],
  ] as const) {
    it(name, () => expect(wrong(text)).toEqual({ policy: undefined, wrong: want }))
  }

  it('is told in words that clients look for, with the line and a caret', () => {
    const source = { name: 'p', text: 'path "x" {\n  capabilities = ["raed", "y"]\n}' }
    expect(aclComplaint(source, parseAcl(source, 'p').diagnostics)).toBe(
      [
        'failed to parse policy: path "x": invalid capability "raed" (line 2, column 19)',
        '  |   capabilities = ["raed", "y"]',
        '  |                   ^^^^^^',
        '  hint: did you mean `read`?',
        'path "x": invalid capability "y" (line 2, column 27)',
        '  |   capabilities = ["raed", "y"]',
        '  |                           ^^^',
      ].join('\n'),
    )
  })

  it('is told a hundred mistakes at most', () =>
    expect(wrong('foo = 1\n'.repeat(10_000)).wrong).toHaveLength(100))

  it('is warned of a value that others may begin with', () => {
    const { policy, wrong: warnings } = wrong('path "a/{{identity.entity.name}}*" {}')
    expect(policy).toBeDefined()
    expect(warnings).toEqual([
      '1:6: warning: path "a/{{identity.entity.name}}*": it also matches whatever begins with the value that is filled in (end it with `/*`)',
    ])
  })
})

describe('a policy with a thousand warnings', () => {
  it('is read to its end, and warned a hundred times', () => {
    const block = (at: number) => `path "${at}/{{identity.entity.name}}*" { policy = "deny" }`
    const text = Array.from({ length: 1000 }, (_, at) => block(at)).join('\n')
    const { policy, diagnostics } = parseAcl({ name: 'f', text }, 'p')
    expect([policy?.rules.length, diagnostics.length]).toEqual([1000, 100])
  })
})

describe('a hostile policy', () => {
  for (const [name, text] of [
    ['of 10 MB', 'path "a" {}\n'.repeat(900_000)],
    ['of 10 MB in one string', `path "${'a'.repeat(10_000_000)}" {}`],
    ['of 100,000 brackets', `path "a" { x = ${'['.repeat(100_000)}`],
    ['of 100,000 blocks', 'path {'.repeat(100_000)],
    ['of 100,000 objects of JSON', '{"path":'.repeat(100_000)],
    ['of names only', 'a '.repeat(500_000)],
    ['of braces only', '}'.repeat(1_000_000)],
    ['of quotes only', '"'.repeat(1_000_000)],
    ['of comments that begin', '/*'.repeat(500_000)],
    ['of heredocs that begin', '<<E\n'.repeat(250_000)],
    ['of 500,000 segments', `path "${'+/'.repeat(500_000)}" {}`],
    ['of templates that begin', `path "${'{{'.repeat(500_000)}" {}`],
  ] as const) {
    it(`${name} is refused`, () => expect(parseAcl({ name: 'f', text }, 'p').policy).toBeUndefined())
  }

  it('of a megabyte of blocks is read', () =>
    expect(policyOf('path "a" {}\n'.repeat(60_000)).rules).toHaveLength(60_000))

  it('of a megabyte of JSON is read', () =>
    expect(
      policyOf(`{"path":{${Array.from({ length: 60_000 }, (_, at) => `"${at}":{}`).join(',')}}}`).rules,
    ).toHaveLength(60_000))

  it('whatever it is, does not make the reader throw, and every span lies in it', () => {
    const piece = fc.constantFrom(
      'path',
      ' "a" ',
      '{',
      '}',
      '[',
      ']',
      '=',
      ',',
      '\n',
      '"read"',
      'capabilities',
      'policy',
      'allowed_parameters',
      'control_group',
      'factor',
      'identity',
      'min_wrapping_ttl',
      '1',
      '"{{identity.entity.id}}"',
      '"+*"',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('')
        const { policy, diagnostics } = parseAcl({ name: 'f', text }, 'p')
        expect(policy === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'))
        for (const { span } of diagnostics) {
          expect(span.start).toBeLessThanOrEqual(span.end)
          expect(span.end).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the policies that are there from the beginning', () => {
  for (const [name, text, count] of [
    ['default', defaultPolicyText, 18],
    ['response-wrapping', responseWrappingPolicyText, 2],
  ] as const) {
    it(`${name} is a policy without a warning`, () => {
      const { policy, diagnostics } = parseAcl({ name, text }, name)
      expect([policy?.rules.length, diagnostics]).toEqual([count, []])
    })
  }
})
