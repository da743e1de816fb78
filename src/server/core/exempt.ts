// The few paths outside the corridor: they work while the server is sealed, or are for those who hold shares of its key
// instead of a token (spec/vault.md 1.4). No policy sees them, and audit devices only those that shares are given for;
// core.test.ts lists them.

import type { Barrier, SealStatus } from '../../barrier/index.ts'
import { type Clock, type Secret, SentinelError } from '../../base/index.ts'
import type { Data, Json, Request, Response } from '../door.ts'
import { type Fields, readFields, type ValuesOf } from '../mounts/fields.ts'
import {
  type Ceremony,
  rekeyCeremonies,
  rootCeremonies,
  shareFields,
  sharesToData,
  sharingFields,
  sharingOf,
  textToShare,
} from './ceremonies.ts'
import { helpText } from './help.ts'

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
  /** What tells it from every other server; undefined while it is sealed. */
  clusterId(): string | undefined
  /** What whoever watches it should know; undefined while it is sealed. */
  concerns(): Concerns | undefined
}

/** What goes on without anybody noticing it. */
export type Concerns = { readonly isAudited: boolean; readonly unreadablePolicies: readonly string[] }

export type Initialised = { readonly shares: readonly Uint8Array[]; readonly rootToken: Secret }

type Handler<F extends Fields> = (
  deps: ExemptDeps,
  fields: ValuesOf<F>,
  request: Request,
) => Response | Promise<Response>

type ExemptOf<F extends Fields> = {
  readonly path: string
  /** One line for the help, without a final full stop. */
  readonly summary: string
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
export const exemptAt = (path: string): Exempt | undefined => exemptByPath.get(path)

/** Answers a request outside the corridor. */
export async function answerExempt(deps: ExemptDeps, found: Exempt, request: Request): Promise<Response> {
  const { operation } = request
  // Help is about the path, not about the server: it is the same for everybody, sealed or not.
  if (operation === 'help') return helpAboutExempt(found)
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

function helpAboutExempt({ path, summary, fields, ...handlers }: Exempt): Response {
  const operations = (['read', 'write', 'delete'] as const).filter((name) => handlers[name] !== undefined)
  const pattern = path.slice('sys/'.length)
  return helpText({ asked: pattern, pattern, summary, fields, operations, access: 'unauthenticated' })
}

/** A step that whoever has shares may take, without a token. Audit devices write it down. */
function open(prefix: string, { name, summary, fields, read, write, delete: cancel }: Ceremony): Exempt {
  const answering =
    (step: NonNullable<Ceremony['read']>): Handler<Fields> =>
    async (deps, values) => {
      const said = await step(deps, values)
      return said === undefined ? {} : plain(said)
    }
  return {
    path: `${prefix}${name}`,
    summary,
    isRecorded: true,
    fields,
    write: answering(write),
    ...(read !== undefined && { read: answering(read) }),
    ...(cancel !== undefined && { delete: answering(cancel) }),
  }
}

export const exemptPaths: readonly Exempt[] = [
  exempt({
    path: 'sys/init',
    summary: 'Says whether the server has its keys, and makes them: shares, and the first root token',
    fields: {
      ...sharingFields,
      root_token_pgp_key: { type: 'string', help: 'refused: tokens are not encrypted for anybody' },
    },
    read: ({ barrier }) => plain({ initialized: barrier.state() !== 'uninitialised' }),
    async write(deps, { root_token_pgp_key: tokenKey = '', ...fields }) {
      if (tokenKey !== '')
        throw new SentinelError('REQUEST_INVALID', 'a root token cannot be encrypted with PGP', {
          hint: 'leave out `root_token_pgp_key`',
        })
      const { shares, rootToken } = await deps.initialise(sharingOf(fields))
      return plain({ ...sharesToData(shares), root_token: rootToken.reveal() })
    },
  }),
  exempt({
    path: 'sys/unseal',
    summary: 'Takes one share of the key; when there are enough of them the server is unsealed',
    fields: { ...shareFields, reset: { type: 'bool', help: 'forget the shares given so far' } },
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
    summary: 'Says whether the server is sealed, and how many shares were given',
    fields: {},
    read: (deps) => plain(sealToData(deps, deps.barrier.status())),
  }),
  exempt({
    path: 'sys/leader',
    summary: 'Says who leads: this server, since there is no other',
    fields: {},
    read: () => plain(leader),
  }),
  exempt({
    path: 'sys/health',
    summary: 'Says how the server is, by its status too: 200 unsealed, 503 sealed, 501 not initialised',
    fields: healthCodes(),
    read: health,
  }),
  ...rootCeremonies.map((each) => open('sys/generate-root/', each)),
  ...rekeyCeremonies.map((each) => open('sys/rekey/', each)),
]

const exemptByPath = new Map(exemptPaths.map((each) => [each.path, each]))

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
    ...clusterToData(deps),
    recovery_seal: false,
    storage_type: deps.storageType,
  }
}

/** Nothing while it is sealed: the name and the id lie behind the barrier. */
function clusterToData({ clusterName, clusterId }: ExemptDeps): Data {
  const id = clusterId()
  return id === undefined ? {} : { cluster_name: clusterName, cluster_id: id }
}

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
  const concerns = deps.concerns()
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
    ...clusterToData(deps),
    echo_duration_ms: 0,
    clock_skew_ms: 0,
    replication_primary_canary_age_ms: 0,
    ...(concerns !== undefined && {
      audit_enabled: concerns.isAudited,
      unreadable_policies: concerns.unreadablePolicies.length,
    }),
  }
  return { status, plain: body }
}
