import { describe, expect, it } from 'vitest'
import { mostApprovers, personKeys, samePerson } from './people.ts'
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
    [
      'another session of the same role',
      party('Dev/alice'),
      party('Dev/carol'),
      'sessions of the role `Dev`',
    ],
    ['the role in another case', party('Dev/alice'), party('dev/carol'), 'sessions of the role `Dev`'],
    ['the root and a user of that name', party(':root'), party('root'), 'behind the role'],
    ['the roots of two accounts', party(':root'), party(':root', theirs), 'both are called `:root`'],
  ] as const) {
    it(name, () => {
      expect(samePerson(one, other, [])).toContain(why)
      expect(samePerson(other, one, [])).toBeDefined()
    })
  }
})

describe('two callers are different people', () => {
  for (const [name, one, other, trusted] of [
    ['two users', party('alice'), party('carol'), []],
    ['a user and a session of another name', party('alice'), party('Admin/carol'), []],
    ['sessions of two roles', party('Dev/alice'), party('Admin/carol'), []],
    ['sessions of a role whose names are trusted', party('Dev/alice'), party('Dev/carol'), ['Dev']],
    ['a role of the same name in another account', party('Dev/alice'), party('Dev/carol', theirs), []],
    ['names of which one is part of the other', party('al'), party('alice'), []],
  ] as const) {
    it(name, () => {
      expect(samePerson(one, other, trusted)).toBeUndefined()
      expect(samePerson(other, one, trusted)).toBeUndefined()
    })
  }
})

describe('a trusted role', () => {
  it('is trusted as it is written only', () => {
    expect(samePerson(party('Fed/alice'), party('fed/carol'), ['Fed'])).toBeDefined()
    expect(samePerson(party('fed/carol'), party('Fed/alice'), ['Fed'])).toBeDefined()
  })
  it('still has one person for one session name', () =>
    expect(samePerson(party('Fed/alice'), party('Fed/Alice'), ['Fed'])).toBeDefined())
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
  for (const [approvers, trusted, most] of [
    [['carol'], undefined, 1],
    [['carol', 'Carol'], undefined, 1],
    [['carol', 'Admin/carol'], undefined, 1],
    [['carol', 'dave'], undefined, 2],
    [['*'], undefined, Number.POSITIVE_INFINITY],
    [['Leads/?'], [], Number.POSITIVE_INFINITY],
    [['Leads/carol', 'Leads/dave'], undefined, 2],
    [['Leads/carol', 'Leads/dave'], [], 1],
    [['Leads/carol', 'Leads/dave'], ['Leads'], 2],
    [['Leads/carol', 'leads/dave', 'erin'], [], 2],
  ] as const) {
    it(`${approvers.join(', ')}${trusted ? ` (trusted: ${trusted.join() || 'none'})` : ''}: ${most}`, () =>
      expect(mostApprovers(approvers, trusted)).toBe(most))
  }
})
