// The tokens of a server: found, used, made, renewed and revoked (spec/vault.md 5).
//
// INVARIANT: a token counts only while its parent counts, and so on up. One write therefore ends a token with all that
// was made with it, at once and whatever happens next; what is left of them is cleared away afterwards, and after a crash
// from the beginning: children first, so that the row which says that they are over goes last.

import { type Clock, type Random, type Secret, SentinelError, type Soon, soon } from '../base/index.ts'
import { happened, type Kv, kvUnder, type Write } from '../store/index.ts'
import { type BatchSeal, batchSeal } from './batch.ts'
import { type Chores, openChores } from './chores.ts'
import { isOver, type Parent, type TokenEntry } from './entry.ts'
import { emptied } from './kv-steps.ts'
import { type Limits, leastSaid, lifetimeOf } from './lifetime.ts'
import { batchPrefix, keyedHash, newAccessor, newServiceToken } from './names.ts'
import type { TokenPlan } from './plan.ts'
import { openRoles, type Roles } from './roles.ts'
import { type Doomed, openRows, type Row, type Rows } from './rows.ts'
import type { TokenSettings } from './settings.ts'
import { requireCarriable, requireSendable } from './weight.ts'

export type TokensDeps = {
  /** Everything behind the barrier. */
  readonly kv: Kv
  readonly clock: Clock
  readonly random: Random
  /** Ends what was lent to a token that is over. */
  endLeases(key: string): Promise<void>
  /**
   * What the mount is known by at which a token was made; another text where it was taken away or moved since, undefined
   * where nothing is mounted.
   */
  makerAt(path: string): string | undefined
}

/** A token that was made. Nobody can be told it again. */
export type Issued = { readonly token: Secret; readonly entry: TokenEntry }

/** What is asked of a renewal, 0 for nothing, and what the mount that made the token says now. */
export type Renewal = {
  readonly incrementSeconds: number
  readonly limits: Limits
  /** Of whoever logged in; they may have become shorter since. */
  readonly settings?: Pick<TokenSettings, 'ttlSeconds' | 'maxSeconds' | 'periodSeconds'> | undefined
}

/** A token with a later end, and what whoever asked is told. */
export type Renewed = {
  readonly entry: TokenEntry
  readonly seconds: number
  readonly warnings: readonly string[]
}

export interface Tokens {
  /** Finds a token that counts; batch tokens too. */
  lookup(token: Secret): Promise<TokenEntry | undefined>
  byAccessor(accessor: string): Promise<TokenEntry | undefined>
  byKey(key: string): Promise<TokenEntry | undefined>
  /** The same as lookup, and spends one use. Of many at once, exactly as many succeed as there are uses. */
  enter(token: Secret): Soon<TokenEntry | undefined>
  /** Says that a token which was used up has made its last request: the next tick clears it away. */
  leave(key: string): void
  /**
   * Makes a token. What is told exists; what fails was never there.
   *
   * @param keeps what lies in its cubbyhole from the beginning
   * @throws SentinelError REQUEST_INVALID where a chosen id is taken, it would carry too much, or the parent ended meanwhile
   */
  issue(plan: TokenPlan, keeps?: ReadonlyMap<string, Uint8Array>): Promise<Issued>
  /** @throws SentinelError REQUEST_INVALID where it is unknown, cannot be renewed, or has reached its longest life */
  renew(key: string, renewal: Renewal): Promise<Renewed>
  /** Ends a token, and with it all that was made with it. Nothing happens where there is none. */
  revoke(key: string): Promise<void>
  /** Ends a token; its children become orphans. */
  revokeOrphan(key: string): Promise<void>
  /** Tokens with an end that were made at a path or below it: `auth/userpass` is not around `auth/userpass2/login/x`. */
  madeAt(path: string): Promise<readonly TokenEntry[]>
  accessors(): Promise<readonly string[]>
  /** The storage of one token, gone with it. */
  cubbyhole(key: string): Kv
  /** Clears away what points at nothing. @returns how much that was */
  tidy(): Promise<number>
  /** Clears away what is over; to be called now and then. */
  tick(): Promise<void>
  readonly roles: Roles
}

