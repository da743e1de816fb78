// What every Kv demands of its caller, and what it says when something else is there.

import { printable, SentinelError } from '../base/index.ts'
import { batchLimit, keyBytesLimit, type Version, type Write } from './kv.ts'

/** @throws SentinelError REQUEST_INVALID for a key that is too long: somebody chose the name; INTERNAL for an empty one */
export function requireKey(key: string): void {
  const bytes = Buffer.byteLength(key)
  if (bytes > keyBytesLimit)
    throw new SentinelError('REQUEST_INVALID', `a key has at most ${keyBytesLimit} bytes, not ${bytes}`, {
      hint: 'choose a shorter name',
    })
  if (bytes < 1) throw new SentinelError('INTERNAL', 'a key is not empty')
}

/** @throws SentinelError INTERNAL for a batch that is empty, too large, or has a key twice */
export function requireBatch(writes: readonly Write[]): void {
  for (const { key } of writes) requireKey(key)
  if (writes.length < 1 || writes.length > batchLimit) {
    throw new SentinelError('INTERNAL', `a batch has 1 to ${batchLimit} writes, not ${writes.length}`)
  }
  if (new Set(writes.map(({ key }) => key)).size < writes.length) {
    throw new SentinelError('INTERNAL', 'a batch has a key twice')
  }
}

/** Why a write cannot happen where `found` is the stored version; undefined when it can. */
export function conflictOf({ key, expected }: Write, found: Version | undefined): SentinelError | undefined {
  const wanted = expected === 'absent' ? undefined : expected === 'anything' ? found : expected.version
  if (wanted === found) return undefined
  const how =
    found === undefined ? 'is not there' : expected === 'absent' ? 'is there already' : 'was changed'
  return new SentinelError('STORE_CONFLICT', `\`${printable(key)}\` ${how}`, {
    hint: 'look at it as it is now, and try again',
  })
}
