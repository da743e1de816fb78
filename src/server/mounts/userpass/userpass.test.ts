import { describe, expect, test } from 'vitest'
import { usualLockout } from '../../core/lockouts.ts'
import { roadKit } from '../../road.fake.ts'
import { passwords, usualCost } from './password.ts'

async function kit() {
  const road = await roadKit()
  await road.enable('auth/users/', 'userpass')
  const put = (at: string, data: Record<string, unknown>) => road.ask('update', `auth/users/${at}`, { data })
  const login = (name: string, password: string, address = '127.0.0.1') =>
    road.ask('update', `auth/users/login/${name}`, { token: undefined, data: { password }, address })
  return { ...road, put, login }
}

const wrong = 'invalid username or password'

describe('somebody with a name and a password', () => {
  test('gets a token with the policies of the user, and is the same entity each time', async () => {
    const { put, login } = await kit()
    await put('users/Bob', { password: 'p', token_policies: 'dev', token_ttl: '10m' })
    const { auth } = await login('bob', 'p')
    expect(auth).toMatchObject({ tokenPolicies: ['default', 'dev'], leaseSeconds: 600, orphan: true })
    expect(auth?.metadata).toEqual({ username: 'bob' })
    expect((await login('BOB', 'p')).auth?.entityId).toBe(auth?.entityId)
  })

  for (const [name, user, password] of [
    ['a wrong password', 'bob', 'q'],
    ['a password in another case', 'bob', 'P'],
    ['a name that nobody has', 'eve', 'p'],
    ['a name out of the language', '__proto__', 'p'],
  ] as const)
    test(`is refused with ${name}, in the same words`, async () => {
      const { put, login, tokens } = await kit()
      await put('users/bob', { password: 'p' })
      await expect(login(user, password)).rejects.toMatchObject({ code: 'REQUEST_INVALID', message: wrong })
      expect((await tokens.accessors()).length).toBe(1)
    })

  test('is refused from an address that the user is not bound to', async () => {
    const { put, login } = await kit()
    await put('users/bob', { password: 'p', token_bound_cidrs: '10.0.0.0/8' })
    await expect(login('bob', 'p')).rejects.toMatchObject({ code: 'POLICY_DENIED' })
    await expect(login('bob', 'q')).rejects.toThrow(wrong)
    expect((await login('bob', 'p', '10.1.1.1')).auth).toBeDefined()
  })

  test('is refused with the old password as soon as there is another one', async () => {
    const { put, login } = await kit()
    await put('users/bob', { password: 'p', policies: ['dev'] })
    await put('users/bob/password', { password: 'q' })
    await expect(login('bob', 'p')).rejects.toThrow(wrong)
    expect((await login('bob', 'q')).auth?.tokenPolicies).toEqual(['default', 'dev'])
  })

  test('renews no longer once the policies of the user are others, of another user of that name too', async () => {
    const { put, login, ask } = await kit()
    await put('users/bob', { password: 'p', token_policies: 'a,b' })
    const token = (await login('bob', 'p')).auth?.clientToken
    const renewal = () => ask('update', 'auth/token/renew-self', { token })
    await put('users/bob', { token_policies: 'b, A' })
    await renewal()
    await put('users/bob', { token_policies: 'a' })
    await expect(renewal()).rejects.toThrow('policies have changed, not renewing')
    await put('users/bob', { token_policies: 'a,b', token_no_default_policy: true })
    await expect(renewal()).rejects.toThrow('policies have changed, not renewing')
  })

  test('renews for as long as the user is given now', async () => {
    const { put, login, ask, clock } = await kit()
    await put('users/bob', { password: 'p' })
    const token = (await login('bob', 'p')).auth?.clientToken
    const renewed = async () => (await ask('update', 'auth/token/renew-self', { token })).auth?.leaseSeconds
    expect(await renewed()).toBe(2_764_800)
    await put('users/bob', { token_ttl: '30s', token_max_ttl: '1m' })
    expect(await renewed()).toBe(30)
    clock.advance(40_000)
    expect(await renewed().catch((thrown) => thrown.message)).toMatch(/permission denied|token not found/)
    const again = (await login('bob', 'p')).auth?.clientToken
    await put('users/bob', { token_period: '45s' })
    const { auth } = await ask('update', 'auth/token/renew-self', { token: again })
    expect(auth?.leaseSeconds).toBe(45)
  })

  test('renews no longer once the user is deleted', async () => {
    const { put, login, ask } = await kit()
    await put('users/bob', { password: 'p' })
    const token = (await login('bob', 'p')).auth?.clientToken
    await ask('update', 'auth/token/renew-self', { token })
    await ask('delete', 'auth/users/users/bob')
    await expect(ask('update', 'auth/token/renew-self', { token })).rejects.toThrow('user does not exist')
    await expect(login('bob', 'p')).rejects.toThrow(wrong)
  })
})

