import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SentinelError } from '../base/index.ts'
import { type AwsConfig, loadAwsConfig } from './config.ts'
import { planProfile } from './planner.ts'
import type { Recipe, RecipeRequest } from './recipe.ts'

type Given = {
  readonly shared?: string
  readonly env?: Readonly<Record<string, string>>
  readonly request?: Partial<RecipeRequest>
}

function load(config: string, shared = ''): AwsConfig {
  const files = new Map([
    ['config', config],
    ['credentials', shared],
  ])
  return loadAwsConfig({
    configFile: 'config',
    sharedFile: 'credentials',
    readText: (path) => files.get(path),
  })
}

function plan(config: string, { shared = '', env = {}, request = {} }: Given = {}): Recipe {
  const whole = {
    profile: 'dev',
    region: 'eu-central-1',
    userSession: 'fetched',
    foreignEndpoints: 'refused',
    ...request,
  } as const
  return planProfile({ resolve, authorities: new Map() }, load(config, shared), env, whole)
}

function failure(run: () => unknown): SentinelError {
  try {
    run()
  } catch (error) {
    if (error instanceof SentinelError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const role = (name: string) => `role_arn = arn:aws:iam::111122223333:role/${name}`
const keys =
  'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const sso =
  'sso_start_url = https://x/start\nsso_region = us-east-1\nsso_account_id = 111122223333\nsso_role_name = Dev'

/** The way in one line: base, then roles. */
function way({ base, hops }: Recipe): string {
  const first = base.kind === 'keys' ? `${base.file}:${base.profile}` : base.kind
  return [first, ...hops.map(({ roleArn }) => roleArn.split('/')[1])].join(' > ')
}

describe('the way of a profile', () => {
  for (const [name, config, given, want] of [
    ['keys of the shared file', '', { shared: `[dev]\n${keys}` }, 'shared:dev'],
    ['keys of the config', `[profile dev]\n${keys}`, {}, 'config:dev'],
    ['SSO', `[profile dev]\n${sso}`, {}, 'sso'],
    [
      'SSO by a session',
      `[profile dev]\nsso_session = s\n${sso}\n[sso-session s]\nsso_region = eu-west-1`,
      {},
      'sso',
    ],
    ['a process', '[profile dev]\ncredential_process = x y', {}, 'process'],
    ['nothing of its own: the environment', '[profile dev]\noutput = json', {}, 'environment'],
    ['a role without a source: the environment', `[profile dev]\n${role('a')}`, {}, 'environment > a'],
    [
      'credential_source = Environment',
      `[profile dev]\n${role('a')}\ncredential_source = Environment`,
      {},
      'environment > a',
    ],
    ['a role with its own base', `[profile dev]\n${role('a')}\ncredential_process = x`, {}, 'process > a'],
    [
      'a role and its source',
      `[profile dev]\n${role('a')}\nsource_profile = base`,
      { shared: `[base]\n${keys}` },
      'shared:base > a',
    ],
    [
      'roles in a row, the target last',
      `[profile dev]\n${role('a')}\nsource_profile = b\n[profile b]\n${role('b')}\nsource_profile = c\n[profile c]\n${sso}`,
      {},
      'sso > b > a',
    ],
    [
      'a source with keys ends the chain, whatever role it names',
      `[profile dev]\n${role('a')}\nsource_profile = b\n[profile b]\n${role('b')}\n${keys}`,
      {},
      'config:b > a',
    ],
    [
      'a role whose source is itself',
      `[profile dev]\n${role('a')}\nsource_profile = dev\n${keys}`,
      {},
      'config:dev > a',
    ],
    [
      'a source without a role, as in aws-vault',
      `[profile dev]\nsource_profile = b\n[profile b]\n${keys}`,
      {},
      'config:b',
    ],
    [
      'own keys before a source without a role',
      `[profile dev]\nsource_profile = b\n${keys}\n[profile b]\n${sso}`,
      {},
      'config:dev',
    ],
    [
      'values of an included profile',
      `[profile dev]\ninclude_profile = b\n[profile b]\n${role('b')}\n${keys}`,
      {},
      'config:b > b',
    ],
    [
      'own values before included ones',
      `[profile dev]\n${role('a')}\ninclude_profile = b\n[profile b]\n${role('b')}\nsource_profile = c\n[profile c]\n${keys}`,
      {},
      'config:c > a',
    ],
    [
      'a source from [default], for a role of its own',
      `[default]\nsource_profile = b\n[profile dev]\n${role('a')}\n[profile b]\n${keys}`,
      {},
      'config:b > a',
    ],
    [
      'role and source from [default], where it has neither',
      `[default]\n${role('d')}\nsource_profile = b\n[profile dev]\noutput = json\n[profile b]\n${keys}`,
      {},
      'config:b > d',
    ],
    [
      'no role from [default] for keys of its own',
      `[default]\n${role('d')}\nsource_profile = b\n[profile dev]\n${keys}\n[profile b]\n${keys}`,
      {},
      'config:dev',
    ],
    [
      'no SSO from [default] beside keys of its own',
      `[default]\n${sso}\n[profile dev]\n${keys}`,
      {},
      'config:dev',
    ],
    [
      'itself as no source, though [default] names it',
      `[default]\nsource_profile = dev\n[profile dev]\n${role('a')}`,
      {},
      'environment > a',
    ],
    ['no keys of [default]', `[default]\n${keys}\n[profile dev]\noutput = json`, {}, 'environment'],
    [
      'nothing from [default] for a source profile',
      `[default]\n${role('d')}\n[profile dev]\n${role('a')}\nsource_profile = b\n[profile b]\n${sso}`,
      {},
      'sso > a',
    ],
    [
      'a profile with a space in its name',
      `[profile "my dev"]\n${keys}`,
      { request: { profile: 'my dev' } },
      'config:my dev',
    ],
    [
      'a profile called __proto__',
      `[profile __proto__]\n${keys}`,
      { request: { profile: '__proto__' } },
      'config:__proto__',
    ],
    [
      '[profile default] before [default]',
      `[profile default]\n${keys}\n[default]\n${sso}`,
      { request: { profile: 'default' } },
      'config:default',
    ],
    [
      'AWS_ROLE_ARN for the target',
      `[profile dev]\n${keys}`,
      { env: { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/e' } },
      'config:dev > e',
    ],
    [
      'AWS_ROLE_ARN for the target alone',
      `[profile dev]\n${role('a')}\nsource_profile = b\n[profile b]\n${role('b')}\ncredential_process = x`,
      { env: { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/e' } },
      'process > b > e',
    ],
    [
      'not the AWS_ROLE_ARN of a web identity',
      `[profile dev]\n${keys}`,
      { env: { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/e', AWS_WEB_IDENTITY_TOKEN_FILE: '/t' } },
      'config:dev',
    ],
  ] as readonly [string, string, Given, string][]) {
    it(name, () => {
      expect(way(plan(config, given))).toBe(want)
    })
  }

  it('the values of an SSO session go before those of the profile', () => {
    const text = `[profile dev]\nsso_session = s\n${sso}\n[sso-session s]\nsso_region = eu-west-1`
    expect(plan(text).base).toMatchObject({ region: 'eu-west-1', startUrl: 'https://x/start', session: 's' })
  })

  it('several sources are said aloud', () => {
    const recipe = plan(`[profile dev]\n${sso}\ncredential_process = x\n${role('a')}`)
    expect(recipe.base.kind).toBe('sso')
    expect(recipe.warnings).toEqual([
      'profile `dev` has several sources of credentials; SSO is used, not `credential_process`',
    ])
  })

  it('so is a wish not to check certificates, which changes nothing', () => {
    const wished = plan(`[profile dev]\n${keys}`, { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } })
    expect(wished.warnings).toEqual([
      'NODE_TLS_REJECT_UNAUTHORIZED is not used: the certificates of AWS are always checked',
    ])
    const plain = plan(`[profile dev]\n${keys}`, { env: { NODE_TLS_REJECT_UNAUTHORIZED: '1' } })
    expect(plain.warnings).toEqual([])
    expect(plain.fingerprint).toBe(wished.fingerprint)
  })
})

describe('what cannot be used', () => {
  for (const [name, config, code, text] of [
    ['no such profile', '[profile deb]', 'CONFIG_PROFILE_NOT_FOUND', 'did you mean `deb`'],
    [
      'no such profile, none near',
      '[profile production]',
      'CONFIG_PROFILE_NOT_FOUND',
      'choose one of: production',
    ],
    ['no profile at all', '', 'CONFIG_PROFILE_NOT_FOUND', 'write a profile into config'],
    [
      'no such source',
      `[profile dev]\n${role('a')}\nsource_profile = nope`,
      'CONFIG_PROFILE_NOT_FOUND',
      'which profile `dev` names',
    ],
    [
      'a profile that is its own source',
      `[profile dev]\n${role('a')}\nsource_profile = dev`,
      'CONFIG_PROFILE_LOOP',
      '`dev` → `dev`',
    ],
    [
      'a ring of sources',
      `[profile dev]\n${role('a')}\nsource_profile = b\n[profile b]\n${role('b')}\nsource_profile = c\n[profile c]\n${role('c')}\nsource_profile = b`,
      'CONFIG_PROFILE_LOOP',
      '`b` → `c` → `b`',
    ],
    [
      'a ring of sources without roles',
      '[profile dev]\nsource_profile = b\n[profile b]\nsource_profile = dev',
      'CONFIG_PROFILE_LOOP',
      '`dev` → `b` → `dev`',
    ],
    [
      'a ring of includes',
      '[profile dev]\ninclude_profile = b\n[profile b]\ninclude_profile = dev',
      'CONFIG_PROFILE_LOOP',
      '`dev` → `b` → `dev`',
    ],
    [
      'its own source_identity',
      `[profile dev]\n${role('a')}\nsource_identity = bob`,
      'CONFIG_INVALID',
      'take the place of the stamp',
    ],
    [
      'a source_identity further down',
      `[profile dev]\n${role('a')}\nsource_profile = b\n[profile b]\n${keys}\nsource_identity = x`,
      'CONFIG_INVALID',
      'take the place',
    ],
    [
      'a web identity',
      `[profile dev]\n${role('a')}\nweb_identity_token_file = /t`,
      'CONFIG_INVALID',
      'web identities are not supported yet',
    ],
    [
      'a session of aws login',
      '[profile dev]\nlogin_session = x',
      'CONFIG_INVALID',
      '`aws login` are not supported yet',
    ],
    [
      'session tags',
      `[profile dev]\n${role('a')}\nsession_tags = a=b`,
      'CONFIG_INVALID',
      'session tags are not supported yet',
    ],
    [
      'credentials of the machine',
      `[profile dev]\n${role('a')}\ncredential_source = Ec2InstanceMetadata`,
      'CONFIG_INVALID',
      'not supported yet',
    ],
    [
      'two kinds of source',
      `[profile dev]\n${role('a')}\ncredential_source = Environment\nsource_profile = b\n[profile b]\n${keys}`,
      'CONFIG_INVALID',
      'exclude each other',
    ],
    [
      'half a pair of keys',
      '[profile dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE',
      'CONFIG_INVALID',
      'without `aws_secret_access_key`',
    ],
    [
      'half an SSO profile',
      '[profile dev]\nsso_start_url = https://x',
      'CONFIG_INVALID',
      'has no `sso_region`',
    ],
    [
      'no such SSO session',
      '[profile dev]\nsso_session = s',
      'CONFIG_INVALID',
      'there is no `[sso-session s]`',
    ],
    [
      'a role that is none',
      '[profile dev]\nrole_arn = arn:aws:iam::111122223333:user/x',
      'CONFIG_INVALID',
      'is not the ARN of a role',
    ],
    [
      'a duration that is none',
      `[profile dev]\n${role('a')}\nduration_seconds = 1h`,
      'CONFIG_INVALID',
      'must be whole seconds',
    ],
    [
      'a duration that is too short',
      `[profile dev]\n${role('a')}\nduration_seconds = 899`,
      'DURATION_INVALID',
      '15m to 12h',
    ],
  ] as const) {
    it(name, () => {
      const { code: got, message, hint } = failure(() => plan(config))
      expect(got).toBe(code)
      expect(`${message}; ${hint}`).toContain(text)
    })
  }

  it('shows the place of a setting', () => {
    const { details } = failure(() => plan(`[profile dev]\n${role('a')}\nsource_identity = bob`))
    expect(details).toEqual([
      'config:3:19: error: `source_identity` of a profile would take the place of the stamp',
      '  | source_identity = bob',
      '  |                   ^^^',
    ])
  })

  it('tells all syntax errors of both files at once, and shows no line that may hold a secret', () => {
    const config = '[profile dev]\naws_secret_access_key wJalrXUtnFEMI\n[x'
    const { details, message } = failure(() => load(config, 'wJalrXUtnFEMI'))
    expect(message).toBe('cannot read `config` and `credentials` as an AWS config file')
    expect(details).toEqual([
      'config:2:1: error: expected `key = value`, a `[section]` or a comment',
      'config:3:1: error: a section header needs a name and a closing `]`',
      '  | [x',
      '  | ^^',
      'credentials:1:1: error: expected `key = value`, a `[section]` or a comment',
    ])
  })

  for (const name of ['AWS_SOURCE_IDENTITY', 'AWS_SESSION_TAGS', 'AWS_TRANSITIVE_TAGS']) {
    it(`the environment variable ${name}`, () => {
      const error = failure(() => plan(`[profile dev]\n${role('a')}`, { env: { [name]: 'x' } }))
      expect(error).toMatchObject({ code: 'CONFIG_INVALID', hint: `unset ${name}` })
    })
  }

  it('a foreign endpoint, before anybody is called', () => {
    const error = failure(() => plan(`[profile dev]\n${keys}\nendpoint_url = http://127.0.0.1:1`))
    expect(error.code).toBe('ENDPOINT_INSECURE')
    const text = `[profile dev]\n${keys}\nservices = s\n[services s]\nsts =\n  endpoint_url = https://evil.example`
    expect(failure(() => plan(text)).hint).toContain('`services` section')
  })
})

describe('the region', () => {
  const text = `[default]\nregion = sa-east-1\n[profile dev]\n${keys}\nregion = us-west-2`
  for (const [name, env, region, want] of [
    ['the flag', { AWS_REGION: 'eu-west-1' }, 'eu-north-1', 'eu-north-1'],
    ['AWS_REGION', { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }, undefined, 'eu-west-1'],
    ['AWS_DEFAULT_REGION', { AWS_DEFAULT_REGION: 'eu-west-2' }, undefined, 'eu-west-2'],
    ['the profile', {}, undefined, 'us-west-2'],
  ] as const) {
    it(`comes from ${name}`, () => {
      expect(plan(text, { env, request: { region } }).region).toBe(want)
    })
  }

  it('comes from [default], where nobody else says one', () => {
    const config = text.replace('region = us-west-2', '')
    expect(plan(config, { request: { region: undefined } }).region).toBe('sa-east-1')
  })

  it('that nobody says is an error', () => {
    const error = failure(() => plan(`[profile dev]\n${keys}`, { request: { region: undefined } }))
    expect(error.code).toBe('CONFIG_REGION_MISSING')
  })
})

describe('the duration', () => {
  const one = `[profile dev]\n${role('a')}\n${keys}`
  const chained = `[profile dev]\n${role('a')}\nsource_profile = b\n[profile b]\n${sso}`
  for (const [name, config, env, durationSeconds, want] of [
    ['an hour where nothing is said', one, {}, undefined, 3600],
    ['of the profile', `${one}\nduration_seconds = 7200`, {}, undefined, 7200],
    [
      'of the environment before the profile',
      `${one}\nduration_seconds = 7200`,
      { AWS_ASSUME_ROLE_TTL: '2h30m' },
      undefined,
      9000,
    ],
    ['of the flag before all', one, { AWS_ASSUME_ROLE_TTL: '2h' }, 900, 900],
    ['the longest', one, {}, 43_200, 43_200],
    [
      'a setting is capped when chaining',
      chained.replace('[profile b]', 'duration_seconds = 7200\n[profile b]'),
      {},
      undefined,
      3600,
    ],
    ['a flag of an hour is good when chaining', chained, {}, 3600, 3600],
    ['a user’s own session', `[profile dev]\n${keys}`, { AWS_SESSION_TOKEN_TTL: '36h' }, undefined, 129_600],
  ] as const) {
    it(name, () => {
      expect(plan(config, { env, request: { durationSeconds } }).target.durationSeconds).toBe(want)
    })
  }

  for (const [name, config, env, durationSeconds, text] of [
    ['too short', one, {}, 300, '15m to 12h'],
    ['too long', one, {}, 46_800, '`13h` is out of range'],
    ['negative', one, {}, -3600, '`-1h` is out of range'],
    ['nothing', one, {}, 0, '`0s` is out of range'],
    [
      'over an hour when chaining',
      chained,
      {},
      3601,
      'AWS allows 1h when the base credentials are those of an SSO role',
    ],
    ['a variable that is none', one, { AWS_ASSUME_ROLE_TTL: 'soon' }, undefined, 'AWS_ASSUME_ROLE_TTL'],
  ] as const) {
    it(`${name} is refused before any call`, () => {
      const error = failure(() => plan(config, { env, request: { durationSeconds } }))
      expect(error.code).toBe('DURATION_INVALID')
      expect(error.message).toContain(text)
    })
  }
})

describe('MFA', () => {
  const base = `[profile b]\n${keys}\nmfa_serial = arn:aws:iam::111122223333:mfa/alice`
  it('of the role itself', () => {
    const recipe = plan(`[profile dev]\n${role('a')}\n${keys}\nmfa_serial = m`)
    expect([recipe.baseMfaSerial, recipe.hops[0]?.mfaSerial]).toEqual([undefined, 'm'])
  })
  it('of the user whose keys are the base', () => {
    const recipe = plan(`[profile dev]\n${role('a')}\nsource_profile = b\n${base}`)
    expect([recipe.baseMfaSerial, recipe.hops[0]?.mfaSerial]).toEqual([
      'arn:aws:iam::111122223333:mfa/alice',
      undefined,
    ])
  })
  it('of the environment, for the target alone', () => {
    const recipe = plan(`[profile dev]\n${role('a')}\nsource_profile = b\n${base}`, {
      env: { AWS_MFA_SERIAL: 'e' },
    })
    expect([recipe.baseMfaSerial, recipe.hops[0]?.mfaSerial]).toEqual([
      'arn:aws:iam::111122223333:mfa/alice',
      'e',
    ])
    expect(plan(`[profile dev]\n${keys}`, { env: { AWS_MFA_SERIAL: 'e' } }).baseMfaSerial).toBe('e')
  })
})

describe('the target', () => {
  it('with a role can be stamped', () => {
    expect(plan(`[profile dev]\n${role('a')}`).target).toMatchObject({
      roleArn: 'arn:aws:iam::111122223333:role/a',
    })
  })
  it('without one cannot, and says why', () => {
    expect(plan(`[profile dev]\n${keys}`).target).toMatchObject({
      unstampable: 'the profile has no `role_arn`',
    })
    expect(plan(`[profile dev]\n${sso}`).target).toMatchObject({
      unstampable: expect.stringContaining('SSO'),
    })
  })
})

describe('what the record names', () => {
  const at = (service: string, region = 'eu-central-1') => `${service}.${region}.amazonaws.com`
  const named = (except: readonly string[], text = `[profile dev]\n${keys}`) =>
    plan(text, { env: { HTTPS_PROXY: 'http://p:1', NO_PROXY: except.join(',') } }).named
  it('is a proxy that only tables are reached through too', () => {
    expect(named([at('sts'), at('ssm')]).proxy).toEqual(['http://p:1/'])
    expect(named([at('sts'), at('ssm'), at('dynamodb')]).proxy).toEqual([])
  })
  it('is a proxy that only the portal of SSO is reached through, in its own region', () => {
    const others = [at('sts'), at('ssm'), at('dynamodb')]
    const text = `[profile dev]\n${sso}`
    expect(named([...others, at('portal.sso')], text).proxy).toEqual(['http://p:1/'])
    const excepted = named([...others, at('portal.sso', 'us-east-1')], text)
    expect(excepted).toMatchObject({ proxy: [], region: ['eu-central-1', 'us-east-1'] })
  })
  it('is nothing of an endpoint for tables that will be refused when one is asked for', () => {
    const env = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000' }
    expect(plan(`[profile dev]\n${keys}`, { env }).named.endpoint).toEqual([])
    const request = { foreignEndpoints: 'accepted' } as const
    const endpoint = 'http://127.0.0.1:8000/'
    expect(plan(`[profile dev]\n${keys}`, { env, request }).named.endpoint).toEqual([endpoint])
  })
})

describe('the fingerprint', () => {
  const text = `[profile dev]\n${role('a')}\nsource_profile = b\nexternal_id = x\n[profile b]\ncredential_process = c`
  const same = plan(text).fingerprint
  it('is the same for the same recipe, wherever it stands in the file', () => {
    expect(plan(`# comment\n[profile other]\n${sso}\n${text}`).fingerprint).toBe(same)
  })
  for (const [name, config, given] of [
    ['role', text.replace('role/a', 'role/b'), {}],
    ['external id', text.replace('= x', '= y'), {}],
    ['process', text.replace('= c', '= d'), {}],
    ['MFA device', `${text}\nmfa_serial = m`, {}],
    ['duration', text, { request: { durationSeconds: 900 } }],
    ['region', text, { request: { region: 'us-east-1' } }],
    ['proxy', text, { env: { HTTPS_PROXY: 'http://p' } }],
    ['certificate authority', text, { env: { AWS_CA_BUNDLE: '/ca' } }],
    ['more authorities', text, { env: { NODE_EXTRA_CA_CERTS: '/ca' } }],
    ['authorities of the system', text, { env: { NODE_OPTIONS: '--use-openssl-ca', SSL_CERT_FILE: '/ca' } }],
    ['endpoint', text, { env: { AWS_ENDPOINT_URL: 'http://e' }, request: { foreignEndpoints: 'accepted' } }],
    ['kind of endpoint', text, { env: { AWS_USE_FIPS_ENDPOINT: 'true' } }],
  ] as const) {
    it(`changes with the ${name}`, () => {
      expect(plan(config, given).fingerprint).not.toBe(same)
    })
  }
  it('changes with the endpoint of SSO too', () => {
    const request = { foreignEndpoints: 'accepted' } as const
    const env = { AWS_ENDPOINT_URL_SSO: 'http://e' }
    const text = `[profile dev]\n${role('a')}\n${sso}`
    expect(plan(text, { env, request }).fingerprint).not.toBe(plan(text, { request }).fingerprint)
    expect(failure(() => plan(text, { env })).code).toBe('ENDPOINT_INSECURE')
  })
  it('does not hold a secret', () => {
    expect(JSON.stringify(plan(`[profile dev]\n${keys}`))).not.toContain('wJalr')
  })
})
