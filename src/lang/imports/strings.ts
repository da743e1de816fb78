// import "strings". All of them work on bytes, but where a cutset or an empty separator speaks of characters,
// which are code points.

import type { Meter } from '../run/meter.ts'
import { type Context, native, numberText } from '../run/native.ts'
import {
  type Bytes,
  bytesToText,
  characterAt,
  characterBefore,
  charactersOf,
  isAscii,
  mapCharacters,
  piecesOf,
  textToBytes,
} from '../values/bytes.ts'
import { maxDepth } from '../values/compare.ts'
import { fail } from '../values/failure.ts'
import { find, splitAt } from '../values/find.ts'
import type { Int } from '../values/int.ts'
import { List } from '../values/list.ts'
import { boxBytes, collectionBytes, elementBytes, entryBytes } from '../values/prices.ts'
import { typeOf } from '../values/types.ts'
import { isNumber, type Value } from '../values/value.ts'
import { Pieces, pieceByPiece } from './pieces.ts'
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
  native('trim',        ['string', 'string'], (context, text, cut) => trim(context, text, cutset(context.meter, cut), 'both')),
  native('trim_left',   ['string', 'string'], (context, text, cut) => trim(context, text, cutset(context.meter, cut), 'left')),
  native('trim_right',  ['string', 'string'], (context, text, cut) => trim(context, text, cutset(context.meter, cut), 'right')),
  native('trim_space',  ['string'], (context, text) => trim(context, text, blanks, 'both')),
)

/** A case mapping of single code points: one that would give several is left alone. */
function eachCharacter({ meter }: Context, text: Bytes, map: (one: string) => string): Bytes {
  const known = new Map<Bytes, Bytes>()
  const changed = (one: Bytes) => {
    const before = known.get(one)
    if (before !== undefined) return before
    meter.pay(entryBytes)
    const found = changedCharacter(one, map)
    known.set(one, found)
    return found
  }
  return pieceByPiece(meter, text, (piece) => (isAscii(piece) ? map(piece) : mapCharacters(piece, changed)))
}

function changedCharacter(one: Bytes, map: (one: string) => string): Bytes {
  const changed = [...map(bytesToText(one))]
  return changed.length === 1 && changed[0] !== '\ufffd' ? textToBytes(changed[0] ?? '') : one
}

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
  const count = separator === '' ? whole.length : countOf(meter, whole, separator) + 1
  meter.step(count >> 2)
  meter.pay(collectionBytes + whole.length + count * partBytes)
  return new List<Value>(separator === '' ? charactersOf(whole) : splitAt(whole, separator, meter))
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
  meter.pay(boxBytes + list.length * elementBytes)
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
  if (old === '' && fresh === '') return text
  if (old === '') return replaceEmpty(meter, text, fresh, limit)
  let left = Math.min(countOf(meter, text, old), limit)
  let from = 0
  const pieces = new Pieces(meter)
  while (left > 0) {
    const parts: Bytes[] = []
    for (; left > 0 && parts.length < partsAtOnce; left--) {
      const at = find(text, old, meter, from)
      parts.push(text.slice(from, at))
      from = at + old.length
    }
    meter.step(parts.length)
    pieces.expect(parts.length * fresh.length)
    pieces.add(parts.concat('').join(fresh))
  }
  pieces.add(text.slice(from))
  return pieces.text()
}

/** What lies between is joined now and then: millions of parts would take far more than the text. */
const partsAtOnce = 4096

function countOf(meter: Meter, text: Bytes, part: Bytes): number {
  let count = 0
  for (let at = find(text, part, meter); at !== -1; at = find(text, part, meter, at + part.length)) count++
  return count
}

function replaceEmpty(meter: Meter, text: Bytes, fresh: Bytes, limit: number): Bytes {
  let left = limit
  const pieces = new Pieces(meter)
  for (const piece of piecesOf(text)) {
    meter.step(piece.length >> 2)
    const all = left > 0 ? charactersOf(piece) : [piece]
    const [first, rest] = [all.slice(0, left), all.slice(left)]
    pieces.expect(first.length * fresh.length)
    pieces.add(left > 0 ? [fresh, first.join(fresh), ...rest].join('') : piece)
    left -= first.length
  }
  if (left > 0) pieces.add(fresh)
  return pieces.text()
}

type Side = 'left' | 'right' | 'both'

function trim({ meter }: Context, text: Bytes, cut: ReadonlySet<Bytes>, side: Side): Bytes {
  let [from, to] = [0, text.length]
  while (side !== 'right' && from < to && cut.has(characterAt(text, from))) {
    meter.step()
    from += characterAt(text, from).length
  }
  while (side !== 'left' && to > from && cut.has(characterBefore(text, to))) {
    meter.step()
    to -= characterBefore(text, to).length
  }
  return text.slice(from, to)
}

/** The characters of a text, each once. */
function cutset(meter: Meter, text: Bytes): ReadonlySet<Bytes> {
  const characters = new Set<Bytes>()
  for (const piece of piecesOf(text)) {
    meter.step(piece.length >> 2)
    const before = characters.size
    for (const one of charactersOf(piece)) characters.add(one)
    meter.pay((characters.size - before) * entryBytes)
  }
  return characters
}

// Go's unicode.IsSpace
const blanks: ReadonlySet<Bytes> = new Set(
  charactersOf(
    textToBytes(
      '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
    ),
  ),
)
