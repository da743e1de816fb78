// The demo's attack: the base credentials go to the role directly, without Sentinel.

import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'

const role = { RoleArn: process.argv[2], RoleSessionName: 'around-sentinel' }
try {
  await new STSClient({}).send(new AssumeRoleCommand(role))
  process.stdout.write('AWS let it through\n')
} catch (error) {
  process.stderr.write(`${error.name}: ${error.message}\n`)
  process.exitCode = 1
}
