// The demo's child: an ordinary program on the AWS SDK that knows nothing of Sentinel.

import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'

const { Arn, Account } = await new STSClient({}).send(new GetCallerIdentityCommand({}))
process.stdout.write(`I am ${Arn} in account ${Account}\n`)
