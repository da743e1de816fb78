// From base credentials to what is handed out: MFA, then role after role. The first role session is stamped with the
// SourceIdentity, which AWS then fixes along the chain (decision 3); every session is named after it.
//
// INVARIANT: what leaves a recipe with a role carries the SourceIdentity that is returned beside it.

import {
  type AssumeRoleRequest,
  type AwsCredentials,
  assumeRole,
  connectionFacts,
  getSessionToken,
  type MfaCode,
  requireSameTime,
  type Session,
} from '../aws/index.ts'
import { printable, SentinelError } from '../base/index.ts'
import type { AwsCaller } from './caller.ts'
import type { CredentialsDeps } from './deps.ts'
import { chainedSeconds, roleSeconds, sessionSeconds } from './durations.ts'
import { isLongTerm } from './expiry.ts'
import { connectionFor, type Recipe, type RecipeHop } from './recipe.ts'
import { type Entry, nameCredentials, type Served, servedFromCache, servedOnce } from './store.ts'

/** What is to be issued, to whom, and for which request. */
export type IssueRequest = {
  readonly recipe: Recipe
  readonly base: AwsCredentials
  readonly caller: AwsCaller
  readonly requestId: string
  /** Legal for AWS and made from the caller's name and the request's id. Unused without a role. */
  readonly sourceIdentity: string
}

/** Credentials to hand out. */
export type IssuedCredentials = {
  readonly credentials: AwsCredentials
  /** The request that they are stamped with: this one, or an earlier one whose credentials still serve. */
  readonly issuedBy: string
  readonly served: 'fresh' | 'cache'
  /** Absent where nothing could be stamped. */
  readonly roleArn?: string
  readonly sourceIdentity?: string
  /** What AWS was asked for; absent where nobody was asked. */
  readonly durationSeconds?: number
}

/**
 * Issues the credentials of a recipe, from the cache while enough of them is left.
 *
 * @throws SentinelError SOURCE_IDENTITY_INVALID and DURATION_INVALID before any call; MFA_REQUIRED, MFA_FAILED; as
 * assumeRole of `aws`; CLOCK_SKEW; CACHE_TAMPERED; LOCK_TIMEOUT
 */
export async function issueCredentials(
  deps: CredentialsDeps,
  request: IssueRequest,
): Promise<IssuedCredentials> {
  const plan = rolePlan(request)
  if (plan === undefined) return passOn(deps, request)
  requireLegal(request.sourceIdentity)
  const { name, roleArn, seconds, durationSeconds } = plan
  const make = () => walk(deps, request, seconds)
  const entry = await servedOnce(deps, name, request.recipe.minRemainingSeconds, make)
  return { ...released(entry), roleArn, durationSeconds }
}

/**
 * The credentials of a recipe's role as they lie in the cache, if enough of them is left. Calls nobody and waits for
 * nobody.
 *
 * @throws SentinelError DURATION_INVALID; CACHE_TAMPERED
 */
export function keptCredentials(
  deps: CredentialsDeps,
  request: Pick<IssueRequest, 'recipe' | 'caller'>,
): IssuedCredentials | undefined {
  const plan = rolePlan(request)
  const entry = plan && servedFromCache(deps, plan.name, request.recipe.minRemainingSeconds)
  return entry && { ...released(entry), roleArn: plan.roleArn, durationSeconds: plan.durationSeconds }
}

/** What a recipe with roles asks for, and the name of its entry in the cache. */
function rolePlan({ recipe, caller }: Pick<IssueRequest, 'recipe' | 'caller'>) {
  const last = recipe.hops.at(-1)
  if (last === undefined) return undefined
  const { roleArn } = last
  const seconds = recipe.hops.map((hop, index) =>
    roleSeconds(hop.asked, chainingAt({ recipe, caller }, index)),
  )
  const durationSeconds = seconds.at(-1) ?? chainedSeconds
  // Session policy and approval have their places, and none yet (decision 24).
  const own = [recipe.fingerprint, roleArn, recipe.region, durationSeconds, null, null]
  return {
    roleArn,
    seconds,
    durationSeconds,
    name: ['issued', caller.arn, caller.accountId, ...own] as const,
  }
}

