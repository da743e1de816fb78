import { describe, expect, test } from 'vitest'
import { plainSettings } from '../../token/index.ts'
import type { Login } from '../door.ts'
import { roadKit } from '../road.fake.ts'

const alice: Login = {
  alias: { name: 'alice', metadata: new Map() },
  displayName: 'alice',
  metadata: new Map([['username', 'alice']]),
  settings: plainSettings,
}

async function loginKit(change: Partial<Login['settings']> = {}) {
  const kit = await roadKit()
  kit.logins.set('alice', { ...alice, settings: { ...plainSettings, ...change } })
  const login = () => kit.ask('update', 'auth/door/login/alice', { token: undefined })
  return { ...kit, login }
}

describe('a login', () => {
  test('gives an orphan with the policies of the role, and says what its entity adds', async () => {
    const kit = await loginKit({ policies: ['Dev'], ttlSeconds: 10 })
    const { ask } = kit
    const { auth, warnings } = await kit.login()
    expect(auth).toMatchObject({
      policies: ['default', 'dev', 'team'],
      tokenPolicies: ['default', 'dev'],
      leaseSeconds: 10,
      orphan: true,
      renewable: true,
      entityId: kit.alice,
      tokenType: 'service',
    })
    expect(auth?.metadata).toEqual({ username: 'alice' })
    expect(warnings).toEqual(['Policy "dev" does not exist'])
    const { data } = await ask('read', 'auth/token/lookup-self', { token: auth?.clientToken })
    expect(data).toMatchObject({ path: 'auth/door/login/alice', display_name: 'door-alice' })
  })

  test('that ends after its mount was taken away leaves no token', async () => {
    const { login, tokens, mounting } = await loginKit()
    mounting.isMounted = false
    await expect(login()).rejects.toMatchObject({ code: 'ROUTE_NOT_FOUND' })
    expect((await tokens.accessors()).length).toBe(1)
  })

  test('that an entity is root does not make its token root', async () => {
    const { ask, login } = await loginKit()
    const { auth } = await login()
    await expect(ask('read', 'secret/x', { token: auth?.clientToken })).rejects.toThrow('permission denied')
  })

  for (const [name, change, message] of [
    ['root', { policies: ['root'] }, 'auth methods cannot create root tokens'],
    ['root in another case', { policies: [' ROOT'] }, 'auth methods cannot create root tokens'],
    ['a wrapping token', { policies: ['response-wrapping'] }, 'cannot assign policy'],
    ['batch tokens that are counted', { type: 'batch', numUses: 1 }, 'can be neither counted nor periodic'],
  ] as const)
    test(`never gives ${name}`, async () => {
      const { login, tokens } = await loginKit(change)
      await expect(login()).rejects.toThrow(message)
      expect((await tokens.accessors()).length).toBe(1)
    })

  test('that is refused gives nothing, whatever was found out', async () => {
    const { ask, logins, tokens } = await loginKit()
    logins.set('both', alice)
    expect(await ask('update', 'auth/door/login/both', { token: undefined })).toEqual({ status: 400 })
    expect((await tokens.accessors()).length).toBe(1)
  })

  test('of a disabled entity gives nothing', async () => {
    const kit = await loginKit()
    const { login, tokens } = kit
    await kit.entities.change(kit.alice, { isDisabled: true })
    await expect(login()).rejects.toMatchObject({ code: 'POLICY_DENIED' })
    expect((await tokens.accessors()).length).toBe(1)
  })

  test('makes batch tokens where the role says so', async () => {
    const { login } = await loginKit({ type: 'batch' })
    expect((await login()).auth).toMatchObject({ tokenType: 'batch', accessor: '', renewable: false })
  })

  test('is bound to its longest life by renewals', async () => {
    const { ask, login, clock } = await loginKit({ ttlSeconds: 60, maxSeconds: 100 })
    const token = (await login()).auth?.clientToken
    clock.advance(50_000)
    const { auth } = await ask('update', 'auth/token/renew-self', { token })
    expect(auth?.leaseSeconds).toBe(50)
  })

  test('spends no use of a token that is sent along', async () => {
    const { ask, made, tokens } = await loginKit()
    const { token } = await made({ policies: ['default'], num_uses: 1 })
    await ask('update', 'auth/door/login/alice', { token })
    expect((await tokens.lookup(token))?.usesLeft).toBe(1)
  })
})
