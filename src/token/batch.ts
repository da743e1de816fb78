// Batch tokens are kept nowhere: they hold their own entry, sealed with a key behind the barrier. Each has a key of its
// own, made from that one and 128 random bits, so that their number is not bounded by what a nonce of 96 bits bears.

import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { type Random, Secret } from '../base/index.ts'
import type { TokenEntry } from './entry.ts'
import { batchPrefix } from './names.ts'
import { entryToText, textToEntry } from './stored.ts'

/** Makes batch tokens and reads them. */
export type BatchSeal = {
  seal(entry: TokenEntry): Secret
  /** @returns undefined for a text that was not sealed here */
  open(token: string): TokenEntry | undefined
}

const version = 1
const saltBytes = 16
const tagBytes = 16
/** Each key seals one thing only. */
const nonce = Buffer.alloc(12)

/** Batch tokens under a key of 32 bytes. */
export function batchSeal(random: Random, secretKey: Uint8Array): BatchSeal {
  const key = createSecretKey(secretKey)
  return {
    seal(entry) {
      const salt = random.bytes(saltBytes)
      const cipher = createCipheriv('aes-256-gcm', keyFor(key, salt), nonce)
      const text = cipher.update(entryToText(entry))
      const parts = [Buffer.of(version), salt, text, cipher.final(), cipher.getAuthTag()]
      return new Secret(batchPrefix + Buffer.concat(parts).toString('base64url'))
    },
    open(token) {
      const bytes = Buffer.from(token.slice(batchPrefix.length), 'base64url')
      if (bytes[0] !== version || bytes.length <= 1 + saltBytes + tagBytes) return undefined
      // One token has one spelling: decoders of base64 are lenient.
      if (batchPrefix + bytes.toString('base64url') !== token) return undefined
      const salt = bytes.subarray(1, 1 + saltBytes)
      const decipher = createDecipheriv('aes-256-gcm', keyFor(key, salt), nonce)
      decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes))
      const text = decipher.update(bytes.subarray(1 + saltBytes, bytes.length - tagBytes))
      try {
        return textToEntry(Buffer.concat([text, decipher.final()]).toString())
      } catch {
        // Not ours, or changed: nobody is known by it.
        return undefined
      }
    },
  }
}

const keyFor = (key: KeyObject, salt: Uint8Array) =>
  createSecretKey(createHmac('sha256', key).update('batch token').update(salt).digest())
