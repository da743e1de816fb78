import { printable } from '../../../base/index.ts'
import type { VaultBody } from '../../../vault/index.ts'
import type { Flags, Values } from '../../command.ts'
import { tableText } from '../../table.ts'
import { pairsIn } from '../../vault/kv.ts'
import type { Session } from '../../vault/session.ts'
import { vaultCommand } from '../../vault/vault-command.ts'

const trimmed = (path: string) => path.replace(/^\/+|\/+$/g, '')

const settingFlags = {
  description: { type: 'string', placeholder: 'text', help: 'what it is for' },
  defaultLeaseTtl: { type: 'string', placeholder: 'time', help: 'how long leases and tokens last' },
  maxLeaseTtl: { type: 'string', placeholder: 'time', help: 'how long they can be renewed' },
  listingVisibility: {
    type: 'choice',
    choices: ['hidden', 'unauth'],
    help: 'unauth: strangers are told that it is there',
  },
  auditNonHmacRequestKeys: {
    type: 'list',
    placeholder: 'name',
    help: 'of what is sent, audit devices write this as it is',
  },
  auditNonHmacResponseKeys: {
    type: 'list',
    placeholder: 'name',
    help: 'of what is answered, audit devices write this as it is',
  },
  options: { type: 'list', placeholder: 'name=value', help: 'an option of its type' },
} as const satisfies Flags

const secretsFlags = {
  ...settingFlags,
  version: { type: 'string', placeholder: 'number', help: 'version of KV' },
} as const satisfies Flags

const authFlags = {
  ...settingFlags,
  tokenType: {
    type: 'choice',
    choices: ['default-service', 'default-batch', 'service', 'batch'],
    help: 'kind of token that a login gives; without `default-` a role cannot say otherwise',
  },
  userLockoutThreshold: {
    type: 'string',
    placeholder: 'number',
    help: 'so many wrong passwords lock a name',
  },
  userLockoutDuration: { type: 'string', placeholder: 'time', help: 'how long a name is locked' },
  userLockoutCounterResetDuration: {
    type: 'string',
    placeholder: 'time',
    help: 'after how long wrong passwords are forgotten',
  },
  userLockoutDisable: { type: 'boolean', mayBeUnsaid: true, help: 'no name is ever locked' },
} as const satisfies Flags

/** What either kind may be given; the flags of the other are simply not there. */
type Given = Partial<Values<typeof secretsFlags, NoPositionals> & Values<typeof authFlags, NoPositionals>>
type NoPositionals = Record<never, never>

/** What is said of a mount, in the words of the API. What was not given is not said. */
function settingsOf(given: Given): { readonly description?: string; readonly [name: string]: unknown } {
  const { auditNonHmacRequestKeys: request = [], auditNonHmacResponseKeys: response = [] } = given
  const options = {
    ...pairsIn(given.options ?? []),
    ...(given.version !== undefined && { version: given.version }),
  }
  const lockout = {
    lockout_threshold: given.userLockoutThreshold,
    lockout_duration: given.userLockoutDuration,
    lockout_counter_reset: given.userLockoutCounterResetDuration,
    lockout_disable: given.userLockoutDisable,
  }
  const isSaid = ([, value]: readonly [string, unknown]) => value !== undefined
  const said = Object.entries({
    description: given.description,
    default_lease_ttl: given.defaultLeaseTtl,
    max_lease_ttl: given.maxLeaseTtl,
    listing_visibility: given.listingVisibility,
    audit_non_hmac_request_keys: request.length === 0 ? undefined : request,
    audit_non_hmac_response_keys: response.length === 0 ? undefined : response,
    token_type: given.tokenType,
    user_lockout_config: Object.entries(lockout).some(isSaid) ? lockout : undefined,
    options: Object.keys(options).length === 0 ? undefined : options,
  })
  return Object.fromEntries(said.filter(isSaid))
}

/** Entries by path as a table of these members. */
export function showMounts(session: Session, body: VaultBody | undefined, columns: readonly string[]): void {
  const entries = Object.entries((body?.data ?? {}) as { readonly [path: string]: VaultBody })
  const rows = entries.map(([path, each]) => [
    path,
    ...columns.map((column) => String(each[column] ?? 'n/a') || 'n/a'),
  ])
  const heads = ['Path', ...columns.map((column) => column.charAt(0).toUpperCase() + column.slice(1))]
  session.print(
    Object.fromEntries(entries),
    tableText(heads, [heads.map((head) => '-'.repeat(head.length)), ...rows]),
  )
}

