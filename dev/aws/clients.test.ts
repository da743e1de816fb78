// Clients that nobody of us wrote, with signers of their own, against the local AWS.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { pythonWith } from '../backends/python.ts'
import { stamp } from './contract-driver.ts'
import { example, startLocalAws } from './index.ts'

const run = promisify(execFile)

/** Runs Python as alice, in a home of its own that knows no AWS but the local one. */
async function asAlice(python: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const aws = await startLocalAws()
  const home = mkdtempSync(join(tmpdir(), 'sentinel-clients-'))
  try {
    const { stdout } = await run(python, [...args], {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        SYSTEMROOT: process.env.SYSTEMROOT,
        HOME: home,
        AWS_CONFIG_FILE: join(home, 'config'),
        AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
        AWS_ENDPOINT_URL: aws.url,
        AWS_DEFAULT_REGION: example.region,
        AWS_ACCESS_KEY_ID: example.alice.keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: example.alice.keys.secretAccessKey,
        PYTHONIOENCODING: 'utf-8',
      },
    })
    expect(aws.reports).toEqual([])
    return JSON.parse(stdout) as Record<string, unknown>
  } finally {
    await aws.close()
    rmSync(home, { recursive: true })
  }
}

const named = (client: string, python: string | undefined) =>
  python === undefined ? `${client} is not installed (dev/backends/install.sh)` : client

const boto3 = pythonWith('boto3')
describe.skipIf(boto3 === undefined)(named('boto3', boto3), () => {
  it('gets a stamped session and uses it', async () => {
    const script = join(import.meta.dirname, '../backends/boto3_calls.py')
    const args = [script, example.roles.dev, stamp, example.sso.accessToken, example.account]
    expect(await asAlice(boto3 ?? '', args)).toEqual({
      caller: example.alice.arn,
      value: 'zwölf: ✓',
      missing: 'ParameterNotFound',
      portal: 'ASIA',
      events: ['CreateTable', 'GetParameter', 'GetParameter', 'PutParameter'],
      stamps: [stamp],
    })
  })
})

const awscli = pythonWith('awscli')
describe.skipIf(awscli === undefined)(named('the AWS CLI', awscli), () => {
  const cli = (...args: readonly string[]) =>
    asAlice(awscli ?? '', ['-m', 'awscli', ...args, '--output', 'json'])

  it('says who it is', async () => {
    expect(await cli('sts', 'get-caller-identity')).toMatchObject({ Arn: example.alice.arn })
  })

  it('is given a stamped session', async () => {
    const session = [
      '--role-arn',
      example.roles.dev,
      '--role-session-name',
      stamp,
      '--source-identity',
      stamp,
    ]
    expect(await cli('sts', 'assume-role', ...session)).toMatchObject({ SourceIdentity: stamp })
  })
})
