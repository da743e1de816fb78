import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Numeral } from '../door.ts'
import { isObject, jsonToText, textToJson } from './json.ts'

describe('JSON is written as it was read', () => {
  for (const text of [
    '{"n":12345678901234567890}',
    '{"n":1.10}',
    '{"n":1e3,"m":-0}',
    '[1,-2.5,"\\u00e9",null,true,false]'.replace('\\u00e9', 'é'),
    '{"__proto__":{"constructor":1},"a":[]}',
    '""',
  ])
    test(text, () => expect(jsonToText(textToJson(text))).toBe(text))
})

describe('what is no JSON is refused', () => {
  for (const [name, text, message] of [
    ['a key twice', '{"a":1,"a":1}', 'the key "a" is given twice'],
    ['a key twice, escaped differently', '{"a":1,"\\u0061":2}', 'the key "a" is given twice'],
    ['a key twice, deeper', '{"a":{"b":1,"c":2,"b":3}}', 'the key "b" is given twice'],
    ['two values', '{} {}', 'something stands behind the value (byte 3)'],
    ['an open object', '{"a":1', '`}` was expected'],
    ['an open string', '{"a":"b}', 'the string is not closed'],
    ['a raw line break in a string', '"a\nb"', 'a character that must be escaped'],
    ['an escape that is none', '"a\\x"', 'an escape that means nothing'],
    ['a quote that is escaped at the end', '{"a":"b\\"}', 'the string is not closed'],
    ['a leading zero', '01', 'something stands behind the value'],
    ['a word', '{"a":yes}', 'a value was expected'],
    ['nothing', '', 'a value was expected'],
    ['nesting beyond measure', '['.repeat(100_000), 'nested deeper than 500'],
  ] as const)
    test(name, () => expect(() => textToJson(text)).toThrow(message))
})

test('an object has no prototype, so every name is ordinary', () => {
  const value = textToJson('{"__proto__":1}')
  expect(isObject(value) && Object.getPrototypeOf(value)).toBe(null)
  expect(isObject(value) && value.constructor).toBe(undefined)
})

test('a string may be as long as a body, and all of it escapes', () => {
  const text = `"${'\\n'.repeat(16_000_000)}"`
  expect(textToJson(text)).toHaveLength(16_000_000)
})

test('a number is a double where nothing is lost, and its text where something would be', () => {
  expect(textToJson('10')).toBe(10)
  expect(textToJson('1.0')).toEqual(new Numeral('1.0'))
})

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      expect(JSON.parse(jsonToText(textToJson(text)))).toEqual(JSON.parse(text))
    }),
    { seed: 1, numRuns: 500 },
  )
})
