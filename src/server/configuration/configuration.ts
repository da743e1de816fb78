// The configuration of a server: a file of HCL or JSON with Vault's own keys. Whatever is not understood is an error: a
// server that ignored a key would run otherwise than its file says.

import { SentinelError } from '../../base/index.ts'
import { readHcl1 } from '../../hcl/index.ts'
import { type Diagnostic, draw, type Source } from '../../source/index.ts'
import { type Limits, systemLimits } from '../../token/index.ts'
import { type ListenerSettings, listenersIn } from './listeners.ts'
import { Block, Findings } from './reading.ts'

/** What a server is to be. */
export type Configuration = {
  /** One at least. */
  readonly listeners: readonly ListenerSettings[]
  readonly storage: { readonly kind: 'lmdb'; readonly path: string } | { readonly kind: 'inmem' }
  readonly limits: Limits
  /** Folders below which audit devices may write. */
  readonly auditFolders: readonly string[]
  /** Nothing but `sys/audit` is answered as long as no audit device is enabled. */
  readonly auditRequired: boolean
  readonly auditDurability: 'write' | 'fsync'
  readonly clusterName: string
  /** Where clients reach it; empty where that is not said. */
  readonly apiAddress: string
}

/** Paths of the file as they were written, made absolute by whoever knows from where. */
export type Resolve = (path: string) => string

/** Keys that change nothing here: there is no swapping of keys to lock out, no cluster, no plugins, no web page. */
const harmless = [
  'disable_mlock',
  'disable_clustering',
  'disable_cache',
  'cluster_addr',
  'log_level',
  'log_format',
  'ui',
]

const known = [
  'listener',
  'storage',
  'backend',
  'default_lease_ttl',
  'max_lease_ttl',
  'audit_dirs',
  'audit_required',
  'audit_durability',
  'cluster_name',
  'api_addr',
  ...harmless,
]

const refused = new Map([
  ['seal', 'leave it out: the key is shared among people, who unseal with `sentinel vault operator unseal`'],
  ['ha_storage', 'leave it out: one server has the storage'],
  ['telemetry', 'leave it out: `sys/metrics` answers without it'],
  ['plugin_directory', 'leave it out: there are no plugins'],
  ['raw_storage_endpoint', 'leave it out: nothing reads what is behind the barrier past the policies'],
  ['log_file', 'leave it out, and send the standard error where you want it'],
  ['pid_file', 'leave it out, and let whoever starts the server keep its number'],
])

/**
 * Reads a configuration.
 *
 * @throws SentinelError CONFIG_INVALID with everything that is wrong, each at its line with a caret
 */
export function readConfiguration(source: Source, resolve: Resolve): Configuration {
  const { root, diagnostics } = readHcl1(source)
  // What stands behind the first wrong character is not read, and must not be called missing.
  if (diagnostics.some(({ severity }) => severity === 'error')) throw invalid(source, diagnostics)
  const findings = new Findings(diagnostics)
  const file = new Block(findings, [root], { start: 0, end: 0 })
  const configuration = configurationIn(file, resolve)
  const errors = findings.diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length > 0 || configuration === undefined) throw invalid(source, errors)
  return configuration
}

function configurationIn(file: Block, resolve: Resolve): Configuration | undefined {
  file.requireKnown(known, refused, ['listener'])
  const listeners = listenersIn(file, resolve)
  const storage = storageIn(file, resolve)
  const limits = limitsIn(file)
  const auditFolders = file.texts('audit_dirs').map(resolve)
  const auditRequired = file.switch('audit_required')
  const auditDurability = file.word('audit_durability', ['write', 'fsync']) ?? 'write'
  const clusterName = file.text('cluster_name') ?? 'sentinel'
  const apiAddress = addressIn(file)
  if (storage === undefined) return undefined
  return { listeners, storage, limits, auditFolders, auditRequired, auditDurability, clusterName, apiAddress }
}

function storageIn(file: Block, resolve: Resolve): Configuration['storage'] | undefined {
  const [first, second] = [...file.labelled('storage'), ...file.labelled('backend')]
  if (first === undefined) {
    file.error(
      'storage',
      'there is no storage',
      'write it like storage "lmdb" { path = "/var/lib/sentinel" }',
    )
    return undefined
  }
  const { label, block } = first
  if (second !== undefined) second.block.error('', 'there are two storages', 'a server has one')
  if (label === 'inmem') {
    block.requireKnown([], new Map())
    return { kind: 'inmem' }
  }
  if (label !== 'lmdb') {
    block.error('', `storage \`${label}\` is not supported`, 'use "lmdb", or "inmem" for tests')
    return undefined
  }
  block.requireKnown(['path'], new Map())
  const path = block.text('path')
  if (!block.has('path'))
    block.error('', 'storage "lmdb" needs a `path`', 'name the folder that is to hold it')
  return path === undefined ? undefined : { kind: 'lmdb', path: resolve(path) }
}

function limitsIn(file: Block): Limits {
  const maxSeconds = file.seconds('max_lease_ttl') ?? systemLimits.maxSeconds
  const defaultSeconds =
    file.seconds('default_lease_ttl') ?? Math.min(systemLimits.defaultSeconds, maxSeconds)
  if (defaultSeconds > maxSeconds)
    file.error('default_lease_ttl', '`default_lease_ttl` is longer than `max_lease_ttl`', 'make it shorter')
  return { defaultSeconds, maxSeconds }
}

function addressIn(file: Block): string {
  const address = file.text('api_addr') ?? ''
  if (address !== '' && !/^https?:\/\/[^\s/]+\/?$/.test(address))
    file.error('api_addr', '`api_addr` must be a URL', 'write it like https://sentinel.example.com:8200')
  return address
}

function invalid(source: Source, errors: readonly Diagnostic[]): SentinelError {
  const inOrder = errors.toSorted((a, b) => a.span.start - b.span.start)
  return new SentinelError(
    'CONFIG_INVALID',
    `cannot use \`${source.name}\` as the configuration of a server`,
    {
      details: inOrder.flatMap((error) => draw(source, error)),
    },
  )
}
