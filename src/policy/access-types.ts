// What travels through the decision about credentials: facts in, questions and their answers, grant or refusal out.

import type { SentinelError } from '../base/index.ts'
import type { Fact } from './decision.ts'
import type { Alternatives } from './rules/alternatives.ts'
import type { CompiledPolicy, Mode, Overridable } from './rules/compiled.ts'
import type { Verdict } from './rules/evaluate.ts'

/** What is known about a request for credentials. */
export type AccessFacts = {
  readonly profile: string
  readonly mode: Mode
  /** Milliseconds since the Unix epoch at which the request is judged. */
  readonly nowMs: number
  /** Whether credentials without a SourceIdentity were accepted knowingly. */
  readonly unstamped: 'refused' | 'accepted'
  /** Where there is something to ask: what is not configured is not asked for. */
  readonly stores: Stores
  /** The caller, by the name that policies match (decision 20). */
  readonly caller: Fact<{ readonly user: string }>
  readonly policy: Fact<{ readonly compiled: CompiledPolicy }>
  /** What the profile would give. */
  readonly target: Fact<Target>
  /** The SourceIdentity that the credentials would carry. */
  readonly stamp: Fact<string>
}

/** Which tables are configured. `session` counts in server mode only, and a rule may name a table of its own. */
export type Stores = { readonly approvals: boolean; readonly breakglass: boolean; readonly session: boolean }

/** What a profile gives: a role that can be stamped, or credentials that cannot and why. */
export type Target =
  | { readonly roleArn: string; readonly durationSeconds: number }
  | { readonly unstampable: string; readonly durationSeconds: number }

/** What the decision may have to know besides: each at most once, and only where it hangs on it (decision 26). */
export type AccessAsk =
  /** The session of the server that asks, in the rule's own table where it names one. */
  | { readonly key: 'session'; readonly table: string | undefined }
  /** An approved request of this caller for this profile. */
  | { readonly key: 'approval' }
  /** A break-glass event of this caller for this profile that is in force. */
  | { readonly key: 'breakglass' }

/** What an ask found. */
export type AccessAnswer =
  | {
      readonly kind: 'session'
      readonly state: 'active' | 'revoked' | 'missing' | 'ended'
      readonly id: string
      readonly by?: string
      readonly reason?: string
    }
  | {
      readonly kind: 'approval'
      readonly found?: {
        readonly id: string
        readonly validUntilMs: number
        readonly singleUse: boolean
        readonly signed: 'unsigned: advisory'
        /** Where it lies: a table's name or ARN, or `local`. */
        readonly table: string
      }
      /** The id of a request that nobody has decided yet. */
      readonly pending?: string
      readonly spent?: Spent
    }
  | {
      readonly kind: 'breakglass'
      readonly found?: {
        readonly id: string
        readonly expiresAtMs: number
        /** The rule that let it be opened. */
        readonly rule: string
        readonly overrides: readonly Overridable[]
        readonly table: string
      }
      /** One that has the place and permits nothing: its row was changed, or nobody can read it. */
      readonly void?: { readonly id: string; readonly because: string }
    }

/** An approval that stands there and cannot be used, and why: a whole phrase for people. */
export type Spent = { readonly id: string; readonly because: string }

/** What was asked so far, by the ask's key. */
export type AccessAnswers = ReadonlyMap<string, Fact<AccessAnswer>>

/** By what credentials are issued although the policy alone refuses them. */
export type Override = {
  readonly kind: 'approval' | 'breakglass'
  readonly id: string
  /** When it is over, and with it every credential that it gave. */
  readonly untilMs: number
  /** What AWS would be asked for if it had no end. */
  readonly wantedSeconds: number
  /** Whether the approval serves once only, and must be consumed before anything is issued. */
  readonly singleUse: boolean
  /** How far an approval can be trusted. */
  readonly signed?: 'unsigned: advisory'
  /** Where it lies: a table's name or ARN, or `local`. */
  readonly table: string
}

/** Leave to issue credentials. */
export type AccessGrant = {
  readonly profile: string
  /** The role to assume; absent when the base credentials are passed on unstamped. */
  readonly roleArn?: string
  /** Present whenever a role is assumed. */
  readonly sourceIdentity?: string
  /** Never more than the rule's `max_server_duration` in server mode, nor than what is left of the override. */
  readonly durationSeconds: number
  /** What the policy said. */
  readonly verdict: Verdict
  /** Present where the policy alone refuses: by what it is issued all the same. */
  readonly override?: Override
}

/** Why credentials were refused. */
export type AccessRefusal =
  /** Something could not be looked up; `verdict` where the policy had spoken by then. */
  | { readonly kind: 'unavailable'; readonly error: SentinelError; readonly verdict?: Verdict }
  /** The policy said so, and nothing that was found goes over it. */
  | {
      readonly kind: 'rule'
      readonly verdict: Verdict
      readonly alternatives: Alternatives
      /** A request for approval that nobody has decided yet. */
      readonly pending?: string
      readonly spent?: Spent
      /** A break-glass event that is open, and does not go over this rule. */
      readonly event?: string
      /** A break-glass event that would be looked at, were its row what was opened. */
      readonly void?: { readonly id: string; readonly because: string }
      /** Whether a break-glass event would open it. */
      readonly breakglass: boolean
    }
  | {
      readonly kind: 'unstamped'
      readonly because: string
      /** What credentials without a stamp would outlast; absent where they could be accepted knowingly. */
      readonly end?: string
      readonly verdict: Verdict
    }
  /** The server's session was taken back, or is not there. */
  | {
      readonly kind: 'session'
      readonly session: Extract<AccessAnswer, { kind: 'session' }>
      readonly verdict: Verdict
    }
  /** Too little of the approval or event is left for credentials that end with it. */
  | { readonly kind: 'ending'; readonly override: Override; readonly verdict: Verdict }
  /** An approval for a single use, which another request took meanwhile. */
  | {
      readonly kind: 'consumed'
      readonly override: Override
      readonly by: string
      readonly verdict: Verdict
    }
