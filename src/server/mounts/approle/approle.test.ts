import { describe, expect, test } from 'vitest'
import type { Data } from '../../door.ts'
import { isObject } from '../../http/json.ts'
import { roadKit } from '../../road.fake.ts'

async function kit(role: Record<string, unknown> = {}) {
  const road = await roadKit()
  await road.enable('auth/approle/', 'approle')
  const call = async (
    operation: 'read' | 'update' | 'delete' | 'list',
    at: string,
    data: Record<string, unknown> = {},
    address = '127.0.0.1',
  ): Promise<Data> => {
    const body = await road.body(operation, `auth/approle/${at}`, { token: road.root, data, address })
    return isObject(body.data ?? null) ? (body.data as Data) : {}
  }
  await call('update', 'role/web', role)
  const { role_id: roleId } = await call('read', 'role/web/role-id')
  const secret = (data: Record<string, unknown> = {}) => call('update', 'role/web/secret-id', data)
  const login = (sent: Record<string, unknown>, address = '127.0.0.1') =>
    road.ask('update', 'auth/approle/login', {
      token: undefined,
      data: { role_id: roleId, ...sent },
      address,
    })
  return { ...road, call, secret, login, roleId }
}

const wrong = { code: 'REQUEST_INVALID', message: 'invalid role or secret ID' }

describe('whoever has a role id and a secret id', () => {
  test('gets a token with the policies of the role, and the metadata of the secret id', async () => {
    const { secret, login, ask, entities, roleId } = await kit({ token_policies: 'dev', token_ttl: 60 })
    const { secret_id } = await secret({ metadata: '{"host":"a","role_name":"other"}' })
    const { auth } = await login({ secret_id })
    expect(auth).toMatchObject({ tokenPolicies: ['default', 'dev'], leaseSeconds: 60 })
    expect(auth?.metadata).toEqual({ host: 'a', role_name: 'web' })
    expect(entities.byId(auth?.entityId ?? '')?.aliases[0]?.name).toBe(roleId)
    const { data } = await ask('read', 'auth/token/lookup-self', { token: auth?.clientToken })
    expect(data).toMatchObject({ path: 'auth/approle/login', display_name: 'approle' })
  })

  for (const [name, sent] of [
    ['an unknown role id', { role_id: 'x', secret_id: 'y' }],
    ['a wrong secret id', { secret_id: 'y' }],
    ['a secret id of another role', { secret_id: 'of another role' }],
  ] as const)
    test(`is refused with ${name}, in the same words`, async () => {
      const { call, login, secret, tokens } = await kit()
      await call('update', 'role/other', {})
      await call('update', 'role/other/custom-secret-id', { secret_id: 'of another role' })
      await secret()
      await expect(login(sent)).rejects.toMatchObject(wrong)
      expect((await tokens.accessors()).length).toBe(1)
    })

  test('is told what is missing, whether or not the role is there', async () => {
    const { login } = await kit()
    await expect(login({ role_id: '' })).rejects.toThrow('missing role_id')
    await expect(login({})).rejects.toThrow('missing secret_id')
    await expect(login({ role_id: 'x' })).rejects.toThrow('missing secret_id')
  })

  test('uses a secret id as often as it counts, however many try at once', async () => {
    const { secret, login, call, clock } = await kit({ secret_id_num_uses: 3 })
    const { secret_id, secret_id_accessor } = await secret()
    const logins = await Promise.allSettled(Array.from({ length: 10 }, () => login({ secret_id })))
    expect(logins.filter(({ status }) => status === 'fulfilled').length).toBe(3)
    // Seven wrong ones have locked the role for a while.
    clock.advance(900_000)
    await expect(login({ secret_id })).rejects.toMatchObject(wrong)
    expect(await call('update', 'role/web/secret-id-accessor/lookup', { secret_id_accessor })).toEqual({})
  })

  test('is refused when its time is over, and the secret id is no longer told of', async () => {
    const { secret, login, clock, call } = await kit({ secret_id_ttl: '1m' })
    const { secret_id, secret_id_ttl } = await secret()
    expect(secret_id_ttl).toBe(60)
    clock.advance(59_999)
    await login({ secret_id })
    clock.advance(1)
    await expect(login({ secret_id })).rejects.toMatchObject(wrong)
    expect(await call('list', 'role/web/secret-id/')).toEqual({})
  })

  test('is refused from elsewhere, and spends no use there', async () => {
    const { secret, login } = await kit({ secret_id_bound_cidrs: '10.0.0.0/8', secret_id_num_uses: 1 })
    const { secret_id } = await secret({ cidr_list: '10.1.0.0/16' })
    for (const address of ['127.0.0.1', '10.2.0.1'])
      await expect(login({ secret_id }, address)).rejects.toThrow('unauthorized by CIDR')
    expect((await login({ secret_id }, '10.1.0.1')).auth).toBeDefined()
  })

  test('gets a token bound to the networks of the secret id', async () => {
    const { secret, login, ask } = await kit({ token_bound_cidrs: '127.0.0.0/8' })
    const { secret_id } = await secret({ token_bound_cidrs: '127.0.0.2/32' })
    const token = (await login({ secret_id }, '127.0.0.2')).auth?.clientToken
    const lookup = (address: string) => ask('read', 'auth/token/lookup-self', { token, address })
    await lookup('127.0.0.2')
    await expect(lookup('127.0.0.1')).rejects.toThrow('permission denied')
  })

  test('needs no secret id where the role asks for none and is bound to networks', async () => {
    const { login, call } = await kit({ bind_secret_id: false, token_bound_cidrs: '127.0.0.1/32' })
    expect((await login({})).auth).toBeDefined()
    await expect(login({}, '10.0.0.1')).rejects.toThrow('permission denied')
    await expect(call('update', 'role/web/secret-id')).rejects.toThrow('bind_secret_id is not set')
  })

  test('renews no longer once the role is deleted, and gets in no more when it is made again', async () => {
    const { secret, login, ask, call } = await kit({ role_id: 'fixed' })
    const { secret_id } = await secret()
    const token = (await login({ secret_id })).auth?.clientToken
    await ask('update', 'auth/token/renew-self', { token })
    await call('delete', 'role/web')
    await expect(ask('update', 'auth/token/renew-self', { token })).rejects.toThrow('role does not exist')
    await expect(login({ secret_id })).rejects.toMatchObject(wrong)
    await call('update', 'role/web', { role_id: 'fixed' })
    await expect(login({ secret_id })).rejects.toMatchObject(wrong)
  })
})

