// Passwords as they are kept: scrypt (RFC 7914) with a salt of its own for each. What a password is checked against is
// computed for names that nobody has too, so that the time says nothing about who is known.

import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { inTurn, type Random } from '../../../base/index.ts'
import { fairTurns } from './fair-turns.ts'

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

/** Hashing is slow on purpose, so strangers who ask for much of it at once wait for each other. */
export interface Passwords {
  /** Hashes a password to be kept. Whoever may write one waits for no stranger. */
  hash(random: Random, password: string): Promise<PasswordHash>
  /**
   * Whether this is the password of whoever is asked about. Of nobody none is, and finding out takes as long.
   *
   * @throws SentinelError RATE_LIMITED, and what `mayTry` throws
   */
  is(hash: PasswordHash | undefined, password: string, asked: Try): Promise<boolean>
}

/** Somebody who says who they are. */
export type Try = {
  /** From where: addresses take turns, so one that tries much keeps itself waiting. */
  readonly address: string
  /** Of each name one password is checked at a time, so that none is checked beyond what a lock-out allows. */
  readonly name: string
  /** Is asked right before the password is checked. */
  mayTry(): void
  /** Is told right after, before the next one of that name is checked. */
  tried(isRight: boolean): void
}

/** Of the four threads that Node has for such work, and for writing files: logins must not keep others from their log. */
const atOnce = 2
/** Of one address: about ten seconds of work. */
const maxWaiting = 256

/** @param cost of the hashes that are made from now on */
export function passwords(cost: Cost): Passwords {
  const writing = inTurn()
  const checking = fairTurns({ atOnce, maxWaiting })
  return {
    async hash(random, password) {
      const salt = random.bytes(16)
      const key = await writing(() => derived(password, salt, cost))
      return { salt: Buffer.from(salt).toString('base64'), key: key.toString('base64'), cost }
    },
    is(hash, password, { address, name, mayTry, tried }) {
      const { salt, key, cost: itsCost } = hash ?? { ...nobodys, cost }
      return checking(address, name, async () => {
        mayTry()
        const found = await derived(password, Buffer.from(salt, 'base64'), itsCost)
        const isRight = timingSafeEqual(found, Buffer.from(key, 'base64')) && hash !== undefined
        tried(isRight)
        return isRight
      })
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
