// What travels through the corridor when credentials are asked for: all plain data.

import type {
  AccessAnswer,
  AccessAsk,
  AccessFacts,
  AccessGrant,
  AccessRefusal,
  CompiledApprovalPolicy,
  CompiledBreakglassPolicy,
  CompiledPolicy,
  CompiledRateLimitPolicy,
  Fact,
  Mode,
  Stores,
} from '../policy/index.ts'
import type { Door } from './pass.ts'

/** One request for credentials. */
export type CredentialRequest = {
  readonly requestId: string
  readonly profile: string
  readonly mode: Mode
  /** Where the policy is looked for: an SSM parameter's name, or a file's path. */
  readonly policyPath: string
  /** Whether credentials without a SourceIdentity are accepted knowingly. */
  readonly unstamped: 'refused' | 'accepted'
  /** Which tables are configured. */
  readonly stores: Stores
}

/** Who asks, as AWS named them. */
export type Caller = {
  /** The name that policies match (decision 20). */
  readonly user: string
  readonly arn: string
  readonly accountId: string
}

/** What each kind of document is once it is compiled. */
export type CompiledOf = {
  readonly policy: CompiledPolicy
  readonly approval: CompiledApprovalPolicy
  readonly breakglass: CompiledBreakglassPolicy
  readonly ratelimit: CompiledRateLimitPolicy
}

/** A policy, ready to be evaluated, and where it came from. */
export type LoadedPolicy<Compiled = CompiledPolicy> = {
  readonly compiled: Compiled
  /** The SSM parameter's name, or the file's path. */
  readonly path: string
  /** The parameter's version; absent for a file. */
  readonly version?: number
  /** Lower-case hex over the policy's text. */
  readonly sha256: string
}

/** Credentials that were issued, or served again from the cache. */
export type Issued<Credentials> = {
  readonly credentials: Credentials
  readonly accessKeyId: string
  readonly expiresAtMs?: number
  /** The request whose id the credentials are stamped with. */
  readonly issuedBy: string
  readonly served: 'fresh' | 'cache'
  readonly sourceIdentity?: string
  readonly roleArn?: string
  readonly durationSeconds?: number
}

/** The facts of a request, with what the record needs besides what the decision needs. */
export type CredentialFacts = Omit<AccessFacts, 'caller' | 'policy'> & {
  readonly caller: Fact<Caller>
  readonly policy: Fact<LoadedPolicy>
}

/** The types of the credential door. */
export interface CredentialDoor<Credentials = unknown> extends Door {
  request: CredentialRequest
  facts: CredentialFacts
  ask: AccessAsk
  answer: AccessAnswer
  grant: AccessGrant
  why: AccessRefusal
  result: Issued<Credentials>
}
