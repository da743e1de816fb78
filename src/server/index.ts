// The server: Vault's API over a sealed store. Loaded when a server is started, by nothing else.

import type { DevOptions, DevServer, ServerDeps } from './serve.ts'

export type { DevOptions, DevServer, ServerDeps } from './serve.ts'

/** Starts a server for development: in memory, unsealed. @throws SentinelError SERVER_UNAVAILABLE */
export async function startDevServer(deps: ServerDeps, options: DevOptions): Promise<DevServer> {
  const serve = await import('./serve.ts')
  return serve.startDevServer(deps, options)
}
