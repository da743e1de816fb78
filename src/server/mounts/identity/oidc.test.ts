import { describe, expect, test } from 'vitest'
import type { Data } from '../../door.ts'
import { identityKit } from './kit.fake.ts'

/** A role `web` of a key that signs quickly. */
async function kit() {
  const made = await identityKit()
  await made.post('oidc/key/k', { algorithm: 'ES256', allowed_client_ids: '*', verification_ttl: '2h' })
  await made.post('oidc/role/web', { key: 'k', client_id: 'shop', ttl: '1h' })
  const plain = async (operation: 'read' | 'update', at: string, data: Data = {}, token?: typeof made.root) =>
    made.body(operation, `identity/oidc/${at}`, { token, data })
  return { ...made, plain }
}

const claimsIn = (token: string): Data =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

describe('identity tokens', () => {
  test('are given to whoever has an entity, and checked by anybody with what is shown to all', async () => {
    const { login, body, plain, root, policies } = await kit()
    await policies.write('default', 'path "identity/oidc/token/web" { capabilities = ["read"] }')
    const { token, entityId } = await login('bob')
    const { data } = (await body('read', 'identity/oidc/token/web', { token })) as { readonly data: Data }
    expect(data).toEqual({ token: expect.any(String), client_id: 'shop', ttl: 3600 })
    const { iss, sub, aud } = claimsIn(String(data.token))
    const issuer = 'https://sentinel.example.com:8200/v1/identity/oidc'
    expect([iss, sub, aud]).toEqual([issuer, entityId, 'shop'])
    expect(await plain('read', '.well-known/openid-configuration')).toMatchObject({
      issuer,
      jwks_uri: `${issuer}/.well-known/keys`,
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256', 'EdDSA']),
    })
    const { keys } = (await plain('read', '.well-known/keys')) as { readonly keys: readonly Data[] }
    expect(keys.map(({ alg, use, d }) => [alg, use, d])).toEqual([
      ['ES256', 'sig', undefined],
      ['ES256', 'sig', undefined],
    ])
    const sent = { token: data.token ?? '' }
    expect(await plain('update', 'introspect', sent, root)).toEqual({ active: true })
    expect(await plain('update', 'introspect', { ...sent, client_id: 'bank' }, root)).toMatchObject({
      active: false,
      error: expect.stringContaining('aud'),
    })
  })

  test('need a token of the server, an ACL that gives them, and an entity', async () => {
    const { ask, login, post } = await kit()
    const { token } = await login('bob')
    for (const asked of [{ token: undefined }, { token }])
      await expect(ask('read', 'identity/oidc/token/web', asked)).rejects.toThrow('permission denied')
    // Root has none.
    await expect(ask('read', 'identity/oidc/token/web')).rejects.toThrow('no entity associated')
    await expect(post('oidc/introspect')).resolves.toEqual({})
  })

  test('say in their claims what a template asks for, with the groups of now', async () => {
    const { login, ask, post, policies } = await kit()
    await policies.write('default', 'path "identity/oidc/token/web" { capabilities = ["read"] }')
    await post('oidc/role/web', { template: '{"groups": {{identity.entity.groups.names}}}' })
    const { token, entityId } = await login('bob')
    const groups = async () => {
      const { data } = await ask('read', 'identity/oidc/token/web', { token })
      return claimsIn(String((data as Data).token)).groups
    }
    expect(await groups()).toEqual([])
    const { id } = await post('group', { name: 'x","sub":"root', member_entity_ids: [entityId] })
    expect(await groups()).toEqual(['x","sub":"root'])
    await ask('delete', `identity/group/id/${id}`)
    expect(await groups()).toEqual([])
  })
})

describe('keys and roles', () => {
  test('are made, read, listed, changed and deleted', async () => {
    const { post, get, list, ask } = await kit()
    expect(await get('oidc/key/k')).toEqual({
      ...{ rotation_period: 86_400, verification_ttl: 7200, algorithm: 'ES256', allowed_client_ids: ['*'] },
    })
    expect(await get('oidc/role/web')).toEqual({ key: 'k', client_id: 'shop', template: '', ttl: 3600 })
    expect([(await list('oidc/key')).keys, (await list('oidc/role')).keys]).toEqual([['k'], ['web']])
    await post('oidc/key/k/rotate', { verification_ttl: 60 })
    await expect(ask('delete', 'identity/oidc/key/k')).rejects.toThrow('referenced by these roles: web')
    expect(await ask('delete', 'identity/oidc/role/web')).toEqual({})
    expect(await ask('delete', 'identity/oidc/key/k')).toEqual({})
    for (const at of ['oidc/key/k', 'oidc/role/web'])
      expect(await ask('read', `identity/${at}`)).toEqual({ status: 404 })
    for (const at of ['oidc/key/', 'oidc/role/'])
      expect(await ask('list', `identity/${at}`)).toEqual({ status: 404 })
  })

  test('are made by a create, changed by an update', async () => {
    const { policies, made, ask } = await kit()
    await policies.write('p', 'path "identity/oidc/+/*" { capabilities = ["create"] }')
    const { token } = await made({ policies: ['p'] })
    await ask('update', 'identity/oidc/key/new', { token, data: { algorithm: 'ES256' } })
    await ask('update', 'identity/oidc/role/new', { token, data: { key: 'new' } })
    for (const at of ['key/new', 'role/new', 'key/k'])
      await expect(ask('update', `identity/oidc/${at}`, { token })).rejects.toThrow('permission denied')
  })

  for (const [name, at, data, message] of [
    ['an algorithm that is none', 'key/k', { algorithm: 'none' }, 'unknown signing algorithm "none"'],
    ['one that needs a shared secret', 'key/k', { algorithm: 'HS256' }, 'unknown signing algorithm'],
    ['a role without a key', 'role/new', {}, 'the key parameter is required'],
    ['a rotation of nothing', 'key/none/rotate', {}, 'no named key found at "none"'],
    ['an issuer with a path', 'config', { issuer: 'https://a/b' }, 'invalid issuer'],
  ] as const)
    test(`${name} is refused`, async () => {
      const { post } = await kit()
      await expect(post(`oidc/${at}`, data)).rejects.toThrow(message)
    })

  test('an issuer is said, shown and taken back', async () => {
    const { ask, get } = await kit()
    const data = { issuer: 'https://a.example.com' }
    const { warnings = [] } = await ask('update', 'identity/oidc/config', { data })
    expect(warnings.length).toBe(1)
    expect(await get('oidc/config')).toEqual(data)
    expect(await ask('update', 'identity/oidc/config', { data: { issuer: '' } })).toEqual({})
  })
})
