import { toTimestamp } from '../../base/index.ts'
import { type Obtained, obtainCredentials } from '../access.ts'
import { command } from '../command.ts'
import { openGateway } from '../gateway-deps.ts'
import { accessFlags } from './shared.ts'

export const credentials = command({
  name: 'credentials',
  summary: 'Print credentials for `credential_process`, if the policy allows',
  description: [
    'SDKs and the AWS CLI call it where ~/.aws/config says, under another name than the profile that Sentinel resolves: ' +
      '`[profile dev]` with `credential_process = sentinel credentials --profile dev-base`.',
    'Stdout has version 1 of the JSON that AWS documents, and nothing else; a refusal prints one line on stderr.',
  ],
  examples: [
    'sentinel credentials --profile dev-base',
    'sentinel credentials --profile dev-base --policy-parameter /sentinel/policies/dev-base',
    'sentinel credentials --profile dev-base --policy-file policy.yaml --duration 15m',
  ],
  flags: accessFlags,
  async run(deps, values) {
    const obtained = await obtainCredentials(openGateway(deps), values, 'credential_process')
    deps.io.stdout.write(asProcessOutput(obtained))
    return 0
  },
})

// AWS SDKs and Tools Reference Guide, "Process credential provider": without Expiration they are never refreshed.
function asProcessOutput({ issued, accountId }: Obtained): string {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAtMs } = issued.credentials
  const document = {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken === undefined ? {} : { SessionToken: sessionToken.reveal() }),
    ...(expiresAtMs === undefined ? {} : { Expiration: toTimestamp(expiresAtMs) }),
    AccountId: accountId,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
