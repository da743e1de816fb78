// The data keys, as they lie in the storage under the root key: one record, with what must be known before anybody has
// the root key (how it is shared) in front, authenticated like the rest.
//
//   1 byte   form, 1
//   1, 1     shares, threshold
//   6        generation: how often the record was written
//   …        nonce, ciphertext, tag (value.ts); for each key: term 4, installed 6 (ms), writes 6, key 32

import type { KeyObject } from 'node:crypto'
import { printable, type Random, SentinelError } from '../base/index.ts'
import { type Sharing, sharingFault } from './shamir.ts'
import { decrypt, encrypt, keyBytes, toKey } from './value.ts'

/** A key that values are encrypted with. */
export type DataKey = {
  /** 1, 2, 3 … in the order in which they came into use. */
  readonly term: number
  readonly key: KeyObject
  readonly installedAtMs: number
  /** How many values it may have encrypted: never fewer than it has. */
  readonly writes: number
}

/** All data keys in the order of their terms: the last one writes, each reads what it wrote. */
export type Keyring = {
  readonly sharing: Sharing
  readonly generation: number
  readonly keys: readonly DataKey[]
}

/** Where the keyring lies. */
export const keyringName = 'core/keyring'

/** Where it is written, with the newest data key, which generation the keyring has: an older one put back shows. */
export const checkName = 'core/keyring-check'

const form = 1
const headBytes = 9
const entryBytes = 16 + keyBytes

/** A keyring as it is stored. */
export function keyringToRecord(random: Random, root: KeyObject, keyring: Keyring): Uint8Array {
  const head = Buffer.alloc(headBytes)
  head.writeUInt8(form, 0)
  head.writeUInt8(keyring.sharing.shares, 1)
  head.writeUInt8(keyring.sharing.threshold, 2)
  head.writeUIntBE(keyring.generation, 3, 6)
  const body = Buffer.alloc(keyring.keys.length * entryBytes)
  for (const [at, { term, key, installedAtMs, writes }] of keyring.keys.entries()) {
    const start = at * entryBytes
    body.writeUInt32BE(term, start)
    body.writeUIntBE(installedAtMs, start + 4, 6)
    body.writeUIntBE(writes, start + 10, 6)
    const bytes = key.export()
    body.set(bytes, start + 16)
    bytes.fill(0)
  }
  const closed = encrypt(random, root, contextOf(head), body)
  body.fill(0)
  return Buffer.concat([head, closed])
}

/** How the root key of a stored keyring is shared. Only when it was opened is it sure that nobody changed it. */
export function sharingOf(record: Uint8Array): Sharing {
  const [stored, shares = 0, threshold = 0] = record
  const sharing = { shares, threshold }
  if (record.length < headBytes || stored !== form || sharingFault(sharing) !== undefined) {
    throw damaged(keyringName, 'it is no keyring of this version')
  }
  return sharing
}

/** The stored keyring; undefined where another root key closed it, or somebody changed it. */
export function recordToKeyring(root: KeyObject, record: Uint8Array): Keyring | undefined {
  const sharing = sharingOf(record)
  const head = Buffer.from(record.subarray(0, headBytes))
  const opened = decrypt(root, contextOf(head), record.subarray(headBytes))
  if (opened === undefined) return undefined
  const body = Buffer.from(opened.buffer, opened.byteOffset, opened.length)
  const keys = Array.from({ length: body.length / entryBytes }, (_, at): DataKey => {
    const entry = body.subarray(at * entryBytes, (at + 1) * entryBytes)
    return {
      term: entry.readUInt32BE(0),
      installedAtMs: entry.readUIntBE(4, 6),
      writes: entry.readUIntBE(10, 6),
      key: toKey(entry.subarray(16)),
    }
  })
  return { sharing, generation: head.readUIntBE(3, 6), keys }
}

const contextOf = (head: Uint8Array) => Buffer.concat([Buffer.from(keyringName), head])

/** The error of an entry that nobody wrote as it is. */
export function damaged(name: string, why: string): SentinelError {
  return new SentinelError('STORE_CORRUPT', `\`${printable(name)}\` is damaged: ${why}`, {
    hint: 'find out who changed the storage, and restore it from a backup',
  })
}
