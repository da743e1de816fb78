// import "strings". All of them work on bytes, but where a cutset or an empty separator speaks of characters,
// which are code points.

import { elementBytes, type Meter } from '../run/meter.ts'
import { type Context, native, numberText } from '../run/native.ts'
import { type Bytes, bytesToText, textToBytes } from '../values/bytes.ts'
import { maxDepth } from '../values/compare.ts'
import { fail } from '../values/failure.ts'
import type { Int } from '../values/int.ts'
import { List } from '../values/list.ts'
import { typeOf } from '../values/types.ts'
import { isNumber, type Value } from '../values/value.ts'
import { table } from './table.ts'

// biome-ignore format: table
export const strings = table(
  native('has_prefix',  ['string', 'string'], (_, text, start) => text.startsWith(start)),
  native('has_suffix',  ['string', 'string'], (_, text, end) => text.endsWith(end)),
  native('trim_prefix', ['string', 'string'], (_, text, start) => text.startsWith(start) ? text.slice(start.length) : text),
  native('trim_suffix', ['string', 'string'], (_, text, end) => text.endsWith(end) ? text.slice(0, text.length - end.length) : text),
  native('to_lower',    ['string'], (context, text) => eachCharacter(context, text, (one) => one.toLowerCase())),
  native('to_upper',    ['string'], (context, text) => eachCharacter(context, text, (one) => one.toUpperCase())),
  native('split',       ['any', 'string'], split),
  native('join',        ['any', 'string'], join),
  native('replace',     ['string', 'string', 'string', 'int'], replace, 1),
  native('trim',        ['string', 'string'], (_, text, cutset) => trim(text, cutset, 'both')),
  native('trim_left',   ['string', 'string'], (_, text, cutset) => trim(text, cutset, 'left')),
  native('trim_right',  ['string', 'string'], (_, text, cutset) => trim(text, cutset, 'right')),
  native('trim_space',  ['string'], (_, text) => textToBytes(bytesToText(text).replace(/^[\s\x85]+|[\s\x85]+$/gu, ''))),
)

/** A case mapping of single code points: one that would give several is left alone. */
function eachCharacter({ meter }: Context, text: Bytes, map: (one: string) => string): Bytes {
  meter.pay(text.length)
  if (/^[\0-\x7f]*$/.test(text)) return map(text)
  const mapped = [...bytesToText(text)].map((one) => {
    const changed = map(one)
    return [...changed].length === 1 ? changed : one
  })
  return textToBytes(mapped.join(''))
}

const characters = (text: Bytes): readonly Bytes[] => [...bytesToText(text)].map(textToBytes)

/** What a part of a string costs: the part itself, and its place in the list. */
const partBytes = 48

/** A list is given back as it is. */
function split({ meter }: Context, text: Value, separator: Bytes): Value {
  if (text instanceof List) return text
  const whole =
    typeof text === 'string'
      ? text
      : isNumber(text)
        ? numberText(text)
        : fail(`cannot convert to string: ${typeOf(text).toUpperCase()}`)
  const count = separator === '' ? whole.length : countOf(whole, separator) + 1
  meter.pay(whole.length + count * partBytes)
  const parts = separator === '' ? characters(whole) : whole.split(separator)
  return new List<Value>(parts)
}

/** Lists inside of the list are joined with the same separator, as if they were no lists. */
function join({ meter }: Context, list: Value, separator: Bytes): Bytes {
  if (!(list instanceof List)) return fail(`cannot convert to list: ${typeOf(list).toUpperCase()}`)
  const parts: Bytes[] = []
  collect(meter, list, parts, 0)
  meter.pay(parts.reduce((sum, part) => sum + part.length + separator.length, 0))
  return parts.join(separator)
}

function collect(meter: Meter, list: List<Value>, parts: Bytes[], depth: number): void {
  meter.step(list.length)
  meter.pay(list.length * elementBytes)
  if (depth > maxDepth) fail(`cannot join lists that nest more than ${maxDepth} levels deep`)
  for (const element of list.elements()) {
    if (element instanceof List) collect(meter, element, parts, depth + 1)
    else if (typeof element === 'string') parts.push(element)
    else if (isNumber(element)) parts.push(numberText(element))
    else if (typeof element === 'boolean') parts.push(String(element))
    else fail(`cannot convert to string: ${typeOf(element).toUpperCase()}`)
  }
}

/** As Go's `strings.Replace`: an empty `old` stands before each character and at the end. */
function replace({ meter }: Context, text: Bytes, old: Bytes, fresh: Bytes, times: Int = -1): Bytes {
  const limit = times < 0 ? Number.POSITIVE_INFINITY : Number(times)
  if (old === '') return replaceEmpty(meter, text, fresh, limit)
  const count = Math.min(countOf(text, old), limit)
  meter.pay(text.length + count * (fresh.length - old.length))
  if (count === 0) return text
  let end = 0
  for (let done = 0; done < count && limit < Number.POSITIVE_INFINITY; done++)
    end = text.indexOf(old, end) + old.length
  const head = end === 0 ? text : text.slice(0, end)
  return head.replaceAll(old, fresh.replaceAll('$', '$$$$')) + text.slice(head.length)
}

function countOf(text: Bytes, part: Bytes): number {
  let count = 0
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++
  return count
}

function replaceEmpty(meter: Meter, text: Bytes, fresh: Bytes, limit: number): Bytes {
  const all = characters(text)
  meter.pay(text.length + Math.min(limit, all.length + 1) * fresh.length)
  const before = all.map((one, at) => (at < limit ? fresh + one : one))
  return before.join('') + (limit > all.length ? fresh : '')
}

function trim(text: Bytes, cutset: Bytes, side: 'left' | 'right' | 'both'): Bytes {
  const cut = new Set(bytesToText(cutset))
  const all = [...bytesToText(text)]
  let [from, to] = [0, all.length]
  while (side !== 'right' && from < to && cut.has(all[from] ?? '')) from++
  while (side !== 'left' && to > from && cut.has(all[to - 1] ?? '')) to--
  return textToBytes(all.slice(from, to).join(''))
}
