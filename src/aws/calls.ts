// The calls of this room's face. Each loads its SDK client when it is first used, one chunk per service: the path
// that serves cached credentials comes through here and must load none (decision 12).

import type { Connection } from './connection.ts'
import type { DynamoDb, DynamoDbDeps } from './dynamodb.ts'
import type {
  AssumeRoleRequest,
  AwsCredentials,
  CallDeps,
  CallerIdentity,
  NewParameter,
  Parameter,
  Session,
  SessionTokenRequest,
  SsoRoleRequest,
} from './types.ts'

/**
 * Who the credentials belong to (STS GetCallerIdentity).
 *
 * @throws SentinelError STS_ERROR, STS_EXPIRED_CREDENTIALS, STS_ACCESS_DENIED, STS_THROTTLED, AWS_UNREACHABLE,
 * CLOCK_SKEW, CANCELLED, FILE_UNREADABLE
 */
export async function callerIdentity(
  deps: CallDeps,
  connection: Connection,
  credentials: AwsCredentials,
): Promise<CallerIdentity & { readonly serverTimeMs: number | undefined }> {
  return (await import('./sts.ts')).getCallerIdentity(deps, connection, credentials)
}

/**
 * A session of a role (STS AssumeRole). Nothing is checked beforehand: that is for `credentials`.
 *
 * @throws SentinelError as callerIdentity; MFA_FAILED, and DURATION_INVALID when the role allows less
 */
export async function assumeRole(
  deps: CallDeps,
  connection: Connection,
  credentials: AwsCredentials,
  request: AssumeRoleRequest,
): Promise<Session> {
  return (await import('./sts.ts')).doAssumeRole(deps, connection, credentials, request)
}

/**
 * A session of the user himself (STS GetSessionToken).
 *
 * @throws SentinelError as callerIdentity; MFA_FAILED
 */
export async function getSessionToken(
  deps: CallDeps,
  connection: Connection,
  credentials: AwsCredentials,
  request: SessionTokenRequest,
): Promise<Session> {
  return (await import('./sts.ts')).doGetSessionToken(deps, connection, credentials, request)
}

/**
 * A parameter of SSM, decrypted.
 *
 * @throws SentinelError SSM_PARAMETER_NOT_FOUND, SSM_ACCESS_DENIED, SSM_KMS_ACCESS_DENIED, SSM_INVALID_PARAMETER,
 * SSM_THROTTLED, SSM_ERROR, STS_EXPIRED_CREDENTIALS, AWS_UNREACHABLE, CLOCK_SKEW, CANCELLED, FILE_UNREADABLE
 */
export async function getParameter(
  deps: CallDeps,
  connection: Connection,
  credentials: AwsCredentials,
  name: string,
): Promise<Parameter> {
  return (await import('./ssm.ts')).readParameter(deps, connection, credentials, name)
}

/**
 * Writes a parameter that does not exist yet.
 *
 * @throws SentinelError as getParameter; SSM_PARAMETER_EXISTS
 */
export async function putParameter(
  deps: CallDeps,
  connection: Connection,
  credentials: AwsCredentials,
  parameter: NewParameter,
): Promise<{ readonly version: number }> {
  return (await import('./ssm.ts')).createParameter(deps, connection, credentials, parameter)
}

/**
 * Credentials of a role of IAM Identity Center, for whoever is logged in there.
 *
 * @throws SentinelError SSO_EXPIRED_TOKEN, SSO_ACCESS_DENIED, SSO_ERROR, AWS_UNREACHABLE, CANCELLED, FILE_UNREADABLE
 */
export async function ssoRoleCredentials(
  deps: CallDeps,
  connection: Connection,
  request: SsoRoleRequest,
): Promise<Session> {
  return (await import('./sso.ts')).readRoleCredentials(deps, connection, request)
}

/**
 * DynamoDB, as some credentials reach it. Nobody is called yet; connections are kept until `close`. Each call ends within
 * `timeoutMs`; after one that failed so, a write may have happened or not.
 *
 * @throws SentinelError, from each call: STORE_NOT_FOUND, STORE_ACCESS_DENIED, STORE_THROTTLED, STORE_UNAVAILABLE,
 * STORE_CONFLICT where a condition was not met, STS_EXPIRED_CREDENTIALS, CLOCK_SKEW, CANCELLED, FILE_UNREADABLE
 */
export async function openDynamoDb(deps: DynamoDbDeps, connection: Connection): Promise<DynamoDb> {
  return (await import('./dynamodb.ts')).makeDynamoDb(deps, connection)
}
