import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concealedJson } from './concealed-json.ts'

const hide = (value: string) => `<${value.length}>`

describe('JSON whose strings are concealed', () => {
  for (const [name, json, plainKeys, want] of [
    ['string values', '{"a":"x","b":["yy",{"c":"zzz"}]}', [], '{"a":"<1>","b":["<2>",{"c":"<3>"}]}'],
    ['not keys', '{"secret key":"x"}', [], '{"secret key":"<1>"}'],
    ['not numbers, in any form', '{"a":12345678901234567890,"b":1.10,"c":-1e3}', [], undefined],
    ['not words', '{"a":true,"b":false,"c":null}', [], undefined],
    ['whole values with quotes and backslashes in them', String.raw`{"a":"x\"y\\"}`, [], '{"a":"<4>"}'],
    ['a value that looks like a key', '{"a":"b:","c":"d"}', [], '{"a":"<2>","c":"<1>"}'],
    [
      'values behind spaces and line breaks',
      '{ "a" : "x" ,\n"b" : [ "y" ] }',
      [],
      '{ "a" : "<1>" ,\n"b" : [ "<1>" ] }',
    ],
    ['a string alone', '"abc"', [], '"<3>"'],
    ['nothing of a member that may be read', '{"p":"x","q":"y"}', ['p'], '{"p":"x","q":"<1>"}'],
    ['nothing below such a member', '{"p":{"a":["x"]},"q":"y"}', ['p'], '{"p":{"a":["x"]},"q":"<1>"}'],
    ['a member of that name further in', '{"q":{"p":"x"}}', ['p'], '{"q":{"p":"<1>"}}'],
    ['a member of that name in a list', '[{"p":"x"}]', ['p'], '[{"p":"<1>"}]'],
    [
      'a member whose name is written with escapes',
      String.raw`{"\u0070":"x"}`,
      ['p'],
      String.raw`{"\u0070":"x"}`,
    ],
    [
      'members with names of objects',
      '{"__proto__":"x","constructor":"yy"}',
      [],
      '{"__proto__":"<1>","constructor":"<2>"}',
    ],
    ['what is no JSON, as a whole', '{"a":secret}', [], '"<12>"'],
    ['a string that does not end, as a whole', '{"a":"secret', [], '"<12>"'],
    ['words that only begin as those of JSON, as a whole', '[nullsecret]', [], '"<12>"'],
  ] as const) {
    it(`conceals ${name}`, () => expect(concealedJson(json, hide, plainKeys)).toBe(want ?? json))
  }

  it('equals a walk over the parsed value, for any value', () => {
    const walked = (value: unknown): unknown => {
      if (typeof value === 'string') return hide(value)
      if (Array.isArray(value)) return value.map(walked)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walked(each)]))
    }
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => {
        expect(JSON.parse(concealedJson(json, hide, []))).toEqual(walked(JSON.parse(json)))
      }),
    )
  })

  it('takes a string of megabytes, with escapes in it', () => {
    const long = `${'x'.repeat(4_000_000)}${'\n'.repeat(4_000_000)}`
    expect(concealedJson(JSON.stringify({ a: long }), hide, [])).toBe('{"a":"<8000000>"}')
  })
})