function released({ credentials, requestId, sourceIdentity, served }: Served) {
  const stamp = sourceIdentity === undefined ? {} : { sourceIdentity }
  return { credentials, issuedBy: requestId, served, ...stamp }
}

// AWS STS API Reference, AssumeRole, SourceIdentity: 2 to 64 of [\w+=,.@-], not beginning with `aws:`.
function requireLegal(sourceIdentity: string): void {
  if (/^[A-Za-z0-9_+=,.@-]{2,64}$/.test(sourceIdentity)) return
  const shown = printable(sourceIdentity)
  throw new SentinelError('SOURCE_IDENTITY_INVALID', `AWS would refuse the SourceIdentity \`${shown}\``)
}

/** Why the role at an index may last an hour only. What the config did not tell, the caller's ARN does. */
function chainingAt(
  { recipe, caller }: Pick<IssueRequest, 'recipe' | 'caller'>,
  index: number,
): string | undefined {
  if (index > 0) return 'one role is assumed with the credentials of another'
  if (recipe.base.kind === 'sso') return recipe.chaining
  return /^arn:[^:]+:sts::\d+:assumed-role\//.test(caller.arn)
    ? 'the base credentials are those of a role'
    : undefined
}

async function walk(
  deps: CredentialsDeps,
  request: IssueRequest,
  seconds: readonly number[],
): Promise<Entry> {
  const { recipe, requestId, sourceIdentity } = request
  const { credentials: start, direct, serials } = await firstCredentials(deps, request, seconds[0] ?? 0)
  let entry: Entry | undefined
  for (const [index, hop] of recipe.hops.entries()) {
    const durationSeconds = seconds[index] ?? chainedSeconds
    const before = entry
    const make = async (): Promise<Entry> => {
      const stamp = before?.sourceIdentity ?? sourceIdentity
      const serial = index === 0 ? direct : hop.mfaSerial
      const mfa =
        serial === undefined || serials.has(serial) ? undefined : await askMfa(deps, hop.profile, serial)
      const { credentials } = await assume(deps, recipe, before?.credentials ?? start, {
        ...assumption(hop, durationSeconds, mfa),
        roleSessionName: stamp,
        // AWS hands it along the chain by itself, but a trust policy's `sts:SourceIdentity` sees only what is sent.
        sourceIdentity: stamp,
      })
      return {
        credentials,
        requestId: before?.requestId ?? requestId,
        sourceIdentity: stamp,
        durationSeconds,
      }
    }
    entry =
      index === recipe.hops.length - 1 ? await make() : await betweenHops(deps, request, index, seconds, make)
  }
  if (entry === undefined) throw new SentinelError('INTERNAL', 'a recipe without a role was walked')
  return entry
}

// Keyed by the whole recipe, so that a stamp always leads to a decision about this very profile.
function betweenHops(
  deps: CredentialsDeps,
  { recipe, caller }: IssueRequest,
  index: number,
  seconds: readonly number[],
  make: () => Promise<Entry>,
): Promise<Served> {
  const parts = [caller.arn, caller.accountId, recipe.fingerprint, index, seconds[index]]
  return servedOnce(deps, ['hop', ...parts], recipe.minRemainingSeconds, make)
}

function assumption(hop: RecipeHop, durationSeconds: number, mfa: MfaCode | undefined) {
  return {
    roleArn: hop.roleArn,
    durationSeconds,
    ...(hop.externalId === undefined ? {} : { externalId: hop.externalId }),
    ...(mfa === undefined ? {} : { mfa }),
  }
}

async function assume(
  deps: CredentialsDeps,
  recipe: Recipe,
  credentials: AwsCredentials,
  request: AssumeRoleRequest,
): Promise<Session> {
  const call = { clock: deps.machine.clock, signal: deps.signal }
  const session = await assumeRole(call, connectionFor(recipe, 'sts'), credentials, request)
  requireSameTime(deps.machine.clock, session.serverTimeMs)
  return session
}

/**
 * What the first role is assumed with. A user with MFA gets a session first, which is kept, so that the next role needs
 * no code. A role that is to last over an hour cannot be assumed with such a session: then the code goes with the role.
 */
