// What a server has while it is unsealed, read from behind the barrier: policies, tokens, leases, mounts, and the road
// that requests walk through them. It is thrown away as a whole when the server is sealed.

import { type AuditDeps, type AuditDevices, openAuditDevices } from '../../audit/index.ts'
import { type Clock, type Random, type Secret, type Soon, soon } from '../../base/index.ts'
import { openEntities, openGroups, openOidc } from '../../entity/index.ts'
import { openMfa, type PushFactor, type PushType } from '../../mfa/index.ts'
import { type Kv, kvUnder } from '../../store/index.ts'
import {
  isInNetworks,
  type Lease,
  type Leases,
  type Limits,
  openLeases,
  openTokens,
  rootPlan,
  type TokenEntry,
  type Tokens,
} from '../../token/index.ts'
import type { Answered, Request, Response } from '../door.ts'
import { mountTypesOf } from '../mounts/index.ts'
import type { Mount } from '../mounts/path.ts'
import type { KeyPathsDeps } from '../mounts/sys/keys.ts'
import { auditRecorder, recordedOutside } from './audit-entry.ts'
import { clusterIdIn } from './cluster.ts'
import type { Concerns } from './exempt.ts'
import { openFactors } from './factors.ts'
import { openGoverning } from './governing.ts'
import { aliasAhead, type GovernanceSettings, identityBehind, openGovernance } from './governs.ts'
import { entered, identitiesOf, recognised } from './identities.ts'
import { openLockouts } from './lockouts.ts'
import { admitted, settingsNow } from './login.ts'
import { type MountTable, openMountTable } from './mount-table.ts'
import { openPolicies } from './policies.ts'
import { type RoadDeps, walk } from './road.ts'
import { openRotation } from './rotation.ts'
import { underWay } from './under-way.ts'
import { wrapped } from './wrapping.ts'

export type SystemDeps = {
  readonly clock: Clock
  readonly random: Random
  /** Everything behind the barrier. */
  readonly kv: Kv
  /** How long leases and tokens last where a mount says nothing. */
  readonly limits: Limits
  readonly audit: AuditPlace
  readonly auditRequired: boolean
  readonly governance: GovernanceSettings
  /** What asks people elsewhere to confirm. */
  readonly pushFactors: ReadonlyMap<PushType, PushFactor>
  /** Says something to whoever runs the server. */
  log(message: string): void
  readonly control: Control
  /** Where clients find this server; empty where nobody said so. */
  readonly apiAddress: string
}

/** What `sys` does to the server as a whole. */
export type Control = Pick<KeyPathsDeps, 'barrier' | 'seal' | 'metrics'>

/** What audit devices are made of, beside what is behind the barrier. */
export type AuditPlace = Omit<AuditDeps, 'clock' | 'random' | 'store' | 'files'>

/** An unsealed server. */
export type System = {
  /** Walks a request through the corridor. @throws what the road throws */
  answer(request: Request, signal: AbortSignal): Soon<Answered>
  /** Does something outside the corridor, recorded before and after like everything in it. */
  recorded<T extends Response>(request: Request, run: () => Promise<T>): Soon<T>
  /** What tells it from every other server. */
  readonly clusterId: string
  readonly devices: Pick<AuditDevices, 'isEnabled' | 'reopen'>
  concerns(): Concerns
  /** A token that may do everything, and does not end; under an id of the asker's choice where one is given. */
  rootToken(id?: Secret): Promise<Secret>
  /** What a new server has, beside what every server has. */
  layDown(mount: Pick<Mount, 'path' | 'type' | 'options' | 'description'>): Promise<void>
  /** Clears away what is over; to be called now and then. */
  tick(): Promise<void>
  /** Waits for what is under way, then lets go of files. */
  close(): Promise<void>
}

