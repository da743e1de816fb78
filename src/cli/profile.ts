// A profile as the commands use it: its recipe, who its base credentials belong to, and SSM as reached with them.
// Who somebody is comes from the profile's own base credentials and from nowhere else (decision 9).

import {
  type AwsCredentials,
  type ConnectionFacts,
  connectionFacts,
  getParameter,
  putParameter,
} from '../aws/index.ts'
import { printable, type Secret, SentinelError } from '../base/index.ts'
import {
  baseCredentials,
  type CredentialsDeps,
  connectionFor,
  findCaller,
  type IssuedCredentials,
  issueCredentials,
  keptCredentials,
  planProfile,
  type Recipe,
} from '../credentials/index.ts'
import type { Caller, CircumstancesOfLine, Parameter } from '../gateway/index.ts'
import { encodeSourceIdentity, type Principal, principalOf } from '../identity/index.ts'
import { once } from './deps.ts'
import type { GatewayDeps } from './gateway-deps.ts'

/** How a profile is opened. */
export type ProfileChoice = {
  readonly profile: string
  readonly region: string | undefined
  readonly insecureEndpoint: boolean
  readonly duration?: number | undefined
  readonly noSession?: boolean
  /** The MFA code, where it was given beforehand. */
  readonly mfaToken?: Secret | undefined
}

/** What a policy parameter is put as. */
export type NewPolicy = { readonly name: string; readonly value: string; readonly description: string }

/** A profile that was found and understood. */
export type OpenProfile = {
  readonly region: string
  readonly recipe: Recipe
  base(): Promise<AwsCredentials>
  /** The owner of the base credentials. */
  principal(): Promise<Principal>
  caller(): Promise<Caller>
  /** The profile's credentials as an earlier request left them in the cache; calls nobody. */
  kept(): Promise<IssuedCredentials | undefined>
  /** Issues the profile's credentials. `sourceIdentity` is unused where there is no role. */
  issue(requestId: string, sourceIdentity: string): Promise<IssuedCredentials>
  /** What the record says of endpoints, certificate authorities and proxies that are not AWS's. */
  readonly circumstances: CircumstancesOfLine
}

/** SSM, as reached with some profile's credentials. */
export type PolicyStore = {
  /** Tells entries of the policy cache apart that were got by others, or in another way. */
  scope(): Promise<string>
  get(name: string): Promise<Parameter>
  put(policy: NewPolicy): Promise<void>
}

/**
 * Opens a profile.
 *
 * @throws SentinelError CONFIG_INVALID, CONFIG_PROFILE_NOT_FOUND, CONFIG_PROFILE_LOOP, CONFIG_REGION_MISSING,
 * DURATION_INVALID, ENDPOINT_INSECURE
 */
export function openProfile(deps: GatewayDeps, choice: ProfileChoice): OpenProfile {
  const config = deps.awsConfig()
  const recipe = planProfile(config, deps.io.env, {
    profile: choice.profile,
    region: choice.region,
    durationSeconds: choice.duration,
    userSession: choice.noSession ? 'skipped' : 'fetched',
    foreignEndpoints: choice.insecureEndpoint ? 'accepted' : 'refused',
  })
  for (const warning of [...config.warnings, ...recipe.warnings]) deps.warn(warning)
  const means = credentialsDeps(deps, choice.mfaToken)
  const base = once(() => baseCredentials(means, recipe))
  const awsCaller = once(async () => findCaller(means, recipe, await base()))
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
    async kept() {
      return keptCredentials(means, { recipe, caller: await awsCaller() })
    },
    async issue(requestId, sourceIdentity) {
      return issueCredentials(means, {
        recipe,
        base: await base(),
        caller: await awsCaller(),
        requestId,
        sourceIdentity,
      })
    },
    circumstances: circumstancesOf(choice, recipe),
  }
}

/** Whose credentials a policy store is reached with: the profile's base, or another profile's, role and all. */
export type StoreOwner =
  | { readonly kind: 'base'; readonly profile: OpenProfile }
  | { readonly kind: 'other'; readonly profile: OpenProfile; readonly requestId: string }

/** SSM with the base credentials of a profile, or with those of another one, which are stamped where they can be. */
export function policyStore(deps: GatewayDeps, owner: StoreOwner): PolicyStore {
  const { profile } = owner
  const connection = once(() => connectionFor(profile.recipe, 'ssm'))
  const credentials = once(() => (owner.kind === 'base' ? profile.base() : issued(owner)))
  const call = { clock: deps.clock, signal: deps.signal }
  return {
    async scope() {
      const { arn, accountId } = await profile.caller()
      const { region, endpoint } = connection()
      const role = owner.kind === 'base' ? [] : profile.recipe.hops.map((hop) => hop.roleArn)
      return JSON.stringify([arn, accountId, role, region, endpoint.url, connectionFacts(connection())])
    },
    get: async (name) => getParameter(call, connection(), await credentials(), name),
    async put({ name, value, description }) {
      await putParameter(call, connection(), await credentials(), {
        name,
        value,
        description,
        type: 'String',
      })
    },
  }
}

async function issued({ profile, requestId }: { readonly profile: OpenProfile; readonly requestId: string }) {
  const { user } = await profile.caller()
  return (await profile.issue(requestId, encodeSourceIdentity(user, requestId))).credentials
}

function credentialsDeps(deps: GatewayDeps, mfaToken: Secret | undefined): CredentialsDeps {
  return {
    machine: deps.machine,
    keys: deps.keys(),
    paths: deps.paths,
    env: deps.io.env,
    config: deps.awsConfig(),
    signal: deps.signal,
    askForCode: ({ profile, serialNumber }) => askForCode(deps, mfaToken, profile, serialNumber),
  }
}

async function askForCode(
  deps: GatewayDeps,
  given: Secret | undefined,
  profile: string,
  serialNumber: string,
) {
  if (given !== undefined) return given.reveal()
  const { ask } = await import('./terminal.ts')
  try {
    const question = `MFA code of ${printable(serialNumber)} for profile ${printable(profile)}:`
    return await ask(deps.io, question, { instead: 'give the code with --mfa-token' })
  } catch (thrown) {
    if (thrown instanceof SentinelError && thrown.code === 'TERMINAL_REQUIRED') return undefined
    throw thrown
  }
}

function circumstancesOf(choice: ProfileChoice, recipe: Recipe): CircumstancesOfLine {
  const services = recipe.base.kind === 'sso' ? (['sts', 'ssm', 'sso'] as const) : (['sts', 'ssm'] as const)
  const facts = services.map((service) => connectionFacts(connectionFor(recipe, service)))
  const named = (key: keyof ConnectionFacts) =>
    [...new Set(facts.flatMap((fact) => fact[key] ?? []))].join(' ')
  const [endpoint, ca, proxy] = [
    named('endpoint'),
    [named('caBundle'), named('extraCa')].filter(Boolean).join(' '),
    named('proxy'),
  ]
  return {
    ...(endpoint === '' ? {} : { endpoint }),
    ...(ca === '' ? {} : { ca }),
    ...(proxy === '' ? {} : { proxy }),
    ...(choice.insecureEndpoint ? { insecure: true } : {}),
  }
}
