import { describe, expect, it } from 'vitest'
import { userMatches } from './users.ts'

describe('whom a pattern names', () => {
  for (const [pattern, user, want] of [
    ['alice', 'alice', true],
    ['alice', 'Alice', false],
    ['alice', 'Dev/alice', false],
    ['alice', ':federated/alice', false],
    ['*', 'alice', true],
    ['*', 'alice@example.com', true],
    ['*', 'Dev/alice', false],
    ['*', ':root', false],
    ['*', ':federated/bob', false],
    ['?root', ':root', false],
    ['*root', ':root', false],
    ['*:root', ':root', false],
    ['root', ':root', false],
    [':root', 'root', false],
    [':root', ':root', true],
    [':r*', ':root', true],
    [':*', ':root', true],
    [':*', ':federated/bob', false],
    [':*/*', ':federated/bob', true],
    ['*/*', ':federated/bob', false],
    ['*/bob', ':federated/bob', false],
    [':federated/b?b', ':federated/bob', true],
    ['*/*', 'Dev/alice', true],
    ['Dev/*', 'Dev/alice', true],
    ['Dev/*', 'Dev2/alice', false],
    ['D*/a*', 'Dev/alice', true],
    ['Dev?alice', 'Dev/alice', false],
  ] as const) {
    it(`${pattern} ${want ? 'names' : 'does not name'} ${user}`, () =>
      expect(userMatches(pattern, user, [])).toBe(want))
  }
})

describe('a role whose session names are trusted', () => {
  for (const [pattern, user, want] of [
    ['alice', 'Fed/alice', true],
    ['al*', 'Fed/alice', true],
    ['*', 'Fed/alice', true],
    ['bob', 'Fed/alice', false],
    ['Fed/alice', 'Fed/alice', true],
    ['Fed/*', 'Fed/alice', true],
    ['Dev/alice', 'Fed/alice', false],
    ['alice', 'fed/alice', false],
    ['alice', 'Fed2/alice', false],
    ['alice', 'Other/alice', false],
    ['alice', 'Fed/x/alice', false],
    ['*', 'Fed/x/alice', false],
    [':root', 'Fed/:root', false],
    ['alice', '/alice', false],
  ] as const) {
    it(`${pattern} ${want ? 'names' : 'does not name'} ${user}`, () =>
      expect(userMatches(pattern, user, ['Fed', ''])).toBe(want))
  }
})
