import { describe, expect, it } from 'vitest'
import { copyOf, lazyCopyOf } from './copy.ts'
import { Dict } from './dict.ts'
import type { Terms } from './failure.ts'
import { Float } from './float.ts'
import { isKey } from './key.ts'
import { List } from './list.ts'
import { collectionBytes, elementBytes, entryBytes } from './prices.ts'
import type { Value } from './value.ts'

const float = (value: number) => new Float(value)

describe('keys of maps', () => {
  it('a float of whole value is the integer', () => {
    const dict = new Dict<string>([
      [1, 'a'],
      [float(2), 'b'],
      [float(2 ** 60), 'c'],
      [float(-0), 'zero'],
    ])
    expect([dict.get(float(1)), dict.get(2), dict.get(2n ** 60n), dict.get(0)]).toEqual([
      'a',
      'b',
      'c',
      'zero',
    ])
  })

  it('keep the type that they came with, and their place', () => {
    const dict = new Dict<number>([
      [float(1), 1],
      ['b', 2],
      [float(0.5), 3],
    ])
    dict.set(1, 4)
    expect(dict.entries()).toEqual([
      [float(1), 4],
      ['b', 2],
      [float(0.5), 3],
    ])
    dict.delete(1)
    dict.set(1, 5)
    expect(dict.keys()).toEqual(['b', float(0.5), 1])
  })

  it('beyond 64 bits are floats of their own', () => {
    const dict = new Dict<string>([
      [float(2 ** 63), 'a'],
      [float(Number.POSITIVE_INFINITY), 'b'],
    ])
    expect(dict.keys()).toEqual([float(2 ** 63), float(Number.POSITIVE_INFINITY)])
    expect(dict.get(float(2 ** 63))).toBe('a')
  })

  it('are bool, int, float and string only, and never NaN', () => {
    expect([true, 1, 1n << 60n, 'a', float(1.5)].every(isKey)).toBe(true)
    expect([undefined, null, float(Number.NaN), new List([])].some(isKey)).toBe(false)
  })
})

const nobody: Terms = { step: () => {}, pay: () => {}, changesData: true }
const deep = () => new List<Value>([1, new Dict<Value>([['a', new List<Value>([2])]])])
const innerOf = (list: List<Value>) => (list.at(1) as Dict<Value>).get('a') as List<Value>

describe('copies', () => {
  for (const [name, copy] of [
    ['made at once', (value: Value) => copyOf(value, nobody) as List<Value>],
    ['made bit by bit', (value: Value) => lazyCopyOf(value, nobody) as List<Value>],
  ] as const) {
    it(`${name} do not change the original`, () => {
      const original = deep()
      const copied = copy(original)
      innerOf(copied).append(3)
      copied.set(0, 9)
      expect([original.at(0), innerOf(original).length, innerOf(copied).length]).toEqual([1, 1, 2])
    })

    it(`${name} are the same object each time they are looked into`, () => {
      const copied = copy(deep())
      expect(innerOf(copied)).toBe(innerOf(copied))
    })
  }

  it('of maps, made bit by bit, do not change the original, nor its keys', () => {
    const original = new Dict<Value>([[float(1), 'a']])
    const copied = lazyCopyOf(original, nobody) as Dict<Value>
    const untouched = lazyCopyOf(original, nobody) as Dict<Value>
    original.set('later', 3)
    expect(untouched.keys()).toEqual([float(1)])
    original.delete('later')
    copied.set('b', 2)
    copied.delete(1)
    expect([original.keys(), copied.keys()]).toEqual([[float(1)], ['b']])
  })

  it('made at once do not show what happens to the original', () => {
    const original = deep()
    const copied = copyOf(original, nobody) as List<Value>
    innerOf(original).append(3)
    expect(innerOf(copied).length).toBe(1)
  })

  it('made at once are paid for by the element', () => {
    let paid = 0
    const pay = (bytes: number) => {
      paid += bytes
    }
    copyOf(deep(), { ...nobody, pay })
    expect(paid).toBe(3 * collectionBytes + 3 * elementBytes + 2 * entryBytes)
  })

  it('an iteration does not see what is changed under way', () => {
    const list = new List<Value>([1])
    const seen = list.elements()
    list.append(2)
    expect([seen, list.length]).toEqual([[1], 2])
  })
})
