// Mounting, tuning and listing what is mounted (spec/vault.md 5.5, 8.6). Secrets engines and auth methods have
// the same calls; those of auth methods need `sudo` and leave `auth/` out of their paths.

import { SentinelError } from '../../../base/index.ts'
import type { Limits } from '../../../token/index.ts'
import { usualLockout } from '../../core/lockouts.ts'
import type { MountChange, MountTable } from '../../core/mount-table.ts'
import type { Data, Json, Response } from '../../door.ts'
import { isObject } from '../../http/json.ts'
import { readFields, textToSeconds, type ValuesOf } from '../fields.ts'
import { type Lockout, type Mount, type Path, path, type Visibility } from '../path.ts'
import { readTokenType } from '../token-settings.ts'

type Deps = { readonly table: () => MountTable; readonly limits: Limits }

const settings = {
  description: { type: 'string', help: 'what it is for' },
  default_lease_ttl: { type: 'string', help: 'how long leases and tokens last' },
  max_lease_ttl: { type: 'string', help: 'how long they can be renewed' },
  options: { type: 'map', help: 'the options of its type' },
  audit_non_hmac_request_keys: { type: 'list', help: 'what audit devices write of bodies as it is' },
  audit_non_hmac_response_keys: { type: 'list', help: 'what audit devices write of answers as it is' },
  listing_visibility: { type: 'string', help: '`unauth`: strangers are told of it; `hidden`: they are not' },
  token_type: { type: 'string', help: 'what logins give: as of a role' },
  user_lockout_config: { type: 'json', help: 'when names that are tried too often are locked' },
} as const

const enabling = {
  ...settings,
  type: { type: 'string', help: 'what to mount' },
  config: { type: 'json', help: 'the lifetimes, and what audit devices write as it is' },
} as const

type Kind = { readonly word: 'mounts' | 'auth'; readonly prefix: '' | 'auth/'; readonly noun: string }

const secret: Kind = { word: 'mounts', prefix: '', noun: 'secrets engine' }
const auth: Kind = { word: 'auth', prefix: 'auth/', noun: 'auth method' }

/** `sys/mounts` and `sys/auth`. */
export function mountPaths(deps: Deps): readonly Path[] {
  return [...pathsOf(deps, secret), ...pathsOf(deps, auth)]
}

function pathsOf(deps: Deps, kind: Kind): readonly Path[] {
  const access = kind === auth ? ({ access: 'sudo' } as const) : {}
  return [
    path({
      pattern: kind.word,
      summary: `Lists each ${kind.noun}`,
      fields: {},
      operations: { read: () => listed(deps, kind) },
    }),
    path({
      pattern: `${kind.word}/:path+`,
      summary: `Mounts, reads, tunes (behind \`/tune\`) and unmounts one ${kind.noun}`,
      ...access,
      fields: enabling,
      operations: {
        read: (_, { params }) => readOne(deps, target(kind, params)),
        write: (_, { params, fields }) => writeOne(deps, target(kind, params), fields),
        async delete(_, { params }) {
          const { mountPath, isTuning } = target(kind, params)
          if (isTuning)
            throw new SentinelError('OPERATION_UNSUPPORTED', 'settings are not deleted: set them anew')
          await deps.table().disable(mountPath)
          return {}
        },
      },
    }),
  ]
}

type Target = { readonly mountPath: string; readonly isTuning: boolean }

/** What a call is about: the pattern cannot say it, since a mount's path has any number of segments. */
function target({ prefix }: Kind, params: Readonly<Record<string, string>>): Target {
  const rest = params.path ?? ''
  const isTuning = rest.endsWith('/tune')
  const mountPath = isTuning ? rest.slice(0, -'/tune'.length) : rest
  return { mountPath: `${prefix}${mountPath}/`, isTuning }
}

function listed({ table }: Deps, { prefix }: Kind): Response {
  const mounts = [...table().router().mounts.values()].map(({ context }) => context.mount)
  const ours = mounts.filter(({ path }) => path.startsWith('auth/') === (prefix === 'auth/'))
  const entries = ours.map((mount) => [mount.path.slice(prefix.length), mountToData(mount)] as const)
  return { data: Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))), isAlsoTopLevel: true }
}

