// Makes recipes. What comes out follows from the config files, the environment, the request and the files of
// certificate authorities that these name, and from nothing else, which is why plan.ts may keep it.

import { hash } from 'node:crypto'
import {
  type AuthorityDeps,
  type ConnectionFacts,
  type ConnectionSettings,
  connectionFacts,
  connectionTo,
  type Env,
  lookAt,
  namedAuthorities,
  type ServiceName,
} from '../aws/index.ts'
import { printable, SentinelError } from '../base/index.ts'
import { fileKeys } from './base.ts'
import type { AwsConfig } from './config.ts'
import type { CredentialsDeps } from './deps.ts'
import { type Asked, roleSeconds, sessionSeconds } from './durations.ts'
import { type Lookup, lookUpTarget, type Target } from './profile.ts'
import type { Planned, Recipe, RecipeHop, RecipeRequest } from './recipe.ts'
import { type Base, type Chain, findChain, type Hop } from './sources.ts'
import { nameCredentials } from './store.ts'
import { settingSeconds, variableSeconds } from './written-seconds.ts'

/**
 * Plans a profile. Calls nobody.
 *
 * @throws SentinelError CONFIG_PROFILE_NOT_FOUND, CONFIG_PROFILE_LOOP, CONFIG_INVALID, CONFIG_REGION_MISSING,
 * DURATION_INVALID, ENDPOINT_INSECURE
 */
export function planProfile(
  deps: AuthorityDeps,
  config: AwsConfig,
  env: Env,
  request: RecipeRequest,
): Recipe {
  refuseForeignStamp(env)
  const profile = lookUpTarget(config, request.profile)
  const overrides = overridesOf(env)
  const chain = findChain(config, profile, overrides)
  const region = regionOf(env, request, profile)
  const hops = chain.hops.map((hop, index) =>
    recipeHop(hop, index === chain.hops.length - 1 ? ownWish(env, request) : undefined),
  )
  const chaining = chainingOf(chain)
  const settings = connectionSettings(deps, config, profile, env, {
    region,
    foreignEndpoints: request.foreignEndpoints,
  })
  const base = {
    profile: request.profile,
    region,
    base: chain.base,
    ...mfaOfBase(chain, hops, env),
    hops,
    target: targetOf(env, request, chain, hops, chaining),
    ...(chaining === undefined ? {} : { chaining }),
    userSession: request.userSession,
    sessionSeconds: variableSeconds(env, 'AWS_SESSION_TOKEN_TTL') ?? 3600,
    mfaSessionSeconds: variableSeconds(env, 'AWS_CHAINED_SESSION_TOKEN_TTL') ?? 8 * 3600,
    minRemainingSeconds: variableSeconds(env, 'AWS_MIN_TTL') ?? 300,
    settings,
  }
  const ways = waysOf(base)
  return {
    ...base,
    ways,
    named: namedOf(base, Object.values(ways)),
    fingerprint: fingerprintOf(base),
    warnings: [...chain.warnings, ...oddities(profile, env)],
  }
}

/** Plans a profile, and names its base credentials. Throws like planProfile. */
export function makePlan(
  deps: Pick<CredentialsDeps, 'keys'> & AuthorityDeps,
  config: AwsConfig,
  env: Env,
  request: RecipeRequest,
): Planned {
  const recipe = planProfile(deps, config, env, request)
  const { base } = recipe
  return {
    recipe,
    warnings: [...config.warnings, ...recipe.warnings],
    ...(base.kind === 'keys' ? { baseName: nameCredentials(deps, fileKeys(config, base)) } : {}),
  }
}

function refuseForeignStamp(env: Env): void {
  for (const [name, why] of [
    ['AWS_SOURCE_IDENTITY', 'would take the place of the stamp'],
    ['AWS_SESSION_TAGS', 'is not supported yet'],
    ['AWS_TRANSITIVE_TAGS', 'is not supported yet'],
  ] as const) {
    if (env[name] === undefined || env[name] === '') continue
    throw new SentinelError('CONFIG_INVALID', `the environment variable ${name} ${why}`, {
      hint: `unset ${name}`,
    })
  }
}

