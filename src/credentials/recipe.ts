// A recipe says how a profile's credentials come about: plain data, without a secret, made from the config files and
// the environment alone (planner.ts). Its fingerprint stands for all of it in the keys of the cache.

import type { ConnectionFacts, ConnectionSettings, ForeignEndpoints } from '../aws/index.ts'
import type { Asked } from './durations.ts'
import type { Base, Hop } from './sources.ts'

/** What was asked for on the command line. */
export type RecipeRequest = {
  readonly profile: string
  readonly region?: string | undefined
  /** `--duration`, in seconds. */
  readonly durationSeconds?: number | undefined
  /** Whether long-term keys without a role are exchanged for a session, or handed out as they are (`--no-session`). */
  readonly userSession: 'fetched' | 'skipped'
  readonly foreignEndpoints: ForeignEndpoints
}

/** One role of a recipe. */
export type RecipeHop = Omit<Hop, 'duration'> & { readonly asked: Asked }

/** How the credentials of a profile come about. */
export type Recipe = {
  readonly profile: string
  readonly region: string
  readonly base: Base
  /** The MFA device of the base profile's user, where the base itself needs a session with MFA. */
  readonly baseMfaSerial?: string
  readonly hops: readonly RecipeHop[]
  /** Whether they can carry a SourceIdentity, and for how many seconds they are asked for. */
  readonly target:
    | { readonly roleArn: string; readonly durationSeconds: number }
    | { readonly unstampable: string; readonly durationSeconds: number }
  /** Why AWS allows one hour only, as far as the config tells. */
  readonly chaining?: string
  readonly userSession: 'fetched' | 'skipped'
  /** Seconds of a GetSessionToken session that is handed out, and of one with MFA that roles are assumed with. */
  readonly sessionSeconds: number
  readonly mfaSessionSeconds: number
  /** Cached credentials are served while at least so many seconds are left. */
  readonly minRemainingSeconds: number
  readonly settings: ConnectionSettings
  /** What is not AWS's own about the way to each service: what the keys of the cache name. */
  readonly ways: {
    readonly sts: ConnectionFacts
    readonly ssm: ConnectionFacts
    readonly sso?: ConnectionFacts
    readonly dynamodb?: ConnectionFacts
  }
  /** The same of all services together, and the regions: what the record names. */
  readonly named: Readonly<Record<'region' | 'endpoint' | 'ca' | 'proxy', readonly string[]>>
  /** 64 lower-case hex: SHA-256 over all of the above that determines what comes out. */
  readonly fingerprint: string
  /** Sentences about what is odd and yet usable. */
  readonly warnings: readonly string[]
}

/** A profile that was found and understood. */
export type Planned = {
  readonly recipe: Recipe
  /** What is odd in the config files and in the profile, and yet usable. */
  readonly warnings: readonly string[]
  /** Names the base credentials without telling them, where they are keys in a file. */
  readonly baseName?: string
}
