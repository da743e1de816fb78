// What walked the road as what audit devices write: plain data, in Vault's words (spec/vault.md 8.9). Nothing is hidden
// here; each device does that with its own salt.

import type {
  AuditAuth,
  AuditData,
  AuditDevices,
  AuditEntry,
  AuditGoverned,
  AuditMount,
  AuditRequest,
  AuditResponse,
  PolicyResults,
} from '../../audit/index.ts'
import {
  asSentinelError,
  type Clock,
  remembered,
  type Secret,
  SentinelError,
  type Soon,
} from '../../base/index.ts'
import type { Entry } from '../../gateway/index.ts'
import type { ApiRequestGrant, Governed, GoverningPolicy } from '../../policy/index.ts'
import { type Auth, type Data, RawJson, type Request, type Response, type WrapInfo } from '../door.ts'
import { jsonToText } from '../http/json.ts'
import { allPolicies } from '../mounts/token-auth.ts'
import type { Entered, Gathered, ServerDoor } from './road.ts'
import type { Mounted } from './router.ts'

type RoadEntry = Entry<ServerDoor>
type Decided = Exclude<RoadEntry, { readonly stage: 'fault' }>['decision']
type End = Extract<RoadEntry, { readonly stage: 'ended' }>['end']

export type RecorderDeps = {
  readonly clock: Clock
  readonly devices: Pick<AuditDevices, 'isEnabled' | 'record'>
  /** Whether a server without devices has nothing to say. */
  readonly auditRequired: boolean
}

/** Records what walks the road. */
export function auditRecorder({
  clock,
  devices,
  auditRequired,
}: RecorderDeps): (entries: readonly RoadEntry[]) => Soon<void> {
  return (entries) => {
    const [first] = entries
    if (first === undefined) return
    if (!devices.isEnabled()) {
      if (auditRequired && !needsNoRecord(first)) throw nothingEnabled()
      return
    }
    const timeMs = clock.now()
    // All are of one walk: what was asked is the same object in each, and made text once.
    const asked = askedOf(first)
    return devices.record(entries.flatMap((entry) => toAuditEntries(timeMs, asked, entry)))
  }
}

/** Only root may do anything where nothing records that: enable a device, or seal the server in an emergency. */
function needsNoRecord(entry: RoadEntry): boolean {
  const { path } = entry.request
  const isRoot = entry.stage !== 'fault' && entry.facts.entered?.acl.isRoot === true
  return isRoot && (path === 'sys/audit' || path.startsWith('sys/audit/') || path === 'sys/seal')
}

const nothingEnabled = () =>
  new SentinelError('AUDIT_REQUIRED', 'no audit device is enabled, and this server requires one', {
    hint: 'enable one as root: sys/audit',
  })

/**
 * Does something outside the corridor between two entries: nothing is done, and nothing released, that was not recorded.
 *
 * @throws SentinelError AUDIT_FAILED, AUDIT_REQUIRED, and what was thrown meanwhile
 */
export async function recordedOutside<T extends Response>(
  { clock, devices, auditRequired }: RecorderDeps,
  request: Request,
  run: () => Promise<T>,
): Promise<T> {
  if (!devices.isEnabled()) {
    if (auditRequired) throw nothingEnabled()
    return run()
  }
  const asked = { auth: undefined, request: requestOf(request, undefined) }
  const record = (type: AuditEntry['type'], response?: AuditResponse, error?: string) =>
    devices.record([{ ...asked, type, timeMs: clock.now(), response, error }])
  await record('request')
  try {
    const done = await run()
    await record('response', responseOf(undefined, done))
    return done
  } catch (thrown) {
    const error = asSentinelError(thrown)
    if (error.code !== 'AUDIT_FAILED') await record('response', responseOf(undefined, {}), error.forLogs)
    throw error
  }
}

/** Who asked, and for what. */
type Asked = Pick<AuditEntry, 'auth' | 'request'>

function askedOf(entry: RoadEntry): Asked {
  const { request } = entry
  if (entry.stage === 'fault') return { auth: undefined, request: requestOf(request, undefined) }
  const { facts, decision } = entry
  return { auth: authOf(request, facts, decision), request: requestOf(request, facts) }
}

const governedIn = (decision: Decided): readonly Governed[] =>
  decision.kind === 'allow' ? decision.grant.governed : (decision.why.governed ?? nothingSaid)

