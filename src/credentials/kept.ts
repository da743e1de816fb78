// What an earlier request left in the cache: the answer of nearly every call. Getting anew what is not there is
// issue.ts, which is loaded only then.

import type { AwsCredentials } from '../aws/index.ts'
import type { AwsCaller } from './caller.ts'
import type { CredentialsDeps } from './deps.ts'
import { chainedSeconds, roleSeconds } from './durations.ts'
import type { Recipe } from './recipe.ts'
import { type Served, servedFromCache } from './store.ts'

/** What is to be issued, to whom, and for which request. */
export type IssueRequest = {
  readonly recipe: Recipe
  readonly base: AwsCredentials
  readonly caller: AwsCaller
  readonly requestId: string
  /** The ARN of whom they are for, where that is not the caller: then nobody else gets them from the cache. */
  readonly issuedFor?: string
  /** Legal for AWS and made from the caller's name and the request's id. Unused without a role. */
  readonly sourceIdentity: string
}

/** Credentials to hand out. */
export type IssuedCredentials = {
  readonly credentials: AwsCredentials
  /** The request that they are stamped with: this one, or an earlier one whose credentials still serve. */
  readonly issuedBy: string
  readonly served: 'fresh' | 'cache'
  /** Absent where nothing could be stamped. */
  readonly roleArn?: string
  readonly sourceIdentity?: string
  /** What AWS was asked for; absent where nobody was asked. */
  readonly durationSeconds?: number
}

/**
 * The credentials of a recipe's role as they lie in the cache, if enough of them is left. Calls nobody and waits for
 * nobody.
 *
 * @throws SentinelError DURATION_INVALID; CACHE_TAMPERED
 */
export function keptCredentials(
  deps: CredentialsDeps,
  request: Pick<IssueRequest, 'recipe' | 'caller'>,
): IssuedCredentials | undefined {
  const plan = rolePlan(request)
  const entry = plan && servedFromCache(deps, plan.name, request.recipe.minRemainingSeconds)
  return entry && { ...released(entry), roleArn: plan.roleArn, durationSeconds: plan.durationSeconds }
}

/** What a recipe with roles asks for, and the name of its entry in the cache. */
export function rolePlan({
  recipe,
  caller,
  issuedFor,
}: Pick<IssueRequest, 'recipe' | 'caller' | 'issuedFor'>) {
  const last = recipe.hops.at(-1)
  if (last === undefined) return undefined
  const { roleArn } = last
  const seconds = recipe.hops.map((hop, index) =>
    roleSeconds(hop.asked, chainingAt({ recipe, caller }, index)),
  )
  const durationSeconds = seconds.at(-1) ?? chainedSeconds
  // Session policy and approval have their places, and none yet (decision 24).
  const own = [recipe.fingerprint, roleArn, recipe.region, durationSeconds, null, null]
  return {
    roleArn,
    seconds,
    durationSeconds,
    name: [
      'issued',
      caller.arn,
      caller.accountId,
      ...own,
      ...(issuedFor === undefined ? [] : [issuedFor]),
    ] as const,
  }
}

/** An entry as it is handed out. */
export function released({ credentials, requestId, sourceIdentity, served }: Served) {
  const stamp = sourceIdentity === undefined ? {} : { sourceIdentity }
  return { credentials, issuedBy: requestId, served, ...stamp }
}

/** Why the role at an index may last an hour only. What the config did not tell, the caller's ARN does. */
function chainingAt(
  { recipe, caller }: Pick<IssueRequest, 'recipe' | 'caller'>,
  index: number,
): string | undefined {
  if (index > 0) return 'one role is assumed with the credentials of another'
  if (recipe.base.kind === 'sso') return recipe.chaining
  const [, , service, , , resource = ''] = caller.arn.split(':')
  return service === 'sts' && resource.startsWith('assumed-role/')
    ? 'the base credentials are those of a role'
    : undefined
}
