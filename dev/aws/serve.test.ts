import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, it } from 'vitest'

it('`npm run aws` prints how to use it, answers, and ends on Ctrl-C', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'dev/aws/serve.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  })
  let said = ''
  for await (const chunk of child.stdout) {
    said += String(chunk)
    if (said.includes('Ctrl-C ends it')) break
  }
  const value = (name: string) => new RegExp(`export ${name}=(\\S+)`).exec(said)?.[1] ?? ''
  expect(value('SENTINEL_INSECURE_ENDPOINT')).toBe('1')
  const sts = new STSClient({
    endpoint: value('AWS_ENDPOINT_URL'),
    region: value('AWS_REGION'),
    credentials: {
      accessKeyId: value('AWS_ACCESS_KEY_ID'),
      secretAccessKey: value('AWS_SECRET_ACCESS_KEY'),
    },
  })
  expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toMatch(/user\/alice$/)
  const exited = once(child, 'exit')
  child.kill('SIGINT')
  expect((await exited)[0]).toBe(0)
})
