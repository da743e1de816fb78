import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addInts,
  divideInts,
  type Int,
  multiplyInts,
  negateInt,
  remainderOfInts,
  subtractInts,
  toInt,
} from './int.ts'

const edges = [
  0n,
  1n,
  -1n,
  2n ** 53n,
  2n ** 53n - 1n,
  -(2n ** 53n),
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  3037000500n,
]
const ints = fc.oneof(
  fc.constantFrom(...edges),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -100n, max: 100n }),
)

describe('integers of 64 bits', () => {
  for (const [name, ours, exact] of [
    ['add', addInts, (a: bigint, b: bigint) => a + b],
    ['subtract', subtractInts, (a: bigint, b: bigint) => a - b],
    ['multiply', multiplyInts, (a: bigint, b: bigint) => a * b],
    ['divide', divideInts, (a: bigint, b: bigint) => (b === 0n ? 0n : a / b)],
    ['give remainders', remainderOfInts, (a: bigint, b: bigint) => (b === 0n ? 0n : a % b)],
  ] as const) {
    it(`${name} like exact integers that wrap around`, () => {
      fc.assert(
        fc.property(ints, ints, (a, b) => {
          fc.pre(b !== 0n || (ours !== divideInts && ours !== remainderOfInts))
          const result = ours(toInt(a), toInt(b))
          expect(BigInt(result)).toBe(BigInt.asIntN(64, exact(a, b)))
          expect(hasOneForm(result)).toBe(true)
        }),
      )
    })
  }

  it('negate, and the smallest stays what it is', () => {
    expect(negateInt(5)).toBe(-5)
    expect(Object.is(negateInt(0), 0)).toBe(true)
    expect(negateInt(toInt(-(2n ** 63n)))).toBe(-(2n ** 63n))
  })
})

const hasOneForm = (value: Int) =>
  typeof value === 'bigint'
    ? !Number.isSafeInteger(Number(value))
    : Number.isSafeInteger(value) && !Object.is(value, -0)
