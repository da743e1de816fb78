// What every service of the local AWS is made of: operations that take a signed call, the question whether the
// caller may, and the ids that an answer carries.

import type { Clock, Random } from '../../src/base/index.ts'
import type { Structure } from './shapes.ts'
import { evaluatePolicy, type Named, type Question } from './trust.ts'
import {
  AwsError,
  type JsonObject,
  type Params,
  type Protocol,
  type ServiceName,
  type WireRequest,
} from './wire.ts'
import type { AccessKey, TrailRecord, World } from './world-types.ts'

/** What operations may use. */
export type Stage = {
  readonly world: World
  readonly clock: Clock
  readonly random: Random
  /** Takes one sentence about something in a policy that is not understood here. */
  report(problem: string): void
}

/** A request whose sender is known. */
export type Call = {
  readonly service: ServiceName
  readonly action: string
  readonly region: string
  readonly params: Params
  readonly caller: AccessKey
  readonly atMs: number
  readonly requestId: string
  readonly userAgent: string
  readonly request: WireRequest
}

/** What an operation answers, and what CloudTrail writes down beside the request. */
export type Answer = {
  readonly result: JsonObject
  readonly responseElements?: JsonObject
  readonly resources?: TrailRecord['resources']
  /** The account that owns what was used, when it is not the caller's: it gets a record too. */
  readonly alsoIn?: string | undefined
}

export type Operation = {
  /** What a call may hold: it is refused before it is carried out. */
  readonly takes: Structure
  run(stage: Stage, call: Call): Answer | Promise<Answer>
  /** How CloudTrail records the request; absent for operations that are no management events. */
  readonly trail?: { readonly readOnly: boolean; requestParameters(call: Call): JsonObject | null }
}

export type Service = {
  readonly protocol: Protocol
  readonly operations: ReadonlyMap<string, Operation>
}

/**
 * Refuses unless the caller's own policies allow the action. What a session policy does not allow is not
 * allowed either ("Session policies", IAM User Guide, access_policies).
 */
export function authorize(
  stage: Stage,
  call: Call,
  action: string,
  resource: string,
  context: ReadonlyMap<string, string> = callerContext(call.caller),
): void {
  const refusal = identityRefusal(stage, call.caller, { action, resource, context }, 'nobody')
  if (refusal !== undefined) throw accessDenied(call, action, resource, refusal)
}

/**
 * Why the caller's own policies do not allow it, in AWS's words; undefined when they do, or need not: a resource's
 * policy that names the user or role stands in for its identity policies, one that names the session stands in for
 * its session policy too ("Session policies", access_policies, and "Resource-based policies and implicit denies in
 * other policy types", reference_policies_evaluation-logic). An explicit deny always counts.
 *
 * @param named whom a policy of the resource, in the caller's account, allows it to
 */
export function identityRefusal(
  stage: Stage,
  caller: AccessKey,
  question: Question,
  named: Named,
): string | undefined {
  const { principal, session } = caller
  const own = evaluatePolicy(principal.policy, question, stage.report).effect
  const narrowed =
    session?.policy === undefined ? 'allow' : evaluatePolicy(session.policy, question, stage.report).effect
  if (own === 'deny') return 'with an explicit deny in an identity-based policy'
  if (narrowed === 'deny') return 'with an explicit deny in a session policy'
  if (own === 'none' && named === 'nobody') {
    return `because no identity-based policy allows the ${question.action} action`
  }
  return narrowed === 'none' && named !== 'session'
    ? `because no session policy allows the ${question.action} action`
    : undefined
}

/** AWS's sentence ("Troubleshoot access denied error messages", IAM User Guide, troubleshoot_access-denied). */
export function accessDenied(call: Call, action: string, resource: string, why = ''): AwsError {
  const message =
    `User: ${call.caller.principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`.trim()
  return call.service === 'sts'
    ? new AwsError('AccessDenied', message, 403)
    : new AwsError('AccessDeniedException', message)
}

/**
 * The condition keys that follow from who calls. aws:MultiFactorAuthPresent is there with temporary credentials
 * only ("AWS global condition context keys", IAM User Guide, reference_policies_condition-keys).
 */
export function callerContext(caller: AccessKey): Map<string, string> {
  const { principal, session } = caller
  const context = new Map([
    ['aws:principalaccount', principal.account],
    // For a role session this is the role's ARN, not the session's.
    ['aws:principalarn', principal.role?.arn ?? principal.arn],
    ['aws:principaltype', principalTypes[principal.kind]],
    ['aws:userid', principal.id],
  ])
  if (principal.kind === 'user') context.set('aws:username', principal.name)
  if (session !== undefined) context.set('aws:multifactorauthpresent', String(session.mfa))
  if (session?.sourceIdentity !== undefined) context.set('aws:sourceidentity', session.sourceIdentity)
  return context
}

/** aws:PrincipalType, which every request has ("AWS global condition context keys"). */
const principalTypes = {
  root: 'Account',
  user: 'User',
  role: 'AssumedRole',
  'federated-user': 'FederatedUser',
} as const satisfies Record<AccessKey['principal']['kind'], string>

/** A random UUID, as request ids and event ids are. */
export function newUuid(random: Random): string {
  const hex = Buffer.from(random.bytes(16)).toString('hex')
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => hex.slice(from, to))
    .join('-')
}
