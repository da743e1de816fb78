import { createSecretKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { chainLine, type Link, noMac } from './line.ts'
import { timeOf, walkRest } from './reconcile.ts'

const key = createSecretKey('11'.repeat(32), 'hex')
const head = { link: { seq: 4, mac: 'a'.repeat(64) }, timeMs: 5_000 }
const line = (after: Link, members: string) => chainLine(key, after, members)
const next = line(head.link, '"timestamp":"1970-01-01T00:00:09Z"')
const after = line(next.link, '"timestamp":"1970-01-01T00:00:07Z"')
const accepted = line(next.link, '"timestamp":"1970-01-01T00:00:01Z","event":"accept-clock"')
const torn = (text: string) => ({
  event: 'torn',
  torn_bytes: text.length,
  torn_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
})

for (const [name, rest, want] of [
  ['nothing: at the head', '', { link: head.link, timeMs: 5_000, lineBreak: '' }],
  ['a line that follows', next.text, { link: next.link, timeMs: 9_000, lineBreak: '' }],
  [
    'two of them: the latest time counts',
    next.text + after.text,
    { link: after.link, timeMs: 9_000, lineBreak: '' },
  ],
  [
    'an accepted clock counts',
    next.text + accepted.text,
    { link: accepted.link, timeMs: 1_000, lineBreak: '' },
  ],
  ['a line without its line break', next.text.trimEnd(), { link: next.link, timeMs: 9_000, lineBreak: '\n' }],
  [
    'half a line',
    next.text.slice(0, 9),
    { link: head.link, timeMs: 5_000, lineBreak: '\n', event: torn(next.text.slice(0, 9)) },
  ],
  [
    'a line and half of the next',
    `${next.text}{"`,
    { link: next.link, timeMs: 9_000, lineBreak: '\n', event: torn('{"') },
  ],
  ['our line of another place, by number', line({ ...head.link, seq: 7 }, '"a":1').text, undefined],
  ['our line of another place, by predecessor', line({ seq: 4, mac: noMac }, '"a":1').text, undefined],
  ['the line after the next', after.text, undefined],
  ["somebody else's line", '{"seq":5}\n', undefined],
  ['our line, changed', next.text.replace('09Z', '08Z'), undefined],
  ['an empty line', '\n', undefined],
] as const) {
  test(`behind the head: ${name}`, () => {
    expect(walkRest(key, head, Buffer.from(rest))).toEqual(want)
  })
}

test('a line without a time does not change it', () => {
  expect(timeOf(new Map(), 7)).toBe(7)
  expect(timeOf(new Map([['timestamp', 'soon']]), 7)).toBe(7)
})
