// What mounts lend to tokens: each lease ends with its time, with its token, or when it is revoked (spec/vault.md 7.7).
//
// INVARIANT: a lease that is marked as ending no longer counts, and is there until its mount has taken back what it lent:
// that is tried again and again, also by the next life of the server.

import { type Clock, type Random, SentinelError } from '../base/index.ts'
import { everyEntry, type Kv, kvUnder } from '../store/index.ts'
import { type Chores, openChores } from './chores.ts'
import { changed, deletion } from './kv-steps.ts'
import { type Limits, lifetimeOf } from './lifetime.ts'
import { base62 } from './names.ts'

/** Something that was lent. */
export type Lease = {
  /** The path that lent it, and 24 random characters. */
  readonly id: string
  readonly tokenKey: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  readonly renewedAtMs: number | undefined
  readonly renewable: boolean
  /** What it was lent for at first. */
  readonly ttlSeconds: number
  /** From its making, with all renewals, within that of the mount; 0 where only that counts. */
  readonly maxSeconds: number
  /** What the mount needs to know to take it back. */
  readonly memo: string
}

/** What a mount lends. */
export type LeaseAsked = Pick<Lease, 'tokenKey' | 'renewable' | 'maxSeconds' | 'memo'> & {
  readonly path: string
  /** 0 where the mount's usual time is meant. */
  readonly wantedSeconds: number
  readonly limits: Limits
}

/** A lease with a later end, and what whoever asked is told. */
export type RenewedLease = {
  readonly lease: Lease
  readonly seconds: number
  readonly warnings: readonly string[]
}

export type LeasesDeps = {
  /** Everything behind the barrier. */
  readonly kv: Kv
  readonly clock: Clock
  readonly random: Random
  /** The mount takes back what it lent; it may be asked twice. */
  takeBack(lease: Lease): Promise<void>
}

export interface Leases {
  /** @throws SentinelError REQUEST_INVALID where the path is too long to be the beginning of an id */
  register(asked: LeaseAsked): Promise<RenewedLease>
  /** Finds a lease that counts. */
  lookup(id: string): Promise<Lease | undefined>
  /** @throws SentinelError REQUEST_INVALID where it is unknown, cannot be renewed, or has reached its longest life */
  renew(
    id: string,
    renewal: { readonly incrementSeconds: number; readonly limits: Limits },
  ): Promise<RenewedLease>
  /** Ends a lease; it is taken back at the next tick. Nothing happens where there is none. */
  revoke(id: string): Promise<void>
  /** Ends a lease and waits until it was taken back. @throws what the mount throws; it will be tried again */
  revokeNow(id: string): Promise<void>
  /** Ends a lease and forgets it, taken back or not. */
  forget(id: string): Promise<void>
  /** Ends all that was lent to a token. */
  endOf(tokenKey: string): Promise<void>
  /** The ids of leases that count, below a path. */
  idsBelow(path: string): Promise<readonly string[]>
  /** Takes back what is due; to be called now and then. */
  tick(): Promise<void>
}

/** Of a path: a key of a store has 1024 bytes, and there is something in front and behind. */
const maxPathBytes = 900

const suffixLength = 24

/** Reads what leases there are. */
export async function openLeases(deps: LeasesDeps): Promise<Leases> {
  const leases = new StoredLeases(deps)
  await leases.watchAll()
  return leases
}

type Row = Lease & { readonly isEnding: boolean }

class StoredLeases implements Leases {
  private readonly deps: LeasesDeps
  private readonly kv: Kv
  private readonly chores: Chores

  constructor(deps: LeasesDeps) {
    this.deps = deps
    this.kv = kvUnder(deps.kv, 'sys/')
    this.chores = openChores(deps, (id) => this.due(id))
  }

  async watchAll(): Promise<void> {
    for await (const { value } of everyEntry(this.kv, 'lease/')) this.watch(rowForm.fromBytes(value))
  }

  async register({ path, wantedSeconds, limits, ...asked }: LeaseAsked): Promise<RenewedLease> {
    if (Buffer.byteLength(path) > maxPathBytes)
      throw invalid(`a path with leases has at most ${maxPathBytes} bytes`)
    const { maxSeconds } = asked
    const times = { explicitMaxSeconds: 0, periodSeconds: 0, ageSeconds: 0 }
    const { seconds, warnings } = lifetimeOf({ wantedSeconds, limits, maxSeconds, ...times })
    const nowMs = this.deps.clock.now()
    const lease: Lease = {
      ...asked,
      id: `${path}/${base62(this.deps.random, suffixLength)}`,
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + seconds * 1000,
      renewedAtMs: undefined,
      ttlSeconds: seconds,
    }
    const row = { ...lease, isEnding: false }
    const value = Buffer.from(lease.id)
    await this.kv.batch([
      { kind: 'put', key: leaseKey(lease.id), value: rowForm.toBytes(row), expected: 'absent' },
      { kind: 'put', key: linkKey(lease), value, expected: 'absent' },
    ])
    this.watch(row)
    return { lease, seconds, warnings }
  }

