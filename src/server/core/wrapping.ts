// Response wrapping (spec/vault.md 7.8): a response waits in the cubbyhole of a token of its own, for whoever has that
// token and comes first.
//
// INVARIANT: the token and what waits in it are written at once, and the one use is spent before anything is read.

import { Secret, SentinelError } from '../../base/index.ts'
import { requireSeconds, type TokenEntry, type TokenPlan, type Tokens } from '../../token/index.ts'
import type { Data, Request, Response, WrapInfo } from '../door.ts'
import { responseToReply } from '../http/envelope.ts'
import { isObject, jsonToText, textToJson } from '../http/json.ts'
import type { Route } from './router.ts'

export type WrappingDeps = { readonly tokens: Tokens }

/** Where a response lies, and under which name in it: old clients read it from there. */
const [place, member] = ['response', 'response'] as const

const policy = 'response-wrapping'

/** Puts a response into a token where that was asked for, and there is something to put. */
export async function wrapped(
  { tokens }: WrappingDeps,
  request: Request,
  response: Response,
  route: Route | undefined,
): Promise<Response> {
  const { wrapSeconds } = request
  if (wrapSeconds === undefined || response.wrap !== undefined) return response
  const { text, status } = responseToReply(request, response, route?.mounted.type.type ?? '')
  // A deleted version is not found, and still something is said of it.
  if (text === undefined || (status >= 400 && response.data === undefined)) return response
  const wrappedAccessor = response.auth?.accessor ?? response.wrappedAccessor
  return { wrap: await putAway(tokens, text, wrapSeconds, request.path, wrappedAccessor) }
}

async function putAway(
  tokens: Tokens,
  text: string,
  wrapSeconds: number,
  creationPath: string,
  wrappedAccessor: string | undefined,
): Promise<WrapInfo> {
  const ttlSeconds = requireSeconds('wrap ttl', wrapSeconds)
  const kept = Buffer.from(jsonToText({ [member]: text }))
  const plan = { ...wrappingPlan, path: creationPath, ttlSeconds, explicitMaxSeconds: ttlSeconds }
  const { token, entry } = await tokens.issue(plan, new Map([[place, kept]]))
  const { accessor, createdAtMs } = entry
  return { token, accessor, ttlSeconds, createdAtMs, creationPath, wrappedAccessor }
}

const wrappingPlan: TokenPlan = {
  id: undefined,
  type: 'service',
  parent: undefined,
  policies: [policy],
  noDefaultPolicy: true,
  path: '',
  displayName: '',
  meta: new Map(),
  entityId: '',
  role: undefined,
  numUses: 1,
  ttlSeconds: 0,
  maxSeconds: 0,
  explicitMaxSeconds: 0,
  periodSeconds: 0,
  renewable: false,
  boundCidrs: [],
}

/**
 * Finds a wrapping token and spends nothing.
 *
 * @throws SentinelError REQUEST_INVALID where it is no such token, or not any more
 */
export async function findWrapping({ tokens }: WrappingDeps, token: Secret): Promise<TokenEntry> {
  const entry = await tokens.lookup(token)
  if (entry === undefined || !isWrapping(entry)) throw noSuchToken()
  return entry
}

/**
 * Takes what waits in a wrapping token, which is over with that.
 *
 * @param token one that is not the caller's own
 * @throws SentinelError REQUEST_INVALID where it is no such token, or somebody else was faster
 */
export async function takeWrapped(deps: WrappingDeps, token: Secret): Promise<Taken> {
  await findWrapping(deps, token)
  const entry = await deps.tokens.enter(token)
  if (entry === undefined) throw noSuchToken()
  return takeFrom(deps, entry)
}

/** What waited, as text, and the token in which it did. */
export type Taken = { readonly entry: TokenEntry; readonly text: string }

/** Takes what waits in the caller's own token, whose use this request is. */
export async function takeOwn(deps: WrappingDeps, entry: TokenEntry): Promise<Taken> {
  if (!isWrapping(entry)) throw noSuchToken()
  return takeFrom(deps, entry)
}

async function takeFrom({ tokens }: WrappingDeps, entry: TokenEntry): Promise<Taken> {
  const found = await tokens.cubbyhole(entry.key).get(place)
  const kept = found === undefined ? undefined : textToJson(Buffer.from(found.value).toString())
  const text = isObject(kept) ? kept[member] : undefined
  if (typeof text !== 'string') throw noSuchToken()
  await tokens.revoke(entry.key)
  return { entry, text }
}

/** Puts what was taken from one token into another, for as long as at first. */
export async function wrapAgain({ tokens }: WrappingDeps, { entry, text }: Taken): Promise<WrapInfo> {
  return putAway(tokens, text, entry.ttlSeconds, entry.path, accessorIn(text))
}

function accessorIn(text: string): string | undefined {
  const envelope = textToJson(text)
  const auth = isObject(envelope) ? envelope.auth : undefined
  return isObject(auth) && typeof auth.accessor === 'string' ? auth.accessor : undefined
}

/** What waited, as the response that it was. */
export function takenToResponse({ text }: Taken): Response {
  const envelope = textToJson(text)
  if (!isObject(envelope)) throw noSuchToken()
  const { data, auth, warnings, lease_id: id, renewable, lease_duration: seconds } = envelope
  const lease =
    typeof id === 'string' && typeof seconds === 'number'
      ? { id, renewable: renewable === true, seconds }
      : undefined
  return {
    ...(isObject(data) && { data }),
    ...(isObject(auth) && { auth: authFrom(auth) }),
    ...(Array.isArray(warnings) && { warnings: warnings.filter((each) => typeof each === 'string') }),
    ...(lease !== undefined && { lease }),
  }
}

/** The other way round of `authMembers`. */
function authFrom(auth: Data): NonNullable<Response['auth']> {
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const texts = (value: unknown) =>
    Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
  const number = (value: unknown) => (typeof value === 'number' ? value : 0)
  return {
    clientToken: new Secret(text(auth.client_token)),
    accessor: text(auth.accessor),
    policies: texts(auth.policies),
    tokenPolicies: texts(auth.token_policies),
    identityPolicies: texts(auth.identity_policies),
    metadata: isObject(auth.metadata) ? auth.metadata : null,
    leaseSeconds: number(auth.lease_duration),
    renewable: auth.renewable === true,
    entityId: text(auth.entity_id),
    tokenType: auth.token_type === 'batch' ? 'batch' : 'service',
    orphan: auth.orphan === true,
    numUses: number(auth.num_uses),
  }
}

const isWrapping = ({ policies }: TokenEntry) => policies.length === 1 && policies[0] === policy

const noSuchToken = () =>
  new SentinelError('REQUEST_INVALID', 'wrapping token is not valid or does not exist', {
    hint: 'if nobody of yours unwrapped it, take it that somebody else did',
  })
