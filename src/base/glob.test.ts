import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { globMatches } from './index.ts'

describe('a glob matches the whole text', () => {
  for (const [pattern, text, want] of [
    ['dev', 'dev', true],
    ['dev', 'Dev', false],
    ['dev', 'devs', false],
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything at all', true],
    ['**', 'ab', true],
    ['dev-*', 'dev-1', true],
    ['dev-*', 'dev-', true],
    ['dev-*', 'dev', false],
    ['*-admin', 'db-admin', true],
    ['*-admin', 'db-admins', false],
    ['team-?-dev', 'team-a-dev', true],
    ['team-?-dev', 'team--dev', false],
    ['team-?-dev', 'team-ab-dev', false],
    ['?', '', false],
    ['*?', 'a', true],
    ['*?', '', false],
    ['*ab', 'aab', true],
    ['*aab*', 'aaaab', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a[bc]', 'ab', false],
    ['a.c', 'abc', false],
    ['a\\*', 'a\\b', true],
  ] as const) {
    it(`${JSON.stringify(pattern)} ${want ? 'matches' : 'does not match'} ${JSON.stringify(text)}`, () =>
      expect(globMatches(pattern, text)).toBe(want))
  }
})

describe('a stop character', () => {
  for (const [pattern, text, want] of [
    ['*', 'a/b', false],
    ['*', 'ab', true],
    ['?', '/', false],
    ['a?b', 'a/b', false],
    ['a/b', 'a/b', true],
    ['*/*', 'Role/session', true],
    ['*/*', 'a/b/c', false],
    ['*/*/*', 'a/b/c', true],
    ['Deploy/ci-*', 'Deploy/ci-7', true],
    ['Deploy/ci-*', 'Deploy/ci-7/x', false],
    ['*b/*', 'bb/x', true],
    ['*a*b', 'a/ab', false],
    ['a*/b', 'a/b', true],
    ['*/', '/', true],
    ['*', '/', false],
  ] as const) {
    it(`${pattern} ${want ? 'matches' : 'does not match'} ${text}`, () =>
      expect(globMatches(pattern, text, '/')).toBe(want))
  }
})

describe('a character is a code point', () => {
  for (const [name, pattern, text, want] of [
    ['one question mark for one emoji', '?', '😀', true],
    ['not two', '??', '😀', false],
    ['a star does not stop inside one', '*?', '😀', true],
    ['half of one in a pattern matches no whole one', '\ud83d*', '😀', false],
    ['a star does not end inside one', '*\ude00', '😀', false],
    ['one in a pattern is itself', '😀*', '😀x', true],
    ['half of one matches itself', '\ud83d?', '\ud83dx', true],
    ['nothing is normalised', 'é', 'e\u0301', false],
  ] as const) {
    it(name, () => expect(globMatches(pattern, text)).toBe(want))
  }
})

it('a hostile pattern does not blow up', () => {
  // Naive backtracking needs more steps for this than there are atoms.
  expect(globMatches(`${'*a'.repeat(500)}*b`, 'a'.repeat(20_000))).toBe(false)
  expect(globMatches(`${'*?'.repeat(500)}b`, 'a'.repeat(20_000), '/')).toBe(false)
})

it('a pattern of bounded length takes steps in proportion to the text', () => {
  const steps = (length: number) => {
    const real = String.prototype.codePointAt
    let count = 0
    // Counts what is looked at, on this one text.
    const text = Object.assign(new String('a'.repeat(length)), {
      codePointAt(at: number) {
        count++
        return real.call(this, at)
      },
    })
    expect(globMatches(`${'*a'.repeat(127)}*b`, text as string)).toBe(false)
    return count
  }
  expect(steps(40_000) / steps(10_000)).toBeLessThan(5)
  expect(steps(40_000)).toBeLessThan(256 * 40_000)
})

it('agrees with a regular expression on short random texts', () => {
  const over = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 })
  fc.assert(
    fc.property(over('ab/*?'), over('ab/'), fc.boolean(), (pattern, text, stops) => {
      const any = stops ? '[^/]' : '.'
      const body = pattern.replaceAll('?', any).replace(/\*+/g, `${any}*`)
      expect(globMatches(pattern, text, stops ? '/' : undefined)).toBe(new RegExp(`^${body}$`).test(text))
    }),
    { numRuns: 5_000, seed: 3 },
  )
})