type Kind = {
  readonly word: 'secrets' | 'auth'
  readonly api: string
  readonly noun: string
  readonly type: string
  readonly prefix: string
  readonly flags: Flags
  readonly tuning: string
}

const secrets: Kind = {
  word: 'secrets',
  api: 'sys/mounts',
  noun: 'secrets engine',
  type: 'kv',
  prefix: '',
  flags: secretsFlags,
  tuning: '-default-lease-ttl=1h kv',
}
const auth: Kind = {
  word: 'auth',
  api: 'sys/auth',
  noun: 'auth method',
  type: 'userpass',
  prefix: 'auth/',
  flags: authFlags,
  tuning: '-listing-visibility=unauth userpass',
}

const commandsOf = ({ word, api, noun, type, prefix, flags, tuning }: Kind) => [
  vaultCommand({
    name: `${word} list`,
    summary: `List each ${noun}`,
    examples: [`sentinel vault ${word} list`, `sentinel vault ${word} list -format=json`],
    flags: {},
    async act(session) {
      const { body } = await session.ask({ method: 'GET', path: api })
      showMounts(session, body, ['type', 'accessor', 'description'])
      return undefined
    },
  }),
  vaultCommand({
    name: `${word} enable`,
    summary: `Mount ${noun === 'auth method' ? 'an' : 'a'} ${noun}`,
    examples: [`sentinel vault ${word} enable ${type}`, `sentinel vault ${word} enable -path=team ${type}`],
    flags: { path: { type: 'string', help: 'where to mount it (default: its type)' }, ...flags },
    positionals: { type: { help: 'what to mount', required: true } },
    async act(session, { type: wanted, path = wanted, ...given }) {
      const { description, options, ...config } = settingsOf(given as Given)
      const body = { type: wanted, description, config, options }
      await session.ask({ method: 'POST', path: `${api}/${trimmed(path)}`, body })
      session.done(`Success! Enabled the ${printable(wanted)} ${noun} at: ${trimmed(path)}/`)
      return undefined
    },
  }),
  vaultCommand({
    name: `${word} disable`,
    summary: `Take ${noun === 'auth method' ? 'an' : 'a'} ${noun} away, with all that it keeps`,
    examples: [`sentinel vault ${word} disable ${type}`],
    flags: {},
    positionals: { path: { help: 'where it is mounted', required: true } },
    async act(session, { path }) {
      await session.ask({ method: 'DELETE', path: `${api}/${trimmed(path)}` })
      session.done(`Success! Disabled the ${noun} (if it existed) at: ${trimmed(path)}/`)
      return undefined
    },
  }),
  vaultCommand({
    name: `${word} tune`,
    summary: `Change the settings of ${noun === 'auth method' ? 'an' : 'a'} ${noun}`,
    examples: [`sentinel vault ${word} tune ${tuning}`],
    flags,
    positionals: { path: { help: 'where it is mounted', required: true } },
    async act(session, { path, ...given }) {
      const body = settingsOf(given as Given)
      const answer = await session.ask({ method: 'POST', path: `${api}/${trimmed(path)}/tune`, body })
      session.show(answer, { done: `Success! Tuned the ${noun} at: ${trimmed(path)}/` })
      return undefined
    },
  }),
  vaultCommand({
    name: `${word} move`,
    summary: `Move ${noun === 'auth method' ? 'an' : 'a'} ${noun} to another path`,
    examples: [`sentinel vault ${word} move ${type} team`],
    flags: {},
    positionals: {
      from: { help: 'where it is mounted', required: true },
      to: { help: 'where it is to be', required: true },
    },
    async act(session, { from, to }) {
      const body = { from: prefix + trimmed(from), to: prefix + trimmed(to) }
      await session.ask({ method: 'POST', path: 'sys/remount', body })
      session.done(`Success! Moved the ${noun} from ${trimmed(from)}/ to ${trimmed(to)}/`)
      return undefined
    },
  }),
]

export const secretsCommands = commandsOf(secrets)
export const authCommands = commandsOf(auth)
