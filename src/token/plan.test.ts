import { describe, expect, test } from 'vitest'
import { Secret } from '../base/index.ts'
import type { TokenEntry } from './entry.ts'
import { nothingAsked } from './kit.fake.ts'
import { systemLimits } from './lifetime.ts'
import { type Asker, planToken, rootPlan, type TokenRequest } from './plan.ts'
import { plainRole, type Role } from './roles.ts'

const { id: _id, numUses: _numUses, ...ofRoot } = rootPlan
const root: TokenEntry = {
  ...ofRoot,
  key: 'k',
  accessor: 'a',
  usesLeft: undefined,
  createdAtMs: 0,
  renewedAtMs: undefined,
  expiresAtMs: undefined,
}
const plain: TokenEntry = {
  ...root,
  policies: ['default', 'p', 'q'],
  ttlSeconds: 60,
  expiresAtMs: 60_000,
  entityId: 'e',
  boundCidrs: ['10.0.0.0/8'],
}

type Case = {
  readonly asked?: Partial<TokenRequest>
  readonly by?: Partial<TokenEntry>
  readonly asker?: Partial<Asker>
  readonly role?: Partial<Role>
}

function planned({ asked, by, asker, role }: Case) {
  const entry = { ...plain, ...by }
  const full: Asker = {
    entry,
    hasSudo: entry.policies.includes('root'),
    isOrphanPath: false,
    entityId: undefined,
    ...asker,
  }
  const ofRole = role === undefined ? undefined : { ...plainRole('r'), ...role }
  return planToken({ ...nothingAsked, ...asked }, full, ofRole, systemLimits)
}

const sudo = { asker: { hasSudo: true } } as const
const byRoot = { by: root } as const
const id = new Secret('chosen')

describe('what is not made', () => {
  const cases: readonly (readonly [string, Case, string])[] = [
    ['a child of a batch token', { by: { type: 'batch' } }, 'batch tokens cannot create more tokens'],
    [
      'a child of a token whose uses are counted',
      { by: { usesLeft: 3 } },
      'restricted use token cannot generate child tokens',
    ],
    ['even in its last use', { by: { usesLeft: 0 } }, 'restricted use token cannot generate child tokens'],
    [
      'with a policy that the parent has not',
      { asked: { policies: ['p', 'z'] } },
      'child policies must be subset of parent',
    ],
    [
      'root, by another than root',
      { asked: { policies: ['root'] } },
      'child policies must be subset of parent',
    ],
    [
      'root, by sudo',
      { ...sudo, asked: { policies: ['root'] } },
      'root tokens may not be created without parent token being root',
    ],
    [
      'root in another case, by sudo',
      { ...sudo, asked: { policies: [' RooT'] } },
      'root tokens may not be created without',
    ],
    [
      'root, by a role that allows it',
      { role: { allowedPolicies: ['root'] } },
      'root tokens may not be created without',
    ],
    [
      'root, by a role that allows everything',
      { asked: { policies: ['root'] }, role: { allowedPoliciesGlob: ['*'] } },
      'root tokens may not be created without',
    ],
    [
      'a root that does not end, by one that does',
      { by: { ...root, expiresAtMs: 1 } },
      'expiring root tokens cannot create non-expiring root tokens',
    ],
    ['a root of one request', { ...byRoot, asked: { type: 'batch' } }, 'batch tokens cannot be root tokens'],
    [
      'a wrapping token, by root',
      { ...byRoot, asked: { policies: ['response-wrapping'] } },
      'cannot assign policy "response-wrapping"',
    ],
    [
      'a control group token',
      { ...sudo, asked: { policies: ['Control-Group'] } },
      'cannot assign policy "control-group"',
    ],
    ['a chosen id without sudo', { asked: { id } }, 'root or sudo privileges required to specify token id'],
    [
      'an orphan without sudo',
      { asked: { noParent: true } },
      'root or sudo privileges required to create orphan token',
    ],
    [
      'a periodic one without sudo',
      { asked: { periodSeconds: 60 } },
      'root or sudo privileges required to create periodic token',
    ],
    [
      'an id with a dot',
      { ...sudo, asked: { id: new Secret('a.b') } },
      "custom token ID cannot have a '.' in the value",
    ],
    [
      'an id that looks like a service token',
      { ...sudo, asked: { id: new Secret('hvs.x') } },
      "the 'hvs.' prefix",
    ],
    ['an id that looks like an old token', { ...sudo, asked: { id: new Secret('s.x') } }, "the 's.' prefix"],
    [
      'an id that no header carries',
      { ...sudo, asked: { id: new Secret('a\nb') } },
      'cannot be sent in a header',
    ],
    [
      'batch with an explicit maximum',
      { asked: { type: 'batch', explicitMaxSeconds: 9 } },
      'batch tokens cannot have explicit max TTLs',
    ],
    [
      'batch with counted uses',
      { asked: { type: 'batch', numUses: 9 } },
      'batch tokens cannot have limited use counts',
    ],
    [
      'batch with a period',
      { ...sudo, asked: { type: 'batch', periodSeconds: 9 } },
      'batch tokens cannot have periods',
    ],
    [
      'batch with a chosen id',
      { ...sudo, asked: { type: 'batch', id } },
      'batch tokens cannot have custom ids',
    ],
    ['fewer than no uses', { asked: { numUses: -1 } }, 'number of uses cannot be negative'],
    ['a life before its birth', { asked: { ttlSeconds: -1 } }, 'ttl must be positive'],
    [
      'the child of 64 parents',
      { by: { parent: { key: 'k', accessor: 'a', depth: 64 } } },
      'tokens cannot be nested deeper than 64',
    ],
    [
      'what the role does not allow',
      { asked: { policies: ['z'] }, role: { allowedPolicies: ['y'] } },
      'must be subset of the role',
    ],
    [
      'what the role forbids',
      { asked: { policies: ['z'] }, role: { disallowedPolicies: ['Z'] } },
      'token policy "z" is disallowed by this role',
    ],
    [
      'what the role forbids by a glob',
      { asked: { policies: ['p'] }, role: { disallowedPoliciesGlob: ['p*'] } },
      'is disallowed by this role',
    ],
    [
      'what the role allows and forbids',
      { role: { allowedPolicies: ['y'], disallowedPolicies: ['y'] } },
      'is disallowed by this role',
    ],
    [
      'a policy of others, by a role without lists',
      { asked: { policies: ['z'] }, role: {} },
      'child policies must be subset of parent',
    ],
  ]
  for (const [name, made, message] of cases) test(name, () => expect(() => planned(made)).toThrow(message))
})

