// What went wrong in servers of this kind, as their advisories tell it, one test each (spec/vault.md 11.5). Those about
// namespaces and inline authentication come with what they are about, those about groups are in
// `mounts/identity/groups.test.ts`; a raw body in the audit log is refused in
// `http/wire.test.ts`, and values of every type are hashed in `core/audit-entry.test.ts`.

import { describe, expect, onTestFinished, test } from 'vitest'
import { plainSettings } from '../token/index.ts'
import { coreKit } from './core.fake.ts'
import type { Data, Json, Operation } from './door.ts'
import { isObject } from './http/json.ts'
import { roadKit } from './road.fake.ts'

async function kit() {
  const { core, ask } = await coreKit()
  onTestFinished(() => core.close())
  const root = (await core.develop()).rootToken.reveal()
  await ask('update', 'sys/mounts/kv', root, { type: 'kv' })
  /** A token with one policy of this text. */
  const holder = async (policy: string, more: Record<string, unknown> = {}) => {
    await ask('update', 'sys/policies/acl/p', root, { policy })
    return String(
      within(await ask('update', 'auth/token/create', root, { policies: ['p'], ...more }), 'auth')
        .client_token,
    )
  }
  return { core, ask, root, holder }
}

const within = (data: Data, name: string): Data => {
  const value: Json = data[name] ?? null
  return isObject(value) ? value : {}
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (thrown) => thrown.code,
  )

describe('a list is denied by the more specific wildcard', () => {
  for (const [allowed, denied] of [
    ['+/*', 'kv/+/secret/*'],
    ['*', 'kv/+/secret/*'],
    ['kv/+/*', 'kv/prod/*'],
    ['kv/*', 'kv/prod/secret/'],
    ['kv/*', 'kv/prod/+/'],
  ] as const)
    test(`${denied} within ${allowed}`, async () => {
      const { ask, root, holder } = await kit()
      await ask('update', 'kv/prod/secret/a', root, { a: 1 })
      const token = await holder(
        `path "${allowed}" { capabilities = ["list", "read"] } path "${denied}" { capabilities = ["deny"] }`,
      )
      expect(await codeOf(ask('list', 'kv/prod/secret/', token))).toBe('POLICY_DENIED')
    })
})

describe('what a person may choose of themselves widens no template', () => {
  for (const value of ['+', '*', 'prod/*', '+/+', 'prod/key', '..'])
    test(value, async () => {
      const { ask, root } = await kit()
      await ask('update', 'sys/auth/userpass', root, { type: 'userpass' })
      const policy =
        'path "kv/{{identity.entity.metadata.team}}/own" { capabilities = ["read"] } path "kv/{{identity.entity.metadata.team}}" { capabilities = ["read"] }'
      await ask('update', 'sys/policies/acl/own', root, { policy })
      await ask('update', 'kv/prod/own', root, { a: 1 })
      await ask('update', 'kv/prod/key', root, { a: 1 })
      await ask('update', 'auth/userpass/users/al', root, { password: 'p', token_policies: ['own'] })
      const auth = within(await ask('update', 'auth/userpass/login/al', '', { password: 'p' }), 'auth')
      await ask('update', `identity/entity/id/${auth.entity_id}`, root, { metadata: { team: value } })
      for (const path of ['kv/prod/own', 'kv/prod/key'])
        expect(await codeOf(ask('read', path, String(auth.client_token)))).toBe('POLICY_DENIED')
      await ask('update', `identity/entity/id/${auth.entity_id}`, root, { metadata: { team: 'prod' } })
      expect(await codeOf(ask('read', 'kv/prod/own', String(auth.client_token)))).toBe('none')
    })
})

