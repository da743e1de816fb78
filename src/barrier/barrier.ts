// Everything that the server stores goes through here and is encrypted. The key is in nobody's hands: as long as the barrier
// is sealed it is only in shares, which people keep (docs/decisions/0018-the-barrier.md).

import type { KeyObject } from 'node:crypto'
import { type Clock, inTurn, type Random, SentinelError } from '../base/index.ts'
import type { Entry, Kv } from '../store/index.ts'
import { EntryCache } from './cache.ts'
import { type Giving, giving } from './giving.ts'
import { checkName, damaged, keyringName, sharingOf } from './keyring.ts'
import {
  type KeyLimits,
  type KeyStatus,
  layKeyring,
  newKeyring,
  type OpenKeys,
  openKeys,
  sealed,
} from './open-keys.ts'
import { keyOf, newRoot, type Rekeying, rekeying, requireRequest, type SharingRequest } from './rekey.ts'
import { type RootGeneration, rootGeneration } from './root-generation.ts'
import { sealedKv } from './sealed-kv.ts'
import { type Sharing, shareBytes } from './shamir.ts'
import { keyBytes } from './value.ts'

export type BarrierState = 'uninitialised' | 'sealed' | 'unsealed'

/** How far the unsealing is. */
export type SealStatus = Sharing & {
  readonly state: BarrierState
  /** Shares given so far, and the name of this attempt; 0 and empty when none is under way. */
  readonly progress: number
  readonly nonce: string
}

/** What a barrier may use. */
export type BarrierLimits = KeyLimits & {
  /** Decrypted entries that are kept. */
  readonly cacheBytes: number
}

/** As Vault, which changes keys at nine tenths of what GCM allows. */
export const usualLimits: BarrierLimits = {
  writesPerKey: 3_865_470_566,
  countStep: 4096,
  cacheBytes: 64 * 1024 * 1024,
}

/** An encrypted storage. Plaintext in a Kv whose keys are not encrypted, and that nobody else may write to. */
export interface Barrier {
  /**
   * The plaintext. Keys that begin with `core/` are the barrier's own. Values are shared with the cache: do not change them.
   *
   * @throws SentinelError SERVER_SEALED while it is not unsealed, and from what was begun before it was sealed;
   * STORE_CORRUPT where a value is not as it was written
   */
  readonly kv: Kv
  state(): BarrierState
  status(): SealStatus
  /**
   * Makes the keys, once. The barrier is sealed afterwards.
   *
   * @returns the shares, which are nowhere else
   * @throws SentinelError REQUEST_INVALID
   */
  initialise(request: SharingRequest): Promise<readonly Uint8Array[]>
  /**
   * Takes one share; with enough of them the barrier is unsealed. A share that was given already counts once.
   *
   * @throws SentinelError REQUEST_INVALID where the shares are wrong (the progress is 0 again); STORE_CORRUPT
   */
  unseal(share: Uint8Array): Promise<SealStatus>
  /** Forgets the shares that were given to unseal. */
  resetUnseal(): SealStatus
  /** Forgets all keys and all plaintext, at once. */
  seal(): void
  /** About the key that writes. */
  keyStatus(): KeyStatus
  /** A new key writes from now on; older ones go on reading. */
  rotate(): Promise<void>
  rekeying(): Rekeying
  rootGeneration(): RootGeneration
  /** Seals, and closes the storage. */
  close(): Promise<void>
}

type Deps = { readonly kv: Kv; readonly random: Random; readonly clock: Clock }

type Session = {
  readonly keys: OpenKeys
  readonly cache: EntryCache
  readonly rekeying: Rekeying
  readonly rootGeneration: RootGeneration
}

/**
 * The barrier over a storage, sealed or not yet initialised.
 *
 * @throws SentinelError STORE_CORRUPT where the keyring is damaged, or missing from a storage that has entries
 */
