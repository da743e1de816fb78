// What a token that somebody asks for will be like, or why there will be none: the rules of spec/vault.md 5.2 and 5.4 in
// the order in which they are checked. Nothing here reads or writes anything.

import { type Secret, SentinelError } from '../base/index.ts'
import { maxDepth, type Parent, type TokenEntry } from './entry.ts'
import { type Limits, leastSaid, lifetimeOf, requireSeconds } from './lifetime.ts'
import { reservedPrefixes } from './names.ts'
import { policyNames, unassignable, withDefault } from './policy-names.ts'
import { policiesByRole, type Role } from './roles.ts'

/** What is asked for. 0 and empty texts mean that nothing was said. */
export type TokenRequest = {
  /** An id of the asker's choice. */
  readonly id: Secret | undefined
  readonly policies: readonly string[]
  readonly meta: ReadonlyMap<string, string>
  readonly noParent: boolean
  readonly noDefaultPolicy: boolean
  readonly renewable: boolean
  readonly ttlSeconds: number
  readonly explicitMaxSeconds: number
  readonly displayName: string
  readonly numUses: number
  readonly periodSeconds: number
  readonly type: 'service' | 'batch' | undefined
}

/** Who asks, and how. */
export type Asker = {
  readonly entry: TokenEntry
  /** `sudo` on the path that is asked on, or root. */
  readonly hasSudo: boolean
  /** The path itself makes orphans. */
  readonly isOrphanPath: boolean
  /** Whom the token shall speak for instead of whoever asks. */
  readonly entityId: string | undefined
}

/** A token before it is made. */
export type TokenPlan = Omit<
  TokenEntry,
  'key' | 'accessor' | 'createdAtMs' | 'renewedAtMs' | 'expiresAtMs' | 'usesLeft'
> & {
  readonly id: Secret | undefined
  /** 0 means that they are not counted. */
  readonly numUses: number
}

/** A plan and what whoever asked is told. */
export type Planned = { readonly plan: TokenPlan; readonly warnings: readonly string[] }

/**
 * Plans a token that is made by another one.
 *
 * @throws SentinelError REQUEST_INVALID saying which rule forbids it
 */
export function planToken(
  asked: TokenRequest,
  asker: Asker,
  role: Role | undefined,
  limits: Limits,
): Planned {
  const { entry } = asker
  requireFertile(entry)
  const type = typeOf(asked, role)
  requireRights(asked, asker)
  const policies = policiesOf(asked, asker, role, type)
  const isOrphan = role?.isOrphan ?? (asked.noParent || asker.isOrphanPath)
  const sums = sumsOf(asked, role, type)
  const { seconds, warnings } = firstLifetime(policies, sums, limits, entry)
  return {
    warnings,
    plan: {
      id: asked.id,
      type,
      parent: isOrphan ? undefined : parentFor(entry),
      policies,
      noDefaultPolicy: asked.noDefaultPolicy || role?.noDefaultPolicy === true,
      path: pathOf(asker, role),
      displayName: displayNameOf(asked.displayName),
      meta: asked.meta,
      entityId: asker.entityId ?? (isOrphan ? '' : entry.entityId),
      role: role?.name,
      numUses: sums.numUses,
      ttlSeconds: seconds,
      maxSeconds: 0,
      explicitMaxSeconds: sums.explicitMaxSeconds,
      periodSeconds: sums.periodSeconds,
      // What never ends needs no renewal, and a batch token cannot be changed.
      renewable: type === 'service' && seconds > 0 && asked.renewable && role?.renewable !== false,
      boundCidrs: role?.boundCidrs ?? (isOrphan ? [] : entry.boundCidrs),
    },
  }
}

function parentFor({ key, accessor, parent }: TokenEntry): Parent {
  const depth = (parent?.depth ?? 0) + 1
  if (depth <= maxDepth) return { key, accessor, depth }
  throw new SentinelError('REQUEST_INVALID', `tokens cannot be nested deeper than ${maxDepth}`, {
    hint: 'make an orphan, or let a token further up make it',
  })
}

/** Whose children would outlive it, or never have been counted, has none. */
function requireFertile({ type, usesLeft }: TokenEntry): void {
  if (type === 'batch') throw invalid('batch tokens cannot create more tokens')
  if (usesLeft !== undefined) throw invalid('restricted use token cannot generate child tokens')
}

function typeOf(asked: TokenRequest, role: Role | undefined): 'service' | 'batch' {
  const type = chosenType(asked.type, role?.tokenType ?? 'default-service')
  if (type === 'service') return type
  const unfit = [
    [asked.explicitMaxSeconds !== 0, 'explicit max TTLs'],
    [asked.numUses !== 0 || (role?.numUses ?? 0) > 0, 'limited use counts'],
    [asked.periodSeconds !== 0, 'periods'],
    [asked.id !== undefined, 'custom ids'],
  ] as const
  const [, what] = unfit.find(([isAsked]) => isAsked) ?? []
  if (what !== undefined) throw invalid(`batch tokens cannot have ${what}`)
  return type
}

