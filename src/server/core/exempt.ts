// The few paths outside the corridor: they work while the server is sealed, or are for those who hold shares of its key
// instead of a token (spec/vault.md 1.4). No policy sees them, and audit devices only those that shares are given for;
// core.test.ts lists them.

import {
  type Barrier,
  otpLength,
  type RekeyStatus,
  type RootStatus,
  type SealStatus,
} from '../../barrier/index.ts'
import { type Clock, Secret, SentinelError } from '../../base/index.ts'
import type { Data, Json, Request, Response } from '../door.ts'
import { type Fields, readFields, type ValuesOf } from '../mounts/fields.ts'

/** The version of Vault whose API this is (spec/vault.md, head). */
export const apiVersion = '1.17.6+ent'

/** What these paths work on. */
export type ExemptDeps = {
  readonly barrier: Barrier
  readonly clock: Clock
  readonly clusterName: string
  readonly storageType: string
  /** Makes the keys, lays down what every server has, and seals again. */
  initialise(sharing: { readonly shares: number; readonly threshold: number }): Promise<Initialised>
  /** Reads what is behind the barrier, once that is open. */
  unsealed(): Promise<void>
  /** A new root token, for those who gave enough shares. */
  rootToken(): Promise<Secret>
}

export type Initialised = { readonly shares: readonly Uint8Array[]; readonly rootToken: Secret }

type Handler<F extends Fields> = (
  deps: ExemptDeps,
  fields: ValuesOf<F>,
  request: Request,
) => Response | Promise<Response>

type ExemptOf<F extends Fields> = {
  readonly path: string
  readonly fields: F
  /** Audit devices write down what shares of the key are given for. Not what must answer without them. */
  readonly isRecorded?: true
  readonly read?: Handler<F>
  readonly write?: Handler<F>
  readonly delete?: Handler<F>
}

/** A path outside the corridor. */
export type Exempt = ExemptOf<Fields>

const exempt = <const F extends Fields>(definition: ExemptOf<F>) => definition as unknown as Exempt

/** The path outside the corridor that a request means, if it is one of the few. */
export const exemptAt = (path: string): Exempt | undefined => exemptPaths.find((each) => each.path === path)

/** Answers a request outside the corridor. */
export async function answerExempt(deps: ExemptDeps, found: Exempt, request: Request): Promise<Response> {
  const { operation } = request
  const handler =
    operation === 'read'
      ? found.read
      : operation === 'update'
        ? found.write
        : operation === 'delete'
          ? found.delete
          : undefined
  if (handler === undefined)
    throw new SentinelError('OPERATION_UNSUPPORTED', '1 error occurred:\n\t* unsupported operation\n\n')
  return handler(deps, readFields(found.fields, request.data), request)
}

const plain = (body: Data): Response => ({ plain: body })
const sharing = {
  secret_shares: { type: 'int', help: 'how many shares to make' },
  secret_threshold: { type: 'int', help: 'how many of them unseal' },
  pgp_keys: { type: 'list', help: 'refused: shares are not encrypted for anybody' },
} as const
const shareOf = {
  key: { type: 'string', help: 'one share, in hexadecimal or base64' },
  nonce: { type: 'string', help: 'the name of the attempt' },
} as const

export const exemptPaths: readonly Exempt[] = [
  exempt({
    path: 'sys/init',
    fields: sharing,
    read: ({ barrier }) => plain({ initialized: barrier.state() !== 'uninitialised' }),
    async write(deps, fields) {
      const { shares, rootToken } = await deps.initialise(sharingOf(fields))
      return plain({ ...sharesToData(shares), root_token: rootToken.reveal() })
    },
  }),
  exempt({
    path: 'sys/unseal',
    fields: { ...shareOf, reset: { type: 'bool', help: 'forget the shares given so far' } },
    async write(deps, { key, reset }) {
      const { barrier } = deps
      if (reset === true) return plain(sealToData(deps, barrier.resetUnseal()))
      const status = await barrier.unseal(textToShare(key))
      if (status.state === 'unsealed') await deps.unsealed()
      return plain(sealToData(deps, status))
    },
  }),
  exempt({
    path: 'sys/seal-status',
    fields: {},
    read: (deps) => plain(sealToData(deps, deps.barrier.status())),
  }),
  exempt({ path: 'sys/leader', fields: {}, read: () => plain(leader) }),
  exempt({ path: 'sys/health', fields: healthCodes(), read: health }),
  ...['sys/generate-root/attempt', 'sys/generate-root-token/attempt'].map((path) =>
    exempt({
      path,
      isRecorded: true,
      fields: {
        otp: {
          type: 'string',
          help: `${otpLength} characters that hide the token; one is made where it is missing`,
        },
        pgp_key: { type: 'string', help: 'refused: tokens are not encrypted for anybody' },
      },
      read: ({ barrier }) => plain(rootToData(barrier.rootGeneration().status())),
      async write({ barrier }, { otp, pgp_key: pgpKey }) {
        const begun = await barrier.rootGeneration().begin({
          ...(otp !== undefined && otp !== '' && { otp: new Secret(otp) }),
          ...(pgpKey !== undefined && pgpKey !== '' && { pgpKey }),
        })
        return plain({ ...rootToData(begun), otp: begun.otp?.reveal() ?? '' })
      },
      async delete({ barrier }) {
        await barrier.rootGeneration().cancel()
        return {}
      },
    }),
  ),
  ...['sys/generate-root/update', 'sys/generate-root-token/update'].map((path) =>
    exempt({
      path,
      isRecorded: true,
      fields: shareOf,
      async write({ barrier, rootToken }, { key, nonce = '' }) {
        const progress = await barrier.rootGeneration().give(textToShare(key), nonce, rootToken)
        const { encoded } = progress
        const token = encoded === undefined ? {} : { encoded_token: encoded, encoded_root_token: encoded }
        return plain({ ...rootToData(progress), complete: encoded !== undefined, ...token })
      },
    }),
  ),
  exempt({
    path: 'sys/rekey/init',
    isRecorded: true,
    fields: {
      ...sharing,
      require_verification: { type: 'bool', help: 'the new shares are given back first' },
    },
    read: ({ barrier }) => plain(rekeyToData(barrier.rekeying().status())),
    async write({ barrier }, fields) {
      const requiresVerification = fields.require_verification ?? false
      const status = await barrier.rekeying().begin({ ...sharingOf(fields), requiresVerification })
      return plain(rekeyToData(status))
    },
    async delete({ barrier }) {
      await barrier.rekeying().cancel()
      return {}
    },
  }),
  exempt({
    path: 'sys/rekey/update',
    isRecorded: true,
    fields: shareOf,
    async write({ barrier }, { key, nonce = '' }) {
      const progress = await barrier.rekeying().give(textToShare(key), nonce)
      if (progress.kind === 'waiting') return plain({ ...rekeyToData(progress.status), complete: false })
      return plain({
        nonce: progress.nonce,
        complete: true,
        ...sharesToData(progress.shares),
        backup: false,
        verification_required: progress.verificationNonce !== '',
        verification_nonce: progress.verificationNonce,
      })
    },
  }),
  exempt({
    path: 'sys/rekey/verify',
    isRecorded: true,
    fields: shareOf,
    read: ({ barrier }) => plain(verificationToData(barrier.rekeying().verification())),
    async write({ barrier }, { key, nonce = '' }) {
      const status = await barrier.rekeying().verify(textToShare(key), nonce)
      return plain({ ...verificationToData(status), complete: status.complete })
    },
    delete: async ({ barrier }) => plain(verificationToData(await barrier.rekeying().restartVerification())),
  }),
]

