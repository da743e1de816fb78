// The server: Vault's API over a sealed store. Loaded when a server is started, by nothing else.

import type { Source } from '../source/index.ts'
import type { Configuration, Resolve } from './configuration/configuration.ts'
import type { DevOptions, DevServer, RunningServer, ServerDeps } from './serve.ts'

export type { Configuration, Resolve } from './configuration/configuration.ts'
export type { DevOptions, DevServer, RunningServer, ServerDeps } from './serve.ts'

/** Starts a server for development: in memory, unsealed. @throws SentinelError SERVER_UNAVAILABLE */
export async function startDevServer(deps: ServerDeps, options: DevOptions): Promise<DevServer> {
  const serve = await import('./serve.ts')
  return serve.startDevServer(deps, options)
}

/**
 * Reads the configuration of a server: HCL or JSON, with Vault's own keys.
 *
 * @throws SentinelError CONFIG_INVALID with everything that is wrong
 */
export async function readServerConfiguration(source: Source, resolve: Resolve): Promise<Configuration> {
  const { readConfiguration } = await import('./configuration/configuration.ts')
  return readConfiguration(source, resolve)
}

/**
 * Starts a server as its configuration says: sealed, and not yet initialised where its storage is new.
 *
 * @throws SentinelError SERVER_UNAVAILABLE, STORE_UNAVAILABLE, STORE_CORRUPT, FILE_UNREADABLE, CONFIG_INVALID
 */
export async function startServer(deps: ServerDeps, configuration: Configuration): Promise<RunningServer> {
  const serve = await import('./serve.ts')
  return serve.startServer(deps, configuration)
}
