import { SentinelError, toTimestamp } from '../../base/index.ts'
import { defaultShell, probeFile, variable } from '../../machine/index.ts'
import { type Obtained, obtainCredentials } from '../access.ts'
import { command } from '../command.ts'
import type { Deps } from '../deps.ts'
import { openGateway } from '../gateway-deps.ts'
import { accessFlags } from './shared.ts'

export const exec = command({
  name: 'exec',
  summary: 'Run a command with credentials, if the policy allows',
  description: [
    'The command inherits the terminal, gets signals and gives the exit status. Other sources of AWS credentials are ' +
      'taken out of its environment. Without a command your shell is run.',
  ],
  examples: [
    'sentinel exec --profile dev -- aws sts get-caller-identity',
    'sentinel exec --profile dev --policy-parameter /sentinel/policies/dev -- terraform plan',
    'sentinel exec --profile dev --duration 15m',
  ],
  flags: {
    ...accessFlags,
    force: { type: 'boolean', help: 'run inside another `sentinel exec` or `aws-vault exec`' },
  },
  passthrough: { placeholder: 'command', help: 'command to run, with its arguments' },
  exits: 'exec',
  async run(deps, values) {
    const { io, platform } = deps
    // `credentials`, the hottest command, comes by here too and starts no child.
    const { childEnvironment, findCommand, runChild } = await import('../child.ts')
    if (!values.force) refuseNesting(deps)
    const words = values.rest.length > 0 ? values.rest : [defaultShell(platform, io.env)]
    // Found before anything is decided or issued: credentials that nobody can use are not asked for.
    const child = findCommand(platform, io.env, words, probeFile)
    const obtained = await obtainCredentials(openGateway(deps), values, 'cli')
    return runChild(io, platform, child, childEnvironment(platform, io.env, given(values.profile, obtained)))
  },
})

function refuseNesting({ io, platform }: Deps): void {
  for (const name of ['AWS_SENTINEL', 'AWS_VAULT']) {
    const profile = variable(platform, io.env, name)
    if (profile === undefined) continue
    throw new SentinelError(
      'NESTED_SESSION',
      `this shell has credentials of profile \`${profile}\` already (${name})`,
      {
        hint: 'leave it with `exit`, or use --force',
      },
    )
  }
}

function given(profile: string, { requestId, region, issued }: Obtained) {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAtMs } = issued.credentials
  return {
    profile,
    requestId,
    region,
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    sessionToken: sessionToken?.reveal(),
    expiration: expiresAtMs === undefined ? undefined : toTimestamp(expiresAtMs),
  }
}
