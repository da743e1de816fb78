// A new root key with new shares. It takes effect at once, or, where that was asked for, when enough of the new shares were
// given back: then nobody can lose a storage by losing the answer.

import type { KeyObject } from 'node:crypto'
import { type Random, SentinelError } from '../base/index.ts'
import { type Giving, giving, wipe } from './giving.ts'
import type { OpenKeys } from './open-keys.ts'
import { combine, requireSharing, type Sharing, shareBytes, split } from './shamir.ts'
import { turnsWhile } from './turns.ts'
import { keyBytes, toKey } from './value.ts'

/** How a key is to be shared. */
export type SharingRequest = Sharing & {
  /** Vault encrypts shares with these; this server does not, and refuses. */
  readonly pgpKeys?: readonly string[]
}

export type RekeyRequest = SharingRequest & { readonly requiresVerification: boolean }

/** How far a rekeying is. The new sharing is the one that was asked for; without an attempt, 0 of 0. */
export type RekeyStatus = Sharing & {
  readonly started: boolean
  readonly nonce: string
  readonly progress: number
  /** Shares of the present key that it takes. */
  readonly required: number
  readonly requiresVerification: boolean
  /** While the new key waits for verification; else empty. */
  readonly verificationNonce: string
}

/** What giving a share came to. */
export type RekeyProgress =
  | { readonly kind: 'waiting'; readonly status: RekeyStatus }
  /** The new shares. They are valid now, or after the verification that the nonce is for. */
  | {
      readonly kind: 'done'
      readonly nonce: string
      readonly shares: readonly Uint8Array[]
      readonly verificationNonce: string
    }

export type VerificationStatus = Sharing & {
  readonly started: boolean
  readonly nonce: string
  readonly progress: number
}

/** Changes the root key and its shares, one attempt at a time. All throw SERVER_SEALED where the barrier is sealed. */
export interface Rekeying {
  status(): RekeyStatus
  /** @throws SentinelError REQUEST_INVALID */
  begin(request: RekeyRequest): Promise<RekeyStatus>
  /** @throws SentinelError REQUEST_INVALID; after a set of wrong shares the progress is 0 again */
  give(share: Uint8Array, nonce: string): Promise<RekeyProgress>
  /** Ends the attempt, and forgets a key that waits for verification. */
  cancel(): Promise<void>
  verification(): VerificationStatus
  /** @throws SentinelError REQUEST_INVALID; after a set of wrong shares the progress is 0 again */
  verify(share: Uint8Array, nonce: string): Promise<VerificationStatus & { readonly complete: boolean }>
  /** Forgets the shares given for verification, under a new nonce. */
  restartVerification(): Promise<VerificationStatus>
}

type Verified = { readonly root: KeyObject; readonly sharing: Sharing }

/** The rekeying of an unsealed barrier. */
export function rekeying({ random, keys }: { readonly random: Random; readonly keys: OpenKeys }): Rekeying {
  const rekey = giving<RekeyRequest>(random, 'rekey')
  const check = giving<Verified>(random, 'rekey verification')
  const turn = turnsWhile(() => keys.requireOpen())
  const status = () => rekeyStatus(keys, rekey, check)
  const verification = () => verificationStatus(keys, check)
  const finish = async (): Promise<void> => {
    rekey.end()
    check.end()
  }
  return {
    status,
    verification,
    begin: (request) =>
      turn(async () => {
        requireRequest(request)
        rekey.begin(request, keys.sharing.threshold)
        return status()
      }),
    give: (share, nonce) =>
      turn(async () => {
        if (check.now() !== undefined) throw waitsForVerification()
        const bytes = shareBytes(keys.sharing, keyBytes)
        const enough = rekey.give({ share, nonce, bytes })
        if (enough === undefined) return { kind: 'waiting', status: status() }
        requireRoot(keys, 'rekey', enough.shares)
        return renewed({ random, keys, rekey, check }, enough.purpose)
      }),
    cancel: () => turn(finish),
    verify: (share, nonce) =>
      turn(async () => {
        const { purpose } = check.now() ?? {}
        const bytes = purpose === undefined ? share.length : shareBytes(purpose.sharing, keyBytes)
        const enough = check.give({ share, nonce, bytes })
        if (enough === undefined) return { ...verification(), complete: false }
        const { root, sharing } = enough.purpose
        if (!keyOf(enough.shares, sharing).equals(root)) throw wrongShares('rekey verification')
        const done = { ...verification(), complete: true }
        await keys.replaceRoot(root, sharing)
        await finish()
        return done
      }),
    restartVerification: () =>
      turn(async () => {
        check.beginAgain()
        return verification()
      }),
  }
}