// AWS_ROLE_ARN beside AWS_WEB_IDENTITY_TOKEN_FILE belongs to the web identity of a container, not to the profile.
function overridesOf(env: Env) {
  const roleArn = env.AWS_WEB_IDENTITY_TOKEN_FILE ? undefined : env.AWS_ROLE_ARN || undefined
  const mfaSerial = env.AWS_MFA_SERIAL || undefined
  return { ...(roleArn === undefined ? {} : { roleArn }), ...(mfaSerial === undefined ? {} : { mfaSerial }) }
}

function regionOf(env: Env, request: RecipeRequest, profile: Lookup): string {
  const region = request.region || env.AWS_REGION || env.AWS_DEFAULT_REGION || profile.get('region')?.value
  if (region !== undefined) return region
  throw new SentinelError('CONFIG_REGION_MISSING', `profile \`${printable(profile.name)}\` has no region`, {
    hint: 'give --region, set AWS_REGION, or add `region` to the profile',
  })
}

function ownWish(env: Env, request: RecipeRequest): Asked | undefined {
  if (request.durationSeconds !== undefined) return { seconds: request.durationSeconds, by: 'flag' }
  const seconds = variableSeconds(env, 'AWS_ASSUME_ROLE_TTL')
  return seconds === undefined ? undefined : { seconds, by: 'setting' }
}

function recipeHop({ duration, ...hop }: Hop, wish: Asked | undefined): RecipeHop {
  if (wish !== undefined) return { ...hop, asked: wish }
  if (duration === undefined) return { ...hop, asked: { seconds: 3600, by: 'default' } }
  return { ...hop, asked: { seconds: settingSeconds(duration), by: 'setting' } }
}

function chainingOf({ base, hops }: Chain): string | undefined {
  if (hops.length > 1) return 'one role is assumed with the credentials of another'
  return base.kind === 'sso' ? 'the base credentials are those of an SSO role' : undefined
}

function targetOf(
  env: Env,
  request: RecipeRequest,
  chain: Chain,
  hops: readonly RecipeHop[],
  chaining: string | undefined,
): Recipe['target'] {
  const last = hops.at(-1)
  if (last !== undefined) {
    return { roleArn: last.roleArn, durationSeconds: roleSeconds(last.asked, chaining) }
  }
  const seconds = request.durationSeconds ?? variableSeconds(env, 'AWS_SESSION_TOKEN_TTL') ?? 3600
  const unstampable =
    chain.base.kind === 'sso'
      ? 'SSO credentials take no SourceIdentity, and the profile has no `role_arn` to assume with them'
      : 'the profile has no `role_arn`'
  return { unstampable, durationSeconds: sessionSeconds({ seconds, by: 'flag' }) }
}

// The user of the base may need MFA even where only a role further on is asked for, as in aws-vault.
function mfaOfBase({ base, baseProfile, hops }: Chain, planned: readonly RecipeHop[], env: Env) {
  if (base.kind === 'sso') return {}
  const own = planned.length === 0 ? env.AWS_MFA_SERIAL || undefined : undefined
  const isHop = hops[0]?.profile === baseProfile.name
  const serial = own ?? (isHop ? undefined : baseProfile.get('mfa_serial')?.value)
  return serial === undefined ? {} : { baseMfaSerial: serial }
}

function connectionSettings(
  deps: AuthorityDeps,
  config: AwsConfig,
  profile: Lookup,
  env: Env,
  rest: Pick<ConnectionSettings, 'region' | 'foreignEndpoints'>,
): ConnectionSettings {
  const text = (key: string) => profile.get(key)?.value
  const services = text('services')
  const connection = {
    endpointUrl: text('endpoint_url'),
    ignoreConfiguredEndpointUrls: text('ignore_configured_endpoint_urls'),
    serviceUrls: (services === undefined ? undefined : config.services.get(services)) ?? new Map(),
    caBundle: text('ca_bundle'),
    useFipsEndpoint: text('use_fips_endpoint'),
    useDualstackEndpoint: text('use_dualstack_endpoint'),
    stsRegionalEndpoints: text('sts_regional_endpoints'),
  }
  const authorities = namedAuthorities(env, connection).map((named) => lookAt(named, deps))
  return { ...rest, env, profile: connection, authorities }
}