/** Longer than a request may take: a token that was used up is needed by its last request. */
const lastRequestMs = 120_000

/** Reads what there is of tokens; the first time, makes their keys. */
export async function openTokens(deps: TokensDeps): Promise<Tokens> {
  const kv = kvUnder(deps.kv, 'sys/token/')
  const keys = await openKeys(kv, deps.random)
  const rows = openRows(kv, keys.hashed)
  const tokens = new ServiceTokens(deps, kv, rows, keys)
  for await (const row of rows.all()) tokens.watch(row)
  return tokens.face()
}

type Keys = { hashed(text: string): string; readonly batch: BatchSeal }

/** The salt of the hashes and the key of batch tokens, made once. */
async function openKeys(kv: Kv, random: Random): Promise<Keys> {
  const key = 'keys'
  const found = await kv.get(key)
  if (found !== undefined)
    return { hashed: keyedHash(found.value.slice(0, 32)), batch: batchSeal(random, found.value.slice(32)) }
  await happened(kv.batch([{ kind: 'put', key, value: random.bytes(64), expected: 'absent' }]))
  return openKeys(kv, random)
}

class ServiceTokens {
  private readonly deps: TokensDeps
  private readonly kv: Kv
  private readonly rows: Rows
  private readonly keys: Keys
  private readonly chores: Chores
  private readonly found = new WeakMap<Secret, string>()

  constructor(deps: TokensDeps, kv: Kv, rows: Rows, keys: Keys) {
    this.deps = deps
    this.kv = kv
    this.rows = rows
    this.keys = keys
    this.chores = openChores(deps, (key) => this.due(key))
  }

  face(): Tokens {
    return {
      lookup: async (token) => this.lookup(token),
      byAccessor: async (accessor) => {
        const key = await this.rows.keyOfAccessor(accessor)
        return key === undefined ? undefined : this.counting(key)
      },
      byKey: async (key) => this.counting(key),
      enter: (token) => this.enter(token),
      leave: (key) => this.chores.at(key, this.deps.clock.now()),
      issue: (plan, keeps = new Map()) => this.issue(plan, keeps),
      renew: (key, renewal) => this.renew(key, renewal),
      revoke: (key) => this.revoke(key),
      revokeOrphan: (key) => this.revokeOrphan(key),
      madeAt: (path) => this.madeAt(path),
      accessors: () => this.accessors(),
      cubbyhole: (key) => kvUnder(this.kv, `cubbyhole/${key}/`),
      tidy: () => this.tidy(),
      tick: () => this.chores.tick(),
      roles: openRoles(kvUnder(this.kv, 'roles/')),
    }
  }

  /** Comes back to a token when its time is over. */
  watch({ entry, isEnding }: Row): void {
    if (isEnding || entry.usesLeft === 0) this.chores.at(entry.key, 0)
    else if (entry.expiresAtMs !== undefined) this.chores.at(entry.key, entry.expiresAtMs)
  }

  private lookup(token: Secret): Soon<TokenEntry | undefined> {
    const text = token.reveal()
    return text.startsWith(batchPrefix) ? this.openedBatch(text) : this.counting(this.keyOf(token))
  }

  /** Remembered by the object, which goes when its connection does; never by the text. */
  private keyOf(token: Secret): string {
    const before = this.found.get(token)
    if (before !== undefined) return before
    const key = this.keys.hashed(token.reveal())
    this.found.set(token, key)
    return key
  }

  private async openedBatch(text: string): Promise<TokenEntry | undefined> {
    const entry = this.keys.batch.open(text)
    if (entry === undefined || isOver(entry, this.deps.clock.now())) return undefined
    // Nothing is kept of it that could be deleted with its mount.
    if (entry.maker === undefined || entry.maker !== this.deps.makerAt(entry.path)) return undefined
    return (await this.isAlive(entry.parent)) ? { ...entry, key: this.keys.hashed(text) } : undefined
  }

  private counting(key: string): Soon<TokenEntry | undefined> {
    return soon(this.rows.remembered(key) ?? this.rows.get(key), (row) => this.counted(row))
  }

