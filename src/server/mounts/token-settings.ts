// The fields that say what the tokens of a role are like: the same words in every auth method (spec/vault.md 5.5).

import { SentinelError } from '../../base/index.ts'
import {
  policyNames,
  readNetworks,
  requireConsistent,
  requireSeconds,
  type TokenSettings,
  type TokenType,
} from '../../token/index.ts'
import type { Data } from '../door.ts'
import type { ValuesOf } from './fields.ts'

/** To be spread into the fields of a role. */
export const tokenFields = {
  token_ttl: { type: 'seconds', help: 'how long a token lives at first' },
  token_max_ttl: { type: 'seconds', help: 'how long it lives at most, with all renewals' },
  token_policies: { type: 'list', help: 'its policies' },
  token_bound_cidrs: { type: 'list', help: 'the networks that it may be used from' },
  token_explicit_max_ttl: { type: 'seconds', help: 'how long it lives at most, even where it is periodic' },
  token_no_default_policy: { type: 'bool', help: 'whether it is without the policy `default`' },
  token_num_uses: { type: 'int', help: 'how often it may be used; 0 for any number' },
  token_period: { type: 'seconds', help: 'how long each renewal of a periodic token lasts' },
  token_type: { type: 'string', help: 'service, batch, default-service, default-batch or default' },
} as const

/**
 * The settings after a write: what was sent, and the rest as it was.
 *
 * @throws SentinelError REQUEST_INVALID naming the field
 */
export function readTokenSettings(
  sent: Partial<ValuesOf<typeof tokenFields>>,
  before: TokenSettings,
): TokenSettings {
  const seconds = (name: keyof typeof sent & string, value: number | undefined, old: number) =>
    value === undefined ? old : requireSeconds(name, value)
  const settings: TokenSettings = {
    ttlSeconds: seconds('token_ttl', sent.token_ttl, before.ttlSeconds),
    maxSeconds: seconds('token_max_ttl', sent.token_max_ttl, before.maxSeconds),
    policies: sent.token_policies === undefined ? before.policies : policyNames(sent.token_policies),
    boundCidrs:
      sent.token_bound_cidrs === undefined ? before.boundCidrs : readNetworks(sent.token_bound_cidrs),
    explicitMaxSeconds: seconds(
      'token_explicit_max_ttl',
      sent.token_explicit_max_ttl,
      before.explicitMaxSeconds,
    ),
    noDefaultPolicy: sent.token_no_default_policy ?? before.noDefaultPolicy,
    numUses: usesOf(sent.token_num_uses, before.numUses),
    periodSeconds: seconds('token_period', sent.token_period, before.periodSeconds),
    type: sent.token_type === undefined ? before.type : readSettingsType(sent.token_type),
  }
  requireConsistent(settings)
  return settings
}

/** The settings in the words of a read. */
export function tokenSettingsData(settings: TokenSettings): Data {
  return {
    token_ttl: settings.ttlSeconds,
    token_max_ttl: settings.maxSeconds,
    token_policies: settings.policies,
    token_bound_cidrs: settings.boundCidrs,
    token_explicit_max_ttl: settings.explicitMaxSeconds,
    token_no_default_policy: settings.noDefaultPolicy,
    token_num_uses: settings.numUses,
    token_period: settings.periodSeconds,
    token_type: settings.type,
  }
}

const tokenTypes = ['service', 'batch', 'default-service', 'default-batch'] as const

/** @throws SentinelError REQUEST_INVALID where the text is no type of token */
export function readTokenType(text: string): TokenType {
  const found = tokenTypes.find((type) => type === text)
  if (found === undefined) throw new SentinelError('REQUEST_INVALID', `invalid 'token_type' value "${text}"`)
  return found
}

const readSettingsType = (text: string): TokenSettings['type'] =>
  text === 'default' || text === '' ? 'default' : readTokenType(text)

/** @throws SentinelError REQUEST_INVALID for fewer than none */
export function usesOf(sent: number | undefined, before: number): number {
  if (sent !== undefined && sent < 0)
    throw new SentinelError('REQUEST_INVALID', "'token_num_uses' cannot be negative")
  return sent ?? before
}
