import { command } from '../command.ts'
import { accessFlags, serverFlags } from './shared.ts'

export const exec = command({
  name: 'exec',
  summary: 'Run a command with credentials, if the policy allows',
  description: [
    'The command inherits the terminal, gets signals and gives the exit status. Other sources of AWS credentials are ' +
      'taken out of its environment. Without a command your shell is run.',
    'With --server the command gets no credentials but the address of an endpoint on this machine that gives them. The ' +
      'policy decides at each request, so a change of it, or a revocation, bites at the next one.',
  ],
  examples: [
    'sentinel exec --profile dev -- aws sts get-caller-identity',
    'sentinel exec --profile dev --policy-parameter /sentinel/policies/dev -- terraform plan',
    'sentinel exec --profile dev --duration 15m',
    'sentinel exec --server --profile dev -- terraform apply',
  ],
  flags: {
    ...accessFlags,
    ...serverFlags,
    force: { type: 'boolean', help: 'run inside another `sentinel exec` or `aws-vault exec`' },
  },
  passthrough: { placeholder: 'command', help: 'command to run, with its arguments' },
  exits: 'exec',
  async run(deps, values) {
    const { runWithCredentials } = await import('../run-exec.ts')
    return runWithCredentials(deps, values)
  },
})
