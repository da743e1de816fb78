// The walk of one request of the server through the corridor: where it goes and who asks is gathered, the ACL decides,
// the audit devices write before anything is released, the mount's handler acts.
//
// INVARIANT: a use of a token is spent when it is looked up, whatever is decided then (spec/vault.md 1.2).

import { type Clock, SentinelError, type Soon, soon } from '../../base/index.ts'
import { type Door, type Entry, fact, pass } from '../../gateway/index.ts'
import {
  type Acl,
  type ApiCaller,
  type ApiRequestFacts,
  type ApiRequestGrant,
  type ApiRequestRefusal,
  decideApiRequest,
  type Fact,
  type FactorAsk,
  type GoverningAsk,
} from '../../policy/index.ts'
import type { TokenEntry } from '../../token/index.ts'
import type { Request, Response } from '../door.ts'
import { readFields } from '../mounts/fields.ts'
import type { Call, Handler, Holder, Path } from '../mounts/path.ts'
import type { Factors } from './factors.ts'
import { followed } from './followed.ts'
import { type Governance, withWarnings } from './governs.ts'
import { helpAbout } from './help.ts'
import type { Route, Router } from './router.ts'

/** What is gathered about a request: what is decided by, and what is acted with. */
export type Gathered = ApiRequestFacts & {
  readonly route: Route | undefined
  readonly entered: Entered | undefined
}

export interface ServerDoor extends Door {
  request: Request
  facts: Gathered
  ask: GoverningAsk
  answer: unknown
  grant: ApiRequestGrant
  why: ApiRequestRefusal
  result: Response
}

/** A token that was found, and what its holder may do. */
export type Entered = {
  readonly entry: TokenEntry
  /** With the policies of the token and of its entity as they are now. */
  readonly acl: Acl
  /** Those of the entity, for the audit log. */
  readonly identityPolicies?: readonly string[]
  readonly isEntityDisabled: boolean
}

export type RoadDeps = {
  readonly clock: Clock
  router(): Router
  /**
   * Finds a token and spends one of its uses.
   *
   * @returns undefined where it is unknown, revoked, expired or used up
   * @throws SentinelError when that cannot be found out
   */
  enter(token: NonNullable<Request['token']>, remote: Request['remote']): Soon<Entered | undefined>
  /** Finds a token on a path that needs none: no use of it is spent. @returns undefined where it cannot be found */
  recognise(token: NonNullable<Request['token']>): Promise<Entered | undefined>
  /** Whether an address is one that a token is bound to. */
  isAddressAllowed(entry: TokenEntry, address: string): boolean
  record(entries: readonly Entry<ServerDoor>[]): Soon<void>
  readonly governance: Governance
  readonly factors: Factors
  /** What is to be done when a token has made its last request. */
  leave(entry: TokenEntry): void
  /** Turns what a login found out into a token. */
  admitted(request: Request, response: Response, route: Route): Promise<Response>
  /** Puts a response into a wrapping token, where that was asked for. */
  wrapped(request: Request, response: Response, route: Route | undefined): Promise<Response>
}

/**
 * Walks one request.
 *
 * @throws SentinelError PERMISSION_DENIED, ROUTE_NOT_FOUND, OPERATION_UNSUPPORTED, AUDIT_FAILED, and what the handler throws
 */
export function walk(deps: RoadDeps, request: Request, signal: AbortSignal): Soon<Response> {
  let came: TokenEntry | undefined
  return followed(
    () =>
      walked(deps, request, signal, (entry) => {
        came = entry
      }),
    () => {
      if (came?.usesLeft === 0) deps.leave(came)
    },
  )
}

