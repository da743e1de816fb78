// Trust policies that admit only sessions stamped by Sentinel.
//
// What such a policy proves, and what not: the SourceIdentity is chosen by whoever calls AssumeRole. It stops
// nobody whom the trust policy admits from writing `sentinel,…` themselves; it makes going around Sentinel a
// deliberate act that CloudTrail shows. It binds people only when the admitted principal is one they cannot use.

import { SentinelError } from '../base/index.ts'
import { sourceIdentityPattern } from '../identity/index.ts'

/** Which callers the trust policy admits. */
export type TrustPattern = 'any-sentinel' | 'specific-users' | 'migration'

/** What a trust policy is made from. */
export type TrustRequest = {
  readonly pattern: TrustPattern
  /** The principal that may assume the role: an ARN of an account root, user or role. */
  readonly principal: string
  /** For `specific-users`: names as policies write them (decision 20). */
  readonly users: readonly string[]
  /** For `migration`: the principal that still comes without a stamp. */
  readonly legacyPrincipal?: string | undefined
  /** Required of every caller when given. */
  readonly externalId?: string | undefined
}

/** An IAM policy document. One-element lists are written as plain text, as the AWS console shows them. */
export type PolicyDocument = {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Record<string, unknown>[]
}

// AWS wants both in the trust policy: "Permissions required to set a source identity", IAM User Guide,
// "Monitor and control actions taken with assumed roles".
const actions = ['sts:AssumeRole', 'sts:SetSourceIdentity']
const principalArn =
  /^arn:aws[a-z-]*:(iam|sts)::\d{12}:(root|(user|role|assumed-role|federated-user)\/[\w+=,.@/-]+)$/

/**
 * The trust policy for a request.
 *
 * @throws SentinelError USAGE when the pattern lacks what it needs or a principal is no ARN of one
 */
export function trustPolicy(request: TrustRequest): PolicyDocument {
  checkPrincipal('--principal', request.principal)
  checkFlags(request)
  const stamped =
    request.pattern === 'specific-users'
      ? statement('AllowSentinelUsers', request, userPatterns(request.users))
      : statement('AllowSentinelAccess', request, ['sentinel,*'])
  const legacy = request.pattern === 'migration' ? [legacyStatement(request)] : []
  return { Version: '2012-10-17', Statement: [stamped, ...legacy] }
}

function statement(sid: string, request: TrustRequest, sourceIdentities: readonly string[]) {
  const { principal, externalId } = request
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: { AWS: principal },
    Action: actions,
    Condition: {
      StringLike: { 'sts:SourceIdentity': oneOrMany(sourceIdentities) },
      ...(externalId === undefined ? {} : { StringEquals: { 'sts:ExternalId': externalId } }),
    },
  }
}

function legacyStatement({ legacyPrincipal: principal, externalId }: TrustRequest) {
  if (principal === undefined) {
    throw new SentinelError('USAGE', 'pattern `migration` needs the principal that still comes unstamped', {
      hint: 'add --legacy-principal ARN',
    })
  }
  checkPrincipal('--legacy-principal', principal)
  return {
    Sid: 'AllowLegacyAccess',
    Effect: 'Allow',
    Principal: { AWS: principal },
    Action: 'sts:AssumeRole',
    ...(externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
  }
}

function userPatterns(users: readonly string[]): readonly string[] {
  if (users.length > 0) return users.map(sourceIdentityPattern)
  throw new SentinelError('USAGE', 'pattern `specific-users` needs at least one user', {
    hint: 'add --users NAME, as `sentinel whoami` shows it',
  })
}

function checkPrincipal(flag: string, arn: string): void {
  if (principalArn.test(arn)) return
  throw new SentinelError('USAGE', `${flag} \`${arn}\` is not the ARN of a principal`, {
    hint: 'write it like arn:aws:iam::111122223333:root or arn:aws:iam::111122223333:role/Developers',
  })
}

// A flag that another pattern needs would look as if it restricted something.
function checkFlags({ pattern, users, legacyPrincipal, externalId }: TrustRequest): void {
  const misplaced =
    users.length > 0 && pattern !== 'specific-users'
      ? (['--users', 'specific-users'] as const)
      : legacyPrincipal !== undefined && pattern !== 'migration'
        ? (['--legacy-principal', 'migration'] as const)
        : undefined
  if (misplaced !== undefined) {
    const [flag, other] = misplaced
    throw new SentinelError('USAGE', `\`${flag}\` says nothing with pattern \`${pattern}\``, {
      hint: `leave it out, or use --pattern ${other}`,
    })
  }
  // STS, AssumeRole, ExternalId.
  if (externalId === undefined || /^[\w+=,.@:/-]{2,1224}$/.test(externalId)) return
  throw new SentinelError('USAGE', 'the external id is not one that STS accepts', {
    hint: 'use 2 to 1224 letters, digits and `_ + = , . @ : / -`',
  })
}

const oneOrMany = (values: readonly string[]) => (values.length === 1 ? values[0] : values)
