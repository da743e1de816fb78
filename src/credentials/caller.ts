// Who the base credentials belong to, by STS and never by anything else (decision 9). The answer is kept, sealed, for
// at most an hour, under a keyed hash of the very credentials that asked.

import {
  type AwsCredentials,
  type CallerIdentity,
  type Connection,
  type ConnectionFacts,
  callerIdentity,
  connectionFacts,
  requireSameTime,
} from '../aws/index.ts'
import { sealedFiles } from '../machine/index.ts'
import type { CredentialsDeps } from './deps.ts'
import { connectionFor, type Recipe } from './recipe.ts'
import { folderOf, keptOnce, nameCredentials } from './store.ts'

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
  const { machine, keys } = deps
  const connection = connectionFor(recipe, 'sts')
  const facts = connectionFacts(connection)
  const files = sealedFiles({ ...machine, keys }, folderOf(deps, 'callers'))
  const key = JSON.stringify([1, 'caller', nameCredentials(deps, base), connection.region, facts])
  const { value, served } = await keptOnce(deps, files, key, {
    textToValue: (text) => textToCaller(machine.clock.now(), text),
    valueToText: (caller) => JSON.stringify({ atMs: machine.clock.now(), ...caller }),
    make: () => askSts(deps, connection, base),
  })
  return { ...value, facts, served }
}

function textToCaller(nowMs: number, text: string): CallerIdentity | undefined {
  const { atMs, arn, accountId, userId } = JSON.parse(text) as CallerIdentity & { readonly atMs: number }
  return atMs <= nowMs && nowMs - atMs <= keptMs ? { arn, accountId, userId } : undefined
}

async function askSts(
  { machine, signal }: CredentialsDeps,
  connection: Connection,
  base: AwsCredentials,
): Promise<CallerIdentity> {
  const { serverTimeMs, ...caller } = await callerIdentity({ clock: machine.clock, signal }, connection, base)
  requireSameTime(machine.clock, serverTimeMs)
  return caller
}
