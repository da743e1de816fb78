// How a value lies in the storage: which form, which key, and AES-256-GCM bound to the name that it lies under.
//
//   1 byte   form, 1
//   4 bytes  term of the data key
//   12       nonce, random: a key is used for fewer than 2^32 of them (NIST SP 800-38D, 8.3)
//   …        ciphertext, as long as the value
//   16       tag; the name is the additional data, so that a value cannot be moved to another name

import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import type { Random } from '../base/index.ts'

const form = 1
const [headBytes, nonceBytes, tagBytes] = [5, 12, 16]

/** The bytes of every key. */
export const keyBytes = 32

/** A key that can be used and not seen. The bytes it was made of are wiped. */
export function toKey(bytes: Uint8Array): KeyObject {
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}

/** A value as it is stored. */
export function sealValue(
  random: Random,
  { term, key }: { readonly term: number; readonly key: KeyObject },
  name: string,
  value: Uint8Array,
): Uint8Array {
  const head = Buffer.alloc(headBytes)
  head.writeUInt8(form, 0)
  head.writeUInt32BE(term, 1)
  return Buffer.concat([head, encrypt(random, key, Buffer.from(name), value)])
}

/** The term of the key that a value was stored with; undefined for what has not this form. */
export function termOf(stored: Uint8Array): number | undefined {
  if (stored.length < headBytes + nonceBytes + tagBytes || stored[0] !== form) return undefined
  return new DataView(stored.buffer, stored.byteOffset).getUint32(1)
}

/** The value again; undefined where it is not as it was, or was stored with another key or under another name. */
export function openValue(key: KeyObject, name: string, stored: Uint8Array): Uint8Array | undefined {
  return decrypt(key, Buffer.from(name), stored.subarray(headBytes))
}

/** Nonce, ciphertext and tag. */
export function encrypt(random: Random, key: KeyObject, context: Uint8Array, plain: Uint8Array): Uint8Array {
  const nonce = random.bytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(context)
  // In GCM the end adds nothing; it makes the tag.
  const closed = cipher.update(plain)
  cipher.final()
  return Buffer.concat([nonce, closed, cipher.getAuthTag()])
}

/** What `encrypt` was given; undefined where the key, the context or a bit is another one. */
export function decrypt(key: KeyObject, context: Uint8Array, closed: Uint8Array): Uint8Array | undefined {
  if (closed.length < nonceBytes + tagBytes) return undefined
  const tagAt = closed.length - tagBytes
  const decipher = createDecipheriv('aes-256-gcm', key, closed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(context)
  decipher.setAuthTag(closed.subarray(tagAt))
  try {
    const plain = decipher.update(closed.subarray(nonceBytes, tagAt))
    decipher.final()
    return plain
  } catch {
    return undefined
  }
}