  private counted(row: Row | undefined): Soon<TokenEntry | undefined> {
    if (row === undefined || this.isRowOver(row)) return undefined
    const { entry } = row
    return soon(this.isAlive(entry.parent), (alive) => (alive ? entry : undefined))
  }

  /** Whether a parent still counts, with all above it. */
  private isAlive(parent: Parent | undefined): Soon<boolean> {
    for (let above = parent; above !== undefined; ) {
      const row = this.rows.remembered(above.key)
      if (row === undefined) return this.isStoredAlive(above)
      if (!this.isParent(row, above)) return false
      above = row.entry.parent
    }
    return true
  }

  private async isStoredAlive(parent: Parent): Promise<boolean> {
    const row = await this.rows.get(parent.key)
    return row !== undefined && this.isParent(row, parent) && this.isAlive(row.entry.parent)
  }

  private isParent(row: Row, { accessor }: Parent): boolean {
    return row.entry.accessor === accessor && !this.isRowOver(row)
  }

  private isRowOver({ entry, isEnding }: Row): boolean {
    return isEnding || isOver(entry, this.deps.clock.now())
  }

  private enter(token: Secret): Soon<TokenEntry | undefined> {
    return soon(this.lookup(token), (found) => (found?.usesLeft === undefined ? found : this.spend(found)))
  }

  private async spend(found: TokenEntry): Promise<TokenEntry | undefined> {
    const spent = await this.rows.change(found.key, (row) => {
      const { entry } = row
      if (this.isRowOver(row) || entry.usesLeft === undefined) return undefined
      return { ...row, entry: { ...entry, usesLeft: entry.usesLeft - 1 } }
    })
    if (spent?.entry.usesLeft === 0) this.chores.at(found.key, this.deps.clock.now() + lastRequestMs)
    return spent?.entry
  }

  private async issue(
    { id, numUses, ...plan }: TokenPlan,
    keeps: ReadonlyMap<string, Uint8Array>,
  ): Promise<Issued> {
    requireCarriable(plan)
    const createdAtMs = this.deps.clock.now()
    const { ttlSeconds, type } = plan
    const times = {
      createdAtMs,
      renewedAtMs: undefined,
      expiresAtMs: ttlSeconds === 0 ? undefined : createdAtMs + ttlSeconds * 1000,
      usesLeft: numUses === 0 ? undefined : numUses,
    }
    if (type === 'batch') {
      const maker = this.deps.makerAt(plan.path)
      const entry = { ...plan, ...times, ...(maker !== undefined && { maker }), key: '', accessor: '' }
      const token = this.keys.batch.seal(entry)
      requireSendable(token.reveal())
      return { token, entry: { ...entry, key: this.keys.hashed(token.reveal()) } }
    }
    const token = id ?? newServiceToken(this.deps.random)
    const key = this.keys.hashed(token.reveal())
    const entry = { ...plan, ...times, key, accessor: newAccessor(this.deps.random) }
    const beside = [...keeps].map(
      ([name, value]): Write => ({ kind: 'put', key: `cubbyhole/${key}/${name}`, value, expected: 'absent' }),
    )
    if (!(await happened(this.rows.add(entry, beside))))
      throw invalid('cannot create a token with a duplicate ID')
    this.watch({ entry, isEnding: false })
    if (await this.isAlive(entry.parent)) return { token, entry }
    await this.revoke(key)
    throw invalid('parent token lookup failed: no parent found')
  }

  private async renew(key: string, { incrementSeconds, limits, settings }: Renewal): Promise<Renewed> {
    if ((await this.counting(key)) === undefined) throw invalid('token not found')
    let done: Renewed | undefined
    const role = await this.roleOf(key)
    await this.rows.change(key, (row) => {
      if (this.isRowOver(row)) return undefined
      const entry = { ...row.entry, ...(settings && lifetimeIn(settings, row.entry)) }
      if (!entry.renewable || entry.expiresAtMs === undefined) throw invalid('lease is not renewable')
      const nowMs = this.deps.clock.now()
      const periodSeconds = leastSaid([entry.periodSeconds, role.periodSeconds])
      const explicitMaxSeconds = leastSaid([entry.explicitMaxSeconds, role.explicitMaxSeconds])
      const { seconds, warnings } = lifetimeOf({
        wantedSeconds: incrementSeconds > 0 ? incrementSeconds : entry.ttlSeconds,
        limits,
        maxSeconds: entry.maxSeconds,
        explicitMaxSeconds,
        periodSeconds,
        // Begun seconds count, so that the end is never later than the maximum.
        ageSeconds: Math.ceil((nowMs - entry.createdAtMs) / 1000),
      })
      const renewed = { ...entry, renewedAtMs: nowMs, expiresAtMs: nowMs + seconds * 1000 }
      done = { entry: renewed, seconds, warnings }
      return { ...row, entry: renewed }
    })
    if (done === undefined) throw invalid('token not found')
    this.watch({ entry: done.entry, isEnding: false })
    return done
  }

