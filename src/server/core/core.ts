// The server without its door: sealed or not, it answers requests. What is outside the corridor is answered always,
// everything else only while it is unsealed.
//
// INVARIANT: there is a system only while the barrier is unsealed; what begins with one and ends without it fails,
// because the barrier then gives nothing.

import type { AuditTrouble } from '../../audit/index.ts'
import { type Barrier, openBarrier } from '../../barrier/index.ts'
import { type Clock, inTurn, type Random, type Secret, SentinelError } from '../../base/index.ts'
import type { Kv } from '../../store/index.ts'
import type { Limits } from '../../token/index.ts'
import type { Answered, Request } from '../door.ts'
import { answerExempt, exemptAt, type Initialised } from './exempt.ts'
import { type AuditPlace, openSystem, type System } from './system.ts'

export type CoreDeps = {
  readonly clock: Clock
  readonly random: Random
  /** What holds the ciphertext. */
  readonly storage: Kv
  /** `lmdb`, `inmem`. */
  readonly storageType: string
  readonly clusterName: string
  readonly limits: Limits
  readonly audit: Omit<AuditPlace, 'report'>
  /** Nothing but root's `sys/audit` is answered as long as no audit device is enabled. */
  readonly auditRequired: boolean
  /** Says something to whoever runs the server. */
  log(message: string): void
}

export interface Core {
  /** @throws SentinelError SERVER_SEALED, and what the road throws */
  answer(request: Request, signal: AbortSignal): Promise<Answered>
  /**
   * Initialises with one share, unseals with it, and mounts KV version 2 at `secret/`, as for development.
   *
   * @param rootToken a root token of the developer's choice; one is made where it is missing
   * @returns the root token and the share
   */
  develop(rootToken?: Secret): Promise<{ readonly rootToken: Secret; readonly share: Uint8Array }>
  /** Clears away what is over; to be called now and then. */
  tick(): Promise<void>
  /** Lets go of the files of audit devices, which somebody may have moved away. */
  reopen(): Promise<void>
  /** Seals, and closes the storage. */
  close(): Promise<void>
}

/** Opens a server over a storage: sealed, or not yet initialised. */
export async function openCore(deps: CoreDeps): Promise<Core> {
  const { clock, random, storage: kv, storageType, clusterName, limits, auditRequired, log } = deps
  const barrier = await openBarrier({ kv, random, clock })
  const oneAtATime = inTurn()
  const audit = { ...deps.audit, report: (trouble: AuditTrouble) => log(troubleToText(trouble)) }
  const open = () => openSystem({ clock, random, kv: barrier.kv, limits, audit, auditRequired, log })
  let closing: Promise<unknown> = Promise.resolve()
  let system: System | undefined
  const unsealed = () =>
    oneAtATime(async () => {
      if (system !== undefined) return
      system = await open()
      if (!system.devices.isEnabled()) log('no audit device is enabled: what is asked is recorded nowhere')
    })
  const seal = () => {
    const gone = system
    system = undefined
    barrier.seal()
    closing = Promise.all([closing, gone?.close()])
  }
  const requireSystem = (): System => system ?? sealedServer()
  const rootToken = () => requireSystem().rootToken()
  const initialise = (sharing: Parameters<Barrier['initialise']>[0], wanted?: Secret): Promise<Initialised> =>
    oneAtATime(async () => {
      const shares = await barrier.initialise(sharing)
      try {
        for (const share of shares.slice(0, sharing.threshold)) await barrier.unseal(share)
        return { shares, rootToken: await (await open()).rootToken(wanted) }
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
      const outside = exemptAt(request.path)
      if (outside === undefined) return requireSystem().answer(request, signal)
      const run = () => answerExempt(exempt, outside, request)
      const recorded = outside.isRecorded === true ? system?.recorded : undefined
      return {
        response: await (recorded === undefined ? run() : recorded(request, run)),
        mountType: 'system',
      }
    },
    async develop(wanted) {
      const { shares, rootToken: token } = await initialise({ shares: 1, threshold: 1 }, wanted)
      const [share = new Uint8Array()] = shares
      await barrier.unseal(share)
      await unsealed()
      const options = new Map([['version', '2']])
      await requireSystem().layDown({ path: 'secret/', type: 'kv', options, description: 'secrets' })
      return { rootToken: token, share }
    },
    tick: async () => system?.tick(),
    reopen: async () => system?.devices.reopen(),
    async close() {
      seal()
      await closing
      await barrier.close()
    },
  }
}

function troubleToText({ device, error }: AuditTrouble): string {
  if (error === undefined) return `the audit device ${device} writes again`
  return `the audit device ${device} cannot write: ${error.message}`
}

function sealedServer(): never {
  throw new SentinelError('SERVER_SEALED', 'Vault is sealed')
}
