// Step-up methods in governing policies, on requests and on logins.

import { describe, expect, test } from 'vitest'
import { mfaKit } from './mfa.fake.ts'

const valid = (name: string) => `main = rule { mfa.methods.${name}.valid }`
const guarded = 'path "*" { capabilities = ["read"] mfa_methods = ["duo"] }'

describe('within a single request a method is asked once, whoever checks it', () => {
  for (const [name, confirms, isAllowed] of [
    ['and confirms', true, true],
    ['and does not', false, false],
    ['and cannot be asked', new Error('unreachable'), false],
  ] as const) {
    test(`by the ACL, an RGP and two EGPs, ${name}`, async () => {
      const { see, write, duo, tokenOf, pushed, answer, ask, root } = await mfaKit(guarded)
      await duo()
      await ask('update', 'auth/approle/role/bob', root, { token_policies: ['own', 'role'] })
      const { token } = await tokenOf()
      await write('rgp', 'role', `${valid('duo')}\nagain = rule { mfa.methods.duo.valid }`)
      await write('egp', 'a', valid('duo'))
      await write('egp', 'b', valid('duo'), { paths: ['secret/*'] })
      answer.now = confirms
      expect((await see('read', 'secret/data/a', token)).status === 200).toBe(isAllowed)
      expect(pushed).toHaveLength(1)
    })
  }

  test('by policies alone, where it does not confirm or cannot be asked', async () => {
    const { see, write, duo, tokenOf, pushed, answer } = await mfaKit()
    await duo()
    const { token } = await tokenOf()
    await write('egp', 'a', valid('duo'), { paths: ['secret/*'] })
    await write('egp', 'b', 'main = rule { mfa.methods["duo"].valid is true }', { paths: ['secret/*'] })
    for (const no of [false, new Error('unreachable')]) {
      answer.now = no
      expect((await see('read', 'secret/data/a', token)).status).toBe(403)
    }
    expect(pushed).toHaveLength(2)
  })
})

describe('nobody is asked', () => {
  test('where the ACL refuses, where an RGP refuses before, and where no policy reads it', async () => {
    const { see, write, duo, tokenOf, pushed, ask, root } = await mfaKit(
      'path "secret/*" { capabilities = ["read"] }',
    )
    await duo()
    await ask('update', 'auth/approle/role/bob', root, { token_policies: ['own', 'role'] })
    await write('rgp', 'role', 'main = rule { request.path is "secret/data/a" }')
    await write('egp', 'egp', 'main = rule when request.path is "secret/data/b" { mfa.methods.duo.valid }', {
      paths: ['secret/*'],
    })
    const { token } = await tokenOf()
    expect((await see('update', 'secret/data/b', token)).status).toBe(403)
    expect((await see('read', 'secret/data/b', token)).status).toBe(403)
    expect((await see('read', 'secret/data/a', token)).status).toBe(200)
    expect(pushed).toEqual([])
  })
})

describe('EGPs can be used to require MFA on otherwise unauthenticated paths, such as login paths', () => {
  test('with a code of the entity that the login is for', async () => {
    const { totp, write, tokenOf, enrolled, login, mfa } = await mfaKit()
    await totp()
    const code = await enrolled((await tokenOf()).entityId)
    await write('egp', 'login', valid('totp'), { paths: ['auth/approle/login'] })
    expect((await login()).status).toBe(400)
    expect((await login('bob', mfa(`totp:${code()}`))).body.auth).toMatchObject({
      policies: ['default', 'own'],
    })
    expect((await login('bob', mfa(`totp:${code()}`))).status).toBe(400)
  })

  test('with a push, with and without an entity, and for nobody who logs in by another mount', async () => {
    const { duo, write, login, pushed, answer, see } = await mfaKit()
    await duo()
    await write('egp', 'login', valid('duo'), { paths: ['auth/*'] })
    expect((await login()).status).toBe(200)
    expect((await login()).status).toBe(200)
    answer.now = false
    expect((await login()).status).toBe(400)
    expect(pushed.map(({ username }) => username)).toEqual(['bob', 'bob', 'bob'])
    expect((await see('update', 'auth/userpass/login/bob', '', { password: 'x' })).status).not.toBe(200)
    expect(pushed).toHaveLength(3)
  })

  test('names that are unknown, not enrolled or wrong are told the same, and what is missing goes to the log', async () => {
    const { totp, write, tokenOf, enrolled, login, mfa, logged } = await mfaKit()
    await totp()
    const { entityId } = await tokenOf()
    const told: string[] = []
    const missing: string[] = []
    await write('egp', 'login', valid('totp'), { paths: ['auth/approle/login'] })
    const tries = async (name: string) => {
      told.push((await login(name, mfa('totp:000000'))).error)
      missing.push(/because="([^"]*)"/.exec(logged.at(-1) ?? '')?.[1] ?? '')
    }
    await tries('nobody')
    await tries('bob')
    await enrolled(entityId)
    await tries('bob')
    expect(new Set(told).size).toBe(1)
    expect(told[0]).toContain(
      'it takes an entity with an alias of the mount, which has enrolled with the method',
    )
    expect(missing).toEqual([
      'missing: the entity',
      'missing: the secret of the entity, which is not enrolled',
      'the code is wrong, or was used',
    ])
  })

  test('a field that a name is made of is named where it is missing', async () => {
    const { duo, write, login, logged, pushed } = await mfaKit()
    await duo('duo', { username_format: '{{alias.name}}/{{entity.metadata.phone}}' })
    await login()
    await write('egp', 'login', valid('duo'), { paths: ['auth/*'] })
    for (const [name, field] of [
      ['bob', 'field entity.metadata.phone'],
      ['nobody', 'entity'],
    ] as const) {
      expect((await login(name)).status).toBe(400)
      expect(logged.at(-1)).toContain(`because="missing: the ${field}"`)
    }
    expect(pushed).toEqual([])
  })

  test('floods of logins push no more than five times for a name and fifty from an address, known or not', async () => {
    const { duo, write, login, pushed, answer, clock } = await mfaKit()
    await duo()
    await write('egp', 'login', valid('duo'), { paths: ['auth/*'] })
    answer.now = false
    const from = (address: string) => ({ remote: { address, port: 1 } })
    for (let tries = 0; tries < 20; tries++) await login('bob', from(`192.0.2.${tries}`))
    expect(pushed).toHaveLength(5)
    for (let tries = 0; tries < 100; tries++) await login(`other-${tries}`, from('198.51.100.1'))
    expect(pushed).toHaveLength(55)
    clock.advance(301_000)
    await login('bob', from('192.0.2.1'))
    expect(pushed).toHaveLength(56)
  })
})
