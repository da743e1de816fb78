// Where a part of a text stands, in linear time. V8's `indexOf` looks for parts of up to 250 characters in linear time;
// where the part is longer it may take the product of both lengths, which a policy can bring about.

import type { Bytes } from './bytes.ts'
import type { Costs } from './failure.ts'

/** So long a part V8 finds by itself. */
const shortPart = 250

/**
 * Where a part of a text begins first, from a place on; -1 where it does not. Whoever calls has paid for the text; a
 * long part is paid for here.
 */
export function find(text: Bytes, part: Bytes, costs: Costs, from = 0): number {
  if (part.length <= shortPart || part.length > text.length - from) return text.indexOf(part, from)
  costs.step(part.length >> 3)
  costs.pay(part.length * Int32Array.BYTES_PER_ELEMENT)
  return search(text, part, from, bordersOf(part))
}

/** Knuth, Morris and Pratt: of each beginning of a part, how long a beginning is its end too. */
function bordersOf(part: Bytes): Int32Array {
  const borders = new Int32Array(part.length)
  for (let [at, border] = [1, 0]; at < part.length; at++) {
    while (border > 0 && part.charCodeAt(at) !== part.charCodeAt(border)) border = borders[border - 1] ?? 0
    if (part.charCodeAt(at) === part.charCodeAt(border)) border++
    borders[at] = border
  }
  return borders
}

function search(text: Bytes, part: Bytes, from: number, borders: Int32Array): number {
  let same = 0
  for (let at = from; at < text.length; at++) {
    while (same > 0 && text.charCodeAt(at) !== part.charCodeAt(same)) same = borders[same - 1] ?? 0
    if (text.charCodeAt(at) === part.charCodeAt(same)) same++
    if (same === part.length) return at + 1 - same
  }
  return -1
}

/** A text without a part of it: what stands between, in order. The part is not empty. */
export function splitAt(text: Bytes, part: Bytes, costs: Costs): readonly Bytes[] {
  if (part.length <= shortPart) return text.split(part)
  const parts: Bytes[] = []
  let from = 0
  for (let at = find(text, part, costs); at !== -1; at = find(text, part, costs, from)) {
    parts.push(text.slice(from, at))
    from = at + part.length
  }
  return [...parts, text.slice(from)]
}