describe('a role', () => {
  test('is listed, read, changed by parts, reset and deleted', async () => {
    const { call, ask } = await kit({ token_policies: ['a'], secret_id_ttl: '1h' })
    expect(await call('list', 'role/')).toEqual({ keys: ['web'] })
    expect(await call('read', 'role/WEB')).toMatchObject({
      bind_secret_id: true,
      secret_id_ttl: 3600,
      secret_id_num_uses: 0,
      local_secret_ids: false,
      token_policies: ['a'],
      token_type: 'default',
    })
    await call('delete', 'role/web')
    expect(await ask('read', 'auth/approle/role/web')).toEqual({ status: 404 })
    expect(await ask('read', 'auth/approle/role/web/role-id')).toEqual({ status: 404 })
    expect(await ask('list', 'auth/approle/role/')).toEqual({ status: 404 })
  })

  for (const [segment, sent, shown, initially] of [
    ['policies', { policies: 'x,y' }, { token_policies: ['x', 'y'] }, { token_policies: [] }],
    ['token-ttl', { token_ttl: '1m' }, { token_ttl: 60 }, { token_ttl: 0 }],
    ['token-max-ttl', { token_max_ttl: 60 }, { token_max_ttl: 60 }, { token_max_ttl: 0 }],
    ['token-num-uses', { token_num_uses: '2' }, { token_num_uses: 2 }, { token_num_uses: 0 }],
    ['period', { period: '1m' }, { token_period: 60 }, { token_period: 0 }],
    ['secret-id-num-uses', { secret_id_num_uses: 2 }, { secret_id_num_uses: 2 }, { secret_id_num_uses: 0 }],
    ['secret-id-ttl', { secret_id_ttl: '1m' }, { secret_id_ttl: 60 }, { secret_id_ttl: 0 }],
    [
      'secret-id-bound-cidrs',
      { secret_id_bound_cidrs: '10.0.0.0/8' },
      { secret_id_bound_cidrs: ['10.0.0.0/8'] },
      { secret_id_bound_cidrs: null },
    ],
    [
      'bound-cidr-list',
      { bound_cidr_list: '10.0.0.0/8' },
      { secret_id_bound_cidrs: ['10.0.0.0/8'] },
      { secret_id_bound_cidrs: null },
    ],
    [
      'token-bound-cidrs',
      { token_bound_cidrs: '10.0.0.0/8' },
      { token_bound_cidrs: ['10.0.0.0/8'] },
      { token_bound_cidrs: [] },
    ],
  ] as const)
    test(`has its ${segment} under a path of their own`, async () => {
      const { call } = await kit()
      await call('update', `role/web/${segment}`, sent)
      expect(await call('read', `role/web/${segment}`)).toEqual(shown)
      await call('delete', `role/web/${segment}`)
      expect(await call('read', `role/web/${segment}`)).toEqual(initially)
      await expect(call('update', `role/web/${segment}`, {})).rejects.toThrow('missing')
      await expect(call('update', `role/none/${segment}`, sent)).rejects.toThrow('does not exist')
    })

  for (const [name, sent, message] of [
    ['that anybody could log in with', { bind_secret_id: false }, 'at least one constraint'],
    ['with the role id of another', { role_id: 'taken' }, 'role_id is already in use'],
    ['without a role id', { role_id: '' }, 'missing role_id'],
    ['with fewer uses than none', { secret_id_num_uses: -1 }, 'cannot be negative'],
    ['with networks that are none', { token_bound_cidrs: 'here' }, 'is no network'],
    ['of another kind of storage afterwards', { local_secret_ids: true }, 'during role creation'],
  ] as const)
    test(`is not made ${name}`, async () => {
      const { call } = await kit()
      await call('update', 'role/other', { role_id: 'taken' })
      const before = await call('read', 'role/web')
      await expect(call('update', 'role/web', sent)).rejects.toThrow(message)
      expect(await call('read', 'role/web')).toEqual(before)
    })

  test('is found by its new role id only, and the old one is free', async () => {
    const { call, secret, login, roleId } = await kit()
    const { secret_id } = await secret()
    await call('update', 'role/web/role-id', { role_id: 'new' })
    await expect(login({ secret_id })).rejects.toMatchObject(wrong)
    expect((await login({ role_id: 'new', secret_id })).auth).toBeDefined()
    await call('update', 'role/other', { role_id: roleId })
  })

  test('keeps a role id for one of many who want it at once', async () => {
    const { call } = await kit()
    const wanted = Array.from({ length: 8 }, (_, index) =>
      call('update', `role/r${index}`, { role_id: 'one' }),
    )
    const made = await Promise.allSettled(wanted)
    expect(made.filter(({ status }) => status === 'fulfilled').length).toBe(1)
  })
})