function readOne(deps: Deps, { mountPath, isTuning }: Target): Response {
  const mount = deps.table().router().mounts.get(mountPath)?.context.mount
  if (mount === undefined)
    throw new SentinelError('REQUEST_INVALID', `No secret engine or auth method at ${mountPath}`)
  return { data: isTuning ? tuneToData(deps.limits, mount) : mountToData(mount), isAlsoTopLevel: true }
}

async function writeOne(
  { table }: Deps,
  { mountPath, isTuning }: Target,
  fields: ValuesOf<typeof enabling>,
): Promise<Response> {
  if (isTuning) {
    requireTunable(mountPath, fields)
    const version = () => table().router().mounts.get(mountPath)?.context.mount.options.get('version')
    const before = version()
    await table().tune(mountPath, changeIn(fields))
    if (version() === before) return {}
    return { warnings: [`Upgrading mount from version ${before ?? '1'} to version ${version()}.`] }
  }
  const { type } = fields
  if (type === undefined || type === '')
    throw new SentinelError('REQUEST_INVALID', 'backend type must be specified as a string')
  const config = isObject(fields.config) ? fields.config : {}
  const wanted = { ...changeIn(readFields(settings, config)), ...changeIn(fields) }
  await table().enable({ ...unset, ...wanted, path: mountPath, ...typeAndVersion(type, wanted.options) })
  const made = table().router().mounts.get(mountPath)?.type
  return made?.paths.length === 0 ? { warnings: [made.help] } : {}
}

/** What the server itself stands on keeps its settings. */
const keepsAll: ReadonlySet<string> = new Set(['cubbyhole/', 'identity/', 'sys/'])
/** Nobody logs in at `auth/token`. */
const keptByToken: readonly string[] = ['token_type', 'user_lockout_config']

function requireTunable(mountPath: string, fields: ValuesOf<typeof enabling>): void {
  const sent = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const isKept = (name: string) =>
    mountPath === 'auth/token/'
      ? keptByToken.includes(name)
      : keepsAll.has(mountPath) && !name.startsWith('audit_non_hmac_')
  const kept = sent.find(isKept)
  if (kept !== undefined)
    throw new SentinelError('REQUEST_INVALID', `cannot tune parameter ${kept} of ${mountPath}`)
}

const unset = { description: '', defaultLeaseSeconds: 0, maxLeaseSeconds: 0 } as const

/** `kv-v2` is a word for `kv` with an option. */
function typeAndVersion(
  type: string,
  options: Mount['options'] = new Map(),
): Pick<Mount, 'type' | 'options'> {
  const version = /^kv-v([12])$/.exec(type)?.[1]
  return version === undefined
    ? { type, options }
    : { type: 'kv', options: new Map([...options, ['version', version]]) }
}

function changeIn(fields: ValuesOf<typeof settings>): MountChange {
  const { description, options, default_lease_ttl: defaultSeconds, max_lease_ttl: maxSeconds } = fields
  const { audit_non_hmac_request_keys: requestKeys, audit_non_hmac_response_keys: responseKeys } = fields
  const { listing_visibility: visibility, token_type: tokenType, user_lockout_config: lockout } = fields
  return {
    ...(description !== undefined && { description }),
    ...(options !== undefined && { options }),
    ...(defaultSeconds !== undefined && { defaultLeaseSeconds: leaseSeconds(defaultSeconds) }),
    ...(maxSeconds !== undefined && { maxLeaseSeconds: leaseSeconds(maxSeconds) }),
    ...(requestKeys !== undefined && { plainRequestKeys: requestKeys }),
    ...(responseKeys !== undefined && { plainResponseKeys: responseKeys }),
    ...(visibility !== undefined && { visibility: visibilityIn(visibility) }),
    ...(tokenType !== undefined && { tokenType: mountTokenType(tokenType) }),
    ...(lockout !== undefined && { lockout: lockoutIn(lockout) }),
  }
}

/** 0 is what the system says. */
function leaseSeconds(text: string): number {
  const seconds = text === 'system' ? 0 : textToSeconds(text)
  if (seconds !== undefined && seconds >= 0) return seconds
  throw new SentinelError('REQUEST_INVALID', `a lease TTL is a duration or \`system\`, not \`${text}\``)
}

