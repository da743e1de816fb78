// What the guide of the second factor tells people to type does what it says, on a server that runs.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fakeMachine } from '../../../machine/machine.fake.ts'
import { appOf } from '../../../mfa/app.fake.ts'
import { vaultKit } from './vault.fake.ts'

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guide/mfa.md'), 'utf8')
const blocks = (kind: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text)
const lines = blocks('sh')
  .flatMap((text) => text.trim().split('\n'))
  .map((line) => line.replace(/^sentinel vault /, ''))

test('every command of the guide is taken: the policies ask for a code, and -mfa gives it', async () => {
  const { ask, run, file } = await vaultKit()
  const [write = '', generate = '', read = ''] = lines
  expect([lines.length, (await ask(write)).status]).toEqual([3, 0])
  file('own.hcl', `${blocks('hcl')[0]}\npath "sys/mfa/method/totp/app/generate" { capabilities = ["read"] }`)
  await ask('policy write own own.hcl')
  const text = Buffer.from(blocks('sentinel')[0] ?? '').toString('base64')
  const egp = `write sys/policies/egp/payroll paths=* enforcement_level=hard-mandatory policy=${text}`
  expect((await ask(egp)).status).toBe(0)
  await ask('auth enable userpass')
  await ask('write auth/userpass/users/bob password=training token_policies=own')
  await ask('kv put secret/payroll/bob b=c')
  const login = await run('login -method=userpass -format=json username=bob password=training')
  const env = { VAULT_TOKEN: JSON.parse(login.out).auth.client_token }
  const { data } = JSON.parse((await run(`${generate} -format=json`, { env })).out)
  const code = appOf(data.url, () => fakeMachine().clock.now())()
  const refused = await run('read secret/data/payroll/bob', { env })
  expect([refused.status, refused.err]).toEqual([2, expect.stringContaining('no code was sent')])
  expect((await run(read.replace('123456', code), { env })).status).toBe(0)
  expect((await run(read.replace('123456', code), { env })).status).toBe(2)
})
