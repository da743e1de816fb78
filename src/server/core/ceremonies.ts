// What is done with shares of the key: a new root token, and another key. Two doors lead here: one needs no token and is
// outside the corridor, the other walks it like everything else (spec/vault.md 11.4). What they say is the same.

import { type Barrier, otpLength, type RekeyStatus, type RootStatus } from '../../barrier/index.ts'
import { Secret, SentinelError } from '../../base/index.ts'
import type { Data } from '../door.ts'
import type { Fields, ValuesOf } from '../mounts/fields.ts'

/** What ceremonies work on. */
export type CeremonyDeps = {
  readonly barrier: Pick<Barrier, 'rekeying' | 'rootGeneration'>
  /** A new root token, for those who gave enough shares. */
  rootToken(): Promise<Secret>
}

type Step<F extends Fields> = (
  deps: CeremonyDeps,
  fields: ValuesOf<F>,
) => Data | undefined | Promise<Data | undefined>

type CeremonyOf<F extends Fields> = {
  /** `root/attempt`, `rekey/init`: each door has its own words in front. */
  readonly name: string
  readonly summary: string
  readonly fields: F
  readonly read?: Step<F>
  readonly write: Step<F>
  readonly delete?: Step<F>
}

/** One step of a ceremony. What says nothing has nothing to say. */
export type Ceremony = CeremonyOf<Fields>

const ceremony = <const F extends Fields>(definition: CeremonyOf<F>) => definition as unknown as Ceremony

export const sharingFields = {
  secret_shares: { type: 'int', help: 'how many shares to make' },
  secret_threshold: { type: 'int', help: 'how many of them unseal' },
  pgp_keys: { type: 'list', help: 'refused: shares are not encrypted for anybody' },
} as const
export const shareFields = {
  key: { type: 'string', help: 'one share, in hexadecimal or base64' },
  nonce: { type: 'string', help: 'the name of the attempt' },
} as const

/** A new root token. */
export const rootCeremonies: readonly Ceremony[] = [
  ceremony({
    name: 'attempt',
    summary: 'Begins, shows and cancels the making of a root token with shares of the key',
    fields: {
      otp: {
        type: 'string',
        help: `${otpLength} characters that hide the token; one is made where it is missing`,
      },
      pgp_key: { type: 'string', help: 'refused: tokens are not encrypted for anybody' },
    },
    read: ({ barrier }) => rootToData(barrier.rootGeneration().status()),
    async write({ barrier }, { otp, pgp_key: pgpKey }) {
      const begun = await barrier.rootGeneration().begin({
        ...(otp !== undefined && otp !== '' && { otp: new Secret(otp) }),
        ...(pgpKey !== undefined && pgpKey !== '' && { pgpKey }),
      })
      return { ...rootToData(begun), otp: begun.otp?.reveal() ?? '' }
    },
    async delete({ barrier }) {
      await barrier.rootGeneration().cancel()
      return undefined
    },
  }),
  ceremony({
    name: 'update',
    summary: 'Takes one share for the making of a root token',
    fields: shareFields,
    async write({ barrier, rootToken }, { key, nonce = '' }) {
      const progress = await barrier.rootGeneration().give(textToShare(key), nonce, rootToken)
      const { encoded } = progress
      const token = encoded === undefined ? {} : { encoded_token: encoded, encoded_root_token: encoded }
      return { ...rootToData(progress), complete: encoded !== undefined, ...token }
    },
  }),
]

/** Another key, with other shares. */
export const rekeyCeremonies: readonly Ceremony[] = [
  ceremony({
    name: 'init',
    summary: 'Begins, shows and cancels the making of another key',
    fields: {
      ...sharingFields,
      require_verification: { type: 'bool', help: 'the new shares are given back first' },
    },
    read: ({ barrier }) => rekeyToData(barrier.rekeying().status()),
    async write({ barrier }, fields) {
      const requiresVerification = fields.require_verification ?? false
      return rekeyToData(await barrier.rekeying().begin({ ...sharingOf(fields), requiresVerification }))
    },
    async delete({ barrier }) {
      await barrier.rekeying().cancel()
      return undefined
    },
  }),
  ceremony({
    name: 'update',
    summary: 'Takes one share of the key for the making of another',
    fields: shareFields,
    async write({ barrier }, { key, nonce = '' }) {
      const progress = await barrier.rekeying().give(textToShare(key), nonce)
      if (progress.kind === 'waiting') return { ...rekeyToData(progress.status), complete: false }
      return {
        nonce: progress.nonce,
        complete: true,
        ...sharesToData(progress.shares),
        backup: false,
        verification_required: progress.verificationNonce !== '',
        verification_nonce: progress.verificationNonce,
      }
    },
  }),
  ceremony({
    name: 'verify',
    summary: 'Takes one share of the new key, to prove that it is kept',
    fields: shareFields,
    read: ({ barrier }) => verificationToData(barrier.rekeying().verification()),
    async write({ barrier }, { key, nonce = '' }) {
      const status = await barrier.rekeying().verify(textToShare(key), nonce)
      return { ...verificationToData(status), complete: status.complete }
    },
    delete: async ({ barrier }) => verificationToData(await barrier.rekeying().restartVerification()),
  }),
]

/** How a key is to be shared. */
export function sharingOf(fields: ValuesOf<typeof sharingFields>) {
  // Nobody is given one share of one for a name that was misspelt.
  const { secret_shares: shares = 0, secret_threshold: threshold = 0, pgp_keys: pgpKeys = [] } = fields
  return { shares, threshold, ...(pgpKeys.length > 0 && { pgpKeys }) }
}

/** @throws SentinelError REQUEST_INVALID where the text is neither hexadecimal nor base64 */
export function textToShare(text: string | undefined): Uint8Array {
  if (text === undefined || text === '')
    throw new SentinelError('REQUEST_INVALID', "'key' must be specified in request body as JSON")
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex')
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return Buffer.from(text, 'base64')
  throw new SentinelError('REQUEST_INVALID', "'key' must be a valid hex or base64 string")
}

export function sharesToData(shares: readonly Uint8Array[]): Data {
  const texts = (encoding: 'hex' | 'base64') => shares.map((share) => Buffer.from(share).toString(encoding))
  return { keys: texts('hex'), keys_base64: texts('base64') }
}

function rootToData({ started, nonce, progress, required }: RootStatus): Data {
  return {
    nonce,
    started,
    progress,
    required,
    complete: false,
    encoded_token: '',
    encoded_root_token: '',
    pgp_fingerprint: '',
    otp: '',
    otp_length: otpLength,
  }
}

function rekeyToData(status: RekeyStatus): Data {
  return {
    nonce: status.nonce,
    started: status.started,
    t: status.threshold,
    n: status.shares,
    progress: status.progress,
    required: status.required,
    pgp_fingerprints: null,
    backup: false,
    verification_required: status.requiresVerification,
    ...(status.verificationNonce !== '' && { verification_nonce: status.verificationNonce }),
  }
}

type Verification = {
  readonly started: boolean
  readonly nonce: string
  readonly progress: number
  readonly shares: number
  readonly threshold: number
}

const verificationToData = ({ started, nonce, progress, shares, threshold }: Verification): Data => ({
  nonce,
  started,
  t: threshold,
  n: shares,
  progress,
})