function visibilityIn(text: string): Visibility {
  if (text === '' || text === 'hidden' || text === 'unauth') return text
  throw new SentinelError('REQUEST_INVALID', `invalid listing_visibility "${text}"`, {
    hint: 'write unauth or hidden',
  })
}

const lockoutFields = {
  lockout_disable: { type: 'bool', help: 'whether none is' },
  lockout_threshold: { type: 'int', help: 'after so many failures' },
  lockout_duration: { type: 'seconds', help: 'for so long' },
  lockout_counter_reset: { type: 'seconds', help: 'after so long failures are forgotten' },
  lockout_counter_reset_duration: { type: 'seconds', help: 'the same, as Vault’s client sends it' },
} as const

function lockoutIn(config: Json): Lockout {
  const said = isObject(config) ? config : {}
  const unknown = Object.keys(said).find((name) => !Object.hasOwn(lockoutFields, name))
  if (unknown !== undefined)
    throw new SentinelError('REQUEST_INVALID', `\`user_lockout_config\` has no \`${unknown}\``, {
      hint: `it has ${Object.keys(lockoutFields).join(', ')}`,
    })
  const sent = readFields(lockoutFields, said)
  const lockout = {
    isDisabled: sent.lockout_disable ?? usualLockout.isDisabled,
    threshold: sent.lockout_threshold ?? usualLockout.threshold,
    lockedSeconds: sent.lockout_duration ?? usualLockout.lockedSeconds,
    forgottenSeconds:
      sent.lockout_counter_reset_duration ?? sent.lockout_counter_reset ?? usualLockout.forgottenSeconds,
  }
  const { threshold, lockedSeconds, forgottenSeconds } = lockout
  if (Math.min(threshold, lockedSeconds, forgottenSeconds) < 1)
    throw new SentinelError('REQUEST_INVALID', 'the numbers of `user_lockout_config` must be 1 or more')
  return lockout
}

const mountTokenType = (text: string) =>
  text === '' || text === 'default' ? 'default-service' : readTokenType(text)

/** A mount as clients know it; times that are not set are 0. */
export function mountToData(mount: Mount): Data {
  const { type, description, accessor, uuid, options, defaultLeaseSeconds, maxLeaseSeconds } = mount
  return {
    type,
    description,
    accessor,
    uuid,
    local: false,
    seal_wrap: false,
    external_entropy_access: false,
    options: options.size === 0 ? null : Object.fromEntries(options),
    plugin_version: '',
    running_plugin_version: '',
    running_sha256: '',
    deprecation_status: 'supported',
    config: {
      default_lease_ttl: defaultLeaseSeconds,
      max_lease_ttl: maxLeaseSeconds,
      force_no_cache: false,
      ...toldToData(mount),
    },
  }
}

const toldToData = ({
  path: at,
  plainRequestKeys = [],
  plainResponseKeys = [],
  visibility = '',
  tokenType = 'default-service',
  lockout,
}: Mount): Data => ({
  ...(visibility !== '' && { listing_visibility: visibility }),
  ...(at.startsWith('auth/') && { token_type: tokenType }),
  ...(lockout !== undefined && {
    user_lockout_disable: lockout.isDisabled,
    user_lockout_threshold: lockout.threshold,
    user_lockout_duration: lockout.lockedSeconds,
    user_lockout_counter_reset_duration: lockout.forgottenSeconds,
  }),
  ...(plainRequestKeys.length > 0 && { audit_non_hmac_request_keys: plainRequestKeys }),
  ...(plainResponseKeys.length > 0 && { audit_non_hmac_response_keys: plainResponseKeys }),
})

/** The settings of a mount as they work, with those of the system where it has none. */
function tuneToData({ defaultSeconds, maxSeconds }: Limits, mount: Mount): Data {
  return {
    description: mount.description,
    default_lease_ttl: mount.defaultLeaseSeconds || defaultSeconds,
    max_lease_ttl: mount.maxLeaseSeconds || maxSeconds,
    force_no_cache: false,
    ...toldToData(mount),
    ...(mount.options.size > 0 && { options: Object.fromEntries(mount.options) }),
  }
}