  /** What the role of a token says now: it may have become shorter. */
  private async roleOf(key: string) {
    const name = (await this.rows.get(key))?.entry.role
    if (name === undefined) return { periodSeconds: 0, explicitMaxSeconds: 0 }
    const role = await openRoles(kvUnder(this.kv, 'roles/')).get(name)
    if (role === undefined) throw invalid(`original token role "${name}" could not be found, not renewing`)
    return role
  }

  private async revoke(key: string): Promise<void> {
    const marked = await this.rows.change(key, (row) =>
      row.isEnding ? undefined : { ...row, isEnding: true },
    )
    if (marked !== undefined) this.chores.at(key, this.deps.clock.now())
    await this.clearAway(key)
  }

  private async revokeOrphan(key: string): Promise<void> {
    for (const child of await this.rows.childrenOf(key)) await this.rows.orphan(child, key)
    await this.revoke(key)
  }

  private async madeAt(path: string): Promise<readonly TokenEntry[]> {
    const prefix = path === '' || path.endsWith('/') ? path : `${path}/`
    const found: TokenEntry[] = []
    for await (const row of this.rows.all()) {
      const { entry } = row
      const isMeant = entry.expiresAtMs !== undefined && `${entry.path}/`.startsWith(prefix)
      if (isMeant && !this.isRowOver(row)) found.push(entry)
    }
    return found
  }

  /** Of tokens that count; what is over and not yet cleared away is not told of. */
  private async accessors(): Promise<readonly string[]> {
    const found: string[] = []
    for await (const row of this.rows.all())
      if (!this.isRowOver(row) && (await this.isAlive(row.entry.parent))) found.push(row.entry.accessor)
    return found.sort()
  }

  private async due(key: string): Promise<number | undefined> {
    const row = await this.rows.get(key)
    if (row === undefined) return undefined
    if (!this.isRowOver(row)) return row.entry.expiresAtMs
    await this.revoke(key)
    return undefined
  }

  /** Deletes a token that is over and all below it, with what they keep. */
  private async clearAway(key: string): Promise<void> {
    const top = await this.rows.get(key)
    if (top === undefined) return
    const doomed: Doomed[] = [{ key, parentKey: top.entry.parent?.key }]
    // Breadth first: what is appended is visited later.
    for (const { key: parentKey } of doomed) {
      await this.deps.endLeases(parentKey)
      for (const child of await this.rows.childrenOf(parentKey)) doomed.push({ key: child, parentKey })
    }
    for (const each of doomed) await emptied(this.kv, `cubbyhole/${each.key}/`)
    await this.rows.remove(doomed.toReversed())
  }

  private async tidy(): Promise<number> {
    let cleared = 0
    for await (const row of this.rows.all()) {
      if (!this.isRowOver(row) && (await this.isAlive(row.entry.parent))) continue
      // The last request of a token that was used up may still need it.
      if (row.entry.usesLeft === 0 && !row.isEnding) continue
      await this.revoke(row.entry.key)
      cleared++
    }
    return cleared + (await this.rows.tidy())
  }
}

const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)

/** What is not said now is as it was when the token was made. */
const lifetimeIn = (
  { ttlSeconds, maxSeconds, periodSeconds }: NonNullable<Renewal['settings']>,
  before: TokenEntry,
) => ({ ttlSeconds: ttlSeconds || before.ttlSeconds, maxSeconds, periodSeconds })
