// What the guide of governing policies shows does what it says, on a server that runs: its commands as people type them,
// its policies on requests that they let through and that they refuse.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { vaultKit } from './vault.fake.ts'

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guide/governing-policies.md'), 'utf8')
const blocks = (kind: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text)
const [byDay = '', denyAll = '', guardRail = '', before = '', delegated = ''] = blocks('sentinel')

/** A server with somebody who may do everything, as far as ACLs are concerned. */
async function kit() {
  const made = await vaultKit()
  const { ask, json, file, run } = made
  file('all.hcl', 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }')
  await ask('policy write all all.hcl')
  await ask('kv put secret/prod/db password=x')
  const write = async (kind: string, name: string, text: string, more = '') => {
    file(`${name}.sentinel`, text)
    const line = `write sys/policies/${kind}/${name} policy=@${name}.sentinel enforcement_level=hard-mandatory${more}`
    const { status, err } = await ask(line)
    expect([name, status, err]).toEqual([name, 0, ''])
  }
  const token = async (...policies: readonly string[]) =>
    (await json(`token create ${policies.map((name) => `-policy=${name}`).join(' ')}`)).auth.client_token
  const as = async (VAULT_TOKEN: string, line: string | readonly string[]) =>
    run(line, { env: { VAULT_TOKEN } })
  return { ...made, write, token, as }
}

test('the commands are taken; who is refused sees the trace, and may override', async () => {
  const { ask, file, as, token } = await kit()
  // By no hour of any day, so that the test does not ask what time it is.
  const never = byDay.replace('time.now.hour >= 8', 'time.now.hour >= 24')
  expect(never).not.toBe(byDay)
  file('by-day.sentinel', never)
  const lines = blocks('sh')
    .flatMap((text) => text.trim().split('\n'))
    .filter((line) => line.startsWith('sentinel vault '))
    .map((line) => line.replace('sentinel vault ', ''))
  const holder = await token('all')
  for (const line of lines) {
    const isKv = line.startsWith('kv ')
    if (isKv) {
      const refused = await as(holder, line.replace('-policy-override ', ''))
      expect(refused.status).toBe(2)
      const [told = ''] = blocks('text')
      // The client shows the list of failures without its head.
      const parts = told.split('\n').slice(1)
      for (const part of parts.map((each) => each.trim().replace(/^\* /, '')))
        expect(refused.err).toContain(part)
    }
    const { status, err } = isKv ? await as(holder, line) : await ask(line)
    expect([line, status]).toEqual([line, 0])
    expect(err).toEqual(
      isKv ? expect.stringContaining('egp root/by-day (soft-mandatory) did not pass and was overridden') : '',
    )
  }
  expect((await as(holder, 'kv get secret/prod/db')).status).toBe(0)
})

test('members of a customer that left may do nothing, and members of others may', async () => {
  const { ask, json, write, as } = await kit()
  await write('rgp', 'left', denyAll)
  await ask('auth enable userpass')
  for (const [name, org] of [
    ['alice', 'A012345X'],
    ['bob', 'B0'],
  ] as const) {
    await ask(`write auth/userpass/users/${name} password=training token_policies=all`)
    const login = async () =>
      JSON.parse(
        (await ask(`login -method=userpass -no-store -format=json username=${name} password=training`)).out,
      ).auth
    const { client_token: own, entity_id: id } = await login()
    expect((await as(own, 'kv get secret/prod/db')).status).toBe(0)
    await ask(['write', `identity/entity/id/${id}`, `metadata=org_id=${org}`, 'policies=left'])
    expect([name, (await as(own, 'kv get secret/prod/db')).status]).toEqual([name, org === 'B0' ? 0 : 2])
    await json('auth list')
  }
})

test('members of a group write below their folder only', async () => {
  const { ask, write, as, json } = await kit()
  await write('rgp', 'rail', guardRail)
  await ask('auth enable userpass')
  await ask('write auth/userpass/users/alice password=training token_policies=all')
  const login = 'login -method=userpass -no-store -format=json username=alice password=training'
  const { client_token: own, entity_id: id } = JSON.parse((await ask(login)).out).auth
  await json(`write identity/group name=web policies=rail member_entity_ids=${id}`)
  const status = async (line: string) => (await as(own, line)).status
  expect([await status('kv put secret/web/a b=c'), await status('kv put secret/prod/db b=c')]).toEqual([0, 2])
  expect(await status('kv get secret/prod/db')).toBe(0)
})

test('tokens from before a moment are locked out, and logins are not', async () => {
  const { ask, write, token, as } = await kit()
  const holder = await token('all')
  await ask('auth enable userpass')
  await ask('write auth/userpass/users/alice password=training')
  await write('egp', 'before', before.replace('2026-03-01T12:00:00Z', '2099-01-01T00:00:00Z'), ' paths=*')
  expect((await as(holder, 'kv get secret/prod/db')).status).toBe(2)
  expect((await ask('login -method=userpass -no-store username=alice password=training')).status).toBe(0)
  await write('egp', 'before', before.replace('2026-03-01T12:00:00Z', '2020-01-01T00:00:00Z'), ' paths=*')
  expect((await as(holder, 'kv get secret/prod/db')).status).toBe(0)
})

test('who writes EGPs for a team writes them for its paths only', async () => {
  const { ask, file, write, token, as } = await kit()
  file('egp-web.hcl', 'path "sys/policies/egp/*" { capabilities = ["create", "read", "update"] }')
  await ask('policy write egp-web egp-web.hcl')
  await write('egp', 'delegation', delegated, ' paths=sys/policies/egp/*')
  const holder = await token('egp-web')
  file('x.sentinel', 'main = true')
  const status = async (paths: string) =>
    (
      await as(
        holder,
        `write sys/policies/egp/x policy=@x.sentinel enforcement_level=advisory paths=${paths}`,
      )
    ).status
  expect([await status('secret/data/web/a'), await status('secret/data/web/a,secret/data/web/b/*')]).toEqual([
    0, 0,
  ])
  expect([await status('secret/data/web/a,*'), await status('*'), await status('sys/*')]).toEqual([2, 2, 2])
})
