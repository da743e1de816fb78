import { describe, expect, test } from 'vitest'
import { exactParse, exactStringify, valueText } from './exact-json.ts'

describe('what was read is written as it came', () => {
  for (const text of [
    '{"n":12345678901234567890,"m":1.10,"e":1e3,"i":5,"s":"12345678901234567890","t":"a\\"1.10"}',
    '[-0.50,[],{},null,true]',
    '"\\u0001 1.10"',
  ])
    test(text, () => expect(exactStringify(exactParse(text), 0)).toBe(text))
})

test('a value is shown as a person wants it', () => {
  const read = exactParse('{"a":"text","b":1.10,"c":{"d":12345678901234567890},"e":null}') as Record<
    string,
    unknown
  >
  expect(Object.values(read).map(valueText)).toEqual(['text', '1.10', '{"d":12345678901234567890}', 'null'])
})
