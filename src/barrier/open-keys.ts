// The keys of an unsealed barrier: what encrypts and decrypts values, and keeps the keyring in the storage up to date.
//
// INVARIANT: the storage never says of a key that it encrypted fewer values than it has. Writes are counted in advance, in
// steps, so a crash loses at most one step of them.
// INVARIANT: the keyring in the storage is the one that was written last, or nothing is written with it: two processes with
// different keys of one term would make each other's values unreadable.

import type { KeyObject } from 'node:crypto'
import { type Clock, inTurn, type Random, SentinelError, toTimestamp } from '../base/index.ts'
import type { Entry, Kv } from '../store/index.ts'
import {
  checkName,
  type DataKey,
  damaged,
  type Keyring,
  keyringName,
  keyringToRecord,
  recordToKeyring,
} from './keyring.ts'
import type { Sharing } from './shamir.ts'
import type { Turns } from './turns.ts'
import { keyBytes, openValue, sealValue, termOf, toKey } from './value.ts'

/** What the keys need of their surroundings. */
export type KeysDeps = {
  readonly kv: Kv
  readonly random: Random
  readonly clock: Clock
  readonly limits: KeyLimits
}

/** How often a key may be used. */
export type KeyLimits = {
  /** Values that one key may encrypt, below 2^32. */
  readonly writesPerKey: number
  /** Writes that are counted in advance at once. */
  readonly countStep: number
}

/** What is said about the key that writes. */
export type KeyStatus = {
  readonly term: number
  /** RFC 3339. */
  readonly installedAt: string
  /** Values that it encrypted; after a crash perhaps up to a step too many. */
  readonly encryptions: number
}

/** A new keyring, not yet in the storage. */
export function newKeyring({ random, clock }: Pick<KeysDeps, 'random' | 'clock'>, sharing: Sharing): Keyring {
  return { sharing, generation: 0, keys: [newDataKey({ random, clock }, 1)] }
}

/** Writes the first keyring. @throws SentinelError STORE_CONFLICT where there is one */
export async function layKeyring(deps: KeysDeps, root: KeyObject, keyring: Keyring): Promise<void> {
  const { record, check } = writtenForm(deps, root, keyring)
  await deps.kv.batch([
    { kind: 'put', key: keyringName, value: record, expected: 'absent' },
    { kind: 'put', key: checkName, value: check, expected: 'absent' },
  ])
}

/**
 * The keys that a root key opens; undefined where it opens nothing.
 *
 * @throws SentinelError STORE_CORRUPT where the keyring is not the one that was written last
 */
export async function openKeys(
  deps: KeysDeps,
  root: KeyObject,
  stored: Entry,
): Promise<OpenKeys | undefined> {
  const keyring = recordToKeyring(root, stored.value)
  if (keyring === undefined) return undefined
  const check = await deps.kv.get(checkName)
  const key = keyring.keys.find(({ term }) => term === (check && termOf(check.value)))?.key
  const opened = check && key && openValue(key, checkName, check.value)
  if (opened === undefined || Buffer.from(opened).toString() !== String(keyring.generation)) {
    throw damaged(keyringName, `it is another one than \`${checkName}\` was written with`)
  }
  return new OpenKeys(deps, root, keyring, stored)
}

/** The keys of an unsealed barrier. */
export class OpenKeys {
  readonly #deps: KeysDeps
  readonly #turn: Turns = inTurn()
  #root: KeyObject | undefined
  #keyring: Keyring
  /** As it lies in the storage. */
  #stored: Entry
  #byTerm: ReadonlyMap<number, KeyObject>
  /** How often the newest key was used; the keyring says how often it may have been. */
  #used: number

  constructor(deps: KeysDeps, root: KeyObject, keyring: Keyring, stored: Entry) {
    this.#deps = deps
    this.#root = root
    this.#keyring = keyring
    this.#stored = stored
    this.#byTerm = new Map(keyring.keys.map(({ term, key }) => [term, key]))
    this.#used = newest(keyring).writes
  }

  /** Forgets every key. From now on everything throws SERVER_SEALED. */
  drop(): void {
    this.#root = undefined
    this.#byTerm = new Map()
    this.#keyring = { ...this.#keyring, keys: [] }
  }

  /** @throws SentinelError SERVER_SEALED when the keys were dropped */
  requireOpen(): void {
    this.#requireRoot()
  }

  /** How the root key is shared. */
  get sharing(): Sharing {
    return this.#keyring.sharing
  }

  status(): KeyStatus {
    this.#requireRoot()
    const { term, installedAtMs } = newest(this.#keyring)
    return { term, installedAt: toTimestamp(installedAtMs), encryptions: this.#used }
  }

  /** Whether this is the root key. */
  isRoot(key: KeyObject): boolean {
    return this.#requireRoot().equals(key)
  }

  /** A key for so many values, counted: `seal` wants it. */
  async reserve(count: number): Promise<DataKey> {
    return (
      this.#take(count) ??
      this.#turn(async () => {
        for (;;) {
          const taken = this.#take(count)
          if (taken !== undefined) return taken
          await this.#countAhead(count)
        }
      })
    )
  }

