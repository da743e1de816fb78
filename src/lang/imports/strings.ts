// import "strings". All of them work on bytes, but where a cutset or an empty separator speaks of characters,
// which are code points.

import { elementBytes } from '../run/meter.ts'
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

/** A list is given back as it is. */
function split({ meter }: Context, text: Value, separator: Bytes): Value {
  if (text instanceof List) return text
  const whole =
    typeof text === 'string'
      ? text
      : isNumber(text)
        ? numberText(text)
        : fail(`cannot convert to string: ${typeOf(text).toUpperCase()}`)
  const parts = separator === '' ? characters(whole) : whole.split(separator)
  meter.pay(whole.length + parts.length * elementBytes)
  return new List<Value>(parts)
}

/** Lists inside of the list are joined with the same separator, as if they were no lists. */
function join({ meter }: Context, list: Value, separator: Bytes): Bytes {
  if (!(list instanceof List)) return fail(`cannot convert to list: ${typeOf(list).toUpperCase()}`)
  const parts: Bytes[] = []
  collect(list, parts, 0)
  meter.step(parts.length)
  meter.pay(parts.reduce((sum, part) => sum + part.length + separator.length, 0))
  return parts.join(separator)
}

function collect(list: List<Value>, parts: Bytes[], depth: number): void {
  if (depth > maxDepth) fail(`cannot join lists that nest more than ${maxDepth} levels deep`)
  for (const element of list.elements()) {
    if (element instanceof List) collect(element, parts, depth + 1)
    else if (typeof element === 'string') parts.push(element)
    else if (isNumber(element)) parts.push(numberText(element))
    else if (typeof element === 'boolean') parts.push(String(element))
    else fail(`cannot convert to string: ${typeOf(element).toUpperCase()}`)
  }
}

/** As Go's `strings.Replace`: an empty `old` stands before each character and at the end. */
function replace({ meter }: Context, text: Bytes, old: Bytes, fresh: Bytes, times: Int = -1): Bytes {
  const parts = old === '' ? ['', ...characters(text)] : text.split(old)
  const count = old === '' ? parts.length : parts.length - 1
  const changes = times < 0 || times > count ? count : Number(times)
  meter.pay(text.length + changes * fresh.length)
  if (old === '') return replaceEmpty(parts.slice(1), fresh, changes)
  const [changed, kept] = [parts.slice(0, changes + 1), parts.slice(changes + 1)]
  return [changed.join(fresh), ...kept].join(old)
}

function replaceEmpty(all: readonly Bytes[], fresh: Bytes, changes: number): Bytes {
  const before = all.map((one, at) => (at < changes ? fresh + one : one))
  return before.join('') + (changes > all.length ? fresh : '')
}

function trim(text: Bytes, cutset: Bytes, side: 'left' | 'right' | 'both'): Bytes {
  const cut = new Set(bytesToText(cutset))
  const all = [...bytesToText(text)]
  let [from, to] = [0, all.length]
  while (side !== 'right' && from < to && cut.has(all[from] ?? '')) from++
  while (side !== 'left' && to > from && cut.has(all[to - 1] ?? '')) to--
  return textToBytes(all.slice(from, to).join(''))
}