type Unmarked = Omit<Recipe, 'fingerprint' | 'warnings' | 'ways' | 'named'>

function waysOf({ settings, base }: Unmarked): Recipe['ways'] {
  const way = (service: ServiceName): ConnectionFacts =>
    connectionFacts(connectionTo(service, settingsOf(service, settings, base)))
  return {
    sts: way('sts'),
    ssm: way('ssm'),
    ...(base.kind === 'sso' ? { sso: way('sso') } : {}),
    ...dynamodbOrNone(() => way('dynamodb')),
  }
}

// The portal is in a region of its own.
const settingsOf = (service: ServiceName, settings: ConnectionSettings, base: Base): ConnectionSettings =>
  service === 'sso' && base.kind === 'sso' ? { ...settings, region: base.region } : settings

// Refused when a table is asked for, not before: somebody who needs none may well have their own. Then nothing of it
// comes to be recorded.
function dynamodbOrNone(way: () => ConnectionFacts): Pick<Recipe['ways'], 'dynamodb'> {
  try {
    return { dynamodb: way() }
  } catch (thrown) {
    if (thrown instanceof SentinelError) return {}
    throw thrown
  }
}

function namedOf({ region, base }: Unmarked, ways: readonly ConnectionFacts[]): Recipe['named'] {
  const of = (...keys: readonly (keyof ConnectionFacts)[]) => [
    ...new Set(keys.flatMap((key) => ways.flatMap((way) => way[key] ?? []))),
  ]
  return {
    region: [...new Set([region, ...(base.kind === 'sso' ? [base.region] : [])])],
    endpoint: of('endpoint'),
    ca: of('caBundle', 'extraCa'),
    proxy: of('proxy'),
  }
}

function fingerprintOf({ settings, minRemainingSeconds: _, ...rest }: Unmarked): string {
  const services = rest.base.kind === 'sso' ? (['sts', 'sso'] as const) : (['sts'] as const)
  const ways = services.map((service) => {
    const connection = connectionTo(service, settingsOf(service, settings, rest.base))
    const { useFips, useDualstack, useGlobalSts } = connection
    return [connectionFacts(connection), useFips, useDualstack, useGlobalSts]
  })
  return hash('sha256', JSON.stringify([1, rest, ways]), 'hex')
}

function oddities(profile: Target, env: Env): readonly string[] {
  const role = profile.get('role_arn')?.value
  const taken = profile.inherited.map((key) => `\`${key}\``).join(', ')
  const odd: readonly (readonly [boolean, (name: string) => string])[] = [
    [taken !== '', (name) => `${name} takes ${taken} from \`[default]\``],
    [
      profile.get('role_session_name') !== undefined,
      (name) => `\`role_session_name\` of ${name} is not used: a session is named after its SourceIdentity`,
    ],
    [
      Boolean(env.AWS_ROLE_SESSION_NAME),
      () => 'AWS_ROLE_SESSION_NAME is not used: a session is named after its SourceIdentity',
    ],
    [
      env.NODE_TLS_REJECT_UNAUTHORIZED === '0',
      () => 'NODE_TLS_REJECT_UNAUTHORIZED is not used: the certificates of AWS are always checked',
    ],
    [
      profile.get('mfa_process') !== undefined,
      (name) => `\`mfa_process\` of ${name} is not supported yet: the terminal is asked`,
    ],
    [
      role !== undefined && overridesOf(env).roleArn !== undefined && overridesOf(env).roleArn !== role,
      (name) => `AWS_ROLE_ARN takes the place of the role of ${name}`,
    ],
  ]
  return odd.flatMap(([isSo, say]) => (isSo ? [say(`profile \`${printable(profile.name)}\``)] : []))
}
