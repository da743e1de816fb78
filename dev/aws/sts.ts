// Security Token Service: GetCallerIdentity, AssumeRole, GetSessionToken, as strict as AWS.
// Sources: API_AssumeRole, API_GetSessionToken and API_GetCallerIdentity in the STS API Reference;
// "Monitor and control actions taken with assumed roles" (id_credentials_temp_control-access_monitor) and
// "Compare AWS STS credentials" (id_credentials_sts-comparison) in the IAM User Guide.

import { credentialsOf, issue, trailCredentials } from './issue.ts'
import {
  type Answer,
  accessDenied,
  type Call,
  callerContext,
  identityRefusal,
  type Service,
  type Stage,
} from './service.ts'
import { refuseManagedPolicies, sessionPolicy, sessionTags, transitiveTags } from './session-terms.ts'
import { structure } from './shapes.ts'
import { assumeRoleInput, getSessionTokenInput } from './sts-shapes.ts'
import { evaluatePolicy } from './trust.ts'
import { AwsError, type JsonObject, numberInForm, tagsOf, textOf, textsOf } from './wire.ts'
import { rolePrincipal } from './world.ts'
import type { Role } from './world-types.ts'

/** The local Security Token Service. */
export const sts: Service = {
  protocol: 'query',
  operations: new Map([
    [
      'GetCallerIdentity',
      {
        takes: structure({}),
        run: getCallerIdentity,
        trail: { readOnly: true, requestParameters: () => null },
      },
    ],
    [
      'AssumeRole',
      {
        takes: assumeRoleInput,
        run: assumeRole,
        trail: { readOnly: true, requestParameters: assumeRoleParameters },
      },
    ],
    [
      'GetSessionToken',
      {
        takes: getSessionTokenInput,
        run: getSessionToken,
        trail: { readOnly: true, requestParameters: sessionTokenParameters },
      },
    ],
  ]),
}

/** API_GetCallerIdentity: no permissions are required, and an explicit deny does not take it away. */
function getCallerIdentity(_stage: Stage, call: Call): Answer {
  const { id, account, arn } = call.caller.principal
  return { result: { UserId: id, Account: account, Arn: arn } }
}

function assumeRole(stage: Stage, call: Call): Answer {
  checkRoleArn(call)
  const tags = sessionTags(call)
  refuseManagedPolicies(call)
  const request = {
    roleArn: textOf(call.params, 'RoleArn') ?? '',
    sessionName: textOf(call.params, 'RoleSessionName') ?? '',
    sourceIdentity: textOf(call.params, 'SourceIdentity'),
  }
  refuseUnableCallers(call)
  const mfa = mfaShown(stage, call)
  const role = stage.world.roles.get(request.roleArn)
  // AWS does not tell a role that does not exist from one that may not be assumed.
  if (role === undefined) throw accessDenied(call, 'sts:AssumeRole', request.roleArn)
  const sourceIdentity = sourceIdentityInChain(call, role, request.sourceIdentity)
  for (const action of actionsNeeded(call, sourceIdentity)) askBothSides(stage, call, role, action, mfa)
  const seconds = roleSessionSeconds(call, role)
  const principal = rolePrincipal(role, request.sessionName)
  const policy = sessionPolicy(call)
  const key = issue(stage, call, principal, {
    seconds,
    // id_credentials_mfa_configure-api-require: what AssumeRole returns tells nobody of the MFA that was shown for it.
    mfa: false,
    sourceIdentity,
    policy,
    transitiveTags: transitiveTags(call, tags),
  })
  const user = { AssumedRoleId: principal.id, Arn: principal.arn }
  return {
    result: {
      Credentials: credentialsOf(key),
      AssumedRoleUser: user,
      PackedPolicySize: policy === undefined ? undefined : 1,
      SourceIdentity: sourceIdentity,
    },
    responseElements: {
      credentials: trailCredentials(key),
      assumedRoleUser: { assumedRoleId: user.AssumedRoleId, arn: user.Arn },
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    },
    resources: [
      { ResourceType: 'AWS::IAM::AccessKey', ResourceName: key.accessKeyId },
      { ResourceType: 'AWS::STS::AssumedRole', ResourceName: user.Arn },
      { ResourceType: 'AWS::IAM::Role', ResourceName: role.arn },
    ],
    alsoIn: role.account === call.caller.principal.account ? undefined : role.account,
  }
}

function checkRoleArn(call: Call): void {
  const arn = textOf(call.params, 'RoleArn') ?? ''
  if (/^arn:aws(-cn|-us-gov)?:iam::\d{12}:role\/.+$/.test(arn)) return
  throw new AwsError('ValidationError', `${arn} is invalid`)
}

/** "Compare AWS STS credentials": root cannot assume roles; a federated user's only STS call is GetCallerIdentity. */
function refuseUnableCallers(call: Call): void {
  if (call.caller.principal.kind === 'root') {
    throw new AwsError('AccessDenied', 'Roles may not be assumed by root accounts.', 403)
  }
  if (call.caller.principal.kind === 'federated-user') {
    throw new AwsError('AccessDenied', `Cannot call ${call.action} with federated user credentials`, 403)
  }
}

/** Whether the call shows MFA: by a code of its own, or by the session that it is made with. */
function mfaShown(stage: Stage, call: Call): boolean {
  const serial = textOf(call.params, 'SerialNumber')
  const code = textOf(call.params, 'TokenCode')
  if (serial === undefined && code === undefined) return call.caller.session?.mfa === true
  const device = stage.world.mfaDevices.get(serial ?? '')
  if (device === undefined || device.ownerArn !== call.caller.principal.arn || code === undefined) {
    throw new AwsError(
      'AccessDenied',
      'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
      403,
    )
  }
  const at = device.codes.indexOf(code)
  if (at === -1) {
    throw new AwsError(
      'AccessDenied',
      'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
      403,
    )
  }
  // RFC 6238 5.2: a code is not accepted a second time. AWS keeps to it; its reference does not say so.
  device.codes.splice(at, 1)
  return true
}

