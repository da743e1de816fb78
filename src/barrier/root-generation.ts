// A new root token for those who hold enough shares. Who begins brings a one-time password, or is given one; the token comes
// back under it, so that who gives the last share learns nothing. The token itself is made by the caller.

import { type Random, Secret, SentinelError } from '../base/index.ts'
import { giving } from './giving.ts'
import type { OpenKeys } from './open-keys.ts'
import { requireRoot, withoutPgp } from './rekey.ts'
import { shareBytes } from './shamir.ts'
import { turnsWhile } from './turns.ts'
import { keyBytes } from './value.ts'

/** As long as a root token, `hvs.` and 24 characters, which is hidden under it. */
export const otpLength = 28

/** What somebody wants to begin. */
export type RootRequest = {
  /** Of `otpLength` bytes; absent: one is made. */
  readonly otp?: Secret
  /** Vault can encrypt the token with it; this server does not, and refuses. */
  readonly pgpKey?: string
}

export type RootStatus = {
  readonly started: boolean
  readonly nonce: string
  readonly progress: number
  readonly required: number
}

/** What giving a share came to. */
export type RootProgress = RootStatus & {
  /** Base64 without padding of the token under the password; undefined as long as shares are missing. */
  readonly encoded: string | undefined
}

/** Makes root tokens, one attempt at a time. All throw SERVER_SEALED where the barrier is sealed. */
export interface RootGeneration {
  status(): RootStatus
  /** The password is told once, where it was made here. @throws SentinelError REQUEST_INVALID */
  begin(request: RootRequest): Promise<RootStatus & { readonly otp: Secret | undefined }>
  /**
   * @param makeToken is called with the last of enough right shares
   * @throws SentinelError REQUEST_INVALID; after a set of wrong shares the progress is 0 again
   */
  give(share: Uint8Array, nonce: string, makeToken: () => Promise<Secret>): Promise<RootProgress>
  cancel(): Promise<void>
}

/** The root generation of an unsealed barrier. */
export function rootGeneration({
  random,
  keys,
}: {
  readonly random: Random
  readonly keys: OpenKeys
}): RootGeneration {
  const attempts = giving<Secret>(random, 'root generation')
  const turn = turnsWhile(() => keys.requireOpen())
  const status = (): RootStatus => {
    keys.requireOpen()
    const now = attempts.now()
    return {
      started: now !== undefined,
      nonce: now?.nonce ?? '',
      progress: now?.shares.length ?? 0,
      required: keys.sharing.threshold,
    }
  }
  return {
    status,
    begin: ({ otp, pgpKey = '' }) =>
      turn(async () => {
        if (pgpKey !== '') throw withoutPgp('pgp_key')
        if (otp !== undefined && Buffer.byteLength(otp.reveal()) !== otpLength) throw wrongLength()
        const made = otp === undefined ? newOtp(random) : undefined
        attempts.begin(otp ?? made ?? newOtp(random), keys.sharing.threshold)
        return { ...status(), otp: made }
      }),
    give: (share, nonce, makeToken) =>
      turn(async () => {
        const before = status()
        const enough = attempts.give({ share, nonce, bytes: shareBytes(keys.sharing, keyBytes) })
        if (enough === undefined) return { ...status(), encoded: undefined }
        requireRoot(keys, 'root generation', enough.shares)
        attempts.end()
        const encoded = hidden(await makeToken(), enough.purpose)
        return { ...before, progress: before.required, encoded }
      }),
    cancel: () => turn(async () => attempts.end()),
  }
}

function hidden(token: Secret, otp: Secret): string {
  const [text, key] = [Buffer.from(token.reveal()), Buffer.from(otp.reveal())]
  if (text.length !== key.length)
    throw new SentinelError('INTERNAL', 'the token is not as long as the password')
  return Buffer.from(text.map((byte, at) => byte ^ (key[at] ?? 0)))
    .toString('base64')
    .replaceAll('=', '')
}

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function newOtp(random: Random): Secret {
  let text = ''
  while (text.length < otpLength) {
    // 248 is four times 62: what lies above would make some characters likelier.
    const fair = [...random.bytes(otpLength)].filter((byte) => byte < 248)
    for (const byte of fair) text += base62[byte % 62]
  }
  return new Secret(text.slice(0, otpLength))
}

function wrongLength(): SentinelError {
  return new SentinelError(
    'REQUEST_INVALID',
    `OTP string is wrong length: it must have ${otpLength} characters`,
    {
      hint: 'leave it out, and one is made',
    },
  )
}
