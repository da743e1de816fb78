// Who the base credentials belong to, by STS and never by anything else (decision 9). The answer is kept, sealed, for
// at most an hour, under a keyed hash of the very credentials that asked.

import {
  type AwsCredentials,
  type CallerIdentity,
  type ConnectionFacts,
  callerIdentity,
  connectionFacts,
  requireSameTime,
} from '../aws/index.ts'
import { sealedFiles } from '../machine/index.ts'
import type { CredentialsDeps } from './deps.ts'
import { connectionFor, type Recipe } from './recipe.ts'
import { nameCredentials } from './store.ts'

/** Who asks, and how AWS was reached to find out. */
export type AwsCaller = CallerIdentity & {
  /** Empty where AWS's own endpoint answered; the record names the rest. */
  readonly facts: ConnectionFacts
  readonly served: 'fresh' | 'cache'
}

const keptMs = 3_600_000

/**
 * The caller.
 *
 * @throws SentinelError as callerIdentity of `aws`; CLOCK_SKEW when its clock differs from ours; CACHE_TAMPERED
 */
export async function findCaller(
  deps: CredentialsDeps,
  recipe: Recipe,
  base: AwsCredentials,
): Promise<AwsCaller> {
  const { machine, keys, paths } = deps
  const connection = connectionFor(recipe, 'sts')
  const facts = connectionFacts(connection)
  const files = sealedFiles({ ...machine, keys }, machine.platform.path.join(paths.cacheFolder, 'callers'))
  const name = JSON.stringify([1, 'caller', nameCredentials(deps, base), connection.region, facts])
  const now = machine.clock.now()
  const text = files.read(name)
  if (text !== undefined) {
    const { atMs, arn, accountId, userId } = JSON.parse(text) as CallerIdentity & { readonly atMs: number }
    if (atMs <= now && now - atMs <= keptMs) return { arn, accountId, userId, facts, served: 'cache' }
  }
  const call = { clock: machine.clock, signal: deps.signal }
  const { arn, accountId, userId, serverTimeMs } = await callerIdentity(call, connection, base)
  requireSameTime(machine.clock, serverTimeMs)
  files.write(name, JSON.stringify({ atMs: machine.clock.now(), arn, accountId, userId }))
  return { arn, accountId, userId, facts, served: 'fresh' }
}
