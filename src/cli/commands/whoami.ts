import { printable, visibleJson } from '../../base/index.ts'
import { type Principal, whoamiOf } from '../../identity/index.ts'
import { command } from '../command.ts'
import { openGateway } from '../gateway-deps.ts'
import { openProfile } from '../profile.ts'
import { openWays } from '../ways.ts'
import { awsFlags } from './shared.ts'

const { region, insecureEndpoint } = awsFlags

export const whoami = command({
  name: 'whoami',
  summary: 'Show who AWS says you are, and the name that policies match',
  examples: ['sentinel whoami', 'sentinel whoami --profile dev', 'sentinel whoami --profile dev --json'],
  flags: {
    profile: {
      type: 'string',
      env: 'AWS_PROFILE',
      default: 'default',
      placeholder: 'name',
      help: 'profile whose base credentials are asked about',
    },
    region,
    insecureEndpoint,
    json: { type: 'boolean', help: 'print JSON for a program to read' },
  },
  async run(deps, { profile, region, insecureEndpoint, json }) {
    const gateway = openGateway(deps)
    const opened = await openProfile(gateway, { profile, region, insecureEndpoint }, openWays(gateway))
    const principal = await opened.principal()
    deps.io.stdout.write(json ? `${visibleJson(whoamiOf(principal), 2)}\n` : asText(principal))
    return 0
  },
})

function asText(principal: Principal): string {
  const { arn, account_id, identity_type, raw_username, policy_username } = whoamiOf(principal)
  const rows = [
    ['ARN', arn],
    ['Account', account_id],
    ['Identity Type', principal.kind === 'sso' ? `${identity_type} (Identity Center)` : identity_type],
    ['Raw Username', raw_username],
    ['Policy Username', policy_username],
  ] as const
  const lines = rows.map(([name, value]) => `${`${name}:`.padEnd(17)}${printable(value)}`)
  return ['AWS Identity', '============', ...lines, '', ...remarks(principal)].join('\n').concat('\n')
}

function remarks({ kind, name, rawName }: Principal): readonly string[] {
  const shown = printable(name)
  if (kind !== 'assumed-role') return [`Policies name you in \`users:\` as ${shown}.`]
  const role = shown.split('/')[0]
  return [
    `Policies name you in \`users:\` as ${shown}, since whoever may assume ${role} chooses the part behind the slash.`,
    `\`${printable(rawName)}\` alone matches only where the policy lists ${role} under \`trusted_session_roles\`.`,
  ]
}
