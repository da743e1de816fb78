// What exists in the local AWS, as plain data that tests may look into: accounts, users, roles, keys, SSO sessions, MFA
// devices, parameters, and what CloudTrail wrote down.

import type { PolicyDocument } from './policy-types.ts'
import type { JsonObject } from './wire.ts'

export type User = {
  readonly arn: string
  readonly id: string
  readonly account: string
  readonly name: string
  readonly policy: PolicyDocument
}

export type Role = {
  readonly arn: string
  readonly id: string
  readonly account: string
  readonly name: string
  readonly trust: PolicyDocument
  readonly policy: PolicyDocument
  readonly maxSessionSeconds: number
}

/** Who signs a request, as GetCallerIdentity names it. */
export type Principal = {
  readonly kind: 'root' | 'user' | 'role' | 'federated-user'
  readonly account: string
  readonly arn: string
  readonly id: string
  /** User name, session name, or `root`. */
  readonly name: string
  readonly role?: Role | undefined
  readonly policy: PolicyDocument
}

/** What is known of temporary credentials. */
export type Session = {
  readonly token: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  readonly mfa: boolean
  readonly sourceIdentity?: string | undefined
  readonly policy?: PolicyDocument | undefined
  /** What every later session of the chain is tagged with too. */
  readonly transitiveTags?: ReadonlyMap<string, string> | undefined
}

export type AccessKey = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly principal: Principal
  /** Absent for long-term keys. */
  readonly session?: Session | undefined
}

/** A sign-in at the access portal: its token, whose it is, and which permission sets it may use. */
export type SsoSession = {
  readonly accessToken: string
  readonly userName: string
  readonly expiresAtMs: number
  readonly grants: readonly {
    readonly account: string
    readonly permissionSet: string
    readonly roleArn: string
  }[]
}

/** `codes` are the codes it shows from now on; each is good for one call. */
export type MfaDevice = { readonly serial: string; readonly ownerArn: string; readonly codes: string[] }

export type ParameterVersion = {
  readonly name: string
  readonly value: string
  readonly type: 'String' | 'StringList' | 'SecureString'
  readonly version: number
  readonly tier: 'Standard' | 'Advanced'
  readonly keyId?: string | undefined
  readonly description?: string | undefined
  readonly dataType: string
  readonly allowedPattern?: string | undefined
  readonly tags: ReadonlyMap<string, string>
  readonly modifiedAtMs: number
  readonly modifiedBy: string
}

/** One CloudTrail record, in one account's event history. */
export type TrailRecord = {
  readonly account: string
  readonly region: string
  readonly atMs: number
  readonly userName: string | undefined
  readonly resources: readonly { readonly ResourceType: string; readonly ResourceName: string }[]
  readonly event: JsonObject
}

export type World = {
  readonly users: Map<string, User>
  readonly roles: Map<string, Role>
  /** By access key id. */
  readonly keys: Map<string, AccessKey>
  /** By access token. */
  readonly ssoSessions: Map<string, SsoSession>
  readonly mfaDevices: Map<string, MfaDevice>
  /** By `account/region/name`, oldest version first. */
  readonly parameters: Map<string, ParameterVersion[]>
  /** In the order in which they happened. */
  readonly trail: TrailRecord[]
}
