// One profile with what it includes, and how profiles are found by name.

import { closest, printable, SentinelError } from '../base/index.ts'
import type { AwsConfig, Profile, Setting } from './config.ts'

/** The values of a profile: its own first, then those of the profiles that it includes. */
export type Lookup = {
  readonly name: string
  /** From either file; the file of shared credentials goes first, as in AWS's tools. */
  get(key: string): Setting | undefined
  /** The first profile, of this one and those that it includes, that has the key in the given file. */
  owner(file: 'config' | 'shared', key: string): Profile | undefined
}

/**
 * A profile by its name.
 *
 * @throws SentinelError CONFIG_PROFILE_NOT_FOUND with the nearest name; CONFIG_PROFILE_LOOP for a ring of
 * `include_profile`
 */
export function lookUpProfile(config: AwsConfig, name: string): Lookup {
  const chain = includes(config, name)
  return {
    name,
    get: (key) => first(chain, (profile) => profile.shared.get(key) ?? profile.config.get(key)),
    owner: (file, key) => chain.find((profile) => profile[file].has(key)),
  }
}

/** The profile that was asked for, with what it takes from `[default]`. */
export type Target = Lookup & {
  /** Keys that decide whose credentials come out and that were taken from `[default]`: said aloud. */
  readonly inherited: readonly string[]
}

const sourceKeys = [
  'source_profile',
  'credential_process',
  'credential_source',
  'sso_session',
  'sso_start_url',
  'sso_region',
  'sso_account_id',
  'sso_role_name',
  'web_identity_token_file',
  'web_identity_token_process',
  'login_session',
]
const roleKeys = [
  'role_arn',
  'external_id',
  'role_session_name',
  'source_identity',
  'session_tags',
  'transitive_session_tags',
]
const staticKeys = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token', 'aws_security_token']

/**
 * The profile that was asked for. What it lacks is taken from `[default]`, but a source of credentials only if it has
 * none of its own, and a role only if it has neither: halves of two profiles make nobody's credentials. Throws as
 * lookUpProfile.
 */
export function lookUpTarget(config: AwsConfig, name: string): Target {
  const own = lookUpProfile(config, name)
  const fallback = name === 'default' ? undefined : config.profiles.get('default')?.config
  const has = (keys: readonly string[]) => keys.some((key) => own.get(key) !== undefined)
  const hasSource = has([...sourceKeys, ...staticKeys])
  const barred = new Set([
    ...staticKeys,
    ...(hasSource ? sourceKeys : []),
    ...(hasSource || has(['role_arn']) ? roleKeys : []),
    // A profile is not its own source because `[default]` says so.
    ...(fallback?.get('source_profile')?.value === name ? ['source_profile'] : []),
  ])
  const inherit = (key: string) => (barred.has(key) ? undefined : fallback?.get(key))
  const telling = [...sourceKeys, 'role_arn', 'mfa_serial']
  return {
    ...own,
    get: (key) => own.get(key) ?? inherit(key),
    inherited: telling.filter((key) => own.get(key) === undefined && inherit(key) !== undefined),
  }
}

/** The error about a ring of profiles, with the ring in it. */
export function profileLoop(key: string, visited: readonly string[], again: string): SentinelError {
  const ring = [...visited.slice(visited.indexOf(again)), again].map((name) => `\`${printable(name)}\``)
  return new SentinelError(
    'CONFIG_PROFILE_LOOP',
    `profiles refer to each other in a ring: ${ring.join(' → ')}`,
    {
      hint: `remove one \`${key}\` of the ring`,
    },
  )
}

function includes(config: AwsConfig, name: string): readonly Profile[] {
  const chain: Profile[] = []
  const visited: string[] = []
  let wanted: string | undefined = name
  while (wanted !== undefined) {
    if (visited.includes(wanted)) throw profileLoop('include_profile', visited, wanted)
    visited.push(wanted)
    const profile: Profile | undefined = config.profiles.get(wanted) ?? unwritten(wanted)
    if (profile === undefined) throw notFound(config, wanted, visited)
    chain.push(profile)
    wanted = profile.config.get('include_profile')?.value
  }
  return chain
}

// The default profile needs no section, as in AWS's tools: keys in the environment are enough.
function unwritten(name: string): Profile | undefined {
  return name === 'default' ? { name, config: new Map(), shared: new Map() } : undefined
}

/** An unknown profile; `visited` ends with it and shows who named it. */
function notFound(config: AwsConfig, name: string, visited: readonly string[]): SentinelError {
  const by = visited.at(-2)
  const named = by === undefined ? '' : `, which profile \`${printable(by)}\` names`
  const names = [...config.profiles.keys()].sort()
  const near = closest(name, names)
  const list = names.slice(0, 20).map(printable).join(', ')
  const hint =
    near !== undefined
      ? `did you mean \`${printable(near)}\``
      : names.length === 0
        ? `write a profile into ${config.configFile}`
        : `choose one of: ${list}${names.length > 20 ? `, and ${names.length - 20} more` : ''}`
  return new SentinelError('CONFIG_PROFILE_NOT_FOUND', `there is no profile \`${printable(name)}\`${named}`, {
    hint,
    details: near === undefined ? [] : [`profiles: ${list}`],
  })
}

/** The error about a profile that another one names and that is not there. */
export function missingSource(config: AwsConfig, by: string, name: string): SentinelError {
  return notFound(config, name, [by, name])
}

function first<T, R>(list: readonly T[], find: (one: T) => R | undefined): R | undefined {
  for (const one of list) {
    const found = find(one)
    if (found !== undefined) return found
  }
  return undefined
}
