import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToText, textToBytes } from './bytes.ts'
import { Dict } from './dict.ts'
import { Float } from './float.ts'
import { List } from './list.ts'
import { fixed, printed, quoted, shortest } from './text.ts'
import type { Value } from './value.ts'

const free = { step: () => {}, pay: () => {} }
const shown = (value: Value) => bytesToText(printed(value, free))

/** What C's `%f` gives: the exact value of the double, to six decimals, halves to even. */
function reference(value: number): string {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  const raw = bits.getBigUint64(0)
  const power = Number((raw >> 52n) & 0x7ffn)
  const fraction = raw & 0xfffffffffffffn
  const [mantissa, exponent] = power === 0 ? [fraction, -1074] : [fraction | (1n << 52n), power - 1075]
  const scaled = mantissa * 1_000_000n * 2n ** BigInt(Math.max(exponent, 0))
  const divisor = 2n ** BigInt(Math.max(-exponent, 0))
  const [whole, rest] = [scaled / divisor, (scaled % divisor) * 2n]
  const rounded = rest > divisor || (rest === divisor && whole % 2n === 1n) ? whole + 1n : whole
  const digits = rounded.toString().padStart(7, '0')
  return `${raw >> 63n === 1n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`
}

const doubles = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e7, max: 1e7, noNaN: true }),
  // Halves of the sixth decimal that a double holds exactly.
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 128),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 2 ** 20),
)

describe('floats', () => {
  it('print as `%f` does', () => {
    fc.assert(
      fc.property(doubles, (value) => {
        expect(fixed(value)).toBe(reference(value))
      }),
      { numRuns: 2000 },
    )
  })

  it('have a shortest text that reads back as the same', () => {
    fc.assert(
      fc.property(doubles, (value) => {
        expect(Object.is(Number(shortest(value)), value)).toBe(true)
      }),
    )
  })

  for (const [value, want] of [
    [0, '0.000000'],
    [-0, '-0.000000'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.MAX_VALUE, `${BigInt(Number.MAX_VALUE)}.000000`],
    [5e-324, '0.000000'],
    [0.0000005, '0.000000'],
    [0.0000015, '0.000002'],
    [0.5, '0.500000'],
    [2 ** 53, '9007199254740992.000000'],
    [1e21, '1000000000000000000000.000000'],
  ] as const) {
    it(`${value} prints as ${want.slice(0, 40)}`, () => expect(fixed(value)).toBe(want))
  }
})

describe('values', () => {
  for (const [name, value, want] of [
    ['a string at the top is bare', 'a"b', 'a"b'],
    ['a string inside is quoted', new List<Value>(['a"b']), '["a\\"b"]'],
    ['undefined and null have names', new List<Value>([undefined, null]), '[undefined null]'],
    ['integers beyond 2^53', 2n ** 62n, '4611686018427387904'],
    ['floats', new List<Value>([new Float(1.5)]), '[1.500000]'],
    ['an empty list and map', new List<Value>([new List<Value>([]), new Dict<Value>()]), '[[] {}]'],
    [
      'keys of a map sort by their text',
      new Dict<Value>([
        ['b', 1],
        [10, 2],
        [2, 3],
        [true, 4],
        ['a', 5],
      ]),
      '{"a": 5, "b": 1, 10: 2, 2: 3, true: 4}',
    ],
  ] as const) {
    it(name, () => expect(shown(value)).toBe(want))
  }

  it('that hold themselves are refused', () => {
    const list = new List<Value>([])
    list.append(list)
    expect(() => shown(list)).toThrow('nest more than 1000 levels deep')
  })
})

describe('quoted strings', () => {
  for (const [text, want] of [
    ['plain ~', '"plain ~"'],
    ['\x07\b\f\n\r\t\v\\"', '"\\a\\b\\f\\n\\r\\t\\v\\\\\\""'],
    ['\0\x1f\x7f', '"\\x00\\x1f\\x7f"'],
    ['é用😀', '"é用😀"'],
    ['\u00a0\u200b\u2028\ufeff', '"\\u00a0\\u200b\\u2028\\ufeff"'],
    ['\u{e0001}', '"\\U000e0001"'],
  ] as const) {
    it(want, () => expect(bytesToText(quoted(textToBytes(text)))).toBe(want))
  }

  it('bytes that are no UTF-8 show as bytes', () => expect(quoted('a\xff\xc3(')).toBe('"a\\xff\\xc3("'))

  it('read back as what they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (array) => {
        const bytes = String.fromCharCode(...array)
        const text = quoted(bytes).slice(1, -1)
        const simple: Record<string, string> = {
          a: '\x07',
          b: '\b',
          f: '\f',
          n: '\n',
          r: '\r',
          t: '\t',
          v: '\v',
        }
        const back = text.replace(
          /\\(?:x(..)|u(....)|U(........)|(.))/g,
          (_, hex?: string, short?: string, long?: string, letter = '') => {
            if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
            const point = short ?? long
            return point === undefined
              ? (simple[letter] ?? letter)
              : textToBytes(String.fromCodePoint(Number.parseInt(point, 16)))
          },
        )
        expect(back).toBe(bytes)
      }),
      { numRuns: 500 },
    )
  })
})
