// The local AWS as a story sees it: where it is, the `~/.aws` files of the people of its default world, the calls that
// it received, and faults on demand.

import { createHash } from 'node:crypto'
import { example, type Fault, startLocalAws } from '../../dev/aws/index.ts'
import type { Clock } from '../../src/base/index.ts'
import { startFalseAws } from './false-aws.ts'
import type { StoryAws } from './world.ts'

const people = {
  alice: example.alice,
  bob: example.bob,
  carol: example.carol,
  mallory: example.mallory,
} as const

/** Starts a local AWS on the story's clock. */
export async function startStoryAws(clock: Clock): Promise<StoryAws> {
  const aws = await startLocalAws({ clock })
  const closing: (() => Promise<void>)[] = [aws.close]
  return {
    env: {
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: example.region,
      AWS_DEFAULT_REGION: example.region,
      SENTINEL_INSECURE_ENDPOINT: '1',
    },
    home: new Map([
      ['.aws/config', config()],
      ['.aws/credentials', credentials()],
      [`.aws/sso/cache/${createHash('sha1').update('example').digest('hex')}.json`, portalToken(clock)],
    ]),
    calls: () => aws.calls.map(({ action }) => action),
    fault: (action, kind, times) =>
      void aws.fail({ action, ...(times === undefined ? {} : { times }) }, toFault(kind)),
    async startProxy(tls) {
      const { close, ...proxy } = await startFalseAws(aws.url, tls)
      closing.push(close)
      return proxy
    },
    async close() {
      for (const close of closing) await close()
    },
  }
}

function toFault(kind: string): Fault {
  switch (kind) {
    case 'throttle':
    case 'deny':
    case 'error':
    case 'reset':
    case 'empty':
    case 'lost':
    case 'truncated':
      return { kind }
    default:
      throw new Error('a fault is throttle, deny, error, reset, lost, empty or truncated')
  }
}

function credentials(): string {
  return Object.entries(people)
    .map(
      ([name, { keys }]) =>
        `[${name}]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`,
    )
    .join('\n')
}

function config(): string {
  const { roles, sso } = example
  const profiles = [
    ...Object.keys(people).map((name) => profile(name, {})),
    ...(['dev', 'sandbox', 'prod'] as const).map((name) =>
      profile(name, { role_arn: roles[name], source_profile: 'alice' }),
    ),
    profile('live', { role_arn: roles.prod, source_profile: 'alice' }),
    profile('ai-readonly', { role_arn: roles.dev, source_profile: 'alice' }),
    profile('admin', { role_arn: roles.admin, source_profile: 'carol', mfa_serial: example.carol.mfaSerial }),
    profile('deploy', { role_arn: roles.deploy, source_profile: 'dev' }),
    profile('partner', { role_arn: roles.partner, source_profile: 'alice', external_id: example.externalId }),
    profile('portal', {
      sso_session: 'example',
      sso_account_id: example.account,
      sso_role_name: sso.permissionSet,
    }),
    `[sso-session example]\nsso_start_url = ${sso.startUrl}\nsso_region = ${example.region}\n`,
  ]
  return profiles.join('\n')
}

function profile(name: string, settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ region: example.region, ...settings }).map(
    ([key, value]) => `${key} = ${value}\n`,
  )
  return `[profile ${name}]\n${lines.join('')}`
}

function portalToken(clock: Clock): string {
  const { sso, region } = example
  const expiresAt = new Date(clock.now() + 8 * 3600 * 1000).toISOString()
  return `${JSON.stringify({ startUrl: sso.startUrl, region, accessToken: sso.accessToken, expiresAt })}\n`
}
