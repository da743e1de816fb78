import { describe, expect, it } from 'vitest'
import { policyOf } from './kit.fake.ts'
import { type Parameter, type Parameters, parameterFault } from './parameters.ts'

/** As the server reads JSON: objects without a prototype, odd numbers as they were written. */
class Numeral {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
const data = (json: string): Parameters =>
  JSON.parse(json, (_, value: unknown) => {
    if (typeof value === 'string' && /^n:/.test(value)) return new Numeral(value.slice(2))
    const isPlain =
      typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
    return isPlain ? Object.assign(Object.create(null) as object, value) : (value as Parameter)
  })

const passes = (block: string, json: string) => {
  const [rule] = policyOf(`path "a" { capabilities = ["update"] ${block} }`).rules
  if (rule === undefined) throw new Error('no rule')
  return parameterFault(rule.conditions, data(json)) === undefined
}

const cases = [
  ['nothing is asked', '', '{"a": 1}', true],

  ['a required one is there', 'required_parameters = ["a"]', '{"a": null, "b": 1}', true],
  [
    'a required one is there in capitals, which no handler reads',
    'required_parameters = ["a"]',
    '{"A": 1}',
    false,
  ],
  [
    'a value is denied, and sent in capitals in a list',
    'denied_parameters = { a = ["x"] }',
    '{"a": ["y", "X "]}',
    false,
  ],
  ['a required one is missing', 'required_parameters = ["a"]', '{"b": 1}', false],
  ['a required one is missing from nothing', 'required_parameters = ["a"]', '{}', false],
  ['a required one is not what every object has', 'required_parameters = ["constructor"]', '{"b": 1}', false],

  ['nothing is sent', 'allowed_parameters = { a = [1] } denied_parameters = { "*" = [] }', '{}', true],

  ['all are denied', 'denied_parameters = { "*" = [] }', '{"a": 1}', false],
  [
    'all are denied, whatever is allowed',
    'denied_parameters = { "*" = [] } allowed_parameters = { a = [] }',
    '{"a": 1}',
    false,
  ],
  ['a denied one is sent', 'denied_parameters = { a = [] }', '{"a": 1}', false],
  ['a denied one is sent in capitals', 'denied_parameters = { a = [] }', '{"A": 1}', false],
  ['a denied one in capitals is sent', 'denied_parameters = { A = [] }', '{"a": 1}', false],
  ['another than the denied one is sent', 'denied_parameters = { a = [] }', '{"b": 1}', true],
  ['a denied value is sent', 'denied_parameters = { a = ["x", "y"] }', '{"a": "y"}', false],
  ['another than the denied value is sent', 'denied_parameters = { a = ["x"] }', '{"a": "z"}', true],
  ['a denied pattern is sent', 'denied_parameters = { a = ["x*"] }', '{"a": "xy"}', false],
  [
    'denied wins over allowed',
    'denied_parameters = { a = ["x"] } allowed_parameters = { a = ["x"] }',
    '{"a": "x"}',
    false,
  ],
  ['a denied element is sent', 'denied_parameters = { a = ["root"] }', '{"a": ["web", "root"]}', false],
  ['a denied list is sent', 'denied_parameters = { a = [["x", "y"]] }', '{"a": ["x", "y"]}', false],
  [
    'a denied list is sent in another order',
    'denied_parameters = { a = [["x", "y"]] }',
    '{"a": ["y", "x"]}',
    true,
  ],
  [
    'a denied element stands between commas',
    'denied_parameters = { a = ["root"] }',
    '{"a": "web, root"}',
    false,
  ],
  [
    'a denied element stands between commas in a list',
    'denied_parameters = { a = ["root"] }',
    '{"a": ["web,root"]}',
    false,
  ],
  [
    'a denied element stands in a list in a list',
    'denied_parameters = { a = ["root"] }',
    '{"a": [["root"]]}',
    false,
  ],
  ['a denied number is sent as a string', 'denied_parameters = { a = [5] }', '{"a": "5"}', false],
  ['a denied number is sent in other digits', 'denied_parameters = { a = [5] }', '{"a": "5.0"}', false],
  ['a denied string is sent as a number', 'denied_parameters = { a = ["5"] }', '{"a": 5}', false],
  ['a denied truth is sent as a string', 'denied_parameters = { a = [true] }', '{"a": "true"}', false],
  [
    'a denied number is sent as it was written',
    'denied_parameters = { a = [1.1] }',
    '{"a": "n:1.10"}',
    false,
  ],

  ['an allowed one is sent', 'allowed_parameters = { a = [] }', '{"a": {"x": 1}}', true],
  ['an allowed one is sent in capitals', 'allowed_parameters = { a = [] }', '{"A": 1}', true],
  ['another than the allowed one is sent', 'allowed_parameters = { a = [] }', '{"a": 1, "b": 1}', false],
  [
    'another than the allowed one, and all others are',
    'allowed_parameters = { a = [1], "*" = [] }',
    '{"b": 1}',
    true,
  ],
  ['all are allowed', 'allowed_parameters = { "*" = [] }', '{"b": 1}', true],
  ['all are allowed, whatever its values', 'allowed_parameters = { "*" = ["x"] }', '{"b": 1}', true],
  ['all are allowed but for values of one', 'allowed_parameters = { a = [1], "*" = [] }', '{"a": 2}', false],
  ['an allowed value is sent', 'allowed_parameters = { a = ["x", 1] }', '{"a": 1}', true],
  ['another than the allowed value is sent', 'allowed_parameters = { a = ["x", 1] }', '{"a": "y"}', false],
  [
    'two spellings of a name, one of them wrong',
    'allowed_parameters = { a = [1] }',
    '{"a": 1, "A": 2}',
    false,
  ],
  ['a name that every object has', 'allowed_parameters = { a = [] }', '{"constructor": 1}', false],
  ['the name of the prototype', 'allowed_parameters = { a = [] }', '{"__proto__": 1}', false],

  ['an allowed number as a string', 'allowed_parameters = { a = [5] }', '{"a": "5"}', false],
  ['an allowed string as a number', 'allowed_parameters = { a = ["5"] }', '{"a": 5}', false],
  ['an allowed null', '', '{"a": null}', true],
  ['an allowed truth', 'allowed_parameters = { a = [true] }', '{"a": true}', true],
  ['an allowed number as it was written', 'allowed_parameters = { a = [1.1] }', '{"a": "n:1.10"}', true],
  [
    'an allowed number of many digits',
    'allowed_parameters = { a = [12345678901234567890] }',
    '{"a": "n:12345678901234567890"}',
    true,
  ],
  [
    'another number of many digits',
    'allowed_parameters = { a = [12345678901234567890] }',
    '{"a": "n:12345678901234567891"}',
    false,
  ],
  [
    'a whole number in another form',
    'allowed_parameters = { a = [100000000000000000000] }',
    '{"a": "n:1e20"}',
    true,
  ],
  ['an object with a text is no number', 'allowed_parameters = { a = [5] }', '{"a": {"text": "5"}}', false],
  [
    'an allowed object',
    'allowed_parameters = { a = [{ x = 1, y = ["z"] }] }',
    '{"a": {"y": ["z"], "x": 1}}',
    true,
  ],
  ['an object with more', 'allowed_parameters = { a = [{ x = 1 }] }', '{"a": {"x": 1, "y": 2}}', false],
  ['an object with less', 'allowed_parameters = { a = [{ x = 1, y = 2 }] }', '{"a": {"x": 1}}', false],

  ['all elements are allowed', 'allowed_parameters = { a = ["x", "y"] }', '{"a": ["y", "x", "y"]}', true],
  ['one element is not allowed', 'allowed_parameters = { a = ["x", "y"] }', '{"a": ["x", "z"]}', false],
  ['the list is allowed', 'allowed_parameters = { a = [["x", "y"]] }', '{"a": ["x", "y"]}', true],
  [
    'the list is allowed, its elements are not',
    'allowed_parameters = { a = [["x", "y"]] }',
    '{"a": ["x"]}',
    false,
  ],
  ['a list of nothing', 'allowed_parameters = { a = ["x"] }', '{"a": []}', false],
  ['a list of nothing is allowed', 'allowed_parameters = { a = [[]] }', '{"a": []}', true],
  ['all between commas are allowed', 'allowed_parameters = { a = ["x", "y"] }', '{"a": "x, y"}', true],
  ['one between commas is not allowed', 'allowed_parameters = { a = ["x", "y"] }', '{"a": "x,z"}', false],
  ['commas alone', 'allowed_parameters = { a = ["x"] }', '{"a": ","}', false],
] as const

describe('parameters of a request', () => {
  for (const [name, block, json, want] of cases) {
    it(`${want ? 'pass' : 'do not pass'}: ${name}`, () => expect(passes(block, json)).toBe(want))
  }
})

describe('a pattern of values', () => {
  for (const [glob, text, want] of [
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
    ['ab*', 'abcd', true],
    ['*cd', 'abcd', true],
    ['*bc*', 'abcd', true],
    ['*', '', true],
    ['**', 'x', true],
    ['a*c', 'abc', false],
    ['a*c', 'a*c', true],
    ['*abc', 'ab', false],
  ] as const) {
    it(`${glob} ${want ? 'matches' : 'does not match'} ${text}`, () =>
      expect(
        passes(`allowed_parameters = { a = [${JSON.stringify(glob)}] }`, JSON.stringify({ a: text })),
      ).toBe(want))
  }
})
