// The SDK's errors, by their `name` (AWS's error code), as errors of ours with a hint that can be acted on (W26).
// Messages are consulted only where AWS gives several things one code; each place says which.

import { type ErrorCode, type ErrorExtras, printable, SentinelError } from '../base/index.ts'
import type { Connection } from './connection.ts'

/** What was being asked for, for messages and hints. */
export type Operation = {
  readonly service: 'STS' | 'SSM' | 'SSO' | 'DynamoDB'
  /** As AWS spells it. */
  readonly name: string
  /** The role, parameter, table, … that it was about. */
  readonly subject?: string
}

const tryAgain = "try again; if it stays, look up AWS's words in the message, and its health pages"
const sameAgain = "look up AWS's words in the message: the same request is refused again"
const checkTheWay = 'check that the endpoint and any proxy on the way are what they should be'

type Finding = { readonly code: ErrorCode; readonly hint?: string }

/** What was thrown during a call, as a SentinelError. Never throws. */
export function awsFailure(operation: Operation, connection: Connection, thrown: unknown): SentinelError {
  if (thrown instanceof SentinelError) return thrown
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const cause = withoutRequest(error)
  const what = `${operation.service} ${operation.name}`
  if (error.name === 'AbortError') {
    return new SentinelError('CANCELLED', `${what} was cancelled`, { cause })
  }
  if (isNetwork(error)) return unreachable(operation, connection, error, cause)
  const finding = classify(operation, error)
  if (finding.code === 'STORE_NOT_FOUND') return missingTable(operation, connection, cause)
  if (finding.code === 'SSM_PARAMETER_NOT_FOUND') return missingParameter(operation, connection, cause)
  const about = operation.subject === undefined ? '' : ` for \`${printable(operation.subject)}\``
  const words = answered(error) ? `${error.name}: ${oneLine(error.message)}` : 'the answer cannot be read'
  const hint = finding.hint ?? (answered(error) ? (isFinal(error) ? sameAgain : tryAgain) : checkTheWay)
  return new SentinelError(finding.code, `${what}${about} failed: ${printable(words)}`, {
    hint,
    cause,
  } satisfies ErrorExtras)
}

// AWS says it without a word of explanation.
function missingParameter({ subject = '' }: Operation, connection: Connection, cause: Error): SentinelError {
  const message = `there is no parameter \`${printable(subject)}\` in SSM in ${connection.region}`
  return new SentinelError('SSM_PARAMETER_NOT_FOUND', message, {
    hint: 'check the name, the region and the account',
    cause,
  })
}

function missingTable({ subject = '' }: Operation, connection: Connection, cause: Error): SentinelError {
  const message = `there is no table \`${printable(subject)}\` in DynamoDB in ${connection.region}, or it lacks an index`
  return new SentinelError('STORE_NOT_FOUND', message, {
    hint: 'check the name, the region and the account',
    cause,
  })
}

/** What a failure is that nothing better is known of. */
const unexplained = {
  STS: 'STS_ERROR',
  SSM: 'SSM_ERROR',
  SSO: 'SSO_ERROR',
  DynamoDB: 'STORE_UNAVAILABLE',
} as const satisfies Record<Operation['service'], ErrorCode>

/** An answer of 200 that lacks what it must have (W44). */
export function halfAnswer({ service, name }: Operation, missing: string): SentinelError {
  return new SentinelError(unexplained[service], `${service} ${name} answered without ${missing}`, {
    hint: checkTheWay,
  })
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
])

function isNetwork(error: Error): boolean {
  const code = codeOf(error) ?? ''
  const tls = /^ERR_(?:SSL|TLS)_/.test(code) || unproven.test(code)
  return networkCodes.has(code) || tls || error.name === 'TimeoutError' || error.name === 'ProxyError'
}

