// The paths of secret ids: made by the server or chosen, shown, listed by their accessors, destroyed.

import { newUuid, toNanoTimestamp } from '../../../base/index.ts'
import { areWithin, readNetworks, requireSeconds } from '../../../token/index.ts'
import type { Data, Response } from '../../door.ts'
import { readFields, type ValuesOf } from '../fields.ts'
import { type Context, type Path, path } from '../path.ts'
import { invalid, type Role, said, usesIn } from './role.ts'
import { requireRole } from './roles.ts'
import { type ApproleStorage, approleStorage, type FoundSecret, type SecretId } from './storage.ts'

const making = {
  metadata: { type: 'string', help: 'JSON with texts, for the metadata of its tokens' },
  cidr_list: { type: 'list', help: 'the networks that it may be used from' },
  token_bound_cidrs: { type: 'list', help: 'the networks that its tokens may be used from' },
  num_uses: { type: 'int', help: 'how often it may be used; as the role says where it is missing' },
  ttl: { type: 'seconds', help: 'how long it counts; as the role says where it is missing' },
} as const
const secretId = { type: 'string', help: 'the secret id' } as const
const accessor = { type: 'string', help: 'the accessor of the secret id' } as const

export type SecretIdDeps = {
  /** Seconds that a secret id of this mount may count at most. */
  maxSecondsOf(path: string): number
}

type Params = Readonly<Record<string, string>>

/** The paths of secret ids. */
export const secretIdPaths = (deps: SecretIdDeps): readonly Path[] => [
  path({
    pattern: 'role/:name/secret-id',
    anyCase: ['name'],
    summary: 'Makes a secret id; lists the accessors of those that there are',
    fields: making,
    operations: {
      write: (context, { params, fields }) => made(deps, context, params, newUuid(context.random), fields),
      list: (context, { params }) => accessors(context, params),
    },
  }),
  path({
    pattern: 'role/:name/custom-secret-id',
    anyCase: ['name'],
    summary: 'Makes a secret id that was chosen',
    fields: { ...making, secret_id: secretId },
    operations: {
      write: (context, { params, fields }) =>
        made(deps, context, params, said('secret_id', fields.secret_id), fields),
    },
  }),
  ...(['secret-id', 'secret-id-accessor'] as const).flatMap((segment) => [
    path({
      pattern: `role/:name/${segment}/lookup`,
      anyCase: ['name'],
      summary: 'Shows what is known of a secret id',
      fields: { [wordOf(segment)]: segment === 'secret-id' ? secretId : accessor },
      operations: {
        async write(context, { params, request }) {
          const { found } = await meant(context, params, segment, request.data)
          // Clients expect nothing about an unknown secret id, and a 404 about an unknown accessor.
          if (found === undefined) return segment === 'secret-id' ? {} : { status: 404 }
          return { data: secretToData(found.secret) }
        },
      },
    }),
    path({
      pattern: `role/:name/${segment}/destroy`,
      anyCase: ['name'],
      summary: 'Destroys a secret id',
      fields: { [wordOf(segment)]: segment === 'secret-id' ? secretId : accessor },
      operations: {
        write: (context, { params, request }) => destroyed(context, params, segment, request.data),
        delete: (context, { params, request }) => destroyed(context, params, segment, request.data),
      },
    }),
  ]),
  path({
    pattern: 'tidy/secret-id',
    summary: 'Clears away secret ids that are over',
    fields: {},
    operations: {
      async write(context) {
        const cleared = await (await approleStorage(context)).tidy()
        return { status: 202, warnings: [`Tidy operation finished: ${cleared} cleared away`] }
      },
    },
  }),
]

type Segment = 'secret-id' | 'secret-id-accessor'

const wordOf = (segment: Segment) => (segment === 'secret-id' ? 'secret_id' : 'secret_id_accessor')

async function meant(
  context: Context,
  params: Params,
  segment: Segment,
  data: Data,
): Promise<{ readonly storage: ApproleStorage; readonly found: FoundSecret | undefined }> {
  const role = await requireRole(context, params)
  const storage = await approleStorage(context)
  const sent = readFields({ secret_id: secretId, secret_id_accessor: accessor }, data)
  const text = said(wordOf(segment), sent[wordOf(segment)])
  const found = await (segment === 'secret-id'
    ? storage.secret(role, text)
    : storage.secretByAccessor(role, text))
  return { storage, found }
}