describe('what a token has', () => {
  const cases: readonly (readonly [string, Case, Partial<ReturnType<typeof planned>['plan']>])[] = [
    ['the policies of its parent where it names none', {}, { policies: ['default', 'p', 'q'] }],
    ['none that its parent has not', { by: { policies: ['p'] } }, { policies: ['p'] }],
    ['clean names', { asked: { policies: ['Q ', 'p', '', 'q'] } }, { policies: ['default', 'p', 'q'] }],
    [
      '`default` alone, where the only name means nothing',
      { asked: { policies: ['', ' '] } },
      { policies: ['default'] },
    ],
    [
      'nor root from root then',
      { ...byRoot, asked: { policies: [''] } },
      { policies: ['default'], ttlSeconds: 2_764_800 },
    ],
    [
      'nor all that a role allows',
      { role: { allowedPolicies: ['p', 'z'] }, asked: { policies: [''] } },
      { policies: ['default'] },
    ],
    ['`default` beside them', { asked: { policies: ['p'] } }, { policies: ['default', 'p'] }],
    [
      'unless it is not wanted',
      { asked: { policies: ['p'], noDefaultPolicy: true } },
      { policies: ['p'], noDefaultPolicy: true },
    ],
    ['nor the parent has it', { by: { policies: ['p'] }, asked: { policies: ['p'] } }, { policies: ['p'] }],
    ['with sudo, any policies', { ...sudo, asked: { policies: ['z'] } }, { policies: ['default', 'z'] }],
    [
      'with sudo still not by default what is not wanted',
      { ...sudo, asked: { policies: ['z'], noDefaultPolicy: true } },
      { policies: ['z'] },
    ],
    [
      'root alone, where root is among them',
      { ...byRoot, asked: { policies: ['p', 'root'] } },
      { policies: ['root'], ttlSeconds: 0, renewable: false },
    ],
    ['no end as a child of root, with root', byRoot, { policies: ['root'], ttlSeconds: 0 }],
    [
      'an end, where root asks for it',
      { ...byRoot, asked: { ttlSeconds: 60 } },
      { ttlSeconds: 60, renewable: true },
    ],
    [
      'an end, where root asks for a maximum',
      { ...byRoot, asked: { explicitMaxSeconds: 60 } },
      { ttlSeconds: 60 },
    ],
    ['an end, without root', { ...byRoot, asked: { policies: ['p'] } }, { ttlSeconds: 2_764_800 }],
    [
      'the entity and networks of its parent',
      {},
      { entityId: 'e', boundCidrs: ['10.0.0.0/8'], parent: { key: 'k', accessor: 'a', depth: 1 } },
    ],
    [
      'neither, as an orphan',
      { ...sudo, asked: { noParent: true } },
      { entityId: '', boundCidrs: [], parent: undefined },
    ],
    [
      'nor by the path for orphans, which needs no sudo',
      { asker: { isOrphanPath: true } },
      { entityId: '', parent: undefined, path: 'auth/token/create-orphan' },
    ],
    ['a display name', { asked: { displayName: 'my name!' } }, { displayName: 'token-my-name' }],
    ['`token` as a name where none is given', {}, { displayName: 'token' }],
    [
      'the shorter of two ends',
      { asked: { ttlSeconds: 1800, explicitMaxSeconds: 300 } },
      { ttlSeconds: 300, explicitMaxSeconds: 300 },
    ],
    [
      'its period as its life',
      { ...sudo, asked: { periodSeconds: 1800 } },
      { ttlSeconds: 1800, periodSeconds: 1800 },
    ],
    ['no renewal where none is wanted', { asked: { renewable: false } }, { renewable: false }],
    ['nor as a batch token', { asked: { type: 'batch' } }, { type: 'batch', renewable: false }],
    [
      'all that its role allows, and default',
      { role: { allowedPolicies: ['testpolicy'] } },
      { policies: ['default', 'testpolicy'], role: 'r', path: 'auth/token/create/r' },
    ],
    [
      'without default where the role says so',
      { role: { allowedPolicies: ['y'], noDefaultPolicy: true } },
      { policies: ['y'] },
    ],
    [
      'or forbids it',
      { role: { allowedPolicies: ['y'], disallowedPolicies: ['default'] } },
      { policies: ['y'] },
    ],
    [
      'what its role allows by a glob',
      { asked: { policies: ['team-a'] }, role: { allowedPoliciesGlob: ['team-*'] } },
      { policies: ['default', 'team-a'] },
    ],
    [
      'anything that its role does not forbid',
      { asked: { policies: ['y'] }, role: { disallowedPolicies: ['z'] } },
      { policies: ['default', 'y'] },
    ],
    [
      'the suffix of its role in its path',
      { role: { pathSuffix: 'ci' } },
      { path: 'auth/token/create/r/ci' },
    ],
    [
      'the networks of its role',
      { role: { boundCidrs: ['192.168.0.0/16'] } },
      { boundCidrs: ['192.168.0.0/16'] },
    ],
    ['no parent where its role says so', { role: { isOrphan: true } }, { parent: undefined }],
    [
      'a parent where its role says so, whatever is asked',
      { ...sudo, asked: { noParent: true }, role: {} },
      { parent: { key: 'k', accessor: 'a', depth: 1 } },
    ],
    [
      'the kind that its role demands',
      { asked: { type: 'service' }, role: { tokenType: 'batch', isOrphan: true, renewable: false } },
      { type: 'batch' },
    ],
    [
      'the kind that it asks for, where its role has a default',
      { asked: { type: 'service' }, role: { tokenType: 'default-batch' } },
      { type: 'service' },
    ],
    [
      'the period of its role without sudo',
      { role: { periodSeconds: 600 } },
      { periodSeconds: 600, ttlSeconds: 600 },
    ],
    ['the fewer uses', { asked: { numUses: 9 }, role: { numUses: 3 } }, { numUses: 3 }],
    ['no renewal where its role forbids it', { role: { renewable: false } }, { renewable: false }],
    [
      'an entity of its own where one was found for it',
      { asker: { entityId: 'other' }, role: {} },
      { entityId: 'other' },
    ],
  ]
  for (const [name, made, want] of cases) test(name, () => expect(planned(made).plan).toMatchObject(want))

  test('whoever gets less than asked is told', () =>
    expect(planned({ asked: { ttlSeconds: 1800, explicitMaxSeconds: 300 } }).warnings).toEqual([
      'TTL of "30m" exceeded the effective max_ttl of "5m"; TTL value is capped accordingly',
    ]))
})
