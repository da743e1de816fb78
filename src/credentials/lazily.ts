// The door to this room's heavy part, which is loaded when the cache has no answer.

import type { CredentialsDeps } from './deps.ts'
import type { IssuedCredentials, IssueRequest } from './kept.ts'

/**
 * Issues the credentials of a recipe, from the cache while enough of them is left.
 *
 * @throws SentinelError SOURCE_IDENTITY_INVALID and DURATION_INVALID before any call; MFA_REQUIRED, MFA_FAILED; as
 * assumeRole of `aws`; CLOCK_SKEW; CACHE_TAMPERED; LOCK_TIMEOUT
 */
export async function issueCredentials(
  deps: CredentialsDeps,
  request: IssueRequest,
): Promise<IssuedCredentials> {
  const issue = await import('./issue.ts')
  return issue.issueCredentials(deps, request)
}
