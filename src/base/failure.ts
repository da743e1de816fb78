// The one class of our failures. Its codes, with what they mean to a shell and to HTTP, stand in errors.ts: a run that
// succeeds never looks at them.

import type { ErrorCode } from './errors.ts'

/** What may be said of a failure besides its message. */
export type ErrorExtras = {
  /** One imperative sentence that the person can act on, without a final full stop. */
  readonly hint?: string | undefined
  /** Lines that are printed under the message as they are: drawn diagnostics, lists. */
  readonly details?: readonly string[] | undefined
  /** The same for programs, which get it as JSON instead of the lines. */
  readonly errors?: readonly unknown[] | undefined
  /** What logs are told instead of the message, where that quotes what was sent and may be a secret. */
  readonly forLogs?: string | undefined
  readonly cause?: unknown
}

/** The world failed, or the input cannot be used. The message is lower case, one line, without a final full stop. */
export class SentinelError extends Error {
  override readonly name = 'SentinelError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly details: readonly string[]
  readonly errors: readonly unknown[] | undefined
  readonly forLogs: string

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause })
    this.code = code
    this.hint = extras.hint
    this.details = extras.details ?? []
    this.errors = extras.errors
    this.forLogs = extras.forLogs ?? message
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
