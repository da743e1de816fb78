// AWS as reached with some profile's credentials: with the profile's own base credentials, or with those of the profile
// that `--aws-profile` names, role and all. It is for SSM and DynamoDB; who somebody is never comes from here (decision 9).

import type { DecisionLog } from '../audit/index.ts'
import type { AwsCredentials } from '../aws/index.ts'
import { encodeSourceIdentity } from '../identity/index.ts'
import { once } from './deps.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { type OpenProfile, openProfile, type ProfileChoice } from './profile.ts'
import type { Ways } from './ways.ts'

/** AWS, as reached with some profile's credentials. */
export type Reach = {
  /** The profile whose credentials they are. */
  readonly means: OpenProfile
  credentials(): Promise<AwsCredentials>
  /** Tells apart what others got, or what was got in another way, such as through another endpoint. */
  scope(): Promise<string>
}

/** Which profile is asked about, and which one AWS is reached with where that is another. */
export type ReachChoice = ProfileChoice & { readonly awsProfile: string | undefined }

/** The walk that AWS is reached for: where a role that is assumed for that is recorded, and under which id. */
export type ReachRecord = { readonly log: DecisionLog; readonly requestId: string; readonly ways: Ways }

/**
 * Opens the way to AWS. Calls nobody yet. A role is assumed on behalf of `owner`, and the log says so before and after.
 *
 * @throws SentinelError as openProfile, where it is another profile
 */
export async function reachAws(
  deps: GatewayDeps,
  choice: ReachChoice,
  owner: OpenProfile,
  record: ReachRecord,
): Promise<Reach> {
  const { awsProfile = choice.profile } = choice
  if (awsProfile === choice.profile) return ownReach(owner)
  // Duration and MFA code are meant for the credentials that were asked for; a code is good for one use only.
  const own = { profile: awsProfile, duration: undefined, mfaToken: undefined }
  const means = await openProfile(deps, { ...choice, ...own }, record.ways)
  return roleReach(deps, means, owner, record)
}

/** AWS with all that a profile gives: where it has a role, that is assumed on behalf of `owner`, stamped and recorded. */
export function roleReach(
  deps: GatewayDeps,
  means: OpenProfile,
  owner: OpenProfile,
  record: ReachRecord,
): Reach {
  return reachOf(means, 'role', () => issued(deps, means, owner, record))
}

/** AWS with a profile's base credentials: where it was never a question whose they are. */
export function ownReach(means: OpenProfile): Reach {
  return reachOf(means, 'base', means.base)
}

function reachOf(means: OpenProfile, how: 'base' | 'role', credentials: Reach['credentials']): Reach {
  const { recipe, caller } = means
  return {
    means,
    credentials: once(credentials),
    async scope() {
      const { arn, accountId } = await caller()
      const role = how === 'base' ? [] : recipe.hops.map((hop) => hop.roleArn)
      return JSON.stringify([arn, accountId, role, recipe.region, recipe.ways])
    },
  }
}

async function issued(
  deps: GatewayDeps,
  means: OpenProfile,
  owner: OpenProfile,
  { requestId, ...record }: ReachRecord,
): Promise<AwsCredentials> {
  const issue = async () => {
    const stamp = encodeSourceIdentity((await means.caller()).user, requestId)
    return (await means.issue(requestId, stamp, {}, await owner.caller())).credentials
  }
  const role = means.recipe.hops.at(-1)?.roleArn
  if (role === undefined) return issue()
  const { recorded } = await import('./administration.ts')
  const step = { action: 'sts:AssumeRole', resource: role }
  return recorded(deps, { ...record, requestId, owner }, step, issue)
}
