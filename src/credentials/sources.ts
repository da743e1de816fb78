// Where a profile's chain begins and which roles it walks through, by the rules of AWS's tools, told in
// docs/decisions/0004-which-credentials-a-profile-uses.md.

import { printable, SentinelError } from '../base/index.ts'
import { type AwsConfig, invalidSetting, type Setting } from './config.ts'
import { type Lookup, lookUpProfile, missingSource, profileLoop } from './profile.ts'

/** Where base credentials come from. Plain data, without the credentials themselves. */
export type Base =
  | { readonly kind: 'environment' }
  | { readonly kind: 'keys'; readonly file: 'shared' | 'config'; readonly profile: string }
  | { readonly kind: 'process'; readonly profile: string; readonly command: string }
  | SsoBase

/** A role of IAM Identity Center, for whoever is logged in. */
export type SsoBase = {
  readonly kind: 'sso'
  readonly profile: string
  /** Name of the `[sso-session]`, where there is one. */
  readonly session?: string
  readonly startUrl: string
  readonly region: string
  readonly accountId: string
  readonly roleName: string
}

/** A role to assume with what came before. */
export type Hop = {
  readonly profile: string
  readonly roleArn: string
  readonly externalId?: string
  readonly mfaSerial?: string
  /** The profile's own `duration_seconds`, not looked at yet. */
  readonly duration?: Setting
}

/** The whole way, base first. */
export type Chain = {
  readonly base: Base
  /** The profile that the base belongs to. */
  readonly baseProfile: Lookup
  readonly hops: readonly Hop[]
  readonly warnings: readonly string[]
}

/** What the environment says in place of the target profile. */
export type Overrides = { readonly roleArn?: string; readonly mfaSerial?: string }

/**
 * The way of the profile that was asked for.
 *
 * @throws SentinelError CONFIG_PROFILE_NOT_FOUND, CONFIG_PROFILE_LOOP, CONFIG_INVALID
 */
export function findChain(config: AwsConfig, target: Lookup, overrides: Overrides): Chain {
  return walk(config, target, [], overrides)
}

function walk(config: AwsConfig, profile: Lookup, before: readonly string[], overrides: Overrides): Chain {
  refuseUnsupported(profile)
  const visited = [...before, profile.name]
  const keys = staticKeys(profile)
  // A profile that others use as their source and that has keys ends the chain, whatever role it names.
  if (before.length > 0 && keys.length > 0) return start(profile, keys)
  const hop = hopOf(profile, before.length === 0 ? overrides : {})
  const source = profile.get('source_profile')
  const chain =
    source === undefined || (hop === undefined && ownSources(config, profile).length > 0)
      ? ownChain(config, profile, hop !== undefined)
      : sourceChain(config, profile, source, visited)
  return hop === undefined ? chain : { ...chain, hops: [...chain.hops, hop] }
}

function sourceChain(config: AwsConfig, profile: Lookup, source: Setting, visited: readonly string[]): Chain {
  const ambient = profile.get('credential_source')
  if (ambient !== undefined) {
    throw invalidSetting(ambient, '`credential_source` and `source_profile` exclude each other')
  }
  if (source.value === profile.name) {
    const keys = staticKeys(profile)
    if (keys.length > 0) return start(profile, keys)
  }
  if (visited.includes(source.value)) throw profileLoop('source_profile', visited, source.value)
  if (!config.profiles.has(source.value)) throw missingSource(config, profile.name, source.value)
  return walk(config, lookUpProfile(config, source.value), visited, {})
}

function ownChain(config: AwsConfig, profile: Lookup, hasRole: boolean): Chain {
  if (hasRole && profile.get('credential_source') !== undefined) return start(profile, [environment])
  const own = ownSources(config, profile)
  return start(profile, own.length > 0 ? own : [environment])
}

const environment: Base = { kind: 'environment' }

function start(profile: Lookup, found: readonly Base[]): Chain {
  const [base = environment, ...others] = found
  const warnings =
    others.length === 0
      ? []
      : [
          `profile \`${printable(profile.name)}\` has several sources of credentials; ${describe(base)} is used, not ${others.map(describe).join(', ')}`,
        ]
  return { base, baseProfile: profile, hops: [], warnings }
}

/** A source in words for people. */
export function describe(base: Base): string {
  if (base.kind === 'environment') return 'the environment (AWS_ACCESS_KEY_ID)'
  if (base.kind === 'keys')
    return base.file === 'shared' ? 'the shared credentials file' : 'keys in the config'
  return base.kind === 'process' ? '`credential_process`' : 'SSO'
}

