import { printable } from '../../../base/index.ts'
import type { VaultBody } from '../../../vault/index.ts'
import type { Flags } from '../../command.ts'
import { tableText } from '../../table.ts'
import { pairsIn } from '../../vault/kv.ts'
import type { Session } from '../../vault/session.ts'
import { vaultCommand } from '../../vault/vault-command.ts'

const trimmed = (path: string) => path.replace(/^\/+|\/+$/g, '')

const settingFlags = {
  description: { type: 'string', placeholder: 'text', help: 'what it is for' },
  defaultLeaseTtl: { type: 'string', placeholder: 'time', help: 'how long leases and tokens last' },
  maxLeaseTtl: { type: 'string', placeholder: 'time', help: 'how long they can be renewed' },
  version: { type: 'string', placeholder: 'number', help: 'version of KV' },
  options: { type: 'list', placeholder: 'name=value', help: 'an option of its type' },
} as const satisfies Flags

type Given = { readonly version: string | undefined; readonly options: readonly string[] }

function optionsOf({ version, options }: Given): VaultBody | undefined {
  const all = { ...pairsIn(options), ...(version !== undefined && { version }) }
  return Object.keys(all).length === 0 ? undefined : all
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
}

const secrets: Kind = { word: 'secrets', api: 'sys/mounts', noun: 'secrets engine', type: 'kv', prefix: '' }
const auth: Kind = { word: 'auth', api: 'sys/auth', noun: 'auth method', type: 'userpass', prefix: 'auth/' }

const commandsOf = ({ word, api, noun, type, prefix }: Kind) => [
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
    flags: { path: { type: 'string', help: 'where to mount it (default: its type)' }, ...settingFlags },
    positionals: { type: { help: 'what to mount', required: true } },
    async act(session, { type: wanted, path = wanted, description, defaultLeaseTtl, maxLeaseTtl, ...given }) {
      const config = { default_lease_ttl: defaultLeaseTtl, max_lease_ttl: maxLeaseTtl }
      const body = { type: wanted, description, config, options: optionsOf(given) }
      await session.ask({ method: 'POST', path: `${api}/${trimmed(path)}`, body })
      session.say(`Success! Enabled the ${printable(wanted)} ${noun} at: ${trimmed(path)}/`)
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
      session.say(`Success! Disabled the ${noun} (if it existed) at: ${trimmed(path)}/`)
      return undefined
    },
  }),
  vaultCommand({
    name: `${word} tune`,
    summary: `Change the settings of ${noun === 'auth method' ? 'an' : 'a'} ${noun}`,
    examples: [`sentinel vault ${word} tune -default-lease-ttl=1h ${type}`],
    flags: settingFlags,
    positionals: { path: { help: 'where it is mounted', required: true } },
    async act(session, { path, description, defaultLeaseTtl, maxLeaseTtl, ...given }) {
      const body = {
        description,
        default_lease_ttl: defaultLeaseTtl,
        max_lease_ttl: maxLeaseTtl,
        options: optionsOf(given),
      }
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
      session.say(`Success! Moved the ${noun} from ${trimmed(from)}/ to ${trimmed(to)}/`)
      return undefined
    },
  }),
]

export const secretsCommands = commandsOf(secrets)
export const authCommands = commandsOf(auth)
