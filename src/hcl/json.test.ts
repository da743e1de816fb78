import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readJson, toPlain } from './index.ts'
import { shownDiagnostics, shownValue } from './show.fake.ts'

const read = (text: string) => {
  const source = { name: 'f.json', text }
  const { value, diagnostics } = readJson(source)
  return { value: value && shownValue(value), wrong: shownDiagnostics(source, diagnostics) }
}

describe('a file of JSON', () => {
  for (const [text, want] of [
    [
      ' {"a" : [1, -2.5e1, "x\\u00e9\\/", null, true, {}], "__proto__": []} ',
      '{a = [1, -25, "xé/", null, true, {}], __proto__ = []}',
    ],
    ['9223372036854775807', '9223372036854775807n'],
    ['"${x}"', '"${x}"'],
    ['\ufeff[]', '[]'],
  ] as const) {
    it(text, () => expect(read(text)).toEqual({ value: want, wrong: [] }))
  }
})

describe('what is no JSON is said at its place', () => {
  for (const [name, text, want] of [
    ['nothing', '', '1:1: expected a value, found the end of the file'],
    ['a comma at the end', '{"a": 1,\n}', '2:1: expected a name in double quotes, found `}`'],
    ['a comma at the end of a list', '[1,]', '1:4: expected a value, found `]`'],
    ['no comma', '[1 2]', '1:4: expected `,` or `]`, found `2`'],
    ['a name without quotes', '{a: 1}', '1:2: expected a name in double quotes, found `a`'],
    ['single quotes', "['a']", "1:2: expected a value, found `'` (write strings in double quotes)"],
    ['an equals sign', '{"a" = 1}', '1:6: expected `:`, found `=`'],
    ['an open string', '{"a": "b\n}', '1:7: the string has no closing quote'],
    ['an unknown escape', '"\\x"', '1:1: the string has an unknown escape or a control character'],
    ['a comment', '// a\n1', '1:1: expected a value, found `/`'],
    ['more behind the end', '1 1', '1:3: expected the end of the file, found `1`'],
    ['100,000 brackets', '['.repeat(100_000), '1:251: brackets and blocks nest more than 250 deep'],
  ] as const) {
    it(name, () => expect(read(text)).toEqual({ value: undefined, wrong: [want] }))
  }
})

it('it reads what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { value: found } = readJson({ name: 'f', text: JSON.stringify(value, null, 1) })
      expect(found && toObject(toPlain(found))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

/** Maps as objects, bigints as numbers. */
function toObject(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toObject)
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, one]) => [name, toObject(one)]))
  return typeof value === 'bigint' ? Number(value) : value
}

it('no text makes the reader throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]":,\\ \n1-.etrunl') }), (text) => {
      for (const { span } of readJson({ name: 'f', text }).diagnostics) {
        expect(0 <= span.start && span.start <= span.end && span.end <= text.length).toBe(true)
      }
    }),
    { numRuns: 2000 },
  )
})

it('of two equal names the last counts, with a warning', () =>
  expect(read('{"a": 1, "b": 2, "a": 3}')).toEqual({
    value: '{a = 3, b = 2}',
    wrong: ['1:18: warning: `a` is given twice: this one counts'],
  }))
