// What a governing policy finds: each property of the specification, read by a policy on the server.

import { describe, expect, test } from 'vitest'
import type { Data } from './door.ts'
import { everything, governedKit } from './governed.fake.ts'
import { isObject, textToJson } from './http/json.ts'

/** Bob, whom userpass knows, with an entity that has metadata; and a token of his. */
async function kitWithBob() {
  const kit = await governedKit()
  await kit.acl('all', everything)
  await kit.ask('update', 'sys/auth/userpass', kit.root, { type: 'userpass' })
  await kit.ask('update', 'auth/userpass/users/bob', kit.root, {
    password: 'secret words',
    token_policies: ['all'],
    token_ttl: '30m',
    token_explicit_max_ttl: '1h',
  })
  const login = (more: Partial<Parameters<typeof kit.see>[4]> = {}, name = 'bob') =>
    kit.see('update', `auth/userpass/login/${name}`, '', { password: 'secret words' }, more)
  const { body } = await login()
  const auth = body.auth as Data
  await kit.ask('update', `identity/entity/id/${auth.entity_id}`, kit.root, {
    name: 'Bob',
    metadata: { team: 'web', org_id: 'A012345X' },
    policies: ['of-bob'],
  })
  await kit.ask('update', 'secret/data/a', kit.root, { data: { b: 'c' } })
  return { ...kit, login, token: String(auth.client_token), entityId: String(auth.entity_id) }
}

const time = '2026-03-01T00:00:00.000000000Z'

/** Each property with what it is in the request below. */
const properties = [
  ['namespace.id', '"root"'],
  ['namespace.path', '""'],
  ['request.connection.remote_addr', '"192.0.2.7"'],
  ['request.data.text', '"x"'],
  ['request.data.list[1].deep', '"y"'],
  ['request.data.number', '12'],
  ['request.data.fraction', '1.5'],
  ['request.data.long', '9007199254740993'],
  ['request.data["with-hyphen"]', 'true'],
  ['request.data.__proto__', '"name"'],
  ['request.data.constructor', 'undefined'],
  ['request.data.nothing', 'null'],
  ['request.operation', '"update"'],
  ['request.path', '"secret/data/a"'],
  ['request.policy_override', 'false'],
  ['request.unauthenticated', 'false'],
  ['request.wrapping.ttl', '90000000000'],
  ['request.wrapping.ttl_seconds', '90'],
  ['replication.dr.mode', '"disabled"'],
  ['replication.performance.mode', '"disabled"'],
  ['replication.mode', '"disabled"'],
  ['token.creation_time', `"${time}"`],
  ['token.creation_time_unix', '1772323200'],
  ['token.creation_ttl', '1800000000000'],
  ['token.creation_ttl_seconds', '1800'],
  ['token.display_name', '"userpass-bob"'],
  ['token.entity_id', 'identity.entity.id'],
  ['token.explicit_max_ttl', '3600000000000'],
  ['token.explicit_max_ttl_seconds', '3600'],
  ['token.metadata.username', '"bob"'],
  ['token.meta', 'undefined'],
  ['token.num_uses', '0'],
  ['token.path', '"auth/userpass/login/bob"'],
  ['token.period', '0'],
  ['token.period_seconds', '0'],
  ['token.policies', '["all", "default"]'],
  ['token.role', '""'],
  ['token.type', '"service"'],
  ['token.namespace.id', '"root"'],
  ['token.namespace.path', '""'],
  ['identity.entity.creation_time', `"${time}"`],
  ['identity.entity.last_update_time', `"${time}"`],
  ['identity.entity.name', '"Bob"'],
  ['identity.entity.metadata', '{"team": "web", "org_id": "A012345X"}'],
  ['identity.entity.merged_entity_ids', '[]'],
  ['identity.entity.policies', '["of-bob"]'],
  ['length(identity.entity.aliases)', '1'],
  ['identity.entity.aliases[0].name', '"bob"'],
  ['identity.entity.aliases[0].metadata', '{}'],
  ['identity.entity.aliases[0].custom_metadata', '{}'],
  ['identity.entity.aliases[0].merged_from_entity_ids', '[]'],
  ['identity.entity.aliases[0].mount_path', '"auth/userpass/"'],
  ['identity.entity.aliases[0].mount_type', '"userpass"'],
  ['identity.groups.by_id', '{}'],
  ['identity.groups.by_name', '{}'],
  ['identity.groups.names', '[]'],
  ['identity.groups.ids', '[]'],
  ['mfa.methods.unknown.valid', 'undefined'],
  ['controlgroup.time', `"${time}"`],
  ['controlgroup.request_time', `"${time}"`],
  ['controlgroup.authorizations', '[]'],
] as const

