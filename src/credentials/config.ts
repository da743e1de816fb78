// AWS's two files as profiles, each with its own values. What a profile takes from another is for profile.ts to say.
// Lines of these files are shown in errors only where they cannot hold a secret.

import { SentinelError } from '../base/index.ts'
import { type Diagnostic, draw, type Source, type Span } from '../source/index.ts'
import { type Ini, type IniSection, readIni } from './ini.ts'
import { splitWords } from './words.ts'

/** A value and its place. */
export type Setting = {
  /** Lower case. */
  readonly key: string
  readonly value: string
  readonly source: Source
  readonly span: Span
}

/** Values by key in lower case. An empty value counts as none. */
export type Settings = ReadonlyMap<string, Setting>

/** What both files say about one profile, each apart. */
export type Profile = {
  readonly name: string
  /** From the config file. */
  readonly config: Settings
  /** From the file of shared credentials. */
  readonly shared: Settings
}

/** Both files, read. */
export type AwsConfig = {
  readonly configFile: string
  readonly sharedFile: string
  readonly profiles: ReadonlyMap<string, Profile>
  readonly ssoSessions: ReadonlyMap<string, Settings>
  /** By name of the section: the endpoint URLs, by service in lower case. */
  readonly services: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** Drawn lines about what is odd and yet usable. */
  readonly warnings: readonly string[]
}

/** Where the two files are, and how to read one: undefined where there is none. */
export type ConfigDeps = {
  readonly configFile: string
  readonly sharedFile: string
  readText(path: string): string | undefined
}

/**
 * Reads `~/.aws/config` and `~/.aws/credentials`, or what stands for them.
 *
 * @throws SentinelError CONFIG_INVALID with every syntax error of both files; whatever `readText` throws
 */
export function loadAwsConfig(deps: ConfigDeps): AwsConfig {
  const [config, shared] = [read(deps, deps.configFile), read(deps, deps.sharedFile)]
  requireReadable([config, shared])
  const sections = sortSections(config)
  const names = new Set([...sections.profiles.keys(), ...shared.sections.keys()])
  const profiles = new Map<string, Profile>()
  for (const name of names) {
    profiles.set(name, {
      name,
      config: settingsOf(config.source, sections.profiles.get(name)),
      shared: settingsOf(shared.source, shared.sections.get(name)),
    })
  }
  return {
    configFile: deps.configFile,
    sharedFile: deps.sharedFile,
    profiles,
    ssoSessions: mapValues(sections.ssoSessions, (section) => settingsOf(config.source, section)),
    services: mapValues(sections.services, serviceUrls),
    warnings: [config, shared].flatMap((ini) =>
      ini.diagnostics.flatMap((one) => shown(ini.source, one).slice(0, 1)),
    ),
  }
}

/** A CONFIG_INVALID that points at a setting. */
export function invalidSetting(setting: Setting, message: string, hint?: string): SentinelError {
  const diagnostic: Diagnostic = { severity: 'error', message, span: setting.span }
  return new SentinelError('CONFIG_INVALID', message, { hint, details: shown(setting.source, diagnostic) })
}

function read(deps: ConfigDeps, path: string): Ini {
  return readIni({ name: path, text: deps.readText(path) ?? '' })
}

function requireReadable(files: readonly Ini[]): void {
  const details = files.flatMap(({ source, diagnostics }) =>
    diagnostics.filter((one) => one.severity === 'error').flatMap((one) => shown(source, one)),
  )
  if (details.length === 0) return
  const names = files.filter(({ diagnostics }) => diagnostics.some((one) => one.severity === 'error'))
  const where = names.map(({ source }) => `\`${source.name}\``).join(' and ')
  throw new SentinelError('CONFIG_INVALID', `cannot read ${where} as an AWS config file`, { details })
}

// A line with a broken key may be one with a secret, and the whole file of shared credentials is secret.
function shown(source: Source, diagnostic: Diagnostic): readonly string[] {
  const lines = draw(source, diagnostic)
  const [head = '', excerpt = ''] = lines
  const harmless =
    /^\s*\|\s*(\[|(role_arn|source_profile|include_profile|credential_source|region|sso_[a-z_]+|duration_seconds|mfa_serial|source_identity|[a-z_]*session_tags|web_identity_token_file|login_session)\b)/i
  return harmless.test(excerpt) ? lines : [head]
}

type Sections = Map<string, IniSection>

function sortSections(config: Ini) {
  const found = { profiles: new Map(), ssoSessions: new Map(), services: new Map() } satisfies Record<
    string,
    Sections
  >
  const kinds = new Map<string, Sections>([
    ['profile', found.profiles],
    ['sso-session', found.ssoSessions],
    ['services', found.services],
  ])
  for (const [header, section] of config.sections) {
    if (header === 'default') {
      // `[profile default]` goes before `[default]` (AWS SDKs and Tools Reference Guide, "Shared config files").
      if (!found.profiles.has(header)) found.profiles.set(header, section)
      continue
    }
    const [kind = '', name, ...more] = wordsOf(header)
    if (name !== undefined && more.length === 0) kinds.get(kind)?.set(name, section)
  }
  return found
}

// Most headers are two bare words; only others need a reader of quotes.
function wordsOf(header: string): readonly string[] {
  return /["'\\]/.test(header) ? (splitWords(header, 'posix') ?? []) : header.split(/\s+/)
}

function settingsOf(source: Source, section: IniSection | undefined): Settings {
  const settings = new Map<string, Setting>()
  for (const { name, value, nested, span } of section?.properties.values() ?? []) {
    if (value !== '' && nested.size === 0) settings.set(name, { key: name, value, source, span })
  }
  return settings
}

function serviceUrls(section: IniSection): ReadonlyMap<string, string> {
  const urls = new Map<string, string>()
  for (const { name, nested } of section.properties.values()) {
    const url = nested.get('endpoint_url')
    if (url !== undefined && url !== '') urls.set(name, url)
  }
  return urls
}

function mapValues<V, W>(map: ReadonlyMap<string, V>, change: (value: V) => W): ReadonlyMap<string, W> {
  return new Map([...map].map(([key, value]) => [key, change(value)]))
}
