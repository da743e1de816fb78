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
  readonly terms: Terms
}

/** What a decision adds to a recipe. Empty: what the recipe says by itself. */
export type Terms = {
  /** At most so many seconds. */
  readonly longestSeconds?: number | undefined
  /** The approval or event by which they are issued. They end with it, and are served under no other. */
  readonly override?: { readonly id: string; readonly untilMs: number } | undefined
  /** The session of the server that they are issued for. No other run is served with them. */
  readonly session?: string | undefined
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
  request: Pick<IssueRequest, 'recipe' | 'caller' | 'terms'>,
): IssuedCredentials | undefined {
  const plan = rolePlan(request)
  const entry = plan && servedFromCache(deps, plan.name, request.recipe.minRemainingSeconds)
  return entry && { ...released(entry), roleArn: plan.roleArn }
}

/** What a recipe with roles asks for, and the name of its entry in the cache. */
export function rolePlan({
  recipe,
  caller,
  issuedFor,
  terms: { longestSeconds = Number.POSITIVE_INFINITY, override, session },
}: Pick<IssueRequest, 'recipe' | 'caller' | 'issuedFor' | 'terms'>) {
  const last = recipe.hops.at(-1)
  if (last === undefined) return undefined
  const { roleArn } = last
  const seconds = recipe.hops.map((hop, index) => {
    const own = roleSeconds(hop.asked, chainingAt({ recipe, caller }, index))
    return hop === last ? Math.min(own, longestSeconds) : own
  })
  // What the end of an approval leaves is not in it: each second would be another entry. The end itself is: what lies
  // there never outlasts it.
  const durationSeconds = seconds.at(-1) ?? chainedSeconds
  const end = override && [override.id, override.untilMs]
  // A session policy has its place, and none yet (decision 24).
  const own = [recipe.fingerprint, roleArn, recipe.region, durationSeconds, null, end]
  return {
    roleArn,
    seconds,
    name: [
      'issued',
      caller.arn,
      caller.accountId,
      ...own,
      ...(issuedFor === undefined ? [] : [issuedFor]),
      ...(session === undefined ? [] : [{ session }]),
    ] as const,
  }
}

/** An entry as it is handed out. */
export function released({ credentials, requestId, sourceIdentity, served, durationSeconds }: Served) {
  const stamp = sourceIdentity === undefined ? {} : { sourceIdentity }
  return { credentials, issuedBy: requestId, served, durationSeconds, ...stamp }
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
