// Passwords as they are kept: scrypt (RFC 7914) with a salt of its own for each. What a password is checked against is
// computed for names that nobody has too, so that the time says nothing about who is known.

import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { inTurn, type Random, SentinelError } from '../../../base/index.ts'

/** A password that can be checked and not be read. Bytes in base64. */
export type PasswordHash = {
  readonly salt: string
  readonly key: string
  readonly cost: Cost
}

export type Cost = { readonly N: number; readonly r: number; readonly p: number }

/** About a tenth of a second and 32 MiB; a stored hash keeps the cost that it was made with. */
export const usualCost: Cost = { N: 2 ** 15, r: 8, p: 1 }

const keyBytes = 32

/** Hashing is slow on purpose, so whoever asks for much of it at once is asked to wait. */
export interface Passwords {
  /** Hashes a password to be kept. @throws SentinelError RATE_LIMITED */
  hash(random: Random, password: string): Promise<PasswordHash>
  /** Whether this is the password. Of nobody none is, and finding out takes as long. @throws SentinelError RATE_LIMITED */
  is(hash: PasswordHash | undefined, password: string): Promise<boolean>
}

/** Of the four threads that Node has for such work, and for writing files: logins must not keep others from their log. */
const atOnce = 2
/** About three seconds of work. */
const maxWaiting = 64

/** @param cost of the hashes that are made from now on */
export function passwords(cost: Cost): Passwords {
  const turns = Array.from({ length: atOnce }, inTurn)
  let [next, underWay] = [0, 0]
  const derive = async (password: string, salt: Uint8Array, itsCost: Cost): Promise<Buffer> => {
    if (underWay >= maxWaiting)
      throw new SentinelError('RATE_LIMITED', 'too many passwords are being checked', {
        hint: 'try again in some seconds',
      })
    underWay++
    next = (next + 1) % atOnce
    try {
      return await (turns[next] ?? inTurn())(() => derived(password, salt, itsCost))
    } finally {
      underWay--
    }
  }
  return {
    async hash(random, password) {
      const salt = random.bytes(16)
      const key = await derive(password, salt, cost)
      return { salt: Buffer.from(salt).toString('base64'), key: key.toString('base64'), cost }
    },
    async is(hash, password) {
      const { salt, key, cost: itsCost } = hash ?? { ...nobodys, cost }
      const found = await derive(password, Buffer.from(salt, 'base64'), itsCost)
      return timingSafeEqual(found, Buffer.from(key, 'base64')) && hash !== undefined
    },
  }
}

const nobodys = {
  salt: Buffer.alloc(16).toString('base64'),
  key: Buffer.alloc(keyBytes).toString('base64'),
}

function derived(password: string, salt: Uint8Array, cost: Cost): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 2 * 128 * cost.N * cost.r }
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, options, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}