describe('a secret id', () => {
  test('is shown and destroyed by itself and by its accessor', async () => {
    const { call, secret, login } = await kit()
    for (const by of ['secret_id', 'secret_id_accessor'] as const) {
      const made = await secret({ cidr_list: '127.0.0.1/32', metadata: '{"a":"b"}' })
      const at = by === 'secret_id' ? 'secret-id' : 'secret-id-accessor'
      const meant = { [by]: made[by] }
      expect(await call('update', `role/web/${at}/lookup`, meant)).toMatchObject({
        secret_id_accessor: made.secret_id_accessor,
        secret_id_num_uses: 0,
        cidr_list: ['127.0.0.1/32'],
        metadata: { a: 'b' },
      })
      expect((await call('list', 'role/web/secret-id/')).keys).toEqual([made.secret_id_accessor])
      await call('update', `role/web/${at}/destroy`, meant)
      await expect(login({ secret_id: made.secret_id })).rejects.toMatchObject(wrong)
    }
  })

  test('that nobody has is a 204, an accessor that nobody has a 404', async () => {
    const { ask } = await kit()
    const post = (at: string, data: Record<string, unknown>) =>
      ask('update', `auth/approle/role/web/${at}`, { data })
    for (const what of ['lookup', 'destroy']) {
      expect(await post(`secret-id/${what}`, { secret_id: 'x' })).toEqual({})
      expect(await post(`secret-id-accessor/${what}`, { secret_id_accessor: 'x' })).toEqual({ status: 404 })
    }
  })

  test('is not reached by another role', async () => {
    const { call, secret, login } = await kit()
    await call('update', 'role/other', {})
    const { secret_id, secret_id_accessor } = await secret()
    await call('update', 'role/other/secret-id-accessor/destroy', { secret_id_accessor })
    await call('update', 'role/other/secret-id/destroy', { secret_id })
    expect((await login({ secret_id })).auth).toBeDefined()
  })

  for (const [name, sent, message] of [
    ['more uses', { num_uses: 4 }, 'num_uses cannot be higher'],
    ['uses without end', { num_uses: 0 }, 'num_uses cannot be higher'],
    ['more time', { ttl: 61 }, 'ttl cannot be higher'],
    ['other networks', { cidr_list: '10.0.0.0/7' }, 'within the networks'],
    ['other networks for its tokens', { token_bound_cidrs: '11.0.0.0/8' }, 'within the networks'],
    ['metadata that is none', { metadata: '["a"]' }, 'metadata'],
  ] as const)
    test(`never has ${name} than the role`, async () => {
      const { secret } = await kit({
        secret_id_num_uses: 3,
        secret_id_ttl: 60,
        secret_id_bound_cidrs: '10.0.0.0/8',
        token_bound_cidrs: '10.0.0.0/8',
      })
      await expect(secret(sent)).rejects.toThrow(message)
    })

  test('may be chosen, once', async () => {
    const { call, login } = await kit()
    const made = await call('update', 'role/web/custom-secret-id', { secret_id: 'mine', ttl: 60 })
    expect(made).toMatchObject({ secret_id: 'mine', secret_id_ttl: 60 })
    await expect(call('update', 'role/web/custom-secret-id', { secret_id: 'mine' })).rejects.toThrow(
      'already registered',
    )
    expect((await login({ secret_id: 'mine' })).auth).toBeDefined()
  })

  test('that is wrapped is known by its accessor', async () => {
    const { ask } = await kit()
    const { wrap } = await ask('update', 'auth/approle/role/web/secret-id', { wrapSeconds: 60 })
    const { data } = await ask('update', 'sys/wrapping/unwrap', { token: wrap?.token })
    expect(data).toMatchObject({ secret_id_accessor: wrap?.wrappedAccessor })
  })

  test('that is wrong too often locks the role, and one that nobody has alike', async () => {
    const { login, ask, clock } = await kit()
    for (const role_id of [undefined, 'nobody']) {
      const tried = (secret_id: string) =>
        login({ secret_id, ...(role_id && { role_id }) }).catch((thrown) => thrown.code)
      for (let at = 0; at < 5; at++) expect(await tried('wrong')).toBe('REQUEST_INVALID')
      expect(await tried('wrong')).toBe('POLICY_DENIED')
    }
    clock.advance(900_000)
    await ask('update', 'auth/approle/role/web/custom-secret-id', { data: { secret_id: 'mine' } })
    expect((await login({ secret_id: 'mine' })).auth).toBeDefined()
  })

  test('renews a token for as long as the role says now', async () => {
    const { call, login, ask, secret } = await kit()
    const { auth } = await login({ secret_id: (await secret()).secret_id })
    await call('update', 'role/web', { token_ttl: 30, token_max_ttl: 60 })
    const renewed = await ask('update', 'auth/token/renew-self', { token: auth?.clientToken })
    expect(renewed.auth?.leaseSeconds).toBe(30)
  })

  test('lies nowhere as it is', async () => {
    const { call, kv } = await kit()
    await call('update', 'role/web/custom-secret-id', { secret_id: 'canary' })
    for (const { key, value } of await kv.list({ prefix: '', limit: 1000 }))
      expect(key + Buffer.from(value).toString()).not.toContain('canary')
  })

  test('that is over is cleared away by a tidy', async () => {
    const { secret, kv, clock, ask } = await kit()
    await secret({ ttl: 60 })
    await secret()
    clock.advance(60_000)
    const { status, warnings } = await ask('update', 'auth/approle/tidy/secret-id')
    expect([status, warnings]).toEqual([202, ['Tidy operation finished: 1 cleared away']])
    const left = (await kv.list({ prefix: '', limit: 1000 })).filter(({ key }) =>
      /\/(?:secret|accessor)\//.test(key),
    )
    expect(left.filter(({ key }) => key.startsWith('auth/')).length).toBe(2)
  })
})