function walked(
  deps: RoadDeps,
  request: Request,
  signal: AbortSignal,
  came: (entry: TokenEntry) => void,
): Soon<Response> {
  const outcome = pass<ServerDoor>(
    {
      gather: (asked) => gather(deps, asked, came),
      decide: decideApiRequest,
      answer: (ask, asked, facts) => fact(() => answerTo(deps, ask, asked, facts)),
      record(entries) {
        tell(deps, entries)
        return deps.record(entries)
      },
      ready: (leave, asked, facts) => {
        const isPure = facts.route?.matched?.path.pure === true && asked.wrapSeconds === undefined
        const reads = leave.grant.operation === 'read' || leave.grant.operation === 'list'
        if (!isPure || !reads) return undefined
        return soon(handled(deps.router(), asked, facts), (response) => ({
          kind: 'done',
          result: withWarnings(response, leave.grant.governed),
        }))
      },
      act: async (leave, asked, facts) => {
        const response = await handled(deps.router(), asked, facts)
        const admitted =
          facts.route === undefined ? response : await deps.admitted(asked, response, facts.route)
        const wrapped = await deps.wrapped(asked, admitted, facts.route)
        return { kind: 'done', result: withWarnings(wrapped, leave.grant.governed) }
      },
    },
    request,
    signal,
  )
  return soon(outcome, (end) => {
    if (end.kind === 'deny') throw refusalOf(request, end.why)
    return end.result
  })
}

/** What a decision must know besides, and only it: a step-up method. */
function answerTo(
  { factors }: RoadDeps,
  { key, ask }: GoverningAsk,
  request: Request,
  { route, entered }: Gathered,
): Promise<unknown> {
  const { kind, method } = ask as Partial<FactorAsk['ask']>
  if (kind === 'mfa' && method !== undefined)
    return factors.ask(method, { request, route, token: entered?.entry })
  throw new SentinelError('INTERNAL', `nobody answers what policies ask: \`${key}\``)
}

/** The log is told once, when it was decided. */
function tell({ governance }: RoadDeps, entries: readonly Entry<ServerDoor>[]): void {
  for (const entry of entries) {
    if (entry.stage !== 'decided') continue
    const { request, facts, decision } = entry
    if (facts.governing === undefined && !request.policyOverride) continue
    const isAllowed = decision.kind === 'allow'
    const governed = isAllowed ? decision.grant.governed : (decision.why.governed ?? [])
    governance.told(request, facts.governing, { governed, isAllowed })
  }
}

/** A wrapping token that is spent is no stranger: whoever unwraps must learn that somebody else did (spec/vault.md 7.8). */
function refusalOf({ path, token }: Request, { kind, error }: ApiRequestRefusal): SentinelError {
  const isUnwrapping = path === 'sys/wrapping/unwrap' || path === 'sys/wrapping/rewrap'
  if (kind !== 'token' || token === undefined || !isUnwrapping) return error
  return new SentinelError('REQUEST_INVALID', 'wrapping token is not valid or does not exist')
}

/** @param came is told of a token that was found */
function gather(deps: RoadDeps, request: Request, came: (entry: TokenEntry) => void): Soon<Gathered> {
  const route = deps.router().find(request.path, request.operation)
  const access = route?.matched?.path.access
  const isUnauthenticated = access === 'unauthenticated'
  return soon((isUnauthenticated ? recognition : entrance)(deps, request), (entrant) => {
    const entered = 'known' in entrant ? entrant.known : undefined
    if (entered !== undefined && !isUnauthenticated) came(entered.entry)
    return soon(operationOf(request, route, entered), (operation) => ({
      nowMs: deps.clock.now(),
      path: route?.path ?? request.path,
      anyCaseBehind: route?.anyCaseBehind,
      operation,
      governing: governingOf(deps, { request, route, entered, operation }),
      data: request.data,
      read: route?.matched?.path.read ?? unread,
      wrapSeconds: request.wrapSeconds,
      mountAccessor: route?.mounted.context.mount.accessor ?? '',
      isUnauthenticated,
      isRootProtected: access === 'sudo',
      caller: callerOf(deps, request, entrant),
      route,
      entered,
    }))
  })
}

type Found = Pick<Gathered, 'route' | 'entered' | 'operation'> & { readonly request: Request }

function governingOf({ governance, clock }: RoadDeps, found: Found): Gathered['governing'] {
  const { request, route, entered, operation } = found
  return governance.of({
    request,
    route,
    path: route?.path ?? request.path,
    operation: 'known' in operation ? operation.known : request.operation,
    isUnauthenticated: route?.matched?.path.access === 'unauthenticated',
    nowMs: clock.now(),
    token: entered?.entry,
    identityPolicies: entered?.identityPolicies ?? nobodys,
  })
}

