// The system of a server while it is unsealed.
//
// INVARIANT: there is one only while the barrier is unsealed; what begins with one and ends without it fails, because the
// barrier then gives nothing.

import type { Barrier } from '../../barrier/index.ts'
import { inTurn, type Secret, SentinelError } from '../../base/index.ts'
import type { Initialised } from './exempt.ts'
import type { System } from './system.ts'

export type StandingDeps = {
  readonly barrier: Barrier
  /** Reads what is behind the barrier. */
  open(): Promise<System>
  /** Says something to whoever runs the server. */
  log(message: string): void
  /** Nothing but root's `sys/audit` is answered as long as no audit device is enabled. */
  readonly auditRequired: boolean
}

/** There is a system, or there is none. */
export interface Standing {
  now(): System | undefined
  /** @throws SentinelError SERVER_SEALED */
  require(): System
  /** Makes the keys and what every server has, and seals again. */
  initialise(sharing: Parameters<Barrier['initialise']>[0], rootToken?: Secret): Promise<Initialised>
  /** Reads what is behind the barrier, once that is open. */
  begin(): Promise<void>
  /** Forgets all keys, at once. What is under way fails. */
  seal(): void
  /** Ends when everything that was under way when it was sealed has ended. */
  ended(): Promise<void>
}

/** Begins with none. */
export function standing({ barrier, open, log, auditRequired }: StandingDeps): Standing {
  const oneAtATime = inTurn()
  let system: System | undefined
  let closing: Promise<unknown> = Promise.resolve()
  const seal = () => {
    const gone = system
    system = undefined
    barrier.seal()
    closing = Promise.all([closing, gone?.close()])
  }
  const begin = async (): Promise<void> => {
    if (system !== undefined) return
    try {
      const opened = await open()
      if (barrier.state() !== 'unsealed') throw sealed()
      system = opened
    } catch (thrown) {
      // What is half open would answer nothing, and say that it is well.
      barrier.seal()
      throw thrown
    }
    const means = auditRequired
      ? 'nothing is answered but `sys/audit` and `sys/seal`, for root'
      : 'what is asked is recorded nowhere'
    if (!system.concerns().isAudited) log(`no audit device is enabled: ${means}`)
  }
  const initialise = async (
    ...[sharing, rootToken]: Parameters<Standing['initialise']>
  ): Promise<Initialised> => {
    const shares = await barrier.initialise(sharing)
    try {
      for (const share of shares.slice(0, sharing.threshold)) await barrier.unseal(share)
      return { shares, rootToken: await (await open()).rootToken(rootToken) }
    } finally {
      barrier.seal()
    }
  }
  return {
    now: () => system,
    require() {
      if (system !== undefined) return system
      throw sealed()
    },
    initialise: (...asked) => oneAtATime(() => initialise(...asked)),
    begin: () => oneAtATime(begin),
    seal,
    async ended() {
      await closing
    },
  }
}

const sealed = () => new SentinelError('SERVER_SEALED', 'Vault is sealed')
