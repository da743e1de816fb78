// What a role of any auth method says about the tokens of those who log in with it (spec/vault.md 5.5, `token_*`), and
// the token that a login makes of it.

import { SentinelError } from '../base/index.ts'
import { type Limits, lifetimeOf } from './lifetime.ts'
import type { Planned } from './plan.ts'
import { policyNames, unassignable, withDefault } from './policy-names.ts'
import type { TokenType } from './roles.ts'

/** 0 and empty mean that nothing is said. */
export type TokenSettings = {
  readonly ttlSeconds: number
  /** No renewal goes beyond it; a periodic token is not bound by it. */
  readonly maxSeconds: number
  readonly policies: readonly string[]
  readonly boundCidrs: readonly string[]
  /** No renewal of any token goes beyond it. */
  readonly explicitMaxSeconds: number
  readonly noDefaultPolicy: boolean
  readonly numUses: number
  readonly periodSeconds: number
  /** `default` is what the mount says. */
  readonly type: 'default' | TokenType
}

/** Settings of which nothing was said. */
export const plainSettings: TokenSettings = {
  ttlSeconds: 0,
  maxSeconds: 0,
  policies: [],
  boundCidrs: [],
  explicitMaxSeconds: 0,
  noDefaultPolicy: false,
  numUses: 0,
  periodSeconds: 0,
  type: 'default',
}

/** Somebody whose credentials were verified. */
export type LoggedIn = {
  readonly settings: TokenSettings
  readonly displayName: string
  readonly path: string
  readonly meta: ReadonlyMap<string, string>
  readonly entityId: string
  readonly limits: Limits
}

/** The policies of a token that a login with these settings gets. */
export const loginPolicies = ({ noDefaultPolicy, policies }: TokenSettings): readonly string[] =>
  (noDefaultPolicy ? policyNames : withDefault)(policies)

/**
 * Plans the token of a login: an orphan with the policies of the role.
 *
 * @throws SentinelError REQUEST_INVALID where the role gives what a login must not
 */
export function planLogin({ settings, limits, ...who }: LoggedIn): Planned {
  const policies = loginPolicies(settings)
  if (policies.includes('root')) throw invalid('auth methods cannot create root tokens')
  const reserved = unassignable.find((name) => policies.includes(name))
  if (reserved !== undefined) throw invalid(`cannot assign policy "${reserved}"`)
  const type = settings.type === 'batch' || settings.type === 'default-batch' ? 'batch' : 'service'
  if (type === 'batch' && (settings.numUses > 0 || settings.periodSeconds > 0))
    throw invalid('batch tokens can be neither counted nor periodic')
  const { ttlSeconds, ...rest } = settings
  const { seconds, warnings } = lifetimeOf({ ...rest, wantedSeconds: ttlSeconds, limits, ageSeconds: 0 })
  const { maxSeconds, explicitMaxSeconds, periodSeconds, noDefaultPolicy, numUses, boundCidrs } = settings
  return {
    warnings,
    plan: {
      ...who,
      id: undefined,
      type,
      parent: undefined,
      policies,
      noDefaultPolicy,
      role: undefined,
      numUses,
      ttlSeconds: seconds,
      maxSeconds,
      explicitMaxSeconds,
      periodSeconds,
      renewable: type === 'service',
      boundCidrs,
    },
  }
}

const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)