type Parts = {
  readonly random: Random
  readonly keys: OpenKeys
  readonly rekey: Giving<RekeyRequest>
  readonly check: Giving<Verified>
}

async function renewed({ random, keys, rekey, check }: Parts, request: RekeyRequest): Promise<RekeyProgress> {
  const { nonce = '' } = rekey.now() ?? {}
  const sharing = { shares: request.shares, threshold: request.threshold }
  const { root, shares } = newRoot(random, sharing)
  if (request.requiresVerification) check.begin({ root, sharing }, sharing.threshold)
  else {
    await keys.replaceRoot(root, sharing)
    rekey.end()
  }
  return { kind: 'done', nonce, shares, verificationNonce: check.now()?.nonce ?? '' }
}

/** A new root key, and the shares of it. */
export function newRoot(
  random: Random,
  sharing: Sharing,
): { readonly root: KeyObject; readonly shares: readonly Uint8Array[] } {
  const bytes = random.bytes(keyBytes)
  const shares = split(random, bytes, sharing)
  return { root: toKey(bytes), shares }
}

/** The key of some shares, which are wiped. */
export function keyOf(shares: readonly Uint8Array[], sharing: Sharing): KeyObject {
  const key = toKey(combine(shares, sharing))
  wipe(shares)
  return key
}

/** @throws SentinelError REQUEST_INVALID where the shares are not those of the present root key */
export function requireRoot(
  keys: OpenKeys,
  name: 'rekey' | 'root generation',
  shares: readonly Uint8Array[],
): void {
  if (!keys.isRoot(keyOf(shares, keys.sharing))) throw wrongShares(name)
}

/** @throws SentinelError REQUEST_INVALID */
export function requireRequest({ shares, threshold, pgpKeys = [] }: SharingRequest): void {
  if (pgpKeys.length > 0) throw withoutPgp('pgp_keys')
  requireSharing({ shares, threshold })
}

/** The refusal of what only PGP could do. */
export function withoutPgp(field: 'pgp_keys' | 'pgp_key'): SentinelError {
  return new SentinelError(
    'REQUEST_INVALID',
    `\`${field}\` is not supported: this server does not encrypt with PGP`,
    {
      hint: field === 'pgp_keys' ? 'leave it out, and encrypt the keys yourself' : 'use `otp`',
    },
  )
}

function wrongShares(name: string): SentinelError {
  return new SentinelError(
    'REQUEST_INVALID',
    `${name} failed: incorrect key shares supplied; progress is 0 again`,
    {
      hint: 'give all keys once more, each from its holder',
    },
  )
}

function waitsForVerification(): SentinelError {
  return new SentinelError('REQUEST_INVALID', 'rekey operation already finished; it waits for verification', {
    hint: 'give the new keys to `rekey/verify`, or cancel',
  })
}

function rekeyStatus(keys: OpenKeys, rekey: Giving<RekeyRequest>, check: Giving<Verified>): RekeyStatus {
  const now = rekey.now()
  keys.requireOpen()
  return {
    started: now !== undefined,
    nonce: now?.nonce ?? '',
    shares: now?.purpose.shares ?? 0,
    threshold: now?.purpose.threshold ?? 0,
    progress: now?.shares.length ?? 0,
    required: keys.sharing.threshold,
    requiresVerification: now?.purpose.requiresVerification ?? false,
    verificationNonce: check.now()?.nonce ?? '',
  }
}

function verificationStatus(keys: OpenKeys, check: Giving<Verified>): VerificationStatus {
  keys.requireOpen()
  const now = check.now()
  return {
    started: now !== undefined,
    nonce: now?.nonce ?? '',
    shares: now?.purpose.sharing.shares ?? 0,
    threshold: now?.purpose.sharing.threshold ?? 0,
    progress: now?.shares.length ?? 0,
  }
}
