// Step-up methods on the server: written, enrolled with, asked for by ACL policies.

import { describe, expect, test } from 'vitest'
import type { Data } from './door.ts'
import { mfaKit } from './mfa.fake.ts'

const guarded = 'path "secret/*" { capabilities = ["read"] mfa_methods = ["totp"] }'

describe('a path with mfa_methods', () => {
  test('is refused without a code and allowed with one', async () => {
    const { see, totp, tokenOf, enrolled, mfa } = await mfaKit(guarded)
    await totp()
    const { token, entityId } = await tokenOf()
    const code = await enrolled(entityId)
    const without = await see('read', 'secret/data/a', token)
    expect([without.status, without.error]).toEqual([
      403,
      '2 errors occurred:\n\t* MFA method "totp" did not confirm it: no code was sent: X-Vault-MFA: totp:CODE\n\n\t* permission denied\n\n',
    ])
    const allowed = await see('read', 'secret/data/a', token, {}, mfa(`totp:${code()}`))
    expect(allowed.body.data).toMatchObject({ data: { b: 'c' } })
  })

  test('a code is used once only', async () => {
    const { see, totp, tokenOf, enrolled, mfa, clock } = await mfaKit(guarded)
    await totp()
    const { token, entityId } = await tokenOf()
    const code = await enrolled(entityId)
    const read = (text: string) => see('read', 'secret/data/a', token, {}, mfa(text))
    const first = `totp:passcode=${code()}`
    expect((await read(first)).status).toBe(200)
    expect((await read(first)).status).toBe(403)
    clock.advance(30_000)
    expect((await read(first)).status).toBe(403)
    expect((await read(`totp:${code()}`)).status).toBe(200)
  })

  test('of two requests at once with the same code one is refused', async () => {
    const { see, totp, tokenOf, enrolled, mfa } = await mfaKit(guarded)
    await totp()
    const { token, entityId } = await tokenOf()
    const code = await enrolled(entityId)
    const read = () => see('read', 'secret/data/a', token, {}, mfa(`totp:${code()}`))
    const seen = await Promise.all([read(), read(), read()])
    expect(seen.map(({ status }) => status).sort()).toEqual([200, 403, 403])
  })

  test('is refused for a wrong code, two codes, a code for another method, and the name alone', async () => {
    const { see, totp, tokenOf, enrolled, mfa } = await mfaKit(guarded)
    await totp()
    const { token, entityId } = await tokenOf()
    const code = await enrolled(entityId)
    for (const header of ['totp:000000', `totp:${code()}, totp:111111`, `other:${code()}`, 'totp']) {
      expect((await see('read', 'secret/data/a', token, {}, mfa(header))).status, header).toBe(403)
    }
  })

  test('is refused where there is no such method, and for a token without an entity', async () => {
    const { see, tokenOf, holder, totp, mfa } = await mfaKit(guarded)
    const { token } = await tokenOf()
    expect((await see('read', 'secret/data/a', token, {}, mfa('totp:123456'))).error).toContain(
      'no such method',
    )
    await totp()
    expect((await see('read', 'secret/data/a', await holder('own'), {}, mfa('totp:123456'))).status).toBe(403)
  })

  test('root is above it', async () => {
    const { see, root } = await mfaKit(guarded)
    expect((await see('read', 'secret/data/a', root)).status).toBe(200)
  })

  test('who tries too often waits, also with a right code', async () => {
    const { see, totp, tokenOf, enrolled, mfa, clock } = await mfaKit(guarded)
    await totp('totp', { max_validation_attempts: 3 })
    const { token, entityId } = await tokenOf()
    const code = await enrolled(entityId)
    const read = (text: string) => see('read', 'secret/data/a', token, {}, mfa(`totp:${text}`))
    for (let tries = 0; tries < 3; tries++) await read('000000')
    expect((await read(code())).error).toContain('it was tried too often: wait a few minutes')
    clock.advance(301_000)
    expect((await read(code())).status).toBe(200)
  })

  test('what is missing goes to the record, no code does', async () => {
    const { see, totp, tokenOf, mfa, audited, logged } = await mfaKit(guarded)
    await totp()
    const { token } = await tokenOf()
    await see('read', 'secret/data/a', token, {}, mfa('totp:314159'))
    const because = 'missing: the secret of the entity, which is not enrolled'
    expect(audited().at(-1)?.error).toBe(
      `permission denied: MFA method \`totp\` did not confirm it: ${because} (path "secret/*")`,
    )
    expect(logged.at(-1)).toContain(`because="${because}"`)
    expect(JSON.stringify([audited(), logged])).not.toContain('314159')
  })

  test('all methods must confirm, and each is asked once', async () => {
    const both = 'path "secret/*" { capabilities = ["read"] mfa_methods = ["duo", "totp"] }'
    const { see, totp, duo, tokenOf, enrolled, mfa, pushed, answer } = await mfaKit(both)
    await totp()
    await duo()
    const { token, entityId } = await tokenOf()
    const code = await enrolled(entityId)
    const read = () => see('read', 'secret/data/a', token, {}, mfa(`duo, totp:${code()}`))
    expect((await read()).status).toBe(200)
    expect(pushed.map(({ username, passcode }) => [username, passcode])).toEqual([['bob', undefined]])
    answer.now = false
    expect((await read()).error).toContain('MFA method "duo" did not confirm it')
    answer.now = new Error('unreachable')
    expect((await read()).status).not.toBe(200)
    expect(pushed).toHaveLength(3)
  })
})

