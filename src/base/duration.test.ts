import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration, parseTimeout } from './index.ts'

describe('a duration is read', () => {
  for (const [text, seconds] of [
    ['3600', 3600],
    ['0', 0],
    ['-0', 0],
    ['0s', 0],
    ['15m', 900],
    ['1h', 3600],
    ['1h30m', 5400],
    ['1.5h', 5400],
    ['1.h', 3600],
    ['.5m', 30],
    ['90m', 5400],
    ['1h0m0s', 3600],
    ['+15m', 900],
    ['-1h', -3600],
    ['-90', -90],
    ['1000ms', 1],
    ['500ms500ms', 1],
    ['1000000us', 1],
    ['1000000µs', 1],
    ['1000000000ns', 1],
    ['0.1m', 6],
    ['2562047h', 9_223_369_200],
  ] as const) {
    it(text, () => expect(parseDuration(text)).toBe(seconds))
  }
})

describe('no duration', () => {
  for (const text of [
    '',
    ' ',
    '15 m',
    'm',
    '1d',
    '1H',
    '15min',
    '1h30',
    '30m 1h',
    '--1h',
    '+-1h',
    '1,5h',
    '1e3',
    '0x10',
    '１５m',
    '1.5',
    '1.5s',
    '1ms',
    '1ns',
    '1.0000000001s',
    '100ns',
    'NaN',
    'Infinity',
    '15m\n',
    `${'9'.repeat(30)}h`,
    '9'.repeat(10_000),
  ]) {
    it(JSON.stringify(text.slice(0, 40)), () =>
      expect(() => parseDuration(text)).toThrowError(
        expect.objectContaining({ code: 'DURATION_INVALID', hint: 'write it like 15m, 1h30m or 3600s' }),
      ),
    )
  }
})

describe('a time to wait is read in milliseconds', () => {
  for (const [text, milliseconds] of [
    ['500ms', 500],
    ['1ms', 1],
    ['1.5s', 1500],
    ['1m30s', 90_000],
    ['250us', 0.25],
    ['1ns', 0.000_001],
    ['2562047h', 9_223_369_200_000],
  ] as const) {
    it(text, () => expect(parseTimeout(text)).toBe(milliseconds))
  }
  it('but not a bare number: Go knows none', () =>
    expect(() => parseTimeout('5')).toThrowError(
      expect.objectContaining({ code: 'DURATION_INVALID', hint: 'say the unit: `5s` for seconds' }),
    ))
  for (const text of ['', '0', '0s', '-1s', 'soon', '1d', '1.5', '-5', `${'9'.repeat(30)}h`]) {
    it(`but not ${JSON.stringify(text)}`, () =>
      expect(() => parseTimeout(text)).toThrowError(
        expect.objectContaining({ code: 'DURATION_INVALID', hint: 'write it like 500ms, 30s or 1m30s' }),
      ))
  }
})

describe('a duration is written', () => {
  for (const [seconds, text] of [
    [0, '0s'],
    [-0.2, '0s'],
    [45, '45s'],
    [60, '1m'],
    [900, '15m'],
    [3600, '1h'],
    [3661, '1h1m1s'],
    [5400, '1h30m'],
    [90_000, '25h'],
    [-90, '-1m30s'],
    [59.6, '1m'],
  ] as const) {
    it(`${seconds}: ${text}`, () => expect(formatDuration(seconds)).toBe(text))
  }

  it('as it is read', () =>
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds))).toBe(seconds)
      }),
      { numRuns: 500, seed: 3 },
    ))
})
