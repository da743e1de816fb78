// What a writer of the crash trial writes: all of it follows from the number of its life and of the write, so that whoever
// looks afterwards knows what must be there.

import { batchLimit, type Write } from '../../src/store/index.ts'

/** What a storage must hold, by key. */
export type Holding = ReadonlyMap<string, string>

/** A write, or a new data key. */
export type Deed = { readonly kind: 'write'; readonly writes: readonly Write[] } | { readonly kind: 'rotate' }

/** Bytes of some values: some lie in a page of their own, which is freed when they are written over. */
const sizes = [0, 20, 500, 3000, 20_000] as const

/** The deed of a number in a life. Each value has the canary in it. */
export function deedOf(canary: string, life: number, at: number): Deed {
  if (at % 23 === 22) return { kind: 'rotate' }
  const keyOf = (offset: number) => `logical/k${(life * 7 + at * 5 + offset) % 61}`
  const put = (offset: number): Write => ({
    kind: 'put',
    key: keyOf(offset),
    value: Buffer.from(`${canary} ${life} ${at} ${offset} ${'.'.repeat(sizes[(at + offset) % 5] ?? 0)}`),
    expected: 'anything',
  })
  if (at % 6 === 4)
    return { kind: 'write', writes: [{ kind: 'delete', key: keyOf(0), expected: 'anything' }] }
  const many = at % 6 === 5 ? batchLimit : 1
  return { kind: 'write', writes: Array.from({ length: many }, (_, offset) => put(offset)) }
}

/** What a storage holds after a deed. */
export function afterDeed(before: Holding, deed: Deed): Holding {
  const holding = new Map(before)
  for (const write of deed.kind === 'write' ? deed.writes : []) {
    if (write.kind === 'put') holding.set(write.key, Buffer.from(write.value).toString())
    else holding.delete(write.key)
  }
  return holding
}

/** The first difference between two holdings; undefined where there is none. */
export function difference(wanted: Holding, found: Holding): string | undefined {
  for (const [key, value] of wanted) {
    if (found.get(key) !== value) return `${key} has ${shown(found.get(key))} and not ${shown(value)}`
  }
  for (const key of found.keys()) if (!wanted.has(key)) return `${key} is there`
  return undefined
}

const shown = (value: string | undefined) => (value === undefined ? 'nothing' : `\`${value.slice(0, 80)}\``)