const nothingSaid: readonly Governed[] = Object.freeze([])

function toAuditGoverned(said: Governed): AuditGoverned {
  const { name, namespace, kind, level, result, overridden, durationUs, why } = said
  return {
    policy: name,
    namespacePath: namespace,
    type: kind,
    level,
    result,
    overridden,
    durationUs,
    place: why?.place,
    told: why && { error: why.error ?? '', trace: why.rules, print: why.print },
  }
}

/** What goes no further is answered at once, so a refusal is both. */
function toAuditEntries(timeMs: number, asked: Asked, entry: RoadEntry): readonly AuditEntry[] {
  const { request } = asked
  if (entry.stage === 'ended') {
    const { facts, end } = entry
    const response = responseOf(facts, 'result' in end ? end.result : {})
    const auth = asked.auth ?? response.auth
    return [{ type: 'response', timeMs, auth, request, response, error: errorOf(end) }]
  }
  const error = entry.stage === 'fault' ? entry.error.forLogs : denialOf(entry.decision)
  const begun: AuditEntry = { type: 'request', timeMs, ...asked, response: undefined, error }
  const said = entry.stage === 'fault' ? nothingSaid : governedIn(entry.decision)
  const first = said.length === 0 ? begun : { ...begun, governed: said.map(toAuditGoverned) }
  if (error === undefined) return [first]
  const facts = entry.stage === 'fault' ? undefined : entry.facts
  return [first, { ...begun, type: 'response', response: responseOf(facts, {}) }]
}

const denialOf = (decision: Decided) => (decision.kind === 'deny' ? denialText(decision) : undefined)

function errorOf(end: End): string | undefined {
  switch (end.kind) {
    case 'done':
      return undefined
    case 'abandoned':
      return 'nobody waits for the answer any more'
    case 'failed':
      return end.error.forLogs
    case 'deny':
      return denialText(end)
  }
}

/** Callers are told less. */
function denialText({ because, why }: Extract<Decided, { readonly kind: 'deny' }>): string {
  if (why.kind === 'unavailable') return because
  return `permission denied: ${because}${why.pattern === undefined ? '' : ` (path "${why.pattern}")`}`
}

const root = { id: 'root', path: '' } as const

function requestOf(request: Request, facts: Gathered | undefined): AuditRequest {
  const { token, wrapSeconds = 0 } = request
  const entered = facts?.entered
  const operation =
    facts !== undefined && 'known' in facts.operation ? facts.operation.known : request.operation
  const mount = facts?.route?.mounted.context.mount
  const isEmpty = Object.keys(request.data).length === 0
  return {
    id: request.id,
    operation,
    path: request.path,
    mount: mountOf(facts),
    token: token === undefined ? undefined : { secret: token, key: entered?.entry.key },
    accessor: entered?.entry.accessor ?? '',
    entityId: entered?.entry.entityId ?? '',
    namespace: root,
    data: isEmpty ? undefined : dataOf(request.data, mount?.plainRequestKeys),
    policyOverride: request.policyOverride,
    remote: request.remote,
    wrapSeconds,
    headers: request.headers,
  }
}

// What is the same object here, devices make text of once: what was stored, the mounts, and who asks again and again.

const plain: readonly string[] = []

/** Things that are remembered of one kind, at most. */
const maxThings = 20_000
const each = () => 1
const [storedData, mounts] = [
  remembered<RawJson, AuditData>(maxThings, each),
  remembered<Mounted, AuditMount>(maxThings, each),
]

function dataOf(data: Data | RawJson, plainKeys = plain): AuditData {
  const made = (): AuditData => ({ json: jsonToText(data), plainKeys })
  return data instanceof RawJson && plainKeys === plain ? storedData(data, made) : made()
}

function mountOf(facts: Gathered | undefined): AuditMount | undefined {
  const mounted = facts?.route?.mounted
  if (mounted === undefined) return undefined
  return mounts(mounted, () => {
    const { path, type, accessor } = mounted.context.mount
    return { path, type, accessor, class: mounted.type.class === 'auth' ? 'auth' : 'secret' }
  })
}