/**
 * id_credentials_temp_control-access_monitor: the value persists along a chain and cannot be changed. A session
 * that has one passes it on whether or not the call repeats it.
 */
function sourceIdentityInChain(call: Call, role: Role, sent: string | undefined): string | undefined {
  const set = call.caller.session?.sourceIdentity
  if (set !== undefined && sent !== undefined && sent !== set) {
    throw accessDenied(call, 'sts:SetSourceIdentity', role.arn)
  }
  return set ?? sent
}

/**
 * The permission-only actions that a call needs besides its own. When a role assumes a role, a source identity
 * that is already set needs sts:SetSourceIdentity again (same page, "Permissions required to set source identity").
 */
function actionsNeeded(call: Call, sourceIdentity: string | undefined): readonly string[] {
  // boto3 sends an empty list as an empty text: nothing is tagged by it. What is inherited tags the session too
  // (id_session-tags, "Chaining roles with session tags").
  const tagged = Array.isArray(call.params.Tags) || (call.caller.session?.transitiveTags?.size ?? 0) > 0
  return [
    'sts:AssumeRole',
    ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
    ...(tagged ? ['sts:TagSession'] : []),
  ]
}

/**
 * Trust policy and caller's policies must both allow. Within one account a trust policy that names the caller
 * stands in for those ("Cross-account resource access in IAM" and "Policy evaluation logic"), except that a role
 * needs sts:SetSourceIdentity in both.
 */
function askBothSides(stage: Stage, call: Call, role: Role, action: string, mfa: boolean): void {
  const { caller } = call
  const context = callerContext(caller)
  const add = (key: string, value: string | undefined) => value !== undefined && context.set(key, value)
  add('sts:rolesessionname', textOf(call.params, 'RoleSessionName'))
  // reference_policies_iam-condition-keys: sts:SourceIdentity is there when this call sets one, not when it is
  // inherited (that is aws:SourceIdentity).
  add('sts:sourceidentity', textOf(call.params, 'SourceIdentity'))
  add('sts:externalid', textOf(call.params, 'ExternalId'))
  if (mfa) context.set('aws:multifactorauthpresent', 'true')
  const question = { action, resource: role.arn, context }
  const trust = evaluatePolicy(role.trust, { ...question, principal: caller.principal }, stage.report)
  if (trust.effect === 'deny') {
    throw accessDenied(call, action, role.arn, 'with an explicit deny in a resource-based policy')
  }
  if (trust.effect === 'none') throw accessDenied(call, action, role.arn)
  const sameAccount = role.account === caller.principal.account
  const needsBoth = action === 'sts:SetSourceIdentity' && caller.principal.kind === 'role'
  const named = sameAccount && !needsBoth ? trust.named : 'nobody'
  const own = identityRefusal(stage, caller, question, named)
  if (own !== undefined) throw accessDenied(call, action, role.arn, own)
}

/** API_AssumeRole: default 3600; at most the role's own maximum; at most one hour when a role assumes a role. */
function roleSessionSeconds(call: Call, role: Role): number {
  const seconds = numberInForm(call.params, 'DurationSeconds') ?? 3600
  if (call.caller.principal.kind === 'role' && seconds > 3600) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  }
  if (seconds > role.maxSessionSeconds) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    )
  }
  return seconds
}

/** API_GetSessionToken: 900 to 129600 seconds, default 43200; root at most 3600. */
function getSessionToken(stage: Stage, call: Call): Answer {
  const { principal, session } = call.caller
  // Long-term credentials only.
  if (session !== undefined) {
    throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', 403)
  }
  const asked = numberInForm(call.params, 'DurationSeconds') ?? 43200
  const seconds = principal.kind === 'root' ? Math.min(asked, 3600) : asked
  const key = issue(stage, call, principal, { seconds, mfa: mfaShown(stage, call) })
  return {
    result: { Credentials: credentialsOf(key) },
    responseElements: { credentials: trailCredentials(key) },
  }
}

function assumeRoleParameters(call: Call): JsonObject {
  const names = ['RoleArn', 'RoleSessionName', 'SourceIdentity', 'ExternalId', 'SerialNumber', 'Policy']
  return { ...textParameters(call, names), ...durationParameter(call), ...tagParameters(call) }
}

/** id_session-tags and cloudtrail-integration, in their samples of events. */
function tagParameters(call: Call): JsonObject {
  const incoming = call.caller.session?.transitiveTags
  const tags = tagsOf(call.params)
  const keys = textsOf(call.params, 'TransitiveTagKeys')
  return {
    ...(incoming === undefined || incoming.size === 0
      ? {}
      : { incomingTransitiveTags: Object.fromEntries(incoming) }),
    ...(tags.length === 0 ? {} : { tags: tags.map(([key, value]) => ({ key, value })) }),
    ...(keys.length === 0 ? {} : { transitiveTagKeys: keys }),
  }
}

function sessionTokenParameters(call: Call): JsonObject {
  return { ...textParameters(call, ['SerialNumber']), ...durationParameter(call) }
}

function textParameters(call: Call, names: readonly string[]): JsonObject {
  const sent = names.flatMap((name) => {
    const value = textOf(call.params, name)
    return value === undefined ? [] : [[name.charAt(0).toLowerCase() + name.slice(1), value]]
  })
  return Object.fromEntries(sent)
}

function durationParameter(call: Call): JsonObject {
  const seconds = numberInForm(call.params, 'DurationSeconds')
  return seconds === undefined ? {} : { durationSeconds: seconds }
}
