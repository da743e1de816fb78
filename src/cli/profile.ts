// A profile as the commands use it: its recipe, and who its base credentials belong to.
// Who somebody is comes from the profile's own base credentials and from nowhere else (decision 9).

import type { AwsCredentials } from '../aws/index.ts'
import type { Secret } from '../base/index.ts'
import {
  baseCredentials,
  type CredentialsDeps,
  findCaller,
  type IssuedCredentials,
  issueCredentials,
  keptCredentials,
  type Plan,
  planOf,
  type Recipe,
  type Terms,
} from '../credentials/index.ts'
import type { Caller } from '../gateway/index.ts'
import { type Principal, principalOf } from '../identity/index.ts'
import { once } from './deps.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { version } from './version.ts'
import type { Ways } from './ways.ts'

/** How a profile is opened. */
export type ProfileChoice = {
  readonly profile: string
  readonly region: string | undefined
  readonly insecureEndpoint: boolean
  readonly duration?: number | undefined
  readonly noSession?: boolean
  /** The MFA code, where it was given beforehand. */
  readonly mfaToken?: Secret | undefined
  /** Whether the person can be asked for one: not while a child has the terminal. */
  readonly mfa?: 'asked for' | 'not asked for'
  /** Seconds that must be left of cached credentials, where the profile wants less. */
  readonly minRemainingSeconds?: number
}

/** A profile that was found and understood. */
export type OpenProfile = {
  readonly region: string
  readonly recipe: Recipe
  base(): Promise<AwsCredentials>
  /** The owner of the base credentials. */
  principal(): Promise<Principal>
  caller(): Promise<Caller>
  /** The profile's credentials as an earlier request on the same terms left them in the cache; calls nobody. */
  kept(terms: Terms, minRemainingSeconds?: number): Promise<IssuedCredentials | undefined>
  /**
   * Issues the profile's credentials. `sourceIdentity` is unused where there is no role.
   *
   * @param user whom they are issued for, where that is not the profile's owner: nobody else gets them from the cache
   */
  issue(requestId: string, sourceIdentity: string, terms: Terms, user?: Caller): Promise<IssuedCredentials>
}

/** The role that a profile gives, where it gives one. */
export const roleOf = ({ recipe: { target } }: OpenProfile): string | undefined =>
  'roleArn' in target ? target.roleArn : undefined

/**
 * Opens a profile.
 *
 * @param ways those of the walk that it is opened for
 * @throws SentinelError CONFIG_INVALID, CONFIG_PROFILE_NOT_FOUND, CONFIG_PROFILE_LOOP, CONFIG_REGION_MISSING,
 * DURATION_INVALID, ENDPOINT_INSECURE, FILE_UNREADABLE; CACHE_TAMPERED
 */
export async function openProfile(
  deps: GatewayDeps,
  choice: ProfileChoice,
  ways: Ways,
): Promise<OpenProfile> {
  const means = { ...deps, keys: deps.keys(), env: deps.io.env, version }
  const plan = await planOf(means, {
    profile: choice.profile,
    region: choice.region,
    durationSeconds: choice.duration,
    userSession: choice.noSession ? 'skipped' : 'fetched',
    foreignEndpoints: choice.insecureEndpoint ? 'accepted' : 'refused',
  })
  ways.add({ named: plan.recipe.named, insecure: choice.insecureEndpoint })
  for (const warning of plan.warnings) deps.warn(warning)
  const minRemainingSeconds = Math.max(plan.recipe.minRemainingSeconds, choice.minRemainingSeconds ?? 0)
  return profileOf(deps, choice, { ...plan, recipe: { ...plan.recipe, minRemainingSeconds } })
}

function profileOf(deps: GatewayDeps, choice: ProfileChoice, plan: Plan): OpenProfile {
  const { recipe } = plan
  const means = credentialsDeps(deps, plan, choice)
  const base = once(() => baseCredentials(means, recipe))
  const awsCaller = once(() => findCaller(means, plan, base))
  const principal = once(async () => {
    const { arn, accountId } = await awsCaller()
    return principalOf(arn, accountId)
  })
  return {
    region: recipe.region,
    recipe,
    base,
    principal,
    async caller() {
      const { name, arn, accountId } = await principal()
      return { user: name, arn, accountId }
    },
    async kept(terms, minRemainingSeconds = recipe.minRemainingSeconds) {
      const own = { ...recipe, minRemainingSeconds }
      return keptCredentials(means, { recipe: own, caller: await awsCaller(), terms })
    },
    async issue(requestId, sourceIdentity, terms, user) {
      return issueCredentials(means, {
        recipe,
        base: await base(),
        caller: await awsCaller(),
        requestId,
        sourceIdentity,
        terms,
        ...(user === undefined ? {} : { issuedFor: user.arn }),
      })
    },
  }
}

function credentialsDeps(
  deps: GatewayDeps,
  { config }: Plan,
  { mfaToken, mfa }: ProfileChoice,
): CredentialsDeps {
  return {
    machine: deps.machine,
    keys: deps.keys(),
    paths: deps.paths,
    env: deps.io.env,
    config,
    get signal() {
      return deps.signal()
    },
    askForCode: async (question) => {
      if (mfaToken !== undefined) return mfaToken.reveal()
      if (mfa === 'not asked for') return undefined
      const { askForCode } = await import('./mfa.ts')
      return askForCode(deps.io, question)
    },
  }
}
