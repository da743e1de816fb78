import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { example, startLocalAws } from '../../dev/aws/index.ts'
import { oneFile } from '../../dev/one-file.ts'
import { freshFolder } from '../machine/machine.fake.ts'

type Output = { readonly accessKeyId: string; readonly issuedBy: string; readonly served: string }

it('processes that want the same at once make one call of each kind, and all get what it brought', async () => {
  const home = freshFolder()
  const { accessKeyId, secretAccessKey } = example.alice.keys
  mkdirSync(join(home, '.aws'))
  writeFileSync(
    join(home, '.aws', 'config'),
    `[profile dev]\nrole_arn = ${example.roles.dev}\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  )
  const program = await oneFile(join(import.meta.dirname, 'one-caller.fake.ts'), home, 'one-caller.cjs')
  const aws = await startLocalAws()
  onTestFinished(() => aws.close())
  const outputs = await Promise.all(
    [1, 2, 3, 4].map((number) => caller(program, home, aws.url, `${number}`.padStart(16, '0'))),
  )
  expect(aws.calls.map(({ action }) => action)).toEqual(['GetCallerIdentity', 'AssumeRole'])
  expect(new Set(outputs.map((output) => output.accessKeyId)).size).toBe(1)
  expect(new Set(outputs.map((output) => output.issuedBy)).size).toBe(1)
  expect(outputs.filter(({ served }) => served === 'fresh').length).toBe(1)
})

/** A process of its own that gets credentials. */
function caller(program: string, home: string, url: string, requestId: string): Promise<Output> {
  const child = spawn(process.execPath, [program, home, url, requestId], {
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      if (status === 0) resolve(JSON.parse(text) as Output)
      else reject(new Error(`ended with ${status}`))
    })
  })
}