/** Reads all of it; the first time, makes what every server has. */
export async function openSystem(deps: SystemDeps): Promise<System> {
  const { clock, kv, random } = deps
  const clusterId = await clusterIdIn(kv, random)
  let mounts: MountTable | undefined
  const stores = await openStores(deps, (path) => mounts?.router().mountOf(path)?.context.mount.stay)
  const { tokens, leases, policies, devices, rotation } = stores
  const { parts, table } = await openMounts(deps, stores)
  mounts = table
  const entrance = { ...parts, clock }
  const recorder = { clock, devices, auditRequired: deps.auditRequired }
  const road: RoadDeps = {
    clock,
    router: () => table.router(),
    enter: (token) => entered(entrance, token),
    recognise: (token) => recognised(entrance, token),
    leave: ({ key }) => tokens.leave(key),
    isAddressAllowed: ({ boundCidrs }, address) => isInNetworks(boundCidrs, address),
    record: auditRecorder(recorder),
    governance: openGovernance({
      ...deps.governance,
      policies: stores.governing,
      entities: stores.entities,
      groups: stores.groups,
      methods: () => stores.mfa.names(),
      router: () => table.router(),
      clock,
      log: deps.log,
    }),
    factors: openFactors({
      mfa: stores.mfa,
      log: deps.log,
      behind(asked) {
        const alias = aliasAhead(asked)
        const entity = identityBehind(stores, asked)?.entity
        return { entity, alias: alias && { ...alias, metadata: new Map() } }
      },
    }),
    admitted: (request, response, route) => admitted(parts, request, response, route),
    wrapped: (request, response, route) => wrapped(parts, request, response, route),
  }
  const busy = underWay()
  return {
    answer: (request, signal) =>
      busy.during(() =>
        soon(walk(road, request, signal), (response) => ({
          response,
          mountType: table.router().mountOf(request.path)?.type.type ?? '',
        })),
      ),
    recorded: (request, run) => busy.during(() => recordedOutside(recorder, request, run)),
    clusterId,
    devices,
    concerns: () => ({
      isAudited: devices.isEnabled(),
      unreadablePolicies: [...policies.unreadable().keys(), ...stores.governing.unreadable()],
    }),
    rootToken: (id) => rootToken(tokens, id),
    async layDown(mount) {
      await table.enable({ ...mount, defaultLeaseSeconds: 0, maxLeaseSeconds: 0 })
    },
    async tick() {
      await tokens.tick()
      await leases.tick()
      await rotation.tick()
      await stores.oidc.tick()
    },
    async close() {
      await busy.idle()
      await devices.close()
    },
  }
}

async function openStores(
  { kv, clock, random, audit, control, governance: { http }, pushFactors, apiAddress, log }: SystemDeps,
  makerAt: (path: string) => string | undefined,
) {
  const policies = await openPolicies(kvUnder(kv, 'sys/policy/acl/'))
  for (const [name, complaint] of policies.unreadable())
    log(`the policy ${name} cannot be read, and whoever holds it may do nothing: ${complaint}`)
  const governing = await openGoverning({ kv: kvUnder(kv, 'sys/policy/'), http })
  for (const title of governing.unreadable())
    log(`the policy ${title} cannot be read, and lets nothing through`)
  const leases = await openLeases({ kv, clock, random, takeBack: nothingLent })
  const tokens = await openTokens({ kv, clock, random, endLeases: (key) => leases.endOf(key), makerAt })
  const entities = await openEntities({ kv: kvUnder(kv, 'entity/'), clock, random })
  const groups = await openGroups({ kv: kvUnder(kv, 'entity/'), clock, random, entities })
  const identities = { kv: kvUnder(kv, 'entity/'), clock, random, entities, groups }
  const oidc = await openOidc({ ...identities, apiAddress })
  const mfa = await openMfa({ kv: kvUnder(kv, 'sys/mfa/'), clock, random, factors: pushFactors })
  const devices = await openAuditDevices({ ...audit, clock, random, store: kv })
  const rotation = await openRotation({ kv, clock, barrier: control.barrier })
  return { policies, governing, leases, tokens, entities, groups, oidc, mfa, devices, rotation }
}

type Stores = Awaited<ReturnType<typeof openStores>>

/** The mounts, and what they are made of. */
async function openMounts({ kv, clock, random, limits, control, log }: SystemDeps, stores: Stores) {
  const { tokens, leases, policies, governing, rotation } = stores
  const limitsAt = (path: string): Limits => {
    const mount = table.router().mountOf(path)?.context.mount
    return {
      defaultSeconds: mount?.defaultLeaseSeconds || limits.defaultSeconds,
      maxSeconds: mount?.maxLeaseSeconds || limits.maxSeconds,
    }
  }
  const parts = {
    ...stores,
    keys: { ...control, rotation, rootToken: () => rootToken(tokens) },
    lockouts: openLockouts(clock),
    identities: identitiesOf(stores.entities, stores.groups),
    limits,
    limitsOf: (path: string) => limitsAt(path),
    policyExists: (name: string) => policies.exists(name) || governing.read('rgp', name) !== undefined,
    isMounted: ({ path, uuid }: Mount) => table.router().mounts.get(path)?.context.mount.uuid === uuid,
    settingsNow: (entry: TokenEntry) => settingsNow(table.router(), entry),
  }
  const { typeOf, typeNames } = mountTypesOf(parts, () => table)
  const endAllBelow = (path: string) => endedBelow({ tokens, leases }, path)
  const table = await openMountTable({ kv, clock, random, typeOf, typeNames, endAllBelow, log })
  return { parts, table }
}

async function rootToken(tokens: Tokens, id?: Secret): Promise<Secret> {
  return (await tokens.issue({ ...rootPlan, id })).token
}

/** Tokens first: what was lent to them ends with them. */
async function endedBelow(
  { tokens, leases }: { readonly tokens: Tokens; readonly leases: Leases },
  path: string,
): Promise<void> {
  for (const { key } of await tokens.madeAt(path)) await tokens.revoke(key)
  for (const id of await leases.idsBelow(path)) await leases.revoke(id)
}

/** No mount lends anything yet, so what is to be taken back was lent by nobody. */
async function nothingLent(_lease: Lease): Promise<void> {}
