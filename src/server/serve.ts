// A server that runs: its core, its door, and the clock that clears away what is over.

import type { Secret } from '../base/index.ts'
import { memoryKv } from '../store/index.ts'
import { systemLimits } from '../token/index.ts'
import type { CoreDeps } from './core/core.ts'
import { openCore } from './core/core.ts'
import { type ListenerDeps, listen } from './http/listener.ts'

export type ServerDeps = Pick<CoreDeps, 'clock' | 'random'> & {
  /** Runs something later, unless it is called off by then. */
  after(ms: number, run: () => void): () => void
}

/** A server for development: in memory, unsealed, gone with its process. */
export type DevServer = {
  readonly url: string
  readonly rootToken: Secret
  /** Unseals it after it was sealed. */
  readonly share: Uint8Array
  close(): Promise<void>
}

const tickMs = 1_000

/**
 * Starts a server for development.
 *
 * @param port 0 lets the system choose
 * @throws SentinelError SERVER_UNAVAILABLE when nothing can listen there
 */
export async function startDevServer(
  { clock, random, after }: ServerDeps,
  { host, port, rootToken: wanted }: DevOptions,
): Promise<DevServer> {
  const storage = memoryKv()
  const core = await openCore({
    clock,
    random,
    storage,
    storageType: 'inmem',
    clusterName: 'sentinel-dev',
    limits: systemLimits,
  })
  const { rootToken, share } = await core.develop(wanted)
  const door: ListenerDeps = { random, answer: (request, signal) => core.answer(request, signal) }
  const listener = await listen(door, { host, port, tls: undefined })
  let stop = () => {}
  // What could not be cleared away is over all the same, and the next turn tries again.
  const tick = () => {
    stop = after(tickMs, () => void core.tick().then(tick, tick))
  }
  tick()
  const { address } = listener
  return {
    url: `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`,
    rootToken,
    share,
    async close() {
      stop()
      await listener.close()
      await core.close()
    },
  }
}

export type DevOptions = {
  readonly host: string
  readonly port: number
  /** A root token of the developer's choice. */
  readonly rootToken: Secret | undefined
}
