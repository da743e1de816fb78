import { describe, expect, it } from 'vitest'
import { isTimeZone, knownTimeZones } from '../../base/index.ts'
import { zoneTable } from './zones.ts'

const at = (text: string) => Date.parse(text)
const [from, until] = [at('2026-01-15T00:00:00Z'), at('2027-02-19T00:00:00Z')]
const hour = 3_600_000

describe('the offsets of a zone', () => {
  for (const [zone, want] of [
    ['UTC', [['2026-01-15T00:00Z', 0]]],
    ['Asia/Kathmandu', [['2026-01-15T00:00Z', 5.75]]],
    [
      'America/New_York',
      [
        ['2026-01-15T00:00Z', -5],
        ['2026-03-08T07:00Z', -4],
        ['2026-11-01T06:00Z', -5],
      ],
    ],
    [
      'Europe/Berlin',
      [
        ['2026-01-15T00:00Z', 1],
        ['2026-03-29T01:00Z', 2],
        ['2026-10-25T01:00Z', 1],
      ],
    ],
    [
      'Australia/Lord_Howe',
      [
        ['2026-01-15T00:00Z', 11],
        ['2026-04-04T15:00Z', 10.5],
        ['2026-10-03T15:30Z', 11],
      ],
    ],
    [
      'Antarctica/Troll',
      [
        ['2026-01-15T00:00Z', 0],
        ['2026-03-29T01:00Z', 2],
        ['2026-10-25T01:00Z', 0],
      ],
    ],
  ] as const) {
    it(zone, () =>
      expect(zoneTable(zone, from, until)).toEqual({
        name: zone,
        offsets: want.map(([since, ahead]) => [at(since), ahead * hour]),
      }),
    )
  }

  it('a change in the first second, and one at the very end, which is outside', () => {
    const change = at('2026-03-29T01:00:00Z')
    expect(zoneTable('Europe/Berlin', change, change + 1000).offsets).toEqual([[change, 2 * hour]])
    expect(zoneTable('Europe/Berlin', change - 1000, change).offsets).toEqual([[change - 1000, hour]])
    expect(zoneTable('Europe/Berlin', change - 1000, change + 1).offsets).toEqual([
      [change - 1000, hour],
      [change, 2 * hour],
    ])
  })

  it('agrees with Intl at every hour of every zone that a test can afford', () => {
    for (const zone of ['Africa/Casablanca', 'Pacific/Chatham', 'America/St_Johns', 'Asia/Gaza']) {
      const clock = new Intl.DateTimeFormat('en-GB', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      })
      const { offsets } = zoneTable(zone, from, until)
      const utc = new Intl.DateTimeFormat('en-GB', {
        timeZone: 'UTC',
        dateStyle: 'short',
        timeStyle: 'medium',
      })
      for (let ms = from; ms < until; ms += 5 * hour) {
        const ahead = offsets.findLast(([since]) => since <= ms)?.[1] ?? Number.NaN
        expect(utc.format(ms + ahead)).toBe(clock.format(ms))
      }
    }
  })
})

describe('a time zone', () => {
  for (const [name, want] of [
    ['UTC', true],
    ['Europe/Berlin', true],
    ['US/Eastern', true],
    ['Asia/Kolkata', true],
    ['Asia/Calcutta', true],
    ['', false],
    ['Local', false],
    ['+01:00', false],
    ['-05', false],
    ['Mars/Olympus', false],
    ['Europe/Berlin ', false],
    ['../etc/passwd', false],
  ] as const) {
    it(`${JSON.stringify(name)} is ${want ? 'one' : 'none'}`, () => expect(isTimeZone(name)).toBe(want))
  }

  it('can be suggested', () =>
    expect(knownTimeZones()).toEqual(expect.arrayContaining(['UTC', 'Europe/Berlin'])))
})
