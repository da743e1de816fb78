// From base credentials to what is handed out: MFA, then role after role. The first role session is stamped with the
// SourceIdentity, which AWS then fixes along the chain (decision 3); every session is named after it.
//
// INVARIANT: what leaves a recipe with a role carries the SourceIdentity that is returned beside it.

import {
  type AssumeRoleRequest,
  type AwsCredentials,
  assumeRole,
  callerIdentity,
  connectionTo,
  getSessionToken,
  type MfaCode,
  requireSameTime,
  type Session,
} from '../aws/index.ts'
import { printable, SentinelError } from '../base/index.ts'
import { prune } from '../machine/index.ts'
import { askMfa } from './ask-mfa.ts'
import type { CredentialsDeps } from './deps.ts'
import { chainedSeconds, sessionSeconds } from './durations.ts'
import { askEnding, type Ended } from './ending.ts'
import { isLongTerm } from './expiry.ts'
import { folderOf } from './folders.ts'
import { type IssuedCredentials, type IssueRequest, released, rolePlan, type Terms } from './kept.ts'
import type { Recipe, RecipeHop } from './recipe.ts'
import { servedOnce } from './served-once.ts'
import { type Entry, nameCredentials, type Served } from './store.ts'

/** Issues the credentials of a recipe; what it throws stands at the room's face (lazily.ts). */
export async function issueCredentials(
  deps: CredentialsDeps,
  request: IssueRequest,
): Promise<IssuedCredentials> {
  const issued = await issue(deps, request)
  if (issued.served === 'fresh')
    prune(lives.map(({ name, lifetimeMs }) => ({ folder: folderOf(deps, name), lifetimeMs })))
  return issued
}

const hourMs = 3_600_000

/**
 * How long what is kept serves at most. A recipe serves for ever: one that is in use is made again now and then, so that
 * those of other days can go. Compiled policies stay: an older version that was put back is noticed by them.
 */
const lives = [
  { name: 'sessions', lifetimeMs: 36 * hourMs },
  { name: 'callers', lifetimeMs: hourMs },
  { name: 'failures', lifetimeMs: 0 },
  { name: 'recipes', lifetimeMs: 30 * 24 * hourMs },
] as const

async function issue(deps: CredentialsDeps, request: IssueRequest): Promise<IssuedCredentials> {
  const plan = rolePlan(request)
  if (plan === undefined) return passOn(deps, request)
  requireLegal(request.sourceIdentity)
  const { name, roleArn, seconds } = plan
  const make = () => walk(deps, request, seconds)
  const entry = await servedOnce(deps, name, request.recipe.minRemainingSeconds, make)
  return { ...released(entry), roleArn }
}

// AWS STS API Reference, AssumeRole, SourceIdentity: 2 to 64 of [\w+=,.@-], not beginning with `aws:`.
function requireLegal(sourceIdentity: string): void {
  if (/^[A-Za-z0-9_+=,.@-]{2,64}$/.test(sourceIdentity)) return
  const shown = printable(sourceIdentity)
  throw new SentinelError('SOURCE_IDENTITY_INVALID', `AWS would refuse the SourceIdentity \`${shown}\``)
}

async function walk(
  deps: CredentialsDeps,
  request: IssueRequest,
  seconds: readonly number[],
): Promise<Entry> {
  const { recipe, requestId, sourceIdentity, terms } = request
  const { credentials: start, direct, serials } = await firstCredentials(deps, request, seconds[0] ?? 0)
  let entry: Entry | undefined
  for (const [index, hop] of recipe.hops.entries()) {
    const wantedSeconds = seconds[index] ?? chainedSeconds
    const isLast = index === recipe.hops.length - 1
    const before = entry
    const make = async (): Promise<Entry> => {
      const stamp = before?.sourceIdentity ?? sourceIdentity
      const serial = index === 0 ? direct : hop.mfaSerial
      const mfa =
        serial === undefined || serials.has(serial) ? undefined : await askMfa(deps, hop.profile, serial)
      const role = { hop, base: before?.credentials ?? start, stamp, mfa, wantedSeconds }
      const ended = await assumeEnding(deps, recipe, role, isLast ? terms : {})
      return { ...ended, requestId: before?.requestId ?? requestId, sourceIdentity: stamp }
    }
    entry = isLast ? await make() : await betweenHops(deps, request, index, seconds, make)
  }
  if (entry === undefined) throw new SentinelError('INTERNAL', 'a recipe without a role was walked')
  return entry
}

type Role = {
  readonly hop: RecipeHop
  readonly base: AwsCredentials
  readonly stamp: string
  readonly mfa: MfaCode | undefined
  readonly wantedSeconds: number
}

async function assumeEnding(
  deps: CredentialsDeps,
  recipe: Recipe,
  { hop, base, stamp, mfa, wantedSeconds }: Role,
  terms: Terms,
): Promise<Ended> {
  // A code serves once, so what it is sent with has to end in time at the first try.
  const isOnce = terms.override !== undefined && mfa !== undefined
  const awsTimeMs = isOnce ? await timeOfAws(deps, recipe, base) : undefined
  return askEnding(deps.machine.clock, terms, { wantedSeconds, awsTimeMs }, (seconds) =>
    assume(deps, recipe, base, {
      ...assumption(hop, seconds, mfa),
      roleSessionName: stamp,
      // AWS hands it along the chain by itself, but a trust policy's `sts:SourceIdentity` sees only what is sent.
      sourceIdentity: stamp,
    }),
  )
}

// Keyed by the whole recipe, so that a stamp always leads to a decision about this very profile.
function betweenHops(
  deps: CredentialsDeps,
  { recipe, caller, issuedFor, terms }: IssueRequest,
  index: number,
  seconds: readonly number[],
  make: () => Promise<Entry>,
): Promise<Served> {
  const parts = [caller.arn, caller.accountId, recipe.fingerprint, index, seconds[index]]
  const user = issuedFor === undefined ? [] : [issuedFor]
  // So that a stamp leads to the approval too by which it was made.
  const override = terms.override === undefined ? [] : [{ override: terms.override.id }]
  const session = terms.session === undefined ? [] : [{ session: terms.session }]
  return servedOnce(
    deps,
    ['hop', ...parts, ...user, ...override, ...session],
    recipe.minRemainingSeconds,
    make,
  )
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
  const session = await assumeRole(call, connectionTo('sts', recipe.settings), credentials, request)
  requireSameTime(deps.machine.clock, session.serverTimeMs)
  return session
}

async function timeOfAws(deps: CredentialsDeps, recipe: Recipe, base: AwsCredentials) {
  const call = { clock: deps.machine.clock, signal: deps.signal }
  const { serverTimeMs } = await callerIdentity(call, connectionTo('sts', recipe.settings), base)
  requireSameTime(deps.machine.clock, serverTimeMs)
  return serverTimeMs
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
  const facts = recipe.ways.sts
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
  const session = await getSessionToken(call, connectionTo('sts', recipe.settings), base, wanted)
  requireSameTime(deps.machine.clock, session.serverTimeMs)
  return { credentials: session.credentials, requestId: '', durationSeconds }
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