describe('a method', () => {
  test('is written, shown, listed and deleted', async () => {
    const { see, root, totp, duo, accessor } = await mfaKit()
    expect((await see('list', 'sys/mfa/method/', root)).body.data).toBe(undefined)
    await totp('my-totp', { algorithm: 'SHA256', digits: '8', period: '1m' })
    await duo('my_duo', { username_format: '{{alias.name}}@example.com' })
    expect((await see('read', 'sys/mfa/method/totp/my-totp', root)).body.data).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...{ name: 'my-totp', type: 'totp', issuer: 'Example', period: 60, key_size: 20, qr_size: 200 },
      ...{ algorithm: 'SHA256', digits: 8, skew: 1, max_validation_attempts: 5 },
    })
    expect((await see('read', 'sys/mfa/method/duo/my_duo', root)).body.data).toEqual({
      id: expect.any(String),
      ...{ name: 'my_duo', type: 'duo', mount_accessor: accessor, api_hostname: 'duo.example.com' },
      ...{ username_format: '{{alias.name}}@example.com', push_info: '', use_passcode: '' },
      max_validation_attempts: 5,
    })
    expect(((await see('list', 'sys/mfa/method/', root)).body.data as Data).keys).toEqual([
      'my-totp',
      'my_duo',
    ])
    await see('delete', 'sys/mfa/method/duo/my-totp', root)
    await see('delete', 'sys/mfa/method/totp/my-totp', root)
    expect(((await see('list', 'sys/mfa/method/', root)).body.data as Data).keys).toEqual(['my_duo'])
  })

  test('cannot have what no code can be made with', async () => {
    const { totp } = await mfaKit()
    for (const [field, value, error] of [
      ['issuer', '', 'issuer must be set'],
      ['digits', 7, 'digits can only be 6 or 8'],
      ['skew', 2, 'skew can only be 0 or 1'],
      ['algorithm', 'MD5', 'unrecognized algorithm "MD5": it can be SHA1, SHA256, SHA512'],
      ['period', 0, 'period must be from 1 to 3600'],
      ['key_size', 1000, 'key_size must be from 10 to 64'],
      ['qr_size', -1, 'qr_size must be from 0 to 2000'],
    ] as const) {
      expect(await totp('x', { [field]: value }), field).toMatchObject({ status: 400, error })
    }
  })

  test('cannot be another kind under the same name, nor have a name that a header splits', async () => {
    const { totp, duo } = await mfaKit()
    await totp('x')
    expect((await duo('x')).error).toBe('there is a method "x" of type totp: delete it first')
    expect((await totp('a,b')).status).toBe(400)
  })

  test('that nobody can be asked by is kept with a warning, and confirms nothing', async () => {
    const { see, root, accessor, tokenOf } = await mfaKit(guarded.replace('totp', 'okta'))
    const written = { mount_accessor: accessor, org_name: 'o', api_token: 't' }
    const { body } = await see('update', 'sys/mfa/method/okta/okta', root, written)
    expect(body.warnings).toEqual([expect.stringContaining('no connector for okta')])
    expect((await see('read', 'secret/data/a', (await tokenOf()).token)).status).toBe(403)
  })
})

describe('a secret', () => {
  test('is made once, by its owner or an administrator, and taken away by administrators', async () => {
    const { see, root, totp, tokenOf } = await mfaKit()
    await totp()
    const { token, entityId } = await tokenOf()
    const first = await see('read', 'sys/mfa/method/totp/totp/generate', token)
    expect(first.body.data).toEqual({
      barcode: expect.stringMatching(/^iVBORw0KGgo[\w+/]+=*$/),
      url: expect.stringMatching(
        /^otpauth:\/\/totp\/Example:entity_\w+\?algorithm=SHA1&digits=6&issuer=Example&period=30&secret=[A-Z2-7]{32}$/,
      ),
    })
    const again = await see('read', 'sys/mfa/method/totp/totp/generate', token)
    expect([again.body.data, again.body.warnings]).toEqual([
      null,
      ['Entity already has a secret for MFA method "totp"'],
    ])
    const of = { entity_id: entityId }
    await see('update', 'sys/mfa/method/totp/totp/admin-destroy', root, of)
    const next = await see('update', 'sys/mfa/method/totp/totp/admin-generate', root, of)
    expect((next.body.data as Data).url).not.toBe((first.body.data as Data).url)
  })

  test('is for entities that are there', async () => {
    const { see, root, totp } = await mfaKit()
    await totp()
    expect((await see('read', 'sys/mfa/method/totp/totp/generate', root)).error).toBe(
      'the token has no entity',
    )
    const nobodys = await see('update', 'sys/mfa/method/totp/totp/admin-generate', root, { entity_id: 'x' })
    expect(nobodys.error).toBe('there is no entity "x"')
  })

  test('is gone with its method, also for a new one of the same name', async () => {
    const { see, root, totp, tokenOf, enrolled, mfa } = await mfaKit(guarded)
    await totp()
    const { token, entityId } = await tokenOf()
    const code = await enrolled(entityId)
    await see('delete', 'sys/mfa/method/totp/totp', root)
    await totp()
    expect((await see('read', 'secret/data/a', token, {}, mfa(`totp:${code()}`))).status).toBe(403)
  })

  test('and its image are audited hashed, and never logged', async () => {
    const { see, totp, tokenOf, audited, logged } = await mfaKit()
    await totp()
    const made = (await see('read', 'sys/mfa/method/totp/totp/generate', (await tokenOf()).token)).body
      .data as Data
    const [url, barcode] = [String(made.url), String(made.barcode)]
    const secret = new URL(url).searchParams.get('secret') ?? ''
    const told = JSON.stringify([audited(), logged])
    for (const text of [url, barcode, secret]) expect(told).not.toContain(text)
    const hashed = expect.stringMatching(/^hmac-sha256:/)
    expect(audited().at(-1)).toMatchObject({ response: { data: { url: hashed, barcode: hashed } } })
  })
})
