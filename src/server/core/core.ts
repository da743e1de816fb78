// The server without its door: sealed or not, it answers requests. What is outside the corridor is answered always,
// everything else only while it is unsealed.
//
// INVARIANT: there is a system only while the barrier is unsealed; what begins with one and ends without it fails,
// because the barrier then gives nothing.

import { type Barrier, openBarrier } from '../../barrier/index.ts'
import { type Clock, inTurn, type Random, type Secret, SentinelError } from '../../base/index.ts'
import type { Kv } from '../../store/index.ts'
import type { Limits } from '../../token/index.ts'
import type { Answered, Request } from '../door.ts'
import { answerExempt, type Initialised } from './exempt.ts'
import { walk } from './road.ts'
import { openSystem, type System } from './system.ts'

export type CoreDeps = {
  readonly clock: Clock
  readonly random: Random
  /** What holds the ciphertext. */
  readonly storage: Kv
  /** `lmdb`, `inmem`. */
  readonly storageType: string
  readonly clusterName: string
  readonly limits: Limits
}

export interface Core {
  /** @throws SentinelError SERVER_SEALED, and what the road throws */
  answer(request: Request, signal: AbortSignal): Promise<Answered>
  /**
   * Initialises with one share, unseals with it, and mounts KV at `secret/`, as for development.
   *
   * @param rootToken a root token of the developer's choice; one is made where it is missing
   * @returns the root token and the share
   */
  develop(rootToken?: Secret): Promise<{ readonly rootToken: Secret; readonly share: Uint8Array }>
  /** Clears away what is over; to be called now and then. */
  tick(): Promise<void>
  /** Seals, and closes the storage. */
  close(): Promise<void>
}

/** Opens a server over a storage: sealed, or not yet initialised. */
export async function openCore(deps: CoreDeps): Promise<Core> {
  const { clock, random, storage: kv, storageType, clusterName, limits } = deps
  const barrier = await openBarrier({ kv, random, clock })
  const oneAtATime = inTurn()
  let system: System | undefined
  const unsealed = () =>
    oneAtATime(async () => {
      system ??= await openSystem({ clock, random, kv: barrier.kv, limits })
    })
  const seal = () => {
    system = undefined
    barrier.seal()
  }
  const requireSystem = (): System => system ?? sealedServer()
  const rootToken = () => requireSystem().rootToken()
  const initialise = (sharing: Parameters<Barrier['initialise']>[0], wanted?: Secret): Promise<Initialised> =>
    oneAtATime(async () => {
      const shares = await barrier.initialise(sharing)
      try {
        for (const share of shares.slice(0, sharing.threshold)) await barrier.unseal(share)
        const made = await openSystem({ clock, random, kv: barrier.kv, limits })
        return { shares, rootToken: await made.rootToken(wanted) }
      } finally {
        barrier.seal()
      }
    })
  const exempt = {
    barrier,
    clock,
    clusterName,
    storageType,
    initialise: (sharing: Parameters<Barrier['initialise']>[0]) => initialise(sharing),
    unsealed,
    rootToken,
  }
  return {
    async answer(request, signal) {
      const outside = await answerExempt(exempt, request)
      if (outside !== undefined) return { response: outside, mountType: 'system' }
      const { road } = requireSystem()
      const response = await walk(road, request, signal)
      return { response, mountType: road.router().find(request.path)?.mounted.type.type ?? '' }
    },
    async develop(wanted) {
      const { shares, rootToken: token } = await initialise({ shares: 1, threshold: 1 }, wanted)
      const [share = new Uint8Array()] = shares
      await barrier.unseal(share)
      await unsealed()
      const mount = { path: 'secret/', type: 'kv', options: new Map(), description: 'secrets' }
      await requireSystem().layDown(mount)
      return { rootToken: token, share }
    },
    tick: async () => system?.tick(),
    async close() {
      seal()
      await barrier.close()
    },
  }
}

function sealedServer(): never {
  throw new SentinelError('SERVER_SEALED', 'Vault is sealed')
}
