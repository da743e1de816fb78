// Passwords as they are kept: scrypt (RFC 7914) with a salt of its own for each. What a password is checked against is
// computed for names that nobody has too, so that the time says nothing about who is known.

import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import type { Random } from '../../../base/index.ts'

/** A password that can be checked and not be read. Bytes in base64. */
export type PasswordHash = {
  readonly salt: string
  readonly key: string
  readonly cost: Cost
}

type Cost = { readonly N: number; readonly r: number; readonly p: number }

/** About a tenth of a second and 32 MiB; a stored hash keeps the cost that it was made with. */
const usual: Cost = { N: 2 ** 15, r: 8, p: 1 }

const keyBytes = 32

/** Hashes a password to be kept. */
export async function hashPassword(random: Random, password: string): Promise<PasswordHash> {
  const salt = random.bytes(16)
  const key = await derived(password, salt, usual)
  return { salt: Buffer.from(salt).toString('base64'), key: key.toString('base64'), cost: usual }
}

/** Whether this is the password. Of nobody none is, and finding out takes as long. */
export async function isPassword(hash: PasswordHash | undefined, password: string): Promise<boolean> {
  const { salt, key, cost } = hash ?? nobodys
  const found = await derived(password, Buffer.from(salt, 'base64'), cost)
  return timingSafeEqual(found, Buffer.from(key, 'base64')) && hash !== undefined
}

const nobodys: PasswordHash = {
  salt: Buffer.alloc(16).toString('base64'),
  key: Buffer.alloc(keyBytes).toString('base64'),
  cost: usual,
}

function derived(password: string, salt: Uint8Array, cost: Cost): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 2 * 128 * cost.N * cost.r }
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, options, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}
