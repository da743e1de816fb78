import {
  type AwsCredentials,
  type CallerIdentity,
  callerIdentity,
  connectionTo,
  requireSameTime,
} from '../aws/index.ts'
import type { CredentialsDeps } from './deps.ts'
import type { Recipe } from './recipe.ts'

/** Who the base credentials belong to, as STS says now; what it throws stands at findCaller. */
export async function askSts(
  { machine, signal }: CredentialsDeps,
  recipe: Recipe,
  base: AwsCredentials,
): Promise<CallerIdentity> {
  const call = { clock: machine.clock, signal }
  const { serverTimeMs, ...caller } = await callerIdentity(call, connectionTo('sts', recipe.settings), base)
  requireSameTime(machine.clock, serverTimeMs)
  return caller
}