/** What the policies said to a token last. It goes with the token, when its connection does. */
type Asking = Pick<Entered, 'entry' | 'identityPolicies'> & {
  readonly granting: ApiRequestGrant['grantingPolicies']
  /** Those that passed; undefined where not all did. */
  readonly rgps: readonly GoverningPolicy[] | undefined
  readonly egps: readonly GoverningPolicy[] | undefined
  readonly auth: AuditAuth
}
const lately = new WeakMap<Secret, Asking>()

/** Who asked, and what the policies said. */
function authOf(
  { token }: Request,
  { entered, governing }: Gathered,
  decision: Decided,
): AuditAuth | undefined {
  if (entered === undefined) return undefined
  const { entry, identityPolicies } = entered
  const granting = decision.kind === 'allow' ? decision.grant.grantingPolicies : undefined
  const { rgps, egps } = governing ?? {}
  const before = token === undefined ? undefined : lately.get(token)
  const isSame =
    before?.entry === entry &&
    before.identityPolicies === identityPolicies &&
    before.granting === granting &&
    before.rgps === rgps &&
    before.egps === egps
  if (before !== undefined && isSame && havePassed(decision)) return before.auth
  const auth: AuditAuth = {
    ...holderOf(entered),
    ...(token && { token: { secret: token, key: entry.key } }),
    results: resultsOf(decision),
  }
  if (token !== undefined && granting !== undefined && havePassed(decision))
    lately.set(token, { entry, ...(identityPolicies && { identityPolicies }), granting, rgps, egps, auth })
  return auth
}

const havePassed = (decision: Decided) => governedIn(decision).every(({ result }) => result === 'pass')

function holderOf({ entry, identityPolicies = [] }: Entered): AuditAuth {
  const { policies, meta } = entry
  return {
    token: undefined,
    accessor: entry.accessor,
    displayName: entry.displayName,
    policies: allPolicies(entry, identityPolicies),
    tokenPolicies: policies,
    identityPolicies,
    noDefaultPolicy: entry.noDefaultPolicy,
    numUses: 0,
    remainingUses: entry.usesLeft ?? 0,
    metadata: Object.fromEntries(meta),
    entityId: entry.entityId,
    tokenType: entry.type,
    ttlSeconds: entry.ttlSeconds,
    issuedAtMs: entry.createdAtMs,
    results: undefined,
  }
}

function resultsOf(decision: Decided): PolicyResults {
  if (decision.kind === 'deny') return { allowed: false, granting: [] }
  const { grantingPolicies, governed } = decision.grant
  const granting = grantingPolicies.map(({ name, namespace }) => grantOf(name, namespace, 'acl'))
  const passing = governed.filter(({ result }) => result === 'pass')
  return {
    allowed: true,
    granting: [...granting, ...passing.map(({ name, namespace, kind }) => grantOf(name, namespace, kind))],
  }
}

const grantOf = (
  name: string,
  namespace: string,
  type: PolicyResults['granting'][number]['type'],
): PolicyResults['granting'][number] => ({
  name,
  namespaceId: namespace === '' ? root.id : namespace,
  namespacePath: namespace,
  type,
})

/** What waits in a wrapping token is written down when it is unwrapped. */
function responseOf(
  facts: Gathered | undefined,
  { data, plain, auth, lease, warnings = [], wrap }: Response,
): AuditResponse {
  const shown = wrap === undefined ? (data ?? plain) : undefined
  return {
    mount: mountOf(facts),
    auth: auth === undefined || wrap !== undefined ? undefined : newAuth(auth),
    data:
      shown === undefined ? undefined : dataOf(shown, facts?.route?.mounted.context.mount.plainResponseKeys),
    leaseId: lease?.id ?? '',
    warnings,
    wrap: wrap === undefined ? undefined : wrapOf(wrap),
  }
}

function newAuth(auth: Auth): AuditAuth {
  return {
    token: { secret: auth.clientToken, key: undefined },
    accessor: auth.accessor,
    displayName: '',
    policies: auth.policies,
    tokenPolicies: auth.tokenPolicies,
    identityPolicies: auth.identityPolicies,
    noDefaultPolicy: false,
    numUses: auth.numUses,
    remainingUses: 0,
    metadata: auth.metadata ?? {},
    entityId: auth.entityId,
    tokenType: auth.tokenType,
    ttlSeconds: auth.leaseSeconds,
    issuedAtMs: undefined,
    results: undefined,
  }
}

const wrapOf = ({ wrappedAccessor = '', ...wrap }: WrapInfo) => ({ ...wrap, wrappedAccessor })