function chosenType(asked: TokenRequest['type'], ofRole: Role['tokenType']): 'service' | 'batch' {
  switch (ofRole) {
    case 'service':
    case 'batch':
      return ofRole
    case 'default-service':
      return asked ?? 'service'
    case 'default-batch':
      return asked ?? 'batch'
  }
}

/** What only sudo may ask for. */
function requireRights({ id, noParent, periodSeconds, numUses }: TokenRequest, asker: Asker): void {
  const needs = (what: string) => invalid(`root or sudo privileges required to ${what}`)
  if (numUses < 0) throw invalid('number of uses cannot be negative')
  if (!asker.hasSudo) {
    if (id !== undefined) throw needs('specify token id')
    if (noParent && !asker.isOrphanPath) throw needs('create orphan token')
    if (periodSeconds !== 0) throw needs('create periodic token')
  }
  const text = id?.reveal() ?? 'chosen'
  const prefix = reservedPrefixes.find((each) => text.startsWith(each))
  if (prefix !== undefined) throw invalid(`custom token ID cannot have the '${prefix}' prefix`)
  if (text.includes('.')) throw invalid("custom token ID cannot have a '.' in the value")
  if (!/^[\x21-\x7e]{1,512}$/.test(text)) throw invalid('custom token ID cannot be sent in a header')
}

function policiesOf(
  asked: TokenRequest,
  { entry, hasSudo }: Asker,
  role: Role | undefined,
  type: 'service' | 'batch',
): readonly string[] {
  const policies =
    (role && policiesByRole(role, asked, entry.policies)) ?? policiesByParent(asked, entry, hasSudo, role)
  if (policies.includes('root') && !entry.policies.includes('root'))
    throw invalid('root tokens may not be created without parent token being root')
  if (policies.includes('root') && type === 'batch') throw invalid('batch tokens cannot be root tokens')
  const reserved = unassignable.find((name) => policies.includes(name))
  if (reserved !== undefined) throw invalid(`cannot assign policy "${reserved}"`)
  return policies
}

function policiesByParent(
  asked: TokenRequest,
  { policies: own }: TokenEntry,
  hasSudo: boolean,
  role: Role | undefined,
): readonly string[] {
  const wanted = policyNames(asked.policies)
  // Only who names nothing gets all of them: an empty name is a name that means nothing.
  if (asked.policies.length === 0) return own.filter((name) => !asked.noDefaultPolicy || name !== 'default')
  if (!hasSudo && !wanted.every((name) => own.includes(name)))
    throw invalid('child policies must be subset of parent')
  const isWithout = asked.noDefaultPolicy || role?.noDefaultPolicy === true
  // Without sudo nobody gives away a policy that they have not.
  return !isWithout && (hasSudo || own.includes('default')) ? withDefault(wanted) : wanted
}

/** The shorter, or fewer, of what was asked and what the role says. */
function sumsOf(asked: TokenRequest, role: Role | undefined, type: 'service' | 'batch') {
  const ofRole = type === 'batch' ? undefined : role
  return {
    ttlSeconds: requireSeconds('ttl', asked.ttlSeconds),
    periodSeconds: leastSaid([requireSeconds('period', asked.periodSeconds), ofRole?.periodSeconds ?? 0]),
    explicitMaxSeconds: leastSaid([
      requireSeconds('explicit_max_ttl', asked.explicitMaxSeconds),
      ofRole?.explicitMaxSeconds ?? 0,
    ]),
    numUses: leastSaid([asked.numUses, ofRole?.numUses ?? 0]),
  }
}

function firstLifetime(
  policies: readonly string[],
  { ttlSeconds, periodSeconds, explicitMaxSeconds }: ReturnType<typeof sumsOf>,
  limits: Limits,
  parent: TokenEntry,
) {
  const mayBeEndless = policies.includes('root') && ttlSeconds === 0 && periodSeconds === 0
  if (!mayBeEndless) {
    const asked = { wantedSeconds: ttlSeconds, maxSeconds: 0, periodSeconds, explicitMaxSeconds }
    return lifetimeOf({ ...asked, limits, ageSeconds: 0 })
  }
  if (explicitMaxSeconds === 0 && parent.expiresAtMs !== undefined)
    throw invalid('expiring root tokens cannot create non-expiring root tokens')
  return { seconds: explicitMaxSeconds, warnings: [] }
}

function pathOf({ isOrphanPath }: Asker, role: Role | undefined): string {
  if (role === undefined) return isOrphanPath ? 'auth/token/create-orphan' : 'auth/token/create'
  return ['auth/token/create', role.name, role.pathSuffix].filter((part) => part !== '').join('/')
}

function displayNameOf(asked: string): string {
  return `token-${asked}`.replace(/[^a-zA-Z0-9-]/g, '-').replace(/-$/, '')
}

const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)

/** A token that may do everything, and does not end. */
export const rootPlan: TokenPlan = {
  id: undefined,
  type: 'service',
  parent: undefined,
  policies: ['root'],
  noDefaultPolicy: false,
  path: 'auth/token/root',
  displayName: 'root',
  meta: new Map(),
  entityId: '',
  role: undefined,
  numUses: 0,
  ttlSeconds: 0,
  maxSeconds: 0,
  explicitMaxSeconds: 0,
  periodSeconds: 0,
  renewable: false,
  boundCidrs: [],
}