test('a policy finds every property', async () => {
  const { see, write, token } = await kitWithBob()
  const data = textToJson(
    '{"data":{},"text":"x","list":[1,{"deep":"y"}],"number":12,"fraction":1.5,"long":9007199254740993,"with-hyphen":true,"__proto__":"name","nothing":null}',
  )
  const remote = { address: '192.0.2.7', port: 1 }
  const more = { data: isObject(data) ? data : {}, remote, wrapSeconds: 90 }
  for (const [property, want] of properties) {
    const text = want === 'undefined' ? `${property} is not defined` : `${property} is ${want}`
    const policy = `print(${property})\nmain = rule { ${text} }`
    const written = await write('egp', 'x', policy, { paths: ['secret/*'] })
    expect(written, property).toMatchObject({ status: 200, error: '' })
    expect((await see('update', 'secret/data/a', token, {}, more)).error, property).toBe('')
  }
})

describe('on a path that needs no token', () => {
  test('there is neither token nor identity, and the request says so', async () => {
    const { see, write } = await kitWithBob()
    await write(
      'egp',
      'x',
      'main = rule { request.unauthenticated and token is not defined and identity is not defined }',
    )
    expect((await see('read', 'sys/internal/ui/mounts')).status).toBe(200)
  })

  test('a login finds whom it is for, before they are verified', async () => {
    const { write, login } = await kitWithBob()
    await write('egp', 'x', 'main = rule { identity.entity.metadata.team is "web" }', {
      paths: ['auth/userpass/login/*'],
    })
    expect((await login()).status).toBe(200)
    expect(await login({}, 'BOB')).toMatchObject({ status: 200 })
    expect((await login({}, 'eve')).error).toContain('evaluation resulted in denial')
  })

  test('whoever logs in cannot borrow the identity of a token that they have', async () => {
    const { see, write, root, ask, token } = await kitWithBob()
    await ask('update', 'auth/userpass/users/eve', root, { password: 'secret words' })
    await write('egp', 'x', 'main = rule { identity.entity.metadata.team is "web" }', {
      paths: ['auth/userpass/login/*'],
    })
    const asEve = await see('update', 'auth/userpass/login/eve', token, { password: 'secret words' })
    expect(asEve).toMatchObject({ status: 400, error: expect.stringContaining('root/x') })
  })

  test('an EGP for a name of one case governs every spelling of it', async () => {
    const { write, login } = await kitWithBob()
    await write('egp', 'x', 'main = rule { false }', { paths: ['auth/userpass/login/Bob'] })
    for (const name of ['bob', 'Bob', 'BOB']) expect((await login({}, name)).status, name).toBe(400)
  })

  test('a token that is sent and known brings its RGPs, and one that is not brings none', async () => {
    const { see, write, holder } = await kitWithBob()
    await write('rgp', 'role', 'main = rule { request.path not contains "ui/mounts" }')
    const token = await holder('all', 'role')
    expect(await see('read', 'sys/internal/ui/mounts', token)).toMatchObject({
      status: 400,
      error: expect.stringContaining('rgp standard policy "root/role"'),
    })
    expect((await see('read', 'sys/internal/ui/mounts', 'hvs.unknown')).error).not.toContain('rgp')
  })
})

test('an RGP applies to the members of a group, and to those of groups that are members of it', async () => {
  const { see, write, ask, root, token, entityId } = await kitWithBob()
  await write('rgp', 'of-group', 'main = rule { request.path is not "secret/data/a" }')
  const status = async () => (await see('read', 'secret/data/a', token)).status
  expect(await status()).toBe(200)
  const inner = await ask('update', 'identity/group', root, {
    name: 'Testers',
    metadata: { floor: '2' },
    member_entity_ids: [entityId],
  })
  const innerId = String((inner.data as Data).id)
  await ask('update', 'identity/group', root, {
    name: 'All',
    policies: ['of-group'],
    member_group_ids: [innerId],
  })
  expect(await status()).toBe(403)
  await ask('update', 'identity/group', root, { name: 'All', policies: [] })
  expect(await status()).toBe(200)
  const groups = `
    keys(identity.groups.by_name) is ["Testers", "All"] and identity.groups.names is ["Testers", "All"] and
    identity.groups.ids is keys(identity.groups.by_id) and
    identity.groups.by_name.Testers.metadata.floor is "2" and
    identity.groups.by_id["${innerId}"].member_entity_ids is [identity.entity.id] and
    identity.groups.by_id["${innerId}"].parent_group_ids is [identity.groups.by_name.All.id] and
    identity.groups.by_name.All.policies is []`
  expect((await write('egp', 'x', `main = rule { ${groups.trim()} }`, { paths: ['secret/*'] })).error).toBe(
    '',
  )
  expect((await see('read', 'secret/data/a', token)).error).toBe('')
})

