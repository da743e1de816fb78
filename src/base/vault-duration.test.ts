import { describe, expect, it } from 'vitest'
import { parseVaultDuration } from './index.ts'

describe('a duration of Vault', () => {
  for (const [text, want] of [
    ['2d', 172_800],
    ['0d', 0],
    ['90', 90],
    ['1h30m', 5400],
    ['-5s', -5],
  ] as const) {
    it(`${text} is ${want} seconds`, () => expect(parseVaultDuration(text)).toBe(want))
  }
  for (const text of ['', 'd', '1d1h', '1.5d', '-1d', '1w', 'soon'])
    it(`${JSON.stringify(text)} is none`, () =>
      expect(() => parseVaultDuration(text)).toThrow('is not a duration'))
})
