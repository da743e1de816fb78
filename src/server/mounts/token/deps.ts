// What the paths of tokens work with, and what several of them do.

import { SentinelError } from '../../../base/index.ts'
import type { Limits, TokenEntry, TokenSettings, Tokens } from '../../../token/index.ts'
import type { Identities } from '../identities.ts'
import type { Call, Holder } from '../path.ts'

export type TokenMountDeps = {
  readonly tokens: Tokens
  readonly identities: Identities
  /** Whether a policy has a meaning: a token may have one that is written later. */
  policyExists(name: string): boolean
  /** How long the tokens of a mount live that were made at this path. */
  limitsOf(path: string): Limits
  /** What the mount that made a token gives its holder now; undefined where it says nothing. @throws SentinelError where it refuses */
  settingsNow(entry: TokenEntry): Promise<TokenSettings | undefined>
}

/** Who calls. */
export function holderOf({ holder }: Pick<Call, 'holder'>): Holder {
  if (holder === undefined) throw new SentinelError('INTERNAL', 'a path of tokens was called without one')
  return holder
}

/** @throws SentinelError REQUEST_INVALID for an accessor that means no token */
export async function byAccessor(
  { tokens }: TokenMountDeps,
  accessor: string | undefined,
): Promise<TokenEntry> {
  if (accessor === undefined || accessor === '') throw invalid('missing accessor')
  const entry = await tokens.byAccessor(accessor)
  if (entry === undefined) throw invalid('invalid accessor')
  return entry
}

export const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)
