// How tokens and accessors are spelt (spec/vault.md 5.1), and what they are kept under.

import { createHmac, createSecretKey } from 'node:crypto'
import { type Random, Secret } from '../base/index.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Bytes from here on would make the first letters likelier. */
const fairBytes = 256 - (256 % alphabet.length)

/** Random letters and digits. */
export function base62(random: Random, length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of random.bytes(length - text.length + 8)) {
      if (byte < fairBytes && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}

/** A service token: 28 characters in all, as the root tokens of Vault's clients must be (spec/vault.md 8.5). */
export const newServiceToken = (random: Random) => new Secret(`hvs.${base62(random, 24)}`)

/** What a token may be called by without being it. */
export const newAccessor = (random: Random) => base62(random, 24)

/** What begins like this holds its own entry, sealed. */
export const batchPrefix = 'hvb.'

/** Beginnings that say what a token is: nobody may choose an id that lies about it. */
export const reservedPrefixes = ['s.', 'b.', 'r.', 'hvs.', batchPrefix, 'hvr.'] as const

/** A keyed hash: what is stored says nothing about what was hashed, and looking it up takes the same time for all. */
export function keyedHash(salt: Uint8Array): (text: string) => string {
  const key = createSecretKey(salt)
  return (text) => createHmac('sha256', key).update(text).digest('hex')
}
