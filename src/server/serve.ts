// A server that runs: its core, its doors, and the clock that clears away what is over.

import { createSecureContext } from 'node:tls'
import { ownStorage } from '../barrier/index.ts'
import { asSentinelError, type Secret, SentinelError, stopwatch } from '../base/index.ts'
import { type Machine, readText } from '../machine/index.ts'
import { usualBudget } from '../policy/index.ts'
import { type Kv, memoryKv } from '../store/index.ts'
import { systemLimits } from '../token/index.ts'
import type { Configuration } from './configuration/configuration.ts'
import type { ListenerSettings, TlsSettings } from './configuration/listeners.ts'
import { type Core, openCore } from './core/core.ts'
import { type Listener, listen, type TlsOptions } from './http/listener.ts'
import { storedIds } from './stored-ids.ts'

export type ServerDeps = {
  readonly machine: Machine
  /** Folders of this machine for what may go at any time: without a storage that lasts, audit files may lie there. */
  readonly temporary: readonly string[]
  /** Ends when the standard output has taken it. */
  stdout(bytes: Uint8Array): Promise<void>
  /** Says something to whoever runs the server. */
  log(message: string): void
}

/** A server that listens. */
export type RunningServer = {
  /** One for each listener. */
  readonly urls: readonly string[]
  /** Lets go of the files of audit devices, and reads the certificates anew: somebody may have changed them. */
  reopen(): Promise<void>
  /** Takes no more requests, waits for the answers that are under way, seals, and lets go of the storage. */
  close(): Promise<void>
}

/** A server for development: in memory, unsealed, gone with its process. */
export type DevServer = RunningServer & {
  readonly rootToken: Secret
  /** Unseals it after it was sealed. */
  readonly share: Uint8Array
}

export type DevOptions = {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** A root token of the developer's choice. */
  readonly rootToken: Secret | undefined
}

/**
 * Starts a server for development.
 *
 * @throws SentinelError SERVER_UNAVAILABLE when nothing can listen there
 */
export async function startDevServer(
  deps: ServerDeps,
  { host, port, rootToken: wanted }: DevOptions,
): Promise<DevServer> {
  const core = await coreOver(deps, memoryKv(), development)
  const { rootToken, share } = await core.develop(wanted)
  const running = await listening(deps, core, [{ host, port, tls: undefined, hasOpenMetrics: false }])
  return { ...running, rootToken, share }
}

type CoreSettings = Omit<Configuration, 'listeners'>

const development: CoreSettings = {
  storage: { kind: 'inmem' },
  limits: systemLimits,
  auditFolders: [],
  auditRequired: false,
  auditDurability: 'write',
  clusterName: 'sentinel-dev',
  apiAddress: '',
}

/**
 * Starts a server as its configuration says, sealed.
 *
 * @throws SentinelError SERVER_UNAVAILABLE, STORE_UNAVAILABLE, STORE_CORRUPT; FILE_UNREADABLE and CONFIG_INVALID for what
 *   TLS needs
 */
export async function startServer(deps: ServerDeps, configuration: Configuration): Promise<RunningServer> {
  const { storage, listeners } = configuration
  // Before anything is held: a certificate that cannot be read is the likeliest mistake.
  for (const { tls } of listeners) if (tls !== undefined) tlsOptions(tls)
  const kv = storage.kind === 'inmem' ? memoryKv() : await ownStorage(deps.machine, storage.path)
  return listening(deps, await coreOver(deps, kv, configuration), listeners)
}

async function coreOver(deps: ServerDeps, storage: Kv, settings: CoreSettings): Promise<Core> {
  const { clock, random, platform, wait } = deps.machine
  const {
    storage: { kind },
    auditFolders,
    auditDurability: durability,
  } = settings
  // A storage that is gone with its process guards nothing that lasts.
  const folders = kind === 'inmem' ? [...auditFolders, ...deps.temporary] : auditFolders
  const audit = { platform, wait, stdout: deps.stdout, folders, durability }
  try {
    const governance = { stopwatch, budget: usualBudget, http: false }
    // None is built in: a method that pushes confirms nothing here.
    const pushFactors = new Map()
    const state = { storage, storageType: kind, audit, governance, pushFactors }
    const parts = { clock, random, ...state, log: deps.log }
    return await openCore({ ...settings, ...parts })
  } catch (thrown) {
    await storage.close()
    throw thrown
  }
}

async function listening(
  deps: ServerDeps,
  core: Core,
  settings: readonly ListenerSettings[],
): Promise<RunningServer> {
  const { wait } = deps.machine
  const newId = storedIds(deps.machine.random)
  const doors: { readonly listener: Listener; readonly settings: ListenerSettings }[] = []
  const close = async () => {
    await Promise.all(doors.map(({ listener }) => listener.close()))
    await core.close()
  }
  try {
    for (const each of settings) {
      const tls = each.tls === undefined ? undefined : tlsOptions(each.tls)
      const answer = each.hasOpenMetrics ? withOpenMetrics(core) : core.answer
      doors.push({ listener: await listen({ newId, wait, answer }, { ...each, tls }), settings: each })
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
  const stop = ticking(deps, core)
  return {
    urls: doors.map(({ listener, settings: { tls } }) =>
      urlOf(listener, tls === undefined ? 'http' : 'https'),
    ),
    async reopen() {
      await core.reopen()
      for (const {
        listener,
        settings: { tls },
      } of doors)
        if (tls !== undefined) renew(deps, listener, tls)
    },
    async close() {
      stop()
      await close()
    },
  }
}

/** Whoever reaches this listener may see the counts, as its file says. */
function withOpenMetrics(core: Core): Core['answer'] {
  return async (request, signal) => {
    if (request.path !== 'sys/metrics' || request.operation !== 'read') return core.answer(request, signal)
    const { format = '' } = request.data
    return { response: core.metrics(String(format)), mountType: 'system' }
  }
}

const tickMs = 1_000

/** What could not be cleared away is over all the same, and the next turn tries again. */
function ticking({ machine }: ServerDeps, core: Core): () => void {
  let stop = () => {}
  const tick = () => {
    stop = machine.wait.after(tickMs, () => void core.tick().then(tick, tick))
  }
  tick()
  return () => stop()
}

function urlOf({ address: { host, port } }: Listener, scheme: string): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** A new certificate that is none leaves the old one. */
function renew({ log }: ServerDeps, listener: Listener, tls: TlsSettings): void {
  try {
    listener.renew(tlsOptions(tls))
  } catch (thrown) {
    log(`the certificate of ${urlOf(listener, 'https')} stays as it was: ${asSentinelError(thrown).message}`)
  }
}

/** @throws SentinelError FILE_UNREADABLE; CONFIG_INVALID where a file holds no certificate, no key, or not the right one */
function tlsOptions(tls: TlsSettings): TlsOptions {
  const { certFile, keyFile, clientCaFile, minVersion, maxVersion, clientCertificates } = tls
  const options = {
    cert: readText(certFile),
    key: readText(keyFile),
    ...(clientCaFile !== undefined && { ca: readText(clientCaFile) }),
    minVersion,
    maxVersion,
    // Certificate logins ask for a certificate and check it themselves (spec/vault.md 8.7).
    requestCert: clientCertificates !== 'ignored',
    rejectUnauthorized: clientCertificates === 'required',
  }
  try {
    createSecureContext(options)
    return options
  } catch (cause) {
    throw new SentinelError('CONFIG_INVALID', `cannot use \`${certFile}\` with \`${keyFile}\` for TLS`, {
      hint: 'check that both are PEM, and that the key is that of the certificate',
      cause,
    })
  }
}
