import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, it } from 'vitest'
import { example, startLocalAws } from './index.ts'

it('issues a stamped session over the wire', async () => {
  const aws = await startLocalAws()
  const sts = new STSClient({ endpoint: aws.url, region: example.region, credentials: example.alice.keys })
  const SourceIdentity = 'sentinel,alice,0123456789abcdef'
  const answer = await sts.send(
    new AssumeRoleCommand({ RoleArn: example.roles.dev, RoleSessionName: SourceIdentity, SourceIdentity }),
  )
  expect(answer.SourceIdentity).toBe(SourceIdentity)
  expect(aws.calls.map((call) => call.action)).toEqual(['AssumeRole'])
  await aws.close()
})