/** Whoever answered could not prove to be AWS. */
const unproven = /^(?:ERR_TLS_CERT_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined

function unreachable(
  { service, name }: Operation,
  connection: Connection,
  error: Error,
  cause: Error,
): SentinelError {
  const what = `${service} ${name}`
  const nobody = service === 'DynamoDB' ? 'STORE_UNAVAILABLE' : 'AWS_UNREACHABLE'
  const where = connection.endpoint.url ?? `AWS in ${connection.region}`
  const code = codeOf(error) ?? error.name
  const through = connection.proxy === undefined ? '' : ' through the proxy'
  return new SentinelError(nobody, `${what} could not reach ${where}${through}: ${code}`, {
    hint: unproven.test(code)
      ? 'find out who answered: if a proxy of your company did, name the authority that signs for it in AWS_CA_BUNDLE'
      : 'check the network, the region, HTTPS_PROXY, AWS_CA_BUNDLE and AWS_ENDPOINT_URL',
    cause,
  })
}

// The SDK's errors hold the whole exchange, session tokens in its headers included: only the words are kept.
function withoutRequest(error: Error): Error {
  const kept = new Error(error.message)
  kept.name = error.name
  if (error.stack !== undefined) kept.stack = error.stack
  return kept
}

/** Whether AWS said it: the SDK then knows the status; what it could not read has none of AWS's names. */
const answered = (error: Error) => '$fault' in error

/** Whether AWS refuses the request itself, and not this time only. */
function isFinal(error: Error): boolean {
  const { httpStatusCode = 0 } =
    (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata ?? {}
  return httpStatusCode >= 400 && httpStatusCode < 500
}

const throttling =
  /^(Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestLimitExceeded|RequestThrottled|RequestThrottledException|SlowDown|PriorRequestNotComplete|BandwidthLimitExceeded|EC2ThrottledException|LimitExceededException|ProvisionedThroughputExceededException|TransactionInProgressException)$/
const skewed =
  /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture|InvalidSignatureException|SignatureDoesNotMatch|AuthFailure)$/
const expired =
  /^(ExpiredToken|ExpiredTokenException|InvalidClientTokenId|UnrecognizedClientException|InvalidToken|InvalidAccessKeyId)$/
const denied = /^(AccessDenied|AccessDeniedException|UnauthorizedAccess|NotAuthorized)$/

function classify(operation: Operation, error: Error): Finding {
  if (!answered(error)) return { code: unexplained[operation.service] }
  // SignatureDoesNotMatch is a wrong secret, or a clock: only the message tells ("Signature expired", "not yet current").
  if (skewed.test(error.name) && /expired|not yet current|skewed/i.test(error.message)) {
    return { code: 'CLOCK_SKEW', hint: 'set the clock of this machine and try again' }
  }
  if (operation.service === 'STS') return stsFinding(operation, error)
  if (operation.service === 'SSM') return ssmFinding(operation, error)
  if (operation.service === 'DynamoDB') return dynamodbFinding(operation, error)
  return ssoFinding(error)
}

function stsFinding(operation: Operation, error: Error): Finding {
  if (throttling.test(error.name)) return { code: 'STS_THROTTLED', hint: 'wait a little and try again' }
  if (expired.test(error.name)) {
    return {
      code: 'STS_EXPIRED_CREDENTIALS',
      hint: 'get new base credentials: these have expired or are not valid',
    }
  }
  if (error.name === 'SignatureDoesNotMatch') {
    return { code: 'STS_EXPIRED_CREDENTIALS', hint: 'check the secret access key of the base credentials' }
  }
  // AWS: "MultiFactorAuthentication failed with invalid MFA one time pass code" has the code AccessDenied.
  if (denied.test(error.name) && /MultiFactorAuthentication failed/i.test(error.message)) {
    // "… unable to validate MFA code. Please verify your MFA serial number is valid and associated with this user."
    return /serial number/i.test(error.message)
      ? {
          code: 'MFA_FAILED',
          hint: 'check `mfa_serial` or --mfa-serial: AWS knows no such device of this user',
        }
      : { code: 'MFA_FAILED', hint: 'wait for the next code of the device and try again' }
  }
  if (denied.test(error.name)) return { code: 'STS_ACCESS_DENIED', hint: stsDeniedHint(operation) }
  // AWS: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role", a ValidationError.
  if (error.name === 'ValidationError' && /DurationSeconds/.test(error.message)) {
    return { code: 'DURATION_INVALID', hint: "ask for less, or raise the role's maximum session duration" }
  }
  // A serial number that is none, or a code that is no six digits; and calls that an endpoint does not have.
  if (error.name === 'ValidationError' && /serialNumber|tokenCode/i.test(error.message)) {
    return {
      code: 'MFA_FAILED',
      hint: 'give the ARN of your device with --mfa-serial, and the six digits it shows',
    }
  }
  return { code: 'STS_ERROR', ...hintOfUnknown(operation, error) }
}

/** For a call that the endpoint does not have. */
function hintOfUnknown({ name }: Operation, error: Error): Pick<Finding, 'hint'> {
  return /^(?:InvalidAction|UnknownOperationException|UnsupportedOperation|NotImplemented)/.test(error.name)
    ? { hint: `use an endpoint that has ${name}: AWS_ENDPOINT_URL may name another` }
    : {}
}

const stsDeniedHint = ({ name }: Operation): string =>
  name === 'AssumeRole'
    ? 'allow sts:AssumeRole and sts:SetSourceIdentity to the caller in its own policy and in the trust policy of the role, and check that the base credentials carry no other SourceIdentity'
    : `allow sts:${name} to the caller`

function ssmFinding(operation: Operation, error: Error): Finding {
  if (throttling.test(error.name)) return { code: 'SSM_THROTTLED', hint: 'wait a little and try again' }
  if (expired.test(error.name)) {
    return {
      code: 'STS_EXPIRED_CREDENTIALS',
      hint: 'get new credentials: these have expired or are not valid',
    }
  }
  if (error.name === 'ParameterNotFound' || error.name === 'ParameterVersionNotFound') {
    return { code: 'SSM_PARAMETER_NOT_FOUND' }
  }
  if (error.name === 'ParameterAlreadyExists')
    return { code: 'SSM_PARAMETER_EXISTS', hint: 'look at what is there before you replace it' }
  // SSM passes on what KMS says: as InvalidKeyId, or as AccessDeniedException with KMS in the message.
  const kms = /kms/i.test(error.message)
  if (error.name === 'InvalidKeyId' || (denied.test(error.name) && kms)) {
    return { code: 'SSM_KMS_ACCESS_DENIED', hint: 'allow kms:Decrypt with the key of the parameter' }
  }
  if (denied.test(error.name)) {
    return { code: 'SSM_ACCESS_DENIED', hint: `allow ssm:${operation.name} on the parameter to the caller` }
  }
  const invalid = error.name === 'ValidationException' || error.name === 'ParameterPatternMismatchException'
  return {
    code:
      invalid || error.name === 'HierarchyLevelLimitExceededException'
        ? 'SSM_INVALID_PARAMETER'
        : 'SSM_ERROR',
  }
}

function dynamodbFinding(operation: Operation, error: Error): Finding {
  // Backups of a table that was just made are not there for a moment.
  if (throttling.test(error.name) || error.name === 'ContinuousBackupsUnavailableException') {
    return { code: 'STORE_THROTTLED', hint: 'wait a little and try again' }
  }
  if (expired.test(error.name)) {
    return {
      code: 'STS_EXPIRED_CREDENTIALS',
      hint: 'get new credentials: these have expired or are not valid',
    }
  }
  if (denied.test(error.name)) {
    return {
      code: 'STORE_ACCESS_DENIED',
      hint: `allow dynamodb:${operation.name} on the table and its indexes to the caller, or choose other credentials with --aws-profile`,
    }
  }
  if (isConflict(error)) {
    return { code: 'STORE_CONFLICT', hint: 'look at it as it is now, and try again' }
  }
  // An index that is not there is a ValidationException: "The table does not have the specified index: gsi-status".
  const noIndex =
    error.name === 'ValidationException' && /does not have the specified index/i.test(error.message)
  // The calls about backups have a name of their own for it.
  const noTable = error.name === 'ResourceNotFoundException' || error.name === 'TableNotFoundException'
  if (noTable || noIndex) return { code: 'STORE_NOT_FOUND' }
  return { code: 'STORE_UNAVAILABLE', ...hintOfUnknown(operation, error) }
}

/** Whether somebody else was first. A transaction that was cancelled says why for each of its items. */
function isConflict(error: Error): boolean {
  const conflicts = ['ConditionalCheckFailed', 'TransactionConflict']
  if (error.name !== 'TransactionCanceledException') {
    return (
      conflicts.some((name) => error.name === `${name}Exception`) || error.name === 'ResourceInUseException'
    )
  }
  const reasons = 'CancellationReasons' in error ? error.CancellationReasons : []
  return (
    Array.isArray(reasons) &&
    reasons.some((reason: { readonly Code?: string }) => conflicts.includes(reason.Code ?? ''))
  )
}

function ssoFinding(error: Error): Finding {
  if (error.name === 'UnauthorizedException') return { code: 'SSO_EXPIRED_TOKEN' }
  if (error.name === 'ForbiddenException' || denied.test(error.name)) {
    return {
      code: 'SSO_ACCESS_DENIED',
      hint: 'check sso_account_id and sso_role_name, and that the role is assigned to you',
    }
  }
  if (throttling.test(error.name)) return { code: 'SSO_ERROR', hint: 'wait a little and try again' }
  return { code: 'SSO_ERROR' }
}

const oneLine = (text: string) => (text === '' ? 'no message' : text.split('\n', 1)[0]) ?? ''