describe('deny-all, where the entity has the organisation of the founding document', () => {
  const denyAll =
    'precond = rule { identity.entity.metadata.org_id is "A012345X" }\nmain = rule when precond { false }'
  for (const [name, metadata, status] of [
    ['the same', { org_id: 'A012345X' }, 403],
    ['another', { org_id: 'B0' }, 200],
    ['none', {}, 200],
  ] as const)
    test(`${name}: ${status}, whatever path is asked for`, async () => {
      const { see, write, ask, root, token, entityId } = await kitWithBob()
      await write('rgp', 'deny-all', denyAll)
      await ask('update', `identity/entity/id/${entityId}`, root, { policies: ['deny-all'], metadata })
      for (const path of ['secret/data/a', 'auth/token/lookup-self', 'sys/mounts'])
        expect((await see('read', path, token)).status, path).toBe(status)
    })

  test('a token without an entity: 200', async () => {
    const { see, write, holder } = await kitWithBob()
    await write('rgp', 'deny-all', denyAll)
    expect((await see('read', 'secret/data/a', await holder('all', 'deny-all'))).status).toBe(200)
  })
})

test('a policy changes nothing of what the handler gets', async () => {
  const { see, write, ask, root, token } = await kitWithBob()
  const text =
    'd = request.data.data\ndelete(d, "a")\nd["b"] = "changed"\ndelete(request.data, "data")\nmain = rule { d.b is "changed" }'
  for (const kind of ['egp', 'rgp'] as const) await write(kind, 'of-bob', text, { paths: ['secret/*'] })
  for (const value of Array.from({ length: 15 }, (_, at) => at)) {
    expect((await see('update', 'secret/data/new', token, { data: { a: value, b: 'as sent' } })).error).toBe(
      '',
    )
    expect(await ask('read', 'secret/data/new', root)).toMatchObject({
      data: { data: { a: value, b: 'as sent' } },
    })
  }
})

test('what was sent is in no audit entry, though the policy printed it and erred with it', async () => {
  const { see, write, token, audited, logged } = await kitWithBob()
  const secret = 'hunter2-hunter2'
  for (const [name, text] of [
    ['a', 'print(request.data.p)\nshown = rule { request.data.p }\nmain = rule { shown is "x" }'],
    ['b', 'main = rule { error(request.data.p) }'],
    ['c', 'main = rule { int(request.data.p) > 1 }'],
  ] as const)
    await write('egp', name, text, { paths: ['secret/*'] })
  const before = audited().length
  const seen = await see('update', 'secret/data/a', token, { p: secret })
  expect(seen.error).toContain(secret)
  const entries = JSON.stringify(audited().slice(before))
  expect(entries).not.toContain(secret)
  expect(logged.join('\n')).not.toContain(secret)
  const [first] = (audited().at(-2)?.sentinel_results ?? []) as readonly Data[]
  expect(first).toMatchObject({ policy: 'a', print: expect.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/) })
  expect(first).toMatchObject({ trace: expect.stringMatching(/^hmac-sha256:/) })
})

test('a policy over its budget three times is denied unevaluated for ten seconds, which is audited', async () => {
  const { see, write, token, clock, audited, logged } = await kitWithBob()
  await write(
    'egp',
    'loop',
    'main = rule { all range(100000) as i { all range(100000) as j { i + j >= 0 } } }',
    {
      paths: ['secret/data/a'],
    },
  )
  const ask = async () => (await see('read', 'secret/data/a', token)).error
  for (let at = 0; at < 3; at++)
    expect(await ask()).toMatch(/more than \d+ (steps|bytes)|values of more than/)
  expect(logged.at(-1)).toMatch(/egp root\/loop .* used up what it may three times/)
  expect(await ask()).toContain('not evaluated: it used up what it may three times within 10 seconds')
  expect(audited().at(-2)).toMatchObject({
    sentinel_results: [{ policy: 'loop', result: 'error', duration_us: 0 }],
  })
  expect((await see('read', 'auth/token/lookup-self', token)).status).toBe(200)
  clock.advance(10_001)
  expect(await ask()).not.toContain('not evaluated')
  await write('egp', 'loop', 'main = true', { paths: ['secret/data/a'] })
  expect(await ask()).toBe('')
})

test('a wrapped response is governed by what it is asked for, and its warnings stay outside', async () => {
  const { see, write, token } = await kitWithBob()
  await write('egp', 'wrapped', 'main = rule { request.wrapping.ttl_seconds <= 60 }', {
    paths: ['secret/*'],
    level: 'advisory',
  })
  const { body } = await see('read', 'secret/data/a', token, {}, { wrapSeconds: 120 })
  expect(body).toMatchObject({
    wrap_info: { ttl: 120 },
    warnings: ['egp root/wrapped (advisory) did not pass'],
  })
})

test('a refused request spends its use of the token', async () => {
  const { see, write, ask, root } = await kitWithBob()
  await write('egp', 'x', 'main = false', { paths: ['secret/data/a'] })
  const made = await ask('update', 'auth/token/create', root, { policies: ['all'], num_uses: 2 })
  const token = String((made.auth as Data).client_token)
  expect((await see('read', 'secret/data/a', token)).error).toContain('evaluation resulted in denial')
  expect((await see('read', 'secret/data/b', token)).status).toBe(200)
  expect((await see('read', 'secret/data/b', token)).error).toBe('permission denied')
})