  async lookup(id: string): Promise<Lease | undefined> {
    const row = await this.row(id)
    if (row === undefined || this.isOver(row)) return undefined
    const { isEnding: _, ...lease } = row
    return lease
  }

  async renew(
    id: string,
    { incrementSeconds, limits }: { readonly incrementSeconds: number; readonly limits: Limits },
  ): Promise<RenewedLease> {
    let done: Omit<RenewedLease, 'lease'> = { seconds: 0, warnings: [] }
    const row = await this.change(id, (before) => {
      if (this.isOver(before)) return undefined
      if (!before.renewable) throw invalid('lease is not renewable')
      const nowMs = this.deps.clock.now()
      done = lifetimeOf({
        wantedSeconds: incrementSeconds > 0 ? incrementSeconds : before.ttlSeconds,
        limits,
        maxSeconds: before.maxSeconds,
        explicitMaxSeconds: 0,
        periodSeconds: 0,
        ageSeconds: Math.ceil((nowMs - before.issuedAtMs) / 1000),
      })
      return { ...before, renewedAtMs: nowMs, expiresAtMs: nowMs + done.seconds * 1000 }
    })
    if (row === undefined) throw invalid('lease not found')
    this.watch(row)
    const { isEnding: _, ...lease } = row
    return { lease, ...done }
  }

  async revoke(id: string): Promise<void> {
    const marked = await this.change(id, (row) => (row.isEnding ? undefined : { ...row, isEnding: true }))
    if (marked !== undefined) this.watch(marked)
  }

  async revokeNow(id: string): Promise<void> {
    await this.revoke(id)
    await this.finish(id)
  }

  async forget(id: string): Promise<void> {
    await this.revoke(id)
    const row = await this.row(id)
    if (row === undefined) return
    try {
      await this.deps.takeBack(row)
    } catch {
      // This is for when what was lent is gone anyway: whoever forces it knows.
    }
    await this.remove(row)
  }

  async endOf(tokenKey: string): Promise<void> {
    for await (const { value } of everyEntry(this.kv, `lease-of/${tokenKey}/`))
      await this.revoke(Buffer.from(value).toString())
  }

  async idsBelow(path: string): Promise<readonly string[]> {
    const folder = path === '' || path.endsWith('/') ? path : `${path}/`
    const ids: string[] = []
    for await (const { value } of everyEntry(this.kv, leaseKey(folder))) {
      const row = rowForm.fromBytes(value)
      if (!this.isOver(row)) ids.push(row.id)
    }
    return ids
  }

  tick(): Promise<void> {
    return this.chores.tick()
  }

  private watch({ id, isEnding, expiresAtMs }: Row): void {
    this.chores.at(id, isEnding ? 0 : expiresAtMs)
  }

  private async due(id: string): Promise<number | undefined> {
    const row = await this.row(id)
    if (row !== undefined && !this.isOver(row)) return row.expiresAtMs
    await this.revokeNow(id)
    return undefined
  }

  private async finish(id: string): Promise<void> {
    const row = await this.row(id)
    if (row === undefined) return
    await this.deps.takeBack(row)
    await this.remove(row)
  }

  private async remove(row: Row): Promise<void> {
    await this.kv.batch([deletion(leaseKey(row.id)), deletion(linkKey(row))])
  }

  private async row(id: string): Promise<Row | undefined> {
    if (id === '' || Buffer.byteLength(id) > maxPathBytes + suffixLength + 1) return undefined
    const found = await this.kv.get(leaseKey(id))
    return found === undefined ? undefined : rowForm.fromBytes(found.value)
  }

  private async change(id: string, next: (row: Row) => Row | undefined): Promise<Row | undefined> {
    return (await this.row(id)) === undefined ? undefined : changed(this.kv, leaseKey(id), rowForm, next)
  }

  private isOver({ isEnding, expiresAtMs }: Row): boolean {
    return isEnding || expiresAtMs <= this.deps.clock.now()
  }
}

const leaseKey = (id: string) => `lease/${id}`

/** Under its token; the end of an id tells it from all others. */
const linkKey = ({ id, tokenKey }: Pick<Lease, 'id' | 'tokenKey'>) =>
  `lease-of/${tokenKey}/${id.slice(-suffixLength)}`

const rowForm = {
  toBytes: (row: Row) => Buffer.from(JSON.stringify(row)),
  fromBytes: (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as Row,
}

const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)