async function firstCredentials(
  deps: CredentialsDeps,
  { recipe, base }: IssueRequest,
  seconds: number,
): Promise<{
  readonly credentials: AwsCredentials
  /** The device whose code goes with the first role. */
  readonly direct?: string
  readonly serials: ReadonlySet<string>
}> {
  const serial = recipe.hops[0]?.mfaSerial ?? recipe.baseMfaSerial
  if (serial === undefined) return { credentials: base, serials: new Set() }
  if (!isLongTerm(base) || seconds > chainedSeconds)
    return { credentials: base, direct: serial, serials: new Set() }
  const { credentials } = await mfaSession(deps, recipe, base, serial, recipe.mfaSessionSeconds)
  return { credentials, serials: new Set([serial]) }
}

function mfaSession(
  deps: CredentialsDeps,
  recipe: Recipe,
  base: AwsCredentials,
  serialNumber: string,
  wantedSeconds: number,
): Promise<Served> {
  const seconds = sessionSeconds({ seconds: wantedSeconds, by: 'setting' })
  const facts = connectionFacts(connectionFor(recipe, 'sts'))
  const name = ['mfa', nameCredentials(deps, base), serialNumber, seconds, recipe.region, facts] as const
  return servedOnce(deps, name, recipe.minRemainingSeconds, async () => {
    const mfa = await askMfa(deps, recipe.profile, serialNumber)
    return userSession(deps, recipe, base, seconds, mfa)
  })
}

async function userSession(
  deps: CredentialsDeps,
  recipe: Recipe,
  base: AwsCredentials,
  durationSeconds: number,
  mfa: MfaCode | undefined,
): Promise<Entry> {
  const call = { clock: deps.machine.clock, signal: deps.signal }
  const wanted = { durationSeconds, ...(mfa === undefined ? {} : { mfa }) }
  const session = await getSessionToken(call, connectionFor(recipe, 'sts'), base, wanted)
  requireSameTime(deps.machine.clock, session.serverTimeMs)
  return { credentials: session.credentials, requestId: '', durationSeconds }
}

async function askMfa(deps: CredentialsDeps, profile: string, serialNumber: string): Promise<MfaCode> {
  const code = (await deps.askForCode({ profile, serialNumber }))?.replaceAll(' ', '')
  const device = printable(serialNumber)
  if (code === undefined) {
    throw new SentinelError(
      'MFA_REQUIRED',
      `profile \`${printable(profile)}\` needs a code of the MFA device ${device}`,
      {
        hint: 'run sentinel exec for the profile in a terminal once',
      },
    )
  }
  if (/^\d{6}$/.test(code)) return { serialNumber, code }
  throw new SentinelError('MFA_FAILED', 'an MFA code has six digits', {
    hint: `look at the device ${device} again`,
  })
}

// A recipe without a role: a user's session, or the base as it is. Nothing here carries a stamp, and what is kept is
// no use of an earlier request's, so the issuer is this request.
async function passOn(deps: CredentialsDeps, request: IssueRequest): Promise<IssuedCredentials> {
  const { recipe, base, requestId } = request
  const serial = recipe.baseMfaSerial
  if (!isLongTerm(base) || (recipe.userSession === 'skipped' && serial === undefined)) {
    return { credentials: base, issuedBy: requestId, served: 'fresh' }
  }
  const seconds = recipe.target.durationSeconds
  const session =
    serial === undefined
      ? await plainSession(deps, request, seconds)
      : await mfaSession(deps, recipe, base, serial, seconds)
  return {
    credentials: session.credentials,
    issuedBy: session.requestId || requestId,
    served: session.served,
    durationSeconds: session.durationSeconds,
  }
}

function plainSession(
  deps: CredentialsDeps,
  { recipe, base, caller, requestId }: IssueRequest,
  seconds: number,
) {
  const name = ['session', caller.arn, nameCredentials(deps, base), recipe.fingerprint, seconds] as const
  return servedOnce(deps, name, recipe.minRemainingSeconds, async () => ({
    ...(await userSession(deps, recipe, base, seconds, undefined)),
    requestId,
  }))
}