const nobodys: readonly string[] = Object.freeze([])

function entrance(deps: RoadDeps, { token, remote }: Request): Soon<Fact<Entered | undefined>> {
  return token === undefined ? { known: undefined } : fact(() => deps.enter(token, remote))
}

/** A token that is sent where none is needed tells who it was, and refuses only those who are disabled (spec/vault.md 1.5). */
function recognition({ recognise }: RoadDeps, { token }: Request): Soon<Fact<Entered | undefined>> {
  if (token === undefined) return { known: undefined }
  return recognise(token).then(
    (known) => ({ known }),
    () => ({ known: undefined }),
  )
}

function callerOf(deps: RoadDeps, request: Request, entered: Fact<Entered | undefined>): Fact<ApiCaller> {
  if ('unavailable' in entered) return entered
  if (entered.known === undefined) {
    const because = request.token === undefined ? 'no token' : 'the token is unknown or has ended'
    return { known: { kind: 'nobody', because } }
  }
  const { entry, acl, isEntityDisabled } = entered.known
  const isAddressAllowed = deps.isAddressAllowed(entry, request.remote.address)
  return { known: { kind: 'holder', acl, isEntityDisabled, isAddressAllowed } }
}

/** A write is a create where the mount says that there is nothing yet. */
function operationOf(
  request: Request,
  route: Route | undefined,
  entered: Entered | undefined,
): Soon<ApiRequestFacts['operation']> {
  const { operation } = request
  const matched = route?.matched
  if (operation !== 'update' || matched === undefined || route === undefined) return { known: operation }
  const { exists } = matched.path
  if (exists === undefined) return { known: 'update' }
  const holder = entered === undefined ? undefined : holderOf(entered, request.path, route)
  const call = { params: matched.params, holder }
  return fact(async () => ((await exists(route.mounted.context, call)) ? 'update' : 'create'))
}

function handled(router: Router, request: Request, { route, entered }: Gathered): Soon<Response> {
  if (request.operation === 'help') return helpAbout(router, request.path)
  if (route === undefined) {
    const message = `no handler for route "${request.path}". route entry not found.`
    throw new SentinelError('ROUTE_NOT_FOUND', message)
  }
  const { mounted, matched } = route
  if (matched === undefined) {
    if (request.operation === 'update' && request.path.endsWith('/'))
      throw new SentinelError('REQUEST_INVALID', "cannot write to a path ending in '/'")
    throw new SentinelError('ROUTE_NOT_FOUND', problem('unsupported path'))
  }
  const handler = handlerOf(matched.path, request.operation)
  if (handler === undefined)
    throw new SentinelError('OPERATION_UNSUPPORTED', problem('unsupported operation'))
  const call: Call = {
    request,
    params: matched.params,
    fields: readFields(matched.path.fields, request.data),
    // Who logs in is told by nothing but what they prove.
    holder:
      entered === undefined || matched.path.access === 'unauthenticated'
        ? undefined
        : holderOf(entered, request.path, route),
  }
  return handler(mounted.context, call)
}

function handlerOf({ operations }: Path, operation: Request['operation']): Handler | undefined {
  switch (operation) {
    case 'create':
    case 'update':
      return operations.write
    case 'help':
      return undefined
    default:
      return operations[operation]
  }
}

function holderOf({ entry, acl }: Entered, path: string, route: Route | undefined): Holder {
  const { key, accessor, entityId, type, policies } = entry
  const hasSudo = () => acl.isRoot || acl.capabilities(path, route?.anyCaseBehind).includes('sudo')
  return { key, accessor, entityId, type, policies, entry, isRoot: acl.isRoot, hasSudo }
}

/** Several failures as one text, as Go writes them (spec/vault.md 8.3). */
const problem = (text: string) => `1 error occurred:\n\t* ${text}\n\n`

/** No handler, so nobody reads anything. */
const unread = () => undefined