export async function openBarrier(
  { kv, random, clock }: Deps,
  limits: BarrierLimits = usualLimits,
): Promise<Barrier> {
  const deps = { kv, random, clock, limits }
  const attempts = giving<undefined>(random, 'unseal')
  const turn = inTurn()
  let sharing = await storedSharing(kv)
  let session: Session | undefined
  const requireSession = () => session ?? neverSession()
  const seal = () => {
    session?.keys.drop()
    session?.cache.clear()
    session = undefined
  }
  const state = () =>
    sharing === undefined ? 'uninitialised' : session === undefined ? 'sealed' : 'unsealed'
  const status = (): SealStatus => {
    const { nonce = '', shares = [] } = attempts.now() ?? {}
    const now = session?.keys.sharing ?? sharing ?? { shares: 0, threshold: 0 }
    return { shares: now.shares, threshold: now.threshold, state: state(), progress: shares.length, nonce }
  }
  return {
    kv: sealedKv(kv, requireSession),
    state,
    status,
    initialise: (request) =>
      turn(async () => {
        requireRequest(request)
        if (sharing !== undefined) throw new SentinelError('REQUEST_INVALID', 'Vault is already initialized')
        const wanted = { shares: request.shares, threshold: request.threshold }
        const { root, shares } = newRoot(random, wanted)
        await layKeyring(deps, root, newKeyring(deps, wanted))
        sharing = wanted
        return shares
      }),
    unseal: (share) =>
      turn(async () => {
        if (session !== undefined) return status()
        const record = await requireRecord(kv)
        sharing = sharingOf(record.value)
        const shares = given(attempts, share, sharing)
        if (shares !== undefined) session = await openSession(deps, keyOf(shares, sharing), record)
        return status()
      }),
    resetUnseal() {
      attempts.end()
      return status()
    },
    seal() {
      sharing = session?.keys.sharing ?? sharing
      seal()
    },
    keyStatus: () => requireSession().keys.status(),
    rotate: async () => requireSession().keys.rotate(),
    rekeying: () => requireSession().rekeying,
    rootGeneration: () => requireSession().rootGeneration,
    close() {
      seal()
      return kv.close()
    },
  }
}

/** Enough shares of the root key; undefined as long as some are missing. */
function given(
  attempts: Giving<undefined>,
  share: Uint8Array,
  sharing: Sharing,
): readonly Uint8Array[] | undefined {
  // Somebody may have put another keyring there.
  if (attempts.now()?.required !== sharing.threshold) attempts.end()
  if (attempts.now() === undefined) attempts.begin(undefined, sharing.threshold)
  const { nonce = '' } = attempts.now() ?? {}
  const enough = attempts.give({ share, nonce, bytes: shareBytes(sharing, keyBytes) })
  if (enough !== undefined) attempts.end()
  return enough?.shares
}

async function openSession(
  deps: Deps & { readonly limits: BarrierLimits },
  root: KeyObject,
  record: Entry,
): Promise<Session> {
  const keys = await openKeys(deps, root, record)
  if (keys === undefined) throw wrongKeys()
  const parts = { random: deps.random, keys }
  const cache = new EntryCache(deps.limits.cacheBytes)
  return { keys, cache, rekeying: rekeying(parts), rootGeneration: rootGeneration(parts) }
}

function neverSession(): never {
  throw sealed()
}

/** How the root key is shared; undefined where there is none yet. */
async function storedSharing(kv: Kv): Promise<Sharing | undefined> {
  const record = await kv.get(keyringName)
  if (record !== undefined) return sharingOf(record.value)
  const [some] = await kv.list({ prefix: '', limit: 1 })
  // To initialise it anew would make what it has unreadable for ever.
  if (some !== undefined) throw damaged(keyringName, 'it is missing, and the storage is not empty')
  return undefined
}

async function requireRecord(kv: Kv): Promise<Entry> {
  const record = await kv.get(keyringName)
  if (record !== undefined) return record
  if ((await kv.get(checkName)) !== undefined) throw damaged(keyringName, 'it is missing')
  throw new SentinelError('REQUEST_INVALID', 'Vault is not initialized', {
    hint: 'initialise the server first',
  })
}

function wrongKeys(): SentinelError {
  const message = `unseal failed: the keys do not open \`${keyringName}\`; progress is 0 again`
  return new SentinelError('REQUEST_INVALID', message, {
    hint: 'give all keys once more; if each is right, the storage was changed: restore it from a backup',
  })
}