describe('a user', () => {
  test('is listed, read without the password, changed by parts and by old names', async () => {
    const { put, ask, body, root } = await kit()
    await put('users/bob', { password: 'p', ttl: '10s', max_ttl: 60, policies: 'a,b' })
    await put('users/bob', { token_num_uses: 3 })
    await put('users/bob/policies', { policies: 'c' })
    const { data } = await ask('read', 'auth/users/users/bob')
    expect(data).toMatchObject({
      token_ttl: 10,
      token_max_ttl: 60,
      token_policies: ['c'],
      token_num_uses: 3,
    })
    expect(JSON.stringify(data)).not.toContain('password')
    expect((await body('list', 'auth/users/users/', { token: root })).data).toEqual({ keys: ['bob'] })
    await ask('delete', 'auth/users/users/bob')
    for (const operation of ['read', 'list'] as const)
      expect(await ask(operation, `auth/users/users/${operation === 'read' ? 'bob' : ''}`)).toEqual({
        status: 404,
      })
  })

  for (const [settings, complaint] of [
    [{ token_type: 'batch', token_num_uses: 2 }, 'limited use count'],
    [{ token_type: 'default-batch', token_period: '1h' }, 'periodic tokens'],
    [{ token_ttl: '2h', token_max_ttl: '1h' }, "'token_ttl' cannot be greater than 'token_max_ttl'"],
  ] as const)
    test(`cannot say ${JSON.stringify(settings)}`, async () => {
      const { put } = await kit()
      const write = (data: Record<string, unknown>) => put('users/u', { password: 'x', ...data })
      await expect(write(settings)).rejects.toThrow(complaint)
      const [[name, value] = ['', ''], rest] = Object.entries(settings)
      await write({ [name]: value })
      await expect(write(Object.fromEntries([rest ?? ['', '']]))).rejects.toThrow(complaint)
    })

  test('needs a password at first, and must be there for parts of it', async () => {
    const { put } = await kit()
    await expect(put('users/bob', { policies: 'a' })).rejects.toThrow('missing password')
    await expect(put('users/bob/password', { password: 'p' })).rejects.toThrow('username does not exist')
    await expect(put('users/bob/policies', { policies: 'a' })).rejects.toThrow('username does not exist')
  })

  test('is made by a create and changed by an update', async () => {
    const { policies, made, ask } = await kit()
    await policies.write('maker', 'path "auth/users/users/*" { capabilities = ["create"] }')
    const { token } = await made({ policies: ['maker'] })
    const put = () => ask('update', 'auth/users/users/bob', { token, data: { password: 'p' } })
    await put()
    await expect(put()).rejects.toThrow('permission denied')
  })
})

test('the storage has neither password', async () => {
  const { put, kv } = await kit()
  await put('users/bob', { password: 'canary-one' })
  await put('users/bob/password', { password: 'canary-two' })
  for (const { value } of await kv.list({ prefix: '', limit: 1000 }))
    expect(Buffer.from(value).toString()).not.toContain('canary')
})

test('the hash of nobody fits no password', async () => {
  const tries = { address: '127.0.0.1', name: 'nobody', mayTry: () => {}, tried: () => {} }
  expect(await passwords(usualCost).is(undefined, '', tries)).toBe(false)
})

test('of very many logins at once some are asked to come again, and none gets in wrongly', async () => {
  const { put, login, table } = await kit()
  await table.tune('auth/users/', { lockout: { ...usualLockout, isDisabled: true } })
  await put('users/bob', { password: 'p' })
  const logins = await Promise.allSettled(
    Array.from({ length: 300 }, (_, index) => login('bob', index === 0 ? 'p' : 'q')),
  )
  const reasons = logins.map((each) => (each.status === 'rejected' ? String(each.reason.code) : 'in'))
  const count = (what: string) => reasons.filter((each) => each === what).length
  expect([count('in'), count('REQUEST_INVALID'), count('RATE_LIMITED')]).toEqual([1, 256, 43])
  expect((await login('bob', 'p')).auth).toBeDefined()
})
