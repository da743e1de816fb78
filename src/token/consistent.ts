// What the settings of tokens may not say at once, whoever writes them: a role for tokens or one of an auth method.

import { SentinelError } from '../base/index.ts'

type Lasting = {
  readonly type: string
  readonly numUses: number
  readonly periodSeconds: number
  readonly ttlSeconds: number
  /** 0: nothing is said. */
  readonly maxSeconds: number
}

/**
 * Settings that no login could be given a token by are refused when they are written.
 *
 * @throws SentinelError REQUEST_INVALID saying what contradicts what
 */
export function requireConsistent({ type, numUses, periodSeconds, ttlSeconds, maxSeconds }: Lasting): void {
  if (maxSeconds > 0 && ttlSeconds > maxSeconds)
    throw new SentinelError('REQUEST_INVALID', "'token_ttl' cannot be greater than 'token_max_ttl'")
  if (type !== 'batch' && type !== 'default-batch') return
  const what =
    numUses > 0 ? 'tokens with limited use count' : periodSeconds > 0 ? 'periodic tokens' : undefined
  if (what !== undefined)
    throw new SentinelError(
      'REQUEST_INVALID',
      `'token_type' cannot be 'batch' or 'default_batch' when set to generate ${what}`,
    )
}
