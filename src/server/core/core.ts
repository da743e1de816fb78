// The server without its door: sealed or not, it answers requests. What is outside the corridor is answered always,
// everything else only while it is unsealed.

import type { AuditTrouble } from '../../audit/index.ts'
import { openBarrier } from '../../barrier/index.ts'
import type { Clock, Random, Secret, Soon } from '../../base/index.ts'
import type { PushFactor, PushType } from '../../mfa/index.ts'
import type { Kv } from '../../store/index.ts'
import type { Limits } from '../../token/index.ts'
import type { Answered, Request, Response } from '../door.ts'
import { answerExempt, type Exempt, type ExemptDeps, exemptAt } from './exempt.ts'
import type { GovernanceSettings } from './governs.ts'
import { openMeter } from './meter.ts'
import { standing } from './standing.ts'
import { type AuditPlace, openSystem, type System } from './system.ts'

export type CoreDeps = {
  readonly clock: Clock
  readonly random: Random
  /** What holds the ciphertext. */
  readonly storage: Kv
  /** `lmdb`, `inmem`. */
  readonly storageType: string
  readonly clusterName: string
  /** Where clients find this server; empty where nobody said so. */
  readonly apiAddress: string
  readonly limits: Limits
  readonly audit: Omit<AuditPlace, 'report'>
  /** Nothing but root's `sys/audit` is answered as long as no audit device is enabled. */
  readonly auditRequired: boolean
  readonly governance: GovernanceSettings
  /** What asks people elsewhere to confirm. */
  readonly pushFactors: ReadonlyMap<PushType, PushFactor>
  /** Says something to whoever runs the server. */
  log(message: string): void
}

export interface Core {
  /** @throws SentinelError SERVER_SEALED, and what the road throws */
  answer(request: Request, signal: AbortSignal): Soon<Answered>
  /** What `sys/metrics` answers where nobody has to ask for leave, sealed or not. @throws SentinelError REQUEST_INVALID */
  metrics(format: string): Response
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
  const {
    clock,
    random,
    storage: kv,
    storageType,
    clusterName,
    limits,
    auditRequired,
    governance,
    pushFactors,
    apiAddress,
    log,
  } = deps
  const barrier = await openBarrier({ kv, random, clock })
  const audit = { ...deps.audit, report: (trouble: AuditTrouble) => log(troubleToText(trouble)) }
  const meter = openMeter(clock)
  const metrics = (format: string) => meter.report(format, gauges(state.now()))
  const control = { barrier, metrics, seal: () => state.seal() }
  const open = () =>
    openSystem({
      ...{ clock, random, kv: barrier.kv, limits, audit, auditRequired },
      ...{ governance, pushFactors, log, control, apiAddress },
    })
  const state = standing({ barrier, open, log, auditRequired })
  const exempt: ExemptDeps = {
    barrier,
    clock,
    clusterName,
    storageType,
    initialise: (sharing) => state.initialise(sharing),
    unsealed: () => state.begin(),
    rootToken: () => state.require().rootToken(),
    clusterId: () => state.now()?.clusterId,
    concerns: () => state.now()?.concerns(),
  }
  const answerOutside = async (outside: Exempt, request: Request): Promise<Answered> => {
    const run = () => answerExempt(exempt, outside, request)
    const isRecorded = outside.isRecorded === true && request.operation !== 'help'
    const recorded = isRecorded ? state.now()?.recorded : undefined
    return { response: await (recorded === undefined ? run() : recorded(request, run)), mountType: 'system' }
  }
  return {
    metrics,
    answer(request, signal) {
      const outside = exemptAt(request.path)
      if (outside !== undefined) return answerOutside(outside, request)
      return meter.during(isLogin(request), () => state.require().answer(request, signal))
    },
    async develop(wanted) {
      const { shares, rootToken } = await state.initialise({ shares: 1, threshold: 1 }, wanted)
      const [share = new Uint8Array()] = shares
      await barrier.unseal(share)
      await state.begin()
      const options = new Map([['version', '2']])
      await state.require().layDown({ path: 'secret/', type: 'kv', options, description: 'secrets' })
      return { rootToken, share }
    },
    tick: async () => state.now()?.tick(),
    reopen: async () => state.now()?.devices.reopen(),
    async close() {
      state.seal()
      await state.ended()
      await barrier.close()
    },
  }
}

const isLogin = ({ path }: Request) => /^auth\/.*\blogin\b/.test(path)

function troubleToText({ device, error }: AuditTrouble): string {
  if (error === undefined) return `the audit device ${device} writes again`
  return `the audit device ${device} cannot write: ${error.message}`
}

function gauges(system: System | undefined): ReadonlyMap<string, number> {
  const concerns = system?.concerns()
  return new Map([
    ['vault_core_unsealed', system === undefined ? 0 : 1],
    ['vault_core_active', system === undefined ? 0 : 1],
    ['sentinel_audit_enabled', concerns?.isAudited === true ? 1 : 0],
    ['sentinel_policies_unreadable', concerns?.unreadablePolicies.length ?? 0],
  ])
}
