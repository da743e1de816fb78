// What the guide of identities tells people to type does what it says, on a server that runs.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { vaultKit } from './vault.fake.ts'

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guide/identity.md'), 'utf8')
const blocks = (kind: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text)
const lines = blocks('sh')
  .flatMap((text) => text.trim().split('\n'))
  .map((line) => line.replace(/^sentinel vault /, ''))

test('every command of the guide is taken, and a member gets what the groups give', async () => {
  const { ask, json, run, file } = await vaultKit()
  await ask('auth enable userpass')
  await ask('write auth/userpass/users/alice password=training')
  const login = async () =>
    JSON.parse((await run('login -method=userpass -format=json username=alice password=training')).out).auth
  const { entity_id: other } = await login()
  const accessor = (await json('auth list'))['userpass/'].accessor
  const ids = { ID: '', OTHER: other, GROUP: '', alias: '' }
  file('claims.json', blocks('json')[0] ?? '')
  const filled = (line: string) =>
    line
      .replace(/=(ID|OTHER|GROUP)\b/g, (_all, name: 'ID' | 'OTHER' | 'GROUP') => `=${ids[name]}`)
      .replace(/(userpass|ldap)_\w+/, accessor)
  for (const line of lines) {
    // Whoever asks for a token must have an entity; root has none.
    if (line.startsWith('read identity/oidc/token/')) continue
    // The guide gives both aliases to one before the first login; here that was made already.
    if (line.startsWith('write identity/entity-alias ')) continue
    const { status, out, err } = await ask(filled(line))
    expect([line, status, err]).toEqual([line, 0, ''])
    if (line.startsWith('write identity/entity ')) ids.ID = /^id +(\S+)$/m.exec(out)?.[1] ?? ''
    if (line.startsWith('write identity/group ')) ids.GROUP = /^id +(\S+)$/m.exec(out)?.[1] ?? ''
  }
  expect(lines.length).toBeGreaterThan(11)

  // She has logged in before she was merged, and is alice with her groups all the same.
  file(
    'all.hcl',
    `path "secret/data/{{identity.entity.metadata.team}}/*" { capabilities = ["create", "read", "update"] }
     path "identity/oidc/token/shop" { capabilities = ["read"] }`,
  )
  await ask('policy write all all.hcl')
  const auth = await login()
  expect([auth.entity_id, auth.identity_policies]).toEqual([ids.ID, ['all', 'red', 'team']])
  const env = { VAULT_TOKEN: auth.client_token }
  const status = async (line: string) => (await run(line, { env })).status
  expect([await status('kv put secret/red/a b=c'), await status('kv put secret/blue/a b=c')]).toEqual([0, 2])
  const { out: token } = await run('read -field=token identity/oidc/token/shop', { env })
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  expect(claims).toMatchObject({ sub: ids.ID, aud: 'shop', name: 'alice', team: 'red' })
  expect(claims.groups.toSorted()).toEqual(['everybody', 'red'])
  expect((await ask(['write', 'identity/oidc/introspect', `token=${token}`])).status).toBe(0)
  await ask('delete identity/group/name/everybody')
  expect(await status('kv put secret/red/a b=c')).toBe(2)
})
