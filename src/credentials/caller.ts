// Who the base credentials belong to, by STS and never by anything else (decision 9). The answer is kept, sealed, for
// at most an hour, under a keyed hash of the very credentials that asked.

import type { AwsCredentials, CallerIdentity, ConnectionFacts } from '../aws/index.ts'
import { sealedFiles } from '../machine/index.ts'
import type { CredentialsDeps } from './deps.ts'
import { folderOf } from './folders.ts'
import type { Planned } from './recipe.ts'
import { keptOnce, nameCredentials } from './store.ts'

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
 * @param base asked for only where their name or STS needs them
 * @throws SentinelError as callerIdentity of `aws`; CLOCK_SKEW when its clock differs from ours; CACHE_TAMPERED
 */
export async function findCaller(
  deps: CredentialsDeps,
  { recipe, baseName }: Pick<Planned, 'recipe' | 'baseName'>,
  base: () => Promise<AwsCredentials>,
): Promise<AwsCaller> {
  const { machine, keys } = deps
  const facts = recipe.ways.sts
  const files = sealedFiles({ ...machine, keys }, folderOf(deps, 'callers'))
  const name = baseName ?? nameCredentials(deps, await base())
  const key = JSON.stringify([1, 'caller', name, recipe.region, facts])
  const { value, served } = await keptOnce(deps, files, key, {
    textToValue: (text) => textToCaller(machine.clock.now(), text),
    valueToText: (caller) => JSON.stringify({ atMs: machine.clock.now(), ...caller }),
    make: async () => {
      const { askSts } = await import('./ask-sts.ts')
      return askSts(deps, recipe, await base())
    },
  })
  return { ...value, facts, served }
}

function textToCaller(nowMs: number, text: string): CallerIdentity | undefined {
  const { atMs, arn, accountId, userId } = JSON.parse(text) as CallerIdentity & { readonly atMs: number }
  return atMs <= nowMs && nowMs - atMs <= keptMs ? { arn, accountId, userId } : undefined
}