async function destroyed(context: Context, params: Params, segment: Segment, data: Data): Promise<Response> {
  const { storage, found } = await meant(context, params, segment, data)
  if (found !== undefined) await storage.removeSecret(found)
  else if (segment === 'secret-id-accessor') return { status: 404 }
  return {}
}

async function accessors(context: Context, params: Params): Promise<Response> {
  const role = await requireRole(context, params)
  const secrets = await (await approleStorage(context)).secrets(role)
  const keys = secrets.filter(({ isOver }) => !isOver).map(({ secret }) => secret.accessor)
  return keys.length === 0 ? { status: 404 } : { data: { keys: keys.sort() } }
}

async function made(
  deps: SecretIdDeps,
  context: Context,
  params: Params,
  text: string,
  sent: ValuesOf<typeof making>,
): Promise<Response> {
  const role = await requireRole(context, params)
  if (!role.bindSecretId) throw invalid('bind_secret_id is not set on the role')
  const secret = secretOf(deps, context, role, sent)
  await (await approleStorage(context)).addSecret(role, text, secret)
  return {
    data: {
      secret_id: text,
      secret_id_accessor: secret.accessor,
      secret_id_num_uses: secret.usesLeft,
      secret_id_ttl: secret.ttlSeconds,
    },
    wrappedAccessor: secret.accessor,
  }
}

/** @throws SentinelError REQUEST_INVALID where more is asked for than the role gives */
function secretOf(
  { maxSecondsOf }: SecretIdDeps,
  { random, clock, mount }: Context,
  role: Role,
  sent: ValuesOf<typeof making>,
): SecretId {
  const [uses, ttl] = [usesIn('num_uses', sent.num_uses), requireSeconds('ttl', sent.ttl ?? 0)]
  requireLess('num_uses', uses, role.secretIdNumUses)
  requireLess('ttl', sent.ttl, role.secretIdTtlSeconds)
  const wantedSeconds = sent.ttl === undefined ? role.secretIdTtlSeconds : ttl
  const ttlSeconds = Math.min(wantedSeconds, maxSecondsOf(mount.path))
  const nowMs = clock.now()
  return {
    accessor: newUuid(random),
    usesLeft: uses ?? role.secretIdNumUses,
    ttlSeconds,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    expiresAtMs: ttlSeconds === 0 ? null : nowMs + ttlSeconds * 1000,
    metadata: [...metadataIn(sent.metadata)],
    cidrs: withinRole('cidr_list', sent.cidr_list, role.secretIdBoundCidrs),
    tokenCidrs: withinRole('token_bound_cidrs', sent.token_bound_cidrs, role.settings.boundCidrs),
  }
}

/** Neither more than the role gives, nor without end where the role gives an end. */
function requireLess(name: string, sent: number | undefined, ofRole: number): void {
  if (sent === undefined || ofRole === 0) return
  if (sent === 0 || sent > ofRole) throw invalid(`${name} cannot be higher than that of the role`)
}

function withinRole(
  name: string,
  sent: readonly string[] = [],
  ofRole: readonly string[],
): readonly string[] {
  const networks = readNetworks(sent)
  if (ofRole.length > 0 && !areWithin(networks, ofRole))
    throw invalid(`failed to verify that ${name} is within the networks of the role`)
  return networks
}

function metadataIn(text = ''): ReadonlyMap<string, string> {
  return readFields({ metadata: { type: 'map', help: '' } }, { metadata: text }).metadata ?? new Map()
}

function secretToData(secret: SecretId): Data {
  return {
    secret_id_accessor: secret.accessor,
    secret_id_num_uses: secret.usesLeft,
    secret_id_ttl: secret.ttlSeconds,
    creation_time: toNanoTimestamp(secret.createdAtMs),
    last_updated_time: toNanoTimestamp(secret.updatedAtMs),
    expiration_time:
      secret.expiresAtMs === null ? '0001-01-01T00:00:00Z' : toNanoTimestamp(secret.expiresAtMs),
    metadata: Object.assign(Object.create(null), Object.fromEntries(secret.metadata)),
    cidr_list: secret.cidrs,
    token_bound_cidrs: secret.tokenCidrs,
  }
}
