import type { Clock, Secret } from '../base/index.ts'

/** Environment variables, as an argument. */
export type Env = Readonly<Record<string, string | undefined>>

/** Keys that AWS accepts. Long-term ones have no session token and do not expire. */
export type AwsCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly sessionToken?: Secret
  /** Milliseconds since the Unix epoch. */
  readonly expiresAtMs?: number
  /** Twelve digits, where the source of the credentials said so. */
  readonly accountId?: string
}

/** What every call needs. */
export type CallDeps = {
  readonly clock: Clock
  /** Aborting it ends the call with CANCELLED. */
  readonly signal: AbortSignal
}

/** The services that this room calls. */
export type ServiceName = 'sts' | 'ssm' | 'sso' | 'dynamodb'

/** Who the credentials belong to, as STS says it. */
export type CallerIdentity = {
  readonly arn: string
  readonly accountId: string
  readonly userId: string
}

/** An AssumeRole call. What is absent is not sent. */
export type AssumeRoleRequest = {
  readonly roleArn: string
  readonly roleSessionName: string
  /** 900 to 43200. */
  readonly durationSeconds: number
  readonly sourceIdentity?: string
  readonly externalId?: string
  readonly mfa?: MfaCode
}

/** A GetSessionToken call. */
export type SessionTokenRequest = {
  /** 900 to 129600. */
  readonly durationSeconds: number
  readonly mfa?: MfaCode
}

/** A code that an MFA device showed. */
export type MfaCode = { readonly serialNumber: string; readonly code: string }

/** Temporary credentials, and the clock of who issued them. */
export type Session = {
  readonly credentials: AwsCredentials & { readonly sessionToken: Secret; readonly expiresAtMs: number }
  /** Milliseconds since the Unix epoch, from the answer's `Date`. */
  readonly serverTimeMs: number | undefined
}

/** A parameter of SSM, decrypted. */
export type Parameter = {
  readonly name: string
  readonly value: string
  /** Counts from 1. */
  readonly version: number
  readonly serverTimeMs: number | undefined
}

/** A parameter to write. It must not exist yet. */
export type NewParameter = {
  readonly name: string
  readonly value: string
  readonly type: 'String' | 'SecureString'
  readonly description?: string
}

/** Whose credentials to fetch from the portal of IAM Identity Center. */
export type SsoRoleRequest = {
  readonly accessToken: Secret
  readonly accountId: string
  readonly roleName: string
}
