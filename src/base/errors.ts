// Every failure of the program is a SentinelError with a code of this table. The code is what scripts
// match on; exit status and HTTP status stand beside it so that every door answers alike.
// docs/errors.md has one paragraph for each code; a test keeps the two in step.

/** Every code the program can fail with, its exit status (decision 23) and its HTTP status. */
export const codes = {
  ABANDONED: { exit: 1, http: 503 },
  AWS_UNREACHABLE: { exit: 1, http: 503 },
  CACHE_TAMPERED: { exit: 1, http: 500 },
  CANCELLED: { exit: 1, http: 503 },
  CLOCK_SKEW: { exit: 1, http: 503 },
  COMMAND_NOT_EXECUTABLE: { exit: 126, http: 500 },
  COMMAND_NOT_FOUND: { exit: 127, http: 500 },
  CONFIG_INVALID: { exit: 1, http: 500 },
  CONFIG_MISSING_CREDENTIALS: { exit: 1, http: 500 },
  CONFIG_PROFILE_LOOP: { exit: 1, http: 500 },
  CONFIG_PROFILE_NOT_FOUND: { exit: 1, http: 404 },
  CONFIG_REGION_MISSING: { exit: 1, http: 500 },
  CREDENTIAL_PROCESS_FAILED: { exit: 1, http: 503 },
  CREDENTIAL_PROCESS_RECURSION: { exit: 1, http: 500 },
  DECISION_NOT_FOUND: { exit: 1, http: 404 },
  DURATION_INVALID: { exit: 1, http: 400 },
  ENDPOINT_INSECURE: { exit: 1, http: 500 },
  FILE_UNREADABLE: { exit: 1, http: 500 },
  FILE_UNWRITABLE: { exit: 1, http: 500 },
  IDENTITY_UNSUPPORTED: { exit: 1, http: 403 },
  INTERNAL: { exit: 1, http: 500 },
  KEYS_UNREADABLE: { exit: 1, http: 500 },
  LOCK_TIMEOUT: { exit: 1, http: 503 },
  LOG_BROKEN: { exit: 1, http: 500 },
  LOG_UNREADABLE: { exit: 1, http: 500 },
  LOG_UNWRITABLE: { exit: 1, http: 500 },
  MFA_FAILED: { exit: 1, http: 403 },
  MFA_REQUIRED: { exit: 1, http: 403 },
  NESTED_SESSION: { exit: 1, http: 400 },
  OUTPUT_CLOSED: { exit: 1, http: 503 },
  POLICY_DENIED: { exit: 1, http: 403 },
  POLICY_INVALID: { exit: 1, http: 400 },
  PROJECT_INVALID: { exit: 9, http: 400 },
  SOURCE_IDENTITY_INVALID: { exit: 1, http: 400 },
  SSM_ACCESS_DENIED: { exit: 1, http: 403 },
  SSM_ERROR: { exit: 1, http: 503 },
  SSM_INVALID_PARAMETER: { exit: 1, http: 400 },
  SSM_KMS_ACCESS_DENIED: { exit: 1, http: 403 },
  SSM_PARAMETER_EXISTS: { exit: 1, http: 409 },
  SSM_PARAMETER_NOT_FOUND: { exit: 1, http: 404 },
  SSM_THROTTLED: { exit: 1, http: 503 },
  SSO_ACCESS_DENIED: { exit: 1, http: 403 },
  SSO_ERROR: { exit: 1, http: 503 },
  SSO_EXPIRED_TOKEN: { exit: 1, http: 401 },
  SSO_NO_CREDENTIALS: { exit: 1, http: 401 },
  STS_ACCESS_DENIED: { exit: 1, http: 403 },
  STS_ERROR: { exit: 1, http: 503 },
  STS_EXPIRED_CREDENTIALS: { exit: 1, http: 401 },
  STS_THROTTLED: { exit: 1, http: 503 },
  TERMINAL_REQUIRED: { exit: 1, http: 500 },
  UNSTAMPED: { exit: 1, http: 403 },
  USAGE: { exit: 1, http: 400 },
} as const

/** A stable name of a failure, for scripts. */
export type ErrorCode = keyof typeof codes

/** What may be said of a failure besides its message. */
export type ErrorExtras = {
  /** One imperative sentence that the person can act on, without a final full stop. */
  readonly hint?: string | undefined
  /** Lines that are printed under the message as they are: drawn diagnostics, lists. */
  readonly details?: readonly string[] | undefined
  readonly cause?: unknown
}

/** The world failed, or the input cannot be used. The message is lower case, one line, without a final full stop. */
export class SentinelError extends Error {
  override readonly name = 'SentinelError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly details: readonly string[]

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause })
    this.code = code
    this.hint = extras.hint
    this.details = extras.details ?? []
  }
}

/** The failure as a SentinelError: itself, or a bug wrapped as `INTERNAL` with the cause kept. */
export function asSentinelError(thrown: unknown): SentinelError {
  if (thrown instanceof SentinelError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new SentinelError('INTERNAL', `unexpected failure: ${message.split('\n', 1)[0]}`, {
    hint: 'this is a bug in sentinel; run again with SENTINEL_TRACE=stack and report what it prints',
    cause: thrown,
  })
}

/** Marks a branch that the type checker proves cannot be taken. */
export function unreachable(value: never): never {
  throw new SentinelError('INTERNAL', `unexpected value ${JSON.stringify(value)}`)
}
