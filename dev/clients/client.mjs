// A client of an endpoint: the AWS SDK for JavaScript. Each line of its input asks for new credentials and shows whose
// they are, as `ok ARN`, or why there are none, as `refused …`.

import { createInterface } from 'node:readline'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'

const client = new STSClient({})
const oneLine = (text) => String(text).replace(/\s+/g, ' ')

for await (const _ of createInterface({ input: process.stdin })) {
  try {
    await client.config.credentials({ forceRefresh: true })
    const { Arn } = await client.send(new GetCallerIdentityCommand({}))
    process.stdout.write(`ok ${Arn}\n`)
  } catch (error) {
    process.stdout.write(`refused ${oneLine(error.message)}\n`)
  }
}
