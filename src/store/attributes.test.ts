import { describe, expect, it } from 'vitest'
import { type Attribute, msToTime, readAttributes, secondsToNanoseconds, timeToMs } from './index.ts'

describe('times', () => {
  it('are written with nine digits in UTC', () =>
    expect(msToTime(Date.parse('2026-02-03T10:00:00.12Z'))).toBe('2026-02-03T10:00:00.120000000Z'))

  for (const [text, want] of [
    ['2026-02-03T10:00:00.120000000Z', '2026-02-03T10:00:00.120Z'],
    ['2026-02-03T10:00:00.1239999Z', '2026-02-03T10:00:00.123Z'],
    ['2026-02-03T10:00:00Z', '2026-02-03T10:00:00.000Z'],
    ['2026-02-03T12:00:00.5+02:00', '2026-02-03T10:00:00.500Z'],
    ['2026-02-03T10:00:00', undefined],
    ['2026-02-30T10:00:00+99:00', undefined],
    ['2026-02-03', undefined],
    ['yesterday', undefined],
  ] as const) {
    it(`\`${text}\` is read as ${want ?? 'none'}`, () =>
      expect(timeToMs(text)).toBe(want === undefined ? undefined : Date.parse(want)))
  }
})

describe('attributes', () => {
  const row = {
    id: 'a1',
    text: 'words',
    empty: '',
    number: 3,
    half: 0.5,
    flag: true,
    time: '2026-02-03T10:00:00Z',
    duration: secondsToNanoseconds(900),
    texts: ['a', 'b'],
    list: [{ by: 'bob' }],
  } satisfies Record<string, Attribute>
  const read = readAttributes(row)
  // Other programs may have written anything.
  const strange = { id: 'a1', nulls: [null], bytes: [Buffer.from('a')], lists: [['a']], nothing: null }
  const odd = readAttributes(strange as never)

  it('are read with their types', () => {
    expect([read.text('text'), read.number('number'), read.flag('flag')]).toEqual(['words', 3, true])
    expect([read.timeMs('time'), read.seconds('duration')]).toEqual([Date.parse(row.time), 900])
    expect([read.texts('texts'), read.list('list')[0]?.text('by')]).toEqual([['a', 'b'], 'bob'])
    expect(read.oneOf('text', ['word', 'words'])).toBe('words')
  })

  it('may be missing where the reader says so, and an empty text is missing', () => {
    expect([read.textIfAny('empty'), read.numberIfAny('none'), read.timeMsIfAny('empty')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect([read.flag('none'), read.texts('none'), read.list('none')]).toEqual([false, [], []])
  })

  for (const [what, run, want] of [
    ['a missing one', () => read.text('none'), '`none` is missing'],
    ['an empty one', () => read.text('empty'), '`empty` is missing'],
    ['one that is inherited', () => read.text('constructor'), '`constructor` is missing'],
    ['a number for a text', () => read.text('number'), '`number` is not a text'],
    ['a half for a whole number', () => read.number('half'), '`half` is not a whole number'],
    ['words for a time', () => read.timeMs('text'), '`text` is not a time'],
    ['another word', () => read.oneOf('text', ['x', 'y']), '`text` is none of x, y'],
    ['a text for a list', () => read.list('text'), '`text` is not a list'],
    ['texts for maps', () => read.list('texts'), '`texts` is not a list'],
    ['maps for texts', () => read.texts('list'), '`list` is not a list of texts'],
    ['a text for a flag', () => read.flag('text'), '`text` is not true or false'],
    ['nothing at all in a list', () => odd.list('nulls'), '`nulls` is not a list'],
    ['bytes in a list', () => odd.list('bytes'), '`bytes` is not a list'],
    ['a list in a list', () => odd.list('lists'), '`lists` is not a list'],
    ['nothing at all', () => odd.text('nothing'), '`nothing` is not a text'],
    ['what a list lacks', () => read.list('list')[0]?.number('score'), '`list[0].score` is missing'],
  ] as const) {
    it(`${what} is damage, and the error says where`, () =>
      expect(run).toThrowError(`the row \`a1\` is damaged: ${want}`))
  }
})
