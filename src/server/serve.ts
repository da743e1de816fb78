// A server that runs: its core, its door, and the clock that clears away what is over.

import type { Secret } from '../base/index.ts'
import type { Machine } from '../machine/index.ts'
import { memoryKv } from '../store/index.ts'
import { systemLimits } from '../token/index.ts'
import { openCore } from './core/core.ts'
import { type ListenerDeps, listen } from './http/listener.ts'

export type ServerDeps = {
  readonly machine: Pick<Machine, 'clock' | 'random' | 'platform' | 'wait'>
  /** Folders of this machine for what may go at any time: without a seal, audit files may lie there. */
  readonly temporary: readonly string[]
  /** Ends when the standard output has taken it. */
  stdout(bytes: Uint8Array): Promise<void>
  /** Says something to whoever runs the server. */
  log(message: string): void
}

/** A server for development: in memory, unsealed, gone with its process. */
export type DevServer = {
  readonly url: string
  readonly rootToken: Secret
  /** Unseals it after it was sealed. */
  readonly share: Uint8Array
  /** Lets go of the files of audit devices, which somebody may have moved away. */
  reopen(): Promise<void>
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
  { machine, temporary, stdout, log }: ServerDeps,
  { host, port, rootToken: wanted }: DevOptions,
): Promise<DevServer> {
  const { clock, random, platform, wait } = machine
  const storage = memoryKv()
  const core = await openCore({
    clock,
    random,
    storage,
    storageType: 'inmem',
    clusterName: 'sentinel-dev',
    limits: systemLimits,
    audit: { platform, wait, stdout, folders: temporary, durability: 'write' },
    log,
  })
  const { rootToken, share } = await core.develop(wanted)
  const door: ListenerDeps = { random, answer: (request, signal) => core.answer(request, signal) }
  const listener = await listen(door, { host, port, tls: undefined })
  let stop = () => {}
  // What could not be cleared away is over all the same, and the next turn tries again.
  const tick = () => {
    stop = wait.after(tickMs, () => void core.tick().then(tick, tick))
  }
  tick()
  const { address } = listener
  return {
    url: `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`,
    rootToken,
    share,
    reopen: () => core.reopen(),
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