function sharingOf(fields: ValuesOf<typeof sharing>) {
  const { secret_shares: shares = 1, secret_threshold: threshold = 1, pgp_keys: pgpKeys = [] } = fields
  return { shares, threshold, ...(pgpKeys.length > 0 && { pgpKeys }) }
}

/** @throws SentinelError REQUEST_INVALID where the text is neither hexadecimal nor base64 */
function textToShare(text: string | undefined): Uint8Array {
  if (text === undefined || text === '')
    throw new SentinelError('REQUEST_INVALID', "'key' must be specified in request body as JSON")
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex')
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return Buffer.from(text, 'base64')
  throw new SentinelError('REQUEST_INVALID', "'key' must be a valid hex or base64 string")
}

function sharesToData(shares: readonly Uint8Array[]): Data {
  const texts = (encoding: 'hex' | 'base64') => shares.map((share) => Buffer.from(share).toString(encoding))
  return { keys: texts('hex'), keys_base64: texts('base64') }
}

function sealToData(deps: ExemptDeps, status: SealStatus): Data {
  const { state, shares, threshold, progress, nonce } = status
  return {
    type: 'shamir',
    initialized: state !== 'uninitialised',
    sealed: state !== 'unsealed',
    t: threshold,
    n: shares,
    progress,
    nonce,
    version: apiVersion,
    build_date: '',
    migration: false,
    ...(state === 'unsealed' && { cluster_name: deps.clusterName, cluster_id: '' }),
    recovery_seal: false,
    storage_type: deps.storageType,
  }
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

/** One server is always its own leader. */
const leader: Data = {
  ha_enabled: false,
  is_self: false,
  active_time: '0001-01-01T00:00:00Z',
  leader_address: '',
  leader_cluster_address: '',
  performance_standby: false,
  performance_standby_last_remote_wal: 0,
}

/** Load balancers choose which statuses mean what. */
function healthCodes() {
  const code = { type: 'int', help: 'the status to answer with' } as const
  // There is one server and no other that stands by, so most of them are taken and never used.
  const others = {
    standbycode: code,
    drsecondarycode: code,
    performancestandbycode: code,
    standbyok: { type: 'bool', help: 'taken, and means nothing here' },
    perfstandbyok: { type: 'bool', help: 'taken, and means nothing here' },
  } as const
  return { activecode: code, sealedcode: code, uninitcode: code, ...others } as const
}

function health(deps: ExemptDeps, codes: ValuesOf<ReturnType<typeof healthCodes>>): Response {
  for (const [name, code] of Object.entries(codes))
    if (typeof code === 'number' && (code < 200 || code > 599))
      throw new SentinelError('REQUEST_INVALID', `\`${name}\` must be a status, 200 to 599`)
  const state = deps.barrier.state()
  const status =
    state === 'unsealed'
      ? (codes.activecode ?? 200)
      : state === 'sealed'
        ? (codes.sealedcode ?? 503)
        : (codes.uninitcode ?? 501)
  const body: Record<string, Json> = {
    initialized: state !== 'uninitialised',
    sealed: state !== 'unsealed',
    standby: state !== 'unsealed',
    performance_standby: false,
    replication_performance_mode: state === 'unsealed' ? 'disabled' : 'unknown',
    replication_dr_mode: state === 'unsealed' ? 'disabled' : 'unknown',
    server_time_utc: Math.floor(deps.clock.now() / 1000),
    version: apiVersion,
    enterprise: true,
    cluster_name: deps.clusterName,
    cluster_id: '',
    echo_duration_ms: 0,
    clock_skew_ms: 0,
    replication_primary_canary_age_ms: 0,
  }
  return { status, plain: body }
}