describe('the policy root in another case or with blanks makes nobody root', () => {
  for (const name of ['Root', 'ROOT', ' root', 'root '])
    test(JSON.stringify(name), async () => {
      const { ask, root, holder } = await kit()
      const sudo = await holder('path "*" { capabilities = ["create", "read", "update", "sudo"] }')
      await ask('update', 'sys/auth/userpass', root, { type: 'userpass' })
      expect(await codeOf(ask('update', 'auth/token/create', sudo, { policies: [name] }))).toBe(
        'REQUEST_INVALID',
      )
      expect(await codeOf(ask('update', 'identity/entity', root, { name: 'e', policies: [name] }))).toBe(
        'REQUEST_INVALID',
      )
      await ask('update', 'auth/userpass/users/al', root, { password: 'p', token_policies: [name] }).catch(
        () => {},
      )
      expect(await codeOf(ask('update', 'auth/userpass/login/al', '', { password: 'p' }))).toBe(
        'REQUEST_INVALID',
      )
    })
})

describe('a value that the handler reads as a denied one is denied, in each of its spellings', () => {
  const denied = `denied_parameters = {
    policies = ["admin"] no_parent = [true] num_uses = [7] ttl = ["1h"] meta = [{"a" = "b"}] }`
  const refused = [
    { policies: 'x,ADMIN' },
    { policies: ['Admin '] },
    { no_parent: 'T' },
    { no_parent: 1 },
    { no_parent: '1' },
    { num_uses: '7' },
    { num_uses: '007' },
    { num_uses: '0x7' },
    { ttl: '60m' },
    { ttl: 3600 },
    { meta: '{"a":"b"}' },
    { meta: ['a=b'] },
    { meta: 'a=b' },
    { TTL: '1h' },
  ]
  for (const body of refused)
    test(JSON.stringify(body), async () => {
      const { ask, holder } = await kit()
      const token = await holder(`path "auth/token/create" { capabilities = ["update", "sudo"] ${denied} }`)
      expect(await codeOf(ask('update', 'auth/token/create', token, body))).not.toBe('none')
      const others = { policies: 'x', no_parent: 'f', num_uses: 8, ttl: '59m', meta: 'a=c' }
      expect(await codeOf(ask('update', 'auth/token/create', token, others))).toBe('none')
    })
})

describe('a pattern of what is allowed holds for each element that the handler reads', () => {
  for (const [body, code] of [
    [{ policies: 'dev-x' }, 'none'],
    [{ policies: 'dev-x, dev-y' }, 'none'],
    [{ policies: 'dev-x,admin' }, 'POLICY_DENIED'],
    [{ policies: 'dev-x,' }, 'POLICY_DENIED'],
    [{ policies: ['dev-x', 'admin'] }, 'POLICY_DENIED'],
    [{ policies: [] }, 'POLICY_DENIED'],
  ] as const)
    test(`${JSON.stringify(body)}: ${code}`, async () => {
      const { ask, holder } = await kit()
      const policy =
        'path "auth/token/create" { capabilities = ["update", "sudo"] allowed_parameters = { policies = ["dev*"] } }'
      expect(await codeOf(ask('update', 'auth/token/create', await holder(policy), body))).toBe(code)
    })
})

test('a login that found somebody and failed all the same issues no token', async () => {
  const road = await roadKit()
  const alias = { name: 'al', metadata: new Map() }
  road.logins.set('al', {
    alias,
    displayName: 'al',
    metadata: new Map(),
    settings: { ...plainSettings, type: 'batch', numUses: 1 },
  })
  const before = (await road.tokens.accessors()).length
  await expect(road.ask('update', 'auth/door/login/al', { token: undefined })).rejects.toThrow('batch')
  expect((await road.tokens.accessors()).length).toBe(before)
})

describe('what only the server does within itself cannot be asked for', () => {
  for (const operation of ['alias-lookahead', 'renew', 'revoke', 'rollback', 'create', '__proto__'])
    test(operation, async () => {
      const { ask, root } = await kit()
      await ask('update', 'kv/a', root, { a: 1 })
      const answer = await ask('read', 'kv/a', root, { operation }).then((body) => within(body, 'data'))
      expect(answer).toEqual({ a: 1 })
      expect(await codeOf(ask(operation as Operation, 'kv/a', root))).not.toBe('none')
    })
})