// The order of botocore's chain.
function ownSources(config: AwsConfig, profile: Lookup): readonly Base[] {
  const [shared, inConfig] = [keysIn(profile, 'shared'), keysIn(profile, 'config')]
  return [ssoSource(config, profile), shared, processSource(profile), inConfig].filter(
    (base): base is Base => base !== undefined,
  )
}

const staticKeys = (profile: Lookup): readonly Base[] =>
  [keysIn(profile, 'shared'), keysIn(profile, 'config')].filter((base): base is Base => base !== undefined)

function keysIn(profile: Lookup, file: 'shared' | 'config'): Base | undefined {
  const owner = profile.owner(file, 'aws_access_key_id') ?? profile.owner(file, 'aws_secret_access_key')
  if (owner === undefined) return undefined
  const [id, secret] = [owner[file].get('aws_access_key_id'), owner[file].get('aws_secret_access_key')]
  if (id !== undefined && secret !== undefined) return { kind: 'keys', file, profile: owner.name }
  const present = id ?? secret
  const missing = id === undefined ? 'aws_access_key_id' : 'aws_secret_access_key'
  if (present === undefined) return undefined
  const message = `profile \`${printable(owner.name)}\` has \`${present.key}\` without \`${missing}\``
  throw invalidSetting(present, message, `add \`${missing}\``)
}

function processSource(profile: Lookup): Base | undefined {
  const command = profile.get('credential_process')
  return command === undefined
    ? undefined
    : { kind: 'process', profile: profile.name, command: command.value }
}

function ssoSource(config: AwsConfig, profile: Lookup): Base | undefined {
  const named = profile.get('sso_session')
  const mark = named ?? profile.get('sso_start_url') ?? profile.get('sso_account_id')
  if (mark === undefined) return undefined
  const session = named === undefined ? undefined : config.ssoSessions.get(named.value)
  if (named !== undefined && session === undefined) {
    throw invalidSetting(
      named,
      `there is no \`[sso-session ${named.value}]\``,
      'add the section, or correct the name',
    )
  }
  const need = (key: string): string => {
    const value = (session?.get(key) ?? profile.get(key))?.value
    if (value !== undefined) return value
    throw invalidSetting(
      mark,
      `the SSO profile \`${printable(profile.name)}\` has no \`${key}\``,
      `add \`${key}\``,
    )
  }
  return {
    kind: 'sso',
    profile: profile.name,
    ...(named === undefined ? {} : { session: named.value }),
    startUrl: need('sso_start_url'),
    region: need('sso_region'),
    accountId: need('sso_account_id'),
    roleName: need('sso_role_name'),
  }
}

function hopOf(profile: Lookup, overrides: Overrides): Hop | undefined {
  const setting = profile.get('role_arn')
  const roleArn = overrides.roleArn ?? setting?.value
  if (roleArn === undefined) return undefined
  // AWS's own pattern of an ARN is laxer; a role has this form in every partition.
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(roleArn)) {
    const message = `\`${printable(roleArn)}\` is not the ARN of a role`
    throw setting === undefined || overrides.roleArn !== undefined
      ? new SentinelError('CONFIG_INVALID', `${message} (AWS_ROLE_ARN)`)
      : invalidSetting(setting, message)
  }
  const mfaSerial = overrides.mfaSerial ?? profile.get('mfa_serial')?.value
  const externalId = profile.get('external_id')?.value
  const duration = profile.get('duration_seconds')
  return {
    profile: profile.name,
    roleArn,
    ...(externalId === undefined ? {} : { externalId }),
    ...(mfaSerial === undefined ? {} : { mfaSerial }),
    ...(duration === undefined ? {} : { duration }),
  }
}

const unsupported: ReadonlyMap<string, string> = new Map([
  ['web_identity_token_file', 'web identities'],
  ['web_identity_token_process', 'web identities'],
  ['login_session', 'sessions of `aws login`'],
  ['session_tags', 'session tags'],
  ['transitive_session_tags', 'session tags'],
])

function refuseUnsupported(profile: Lookup): void {
  for (const [key, what] of unsupported) {
    const setting = profile.get(key)
    if (setting !== undefined) throw invalidSetting(setting, `\`${key}\`: ${what} are not supported yet`)
  }
  const identity = profile.get('source_identity')
  if (identity !== undefined) {
    const hint = 'remove it: Sentinel stamps every role session itself'
    throw invalidSetting(identity, '`source_identity` of a profile would take the place of the stamp', hint)
  }
  const ambient = profile.get('credential_source')
  if (ambient !== undefined && ambient.value !== 'Environment') {
    const message = `\`credential_source = ${ambient.value}\` is not supported yet, only \`Environment\` is`
    throw invalidSetting(ambient, message)
  }
}
