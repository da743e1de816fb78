// The SDK's errors, by their `name` (AWS's error code), as errors of ours with a hint that can be acted on (W26).
// Messages are consulted only where AWS gives several things one code; each place says which.

import { type ErrorCode, type ErrorExtras, printable, SentinelError } from '../base/index.ts'
import type { Connection } from './connection.ts'

/** What was being asked for, for messages and hints. */
export type Operation = {
  readonly service: 'STS' | 'SSM' | 'SSO'
  /** As AWS spells it. */
  readonly name: string
  /** The role, parameter, … that it was about. */
  readonly subject?: string
}

const tryAgain = "try again; if it stays, look up AWS's words in the message, and its health pages"
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
  if (isNetwork(error)) return unreachable(what, connection, error, cause)
  const finding = classify(operation, error)
  if (finding.code === 'SSM_PARAMETER_NOT_FOUND') return missingParameter(operation, connection, cause)
  const about = operation.subject === undefined ? '' : ` for \`${printable(operation.subject)}\``
  const words = answered(error) ? `${error.name}: ${oneLine(error.message)}` : 'the answer cannot be read'
  const hint = finding.hint ?? (answered(error) ? tryAgain : checkTheWay)
  return new SentinelError(finding.code, `${what}${about} failed: ${printable(words)}`, {
    hint,
    cause,
  } satisfies ErrorExtras)
}

// AWS says it without a word of explanation.
function missingParameter({ subject = '' }: Operation, connection: Connection, cause: Error): SentinelError {
  const message = `there is no parameter \`${printable(subject)}\` in SSM in ${connection.region}`
  return new SentinelError('SSM_PARAMETER_NOT_FOUND', message, {
    hint: 'check the name, the region and the account, or make one with `sentinel init bootstrap`',
    cause,
  })
}

/** An answer of 200 that lacks what it must have (W44). */
export function halfAnswer({ service, name }: Operation, missing: string): SentinelError {
  return new SentinelError(`${service}_ERROR`, `${service} ${name} answered without ${missing}`, {
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
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const tls = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code)
  return networkCodes.has(code) || tls || error.name === 'TimeoutError' || error.name === 'ProxyError'
}

function unreachable(what: string, connection: Connection, error: Error, cause: Error): SentinelError {
  const where = connection.endpoint.url ?? `AWS in ${connection.region}`
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  const through = connection.proxy === undefined ? '' : ' through the proxy'
  return new SentinelError('AWS_UNREACHABLE', `${what} could not reach ${where}${through}: ${code}`, {
    hint: 'check the network, the region, HTTPS_PROXY, AWS_CA_BUNDLE and AWS_ENDPOINT_URL',
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

const throttling =
  /^(Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestLimitExceeded|RequestThrottled|RequestThrottledException|SlowDown|PriorRequestNotComplete|BandwidthLimitExceeded|EC2ThrottledException|LimitExceededException|ProvisionedThroughputExceededException|TransactionInProgressException)$/
const skewed =
  /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture|InvalidSignatureException|SignatureDoesNotMatch|AuthFailure)$/
const expired =
  /^(ExpiredToken|ExpiredTokenException|InvalidClientTokenId|UnrecognizedClientException|InvalidToken|InvalidAccessKeyId)$/
const denied = /^(AccessDenied|AccessDeniedException|UnauthorizedAccess|NotAuthorized)$/

function classify(operation: Operation, error: Error): Finding {
  if (!answered(error)) return { code: `${operation.service}_ERROR` }
  // SignatureDoesNotMatch is a wrong secret, or a clock: only the message tells ("Signature expired", "not yet current").
  if (skewed.test(error.name) && /expired|not yet current|skewed/i.test(error.message)) {
    return { code: 'CLOCK_SKEW', hint: 'set the clock of this machine and try again' }
  }
  if (operation.service === 'STS') return stsFinding(operation, error)
  if (operation.service === 'SSM') return ssmFinding(operation, error)
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
    return { code: 'MFA_FAILED', hint: 'wait for the next code of the device and try again' }
  }
  if (denied.test(error.name)) return { code: 'STS_ACCESS_DENIED', hint: stsDeniedHint(operation) }
  // AWS: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role", a ValidationError.
  if (error.name === 'ValidationError' && /DurationSeconds/.test(error.message)) {
    return { code: 'DURATION_INVALID', hint: "ask for less, or raise the role's maximum session duration" }
  }
  return { code: 'STS_ERROR' }
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