  /** A value as it is stored under a name. */
  seal(key: DataKey, name: string, value: Uint8Array): Uint8Array {
    this.#requireRoot()
    return sealValue(this.#deps.random, key, name, value)
  }

  /** A stored value. @throws SentinelError STORE_CORRUPT */
  open(name: string, stored: Uint8Array): Uint8Array {
    this.#requireRoot()
    const term = termOf(stored)
    if (term === undefined) throw damaged(name, 'it was not written by the barrier')
    const key = this.#byTerm.get(term)
    if (key === undefined)
      throw damaged(name, `\`${keyringName}\` has no key ${term}, which it was written with`)
    const value = openValue(key, name, stored)
    if (value === undefined) throw damaged(name, 'it was changed, or moved here from another key')
    return value
  }

  /** From now on a new key writes. */
  rotate(): Promise<void> {
    return this.#turn(() => this.#rotate(0))
  }

  /** From now on another root key, shared in another way, opens the keyring. */
  replaceRoot(root: KeyObject, sharing: Sharing): Promise<void> {
    return this.#turn(() => this.#write({ ...this.#keyring, sharing }, { root }))
  }

  #take(count: number): DataKey | undefined {
    this.#requireRoot()
    const key = newest(this.#keyring)
    if (this.#used + count > key.writes) return undefined
    this.#used += count
    return key
  }

  async #countAhead(count: number): Promise<void> {
    const { writesPerKey, countStep } = this.#deps.limits
    const key = newest(this.#keyring)
    // One more: the check is a value too.
    const writes = Math.max(key.writes, this.#used) + Math.max(countStep, count + 1)
    if (writes > writesPerKey) return this.#rotate(count)
    this.#used++
    await this.#write({ ...this.#keyring, keys: [...this.#keyring.keys.slice(0, -1), { ...key, writes }] })
  }

  async #rotate(count: number): Promise<void> {
    this.#requireRoot()
    const writes = Math.max(this.#deps.limits.countStep, count + 1)
    const next = { ...newDataKey(this.#deps, newest(this.#keyring).term + 1), writes }
    await this.#write({ ...this.#keyring, keys: [...this.#keyring.keys, next] }, { used: 1 })
  }

  // Others take from the newest key meanwhile, so what changes, changes at once when all is written.
  async #write(
    changed: Keyring,
    { root = this.#requireRoot(), used }: { readonly root?: KeyObject; readonly used?: number } = {},
  ): Promise<void> {
    const { kv } = this.#deps
    this.#requireRoot()
    const keyring = { ...changed, generation: changed.generation + 1 }
    const { record, check } = writtenForm(this.#deps, root, keyring)
    const { version } = this.#stored
    await kv
      .batch([
        { kind: 'put', key: keyringName, value: record, expected: { version } },
        { kind: 'put', key: checkName, value: check, expected: 'anything' },
      ])
      .catch(foreign)
    const stored = await kv.get(keyringName)
    if (stored === undefined || !Buffer.from(stored.value).equals(record)) foreign(undefined)
    this.#requireRoot()
    this.#stored = stored
    this.#keyring = keyring
    this.#byTerm = new Map(keyring.keys.map(({ term, key }) => [term, key]))
    this.#root = root
    this.#used = used ?? this.#used
  }

  #requireRoot(): KeyObject {
    if (this.#root === undefined) throw sealed()
    return this.#root
  }
}

/** What everything answers while the barrier is sealed, in Vault's words. */
export function sealed(): SentinelError {
  return new SentinelError('SERVER_SEALED', 'Vault is sealed', { hint: 'unseal the server first' })
}

function writtenForm({ random }: KeysDeps, root: KeyObject, keyring: Keyring) {
  const generation = Buffer.from(String(keyring.generation))
  return {
    record: keyringToRecord(random, root, keyring),
    check: sealValue(random, newest(keyring), checkName, generation),
  }
}

// The check is the first value that it encrypts.
function newDataKey({ random, clock }: Pick<KeysDeps, 'random' | 'clock'>, term: number): DataKey {
  return { term, key: toKey(random.bytes(keyBytes)), installedAtMs: clock.now(), writes: 1 }
}

function newest({ keys }: Keyring): DataKey {
  const key = keys.at(-1)
  if (key === undefined) throw sealed()
  return key
}

function foreign(thrown: unknown): never {
  const isConflict = thrown instanceof SentinelError && thrown.code === 'STORE_CONFLICT'
  if (thrown !== undefined && !isConflict) throw thrown
  throw damaged(keyringName, 'another process changed it since this one was unsealed')
}
