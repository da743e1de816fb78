// The doors to this room's heavy parts, which are loaded when the cache has no answer.

import type { AwsCredentials } from '../aws/index.ts'
import type { CredentialsDeps } from './deps.ts'
import type { IssuedCredentials, IssueRequest } from './kept.ts'
import type { Recipe } from './recipe.ts'

/**
 * The base credentials of a recipe, without MFA.
 *
 * @throws SentinelError CONFIG_MISSING_CREDENTIALS, STS_EXPIRED_CREDENTIALS; CREDENTIAL_PROCESS_FAILED,
 * CREDENTIAL_PROCESS_RECURSION; SSO_NO_CREDENTIALS, SSO_EXPIRED_TOKEN, SSO_ACCESS_DENIED, SSO_ERROR
 */
export async function baseCredentials(deps: CredentialsDeps, recipe: Recipe): Promise<AwsCredentials> {
  const base = await import('./base.ts')
  return base.baseCredentials(deps, recipe)
}

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
