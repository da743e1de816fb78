import { describe, expect, it } from 'vitest'
import { isSameText } from './same-text.ts'

describe('whether two secrets are the same', () => {
  for (const [known, given, want] of [
    ['hvs.abc', 'hvs.abc', true],
    ['hvs.abc', 'xvs.abc', false],
    ['hvs.abc', 'hvs.xbc', false],
    ['hvs.abc', 'hvs.abx', false],
    ['hvs.abc', 'hvs.ab', false],
    ['', '', true],
  ] as const)
    it(`\`${known}\` and \`${given}\`: all of both is looked at, wherever they differ`, () => {
      let looks = 0
      const watched = {
        length: given.length,
        charCodeAt(at: number) {
          looks++
          return given.charCodeAt(at)
        },
      }
      expect(isSameText(known, watched)).toBe(want)
      expect(looks).toBe(known.length === given.length ? known.length : 0)
    })
})
