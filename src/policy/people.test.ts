import { describe, expect, it } from 'vitest'
import { mostApprovers, personKeys, samePerson, whyAnybody, whyOnlyAnybody } from './people.ts'
import { ours, party, theirs } from './rules/kit.fake.ts'

describe('two callers are taken for one person', () => {
  for (const [name, one, other, why] of [
    ['the same caller', party('alice'), party('alice'), 'ARN'],
    ['a name in another case', party('alice'), party('Alice'), 'ARN'],
    [
      'a name in another account',
      party('alice'),
      party('alice', theirs),
      'both are called `alice`, whatever the account',
    ],
    [
      'another case in another account',
      party('alice'),
      party('ALICE', theirs),
      'both are called `alice`, whatever the account',
    ],
    [
      'the same name under another path',
      party('alice'),
      { ...party('alice'), arn: `arn:aws:iam::${ours}:user/admins/alice` },
      'both are called `alice`, whatever the account',
    ],
    ['a user and a session of that name', party('alice'), party('Admin/alice'), 'behind the role'],
    ['a session and a user of that name', party('Admin/alice'), party('alice'), 'behind the role'],
    ['sessions of two roles by one name', party('Dev/alice'), party('Admin/Alice'), 'behind the role'],
    ['a user and a federated user of that name', party('bob'), party(':federated/bob'), 'behind the role'],
    ['the root and a user of that name', party(':root'), party('root'), 'behind the role'],
    ['the roots of two accounts', party(':root'), party(':root', theirs), 'both are called `:root`'],
  ] as const) {
    it(name, () => {
      expect(samePerson(one, other)).toContain(why)
      expect(samePerson(other, one)).toBeDefined()
    })
  }
})

describe('two callers are different people', () => {
  for (const [name, one, other] of [
    ['two users', party('alice'), party('carol')],
    ['a user and a session of another name', party('alice'), party('Fed/carol')],
    ['sessions of a role', party('Fed/alice'), party('Fed/carol')],
    ['names of which one is part of the other', party('al'), party('alice')],
  ] as const) {
    it(name, () => {
      expect(samePerson(one, other)).toBeUndefined()
      expect(samePerson(other, one)).toBeUndefined()
    })
  }
})

describe('a caller', () => {
  for (const [name, isAnybody, trusted] of [
    ['alice', false, []],
    [':root', false, []],
    ['Dev/alice', true, []],
    ['Dev/alice', true, ['dev']],
    ['Dev/alice', true, ['Developers']],
    ['Dev/alice', false, ['Fed', 'Dev']],
    [':federated/alice', true, []],
    [':federated/alice', true, [':federated']],
  ] as const) {
    it(`${name} may ${isAnybody ? 'be anybody' : 'be nobody else'}, where ${trusted.join() || 'no role'} is trusted`, () =>
      expect(whyAnybody(party(name), trusted) !== undefined).toBe(isAnybody))
  }

  it('is told by what they chose their name', () => {
    expect(whyAnybody(party('Dev/alice'), [])).toBe(
      'whoever may assume the role `Dev` chooses the name of the session',
    )
    expect(whyAnybody(party(':federated/bob'), [])).toContain('federated session')
  })
})

describe('a pattern', () => {
  for (const [pattern, isOnly, trusted] of [
    ['carol', false, []],
    ['*', false, []],
    [':*', false, []],
    ['Dev/*', true, []],
    ['*/*', true, []],
    ['*/*', false, ['Fed']],
    ['F?d/carol', false, ['Fed']],
    ['Dev/*', true, ['Fed']],
    [':federated/*', true, ['Fed']],
  ] as const) {
    it(`${pattern} names ${isOnly ? 'only whoever may be anybody' : 'others too'}, where ${trusted.join() || 'no role'} is trusted`, () =>
      expect(whyOnlyAnybody(pattern, trusted) !== undefined).toBe(isOnly))
  }
})

describe('an emergency has the place and the limits of', () => {
  for (const [name, caller, want] of [
    ['a user, in any case', party('Alice'), ['name:alice']],
    ['a session by its name and by its role', party('Dev/A1'), ['name:a1', `role:${ours}:dev`]],
    [
      'a federated user, who is called as somebody likes',
      party(':federated/Bob'),
      ['name:bob', `role:${ours}::federated`],
    ],
    ['the root', party(':root'), ['name:root']],
  ] as const) {
    it(name, () => expect(personKeys(caller)).toEqual(want))
  }

  const shared = (one: ReturnType<typeof party>, other: ReturnType<typeof party>) =>
    personKeys(one).some((key) => personKeys(other).includes(key))
  for (const [name, one, other, want] of [
    ['one person: a user and a session of that name', party('alice'), party('Sandbox/alice'), true],
    ['one person: two sessions of a role', party('Sandbox/alice'), party('Sandbox/carol'), true],
    ['one person: one name in two accounts', party('alice'), party('Alice', theirs), true],
    ['one person: one session name behind two roles', party('Dev/alice'), party('Ops/alice'), true],
    ['two people: two users', party('alice'), party('carol'), false],
    ['two people: sessions of two roles', party('Dev/alice'), party('Ops/carol'), false],
    ['two people: one role name in two accounts', party('Dev/alice'), party('Dev/carol', theirs), false],
  ] as const) {
    it(name, () => expect(shared(one, other)).toBe(want))
  }
})

describe('a list of approvers names at most', () => {
  for (const [approvers, most] of [
    [['carol'], 1],
    [['carol', 'Carol'], 1],
    [['carol', 'Admin/carol'], 1],
    [['carol', 'dave'], 2],
    [['*'], Number.POSITIVE_INFINITY],
    [['Leads/?'], Number.POSITIVE_INFINITY],
    [['Leads/carol', 'Leads/dave'], 2],
  ] as const) {
    it(`${approvers.join(', ')}: ${most}`, () => expect(mostApprovers(approvers)).toBe(most))
  }
})
