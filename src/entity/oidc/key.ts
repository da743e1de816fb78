// A named key of identity tokens (spec/vault.md 7.5): one that signs, one that will, and those that signed and are still
// believed. All of it is one row, so that a rotation is there as a whole or not at all. Steps are pure.

import { Secret } from '../../base/index.ts'
import { refuse } from '../refuse.ts'
import type { Algorithm, PublicKey, SigningKey } from './signing.ts'

/** What administrators say of a key. */
export type KeySettings = {
  readonly algorithm: Algorithm
  /** Seconds, at least 60. */
  readonly rotationSeconds: number
  /** How long tokens are believed after the key that signed them was rotated; at most ten times the rotation. */
  readonly verificationSeconds: number
  /** Whose roles may sign with it; `*` for all. */
  readonly allowedClientIds: readonly string[]
}

export type NamedKey = KeySettings & {
  readonly signing: SigningKey
  /** Shown already, so that whoever keeps what was shown knows it when it begins to sign. */
  readonly next: SigningKey
  readonly former: readonly FormerKey[]
  readonly nextRotationMs: number
}

type FormerKey = { readonly publicKey: PublicKey; readonly believedUntilMs: number }

export const usualKey: KeySettings = {
  algorithm: 'RS256',
  rotationSeconds: 86_400,
  verificationSeconds: 86_400,
  allowedClientIds: [],
}

/** @throws SentinelError REQUEST_INVALID saying what is wrong */
export function requireKeySettings(settings: KeySettings): void {
  const { rotationSeconds, verificationSeconds } = settings
  if (rotationSeconds < 60) refuse('rotation_period must be at least one minute')
  if (verificationSeconds < 0) refuse('verification_ttl cannot be negative')
  if (verificationSeconds > 10 * rotationSeconds)
    refuse('verification_ttl cannot be longer than 10x rotation_period')
}

/** The next key signs from now on, and another one waits. */
export function rotated(
  key: NamedKey,
  next: SigningKey,
  nowMs: number,
  believedSeconds = key.verificationSeconds,
): NamedKey {
  return {
    ...key,
    signing: key.next,
    next,
    former: [...believed(key, nowMs), formerly(key, nowMs, believedSeconds)],
    nextRotationMs: nowMs + key.rotationSeconds * 1000,
  }
}

/** Other keys sign and wait, of another algorithm. The one that waited has signed nothing. */
export function replaced(key: NamedKey, signing: SigningKey, next: SigningKey, nowMs: number): NamedKey {
  const former = [...believed(key, nowMs), formerly(key, nowMs, key.verificationSeconds)]
  return { ...key, signing, next, former }
}

function formerly({ signing: { publicKey } }: NamedKey, nowMs: number, seconds: number): FormerKey {
  return { publicKey, believedUntilMs: nowMs + seconds * 1000 }
}

const believed = ({ former }: NamedKey, nowMs: number) =>
  former.filter(({ believedUntilMs }) => believedUntilMs > nowMs)

/** Without those that are believed no longer; the same value where there are none. */
export function withoutFormer(key: NamedKey, nowMs: number): NamedKey {
  const former = believed(key, nowMs)
  return former.length === key.former.length ? key : { ...key, former }
}

/** By which tokens are believed now. */
export function publicKeysOf(key: NamedKey, nowMs: number): readonly PublicKey[] {
  const keys = [key.signing, key.next, ...believed(key, nowMs)]
  return keys.map(({ publicKey }) => publicKey)
}

type StoredSigning = { readonly publicKey: PublicKey; readonly secret: string }
type StoredKey = Omit<NamedKey, 'signing' | 'next'> & Record<'signing' | 'next', StoredSigning>

export function keyToBytes({ signing, next, ...key }: NamedKey): Uint8Array {
  const stored: StoredKey = { ...key, signing: toStored(signing), next: toStored(next) }
  return Buffer.from(JSON.stringify(stored))
}

const toStored = ({ publicKey, secret }: SigningKey): StoredSigning => ({
  publicKey,
  secret: secret.reveal(),
})

export function bytesToKey(bytes: Uint8Array): NamedKey {
  const { signing, next, ...key } = JSON.parse(Buffer.from(bytes).toString()) as StoredKey
  return { ...key, signing: fromStored(signing), next: fromStored(next) }
}

const fromStored = ({ publicKey, secret }: StoredSigning): SigningKey => ({
  publicKey,
  secret: new Secret(secret),
})
