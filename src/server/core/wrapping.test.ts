import { describe, expect, test } from 'vitest'
import { Secret } from '../../base/index.ts'
import type { Asked, RoadKit } from '../road.fake.ts'
import { roadKit } from '../road.fake.ts'

async function wrapped(
  { ask }: RoadKit,
  at = 'secret/x',
  operation: 'read' | 'update' = 'read',
  asked: Asked = {},
) {
  const { wrap, ...rest } = await ask(operation, at, { wrapSeconds: 60, ...asked })
  if (wrap === undefined) throw new Error('nothing was wrapped')
  expect(rest).toEqual({})
  return wrap
}

async function kitWithSecret() {
  const kit = await roadKit()
  await kit.ask('update', 'secret/x', { data: '{"a":12345678901234567890,"b":"CANARY"}' })
  return kit
}

const lost = 'wrapping token is not valid or does not exist'

describe('a wrapped response', () => {
  test('is told of, and nothing of it is told', async () => {
    const kit = await kitWithSecret()
    const {
      wrap_info: info,
      data,
      auth,
    } = await kit.body('read', 'secret/x', { token: kit.root, wrapSeconds: 60 })
    expect([data, auth]).toEqual([null, null])
    expect(info).toMatchObject({
      ttl: 60,
      creation_path: 'secret/x',
      creation_time: '2026-03-01T00:00:00.000000000Z',
      wrapped_accessor: '',
    })
  })

  test('is there once, for whoever comes first', async () => {
    const kit = await kitWithSecret()
    const { token } = await wrapped(kit)
    const asked = { data: { token: token.reveal() } }
    const { data } = await kit.body('update', 'sys/wrapping/unwrap', { token: kit.root, ...asked })
    expect(data).toMatchObject({ b: 'CANARY' })
    expect(JSON.stringify(data)).toContain('12345678901234567890')
    await expect(kit.ask('update', 'sys/wrapping/unwrap', asked)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: lost,
    })
    const rows = await kit.kv.list({ prefix: 'sys/token/', limit: 1000 })
    expect(rows.map(({ value }) => Buffer.from(value).toString()).join()).not.toContain('CANARY')
  })

  test('of 20 who come at once, one gets it', async () => {
    const kit = await kitWithSecret()
    const { token } = await wrapped(kit)
    const asked = { data: { token: token.reveal() } }
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () => kit.ask('update', 'sys/wrapping/unwrap', asked)),
    )
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBe(1)
  })

  test('is unwrapped by its token alone, with an empty body, once', async () => {
    const kit = await kitWithSecret()
    const { token } = await wrapped(kit)
    expect((await kit.ask('update', 'sys/wrapping/unwrap', { token })).data).toMatchObject({ b: 'CANARY' })
    await expect(kit.ask('update', 'sys/wrapping/unwrap', { token })).rejects.toMatchObject({ message: lost })
    await kit.tokens.tick()
    const rows = await kit.kv.list({ prefix: 'sys/token/', limit: 1000 })
    expect(rows.map(({ value }) => Buffer.from(value).toString()).join()).not.toContain('CANARY')
  })

  test('is read by old clients from the cubbyhole', async () => {
    const kit = await kitWithSecret()
    const { token } = await wrapped(kit)
    const { data } = await kit.body('read', 'cubbyhole/response', { token })
    const envelope = JSON.parse((data as { response: string }).response)
    expect(envelope.data.b).toBe('CANARY')
  })

  test('is gone when its time is over', async () => {
    const kit = await kitWithSecret()
    const { token } = await wrapped(kit)
    kit.clock.advance(60_000)
    const asked = { data: { token: token.reveal() } }
    await expect(kit.ask('update', 'sys/wrapping/unwrap', asked)).rejects.toThrow(lost)
    await expect(kit.ask('update', 'sys/wrapping/unwrap', { token })).rejects.toThrow(lost)
    await kit.tokens.tick()
    const rows = await kit.kv.list({ prefix: 'sys/token/', limit: 1000 })
    expect(rows.map(({ value }) => Buffer.from(value).toString()).join()).not.toContain('CANARY')
  })

  test('leaves the token of whoever unwraps it as it was', async () => {
    const kit = await kitWithSecret()
    const own = await kit.made({ policies: ['default'], num_uses: 5 })
    const { token } = await wrapped(kit)
    await kit.ask('update', 'sys/wrapping/unwrap', { token: own.token, data: { token: token.reveal() } })
    expect((await kit.tokens.lookup(own.token))?.usesLeft).toBe(4)
  })

  test('that is a token is unwrapped whole, also when that was revoked meanwhile', async () => {
    const kit = await kitWithSecret()
    const data = { policies: ['default'], meta: { a: 'b' } }
    const wrap = await wrapped(kit, 'auth/token/create', 'update', { data })
    expect(wrap.wrappedAccessor).toHaveLength(24)
    await kit.ask('update', 'auth/token/revoke-accessor', { data: { accessor: wrap.wrappedAccessor } })
    const { auth } = await kit.ask('update', 'sys/wrapping/unwrap', { data: { token: wrap.token.reveal() } })
    expect(auth).toMatchObject({
      accessor: wrap.wrappedAccessor,
      tokenPolicies: ['default'],
      metadata: { a: 'b' },
    })
    const lookup = kit.ask('update', 'auth/token/lookup', { data: { token: auth?.clientToken.reveal() } })
    await expect(lookup).rejects.toThrow('bad token')
  })

  test('that says nothing, or failed, is not wrapped', async () => {
    const kit = await kitWithSecret()
    expect(await kit.ask('update', 'secret/y', { data: { a: 1 }, wrapSeconds: 60 })).toEqual({})
    expect((await kit.ask('read', 'secret/nothing', { wrapSeconds: 60 })).status).toBe(404)
  })

  test('is told of too where nothing was found, and something is said of it', async () => {
    const kit = await kitWithSecret()
    await kit.ask('update', 'kv2/data/x', { data: { data: { a: 1 } } })
    await kit.ask('delete', 'kv2/data/x')
    expect(await kit.ask('read', 'kv2/data/x')).toMatchObject({ status: 404, data: expect.anything() })
    const { wrap, ...rest } = await kit.ask('read', 'kv2/data/x', { wrapSeconds: 60 })
    expect([wrap?.creationPath, rest]).toEqual(['kv2/data/x', {}])
  })
})

describe('a wrapping token', () => {
  test('may do nothing else, and counts even that', async () => {
    const kit = await kitWithSecret()
    for (const at of ['secret/x', 'auth/token/lookup-self', 'cubbyhole/other']) {
      const { token } = await wrapped(kit)
      await expect(kit.ask('read', at, { token })).rejects.toThrow('permission denied')
      await expect(kit.ask('update', 'sys/wrapping/unwrap', { token })).rejects.toThrow(lost)
    }
  })

  test('is shown to whoever has it, without a token and without spending it', async () => {
    const kit = await kitWithSecret()
    const { token } = await wrapped(kit)
    const want = {
      creation_ttl: 60,
      creation_path: 'secret/x',
      creation_time: '2026-03-01T00:00:00.000000000Z',
    }
    const asked = { token: undefined, data: { token: token.reveal() } }
    expect((await kit.ask('update', 'sys/wrapping/lookup', asked)).data).toEqual(want)
    expect((await kit.ask('read', 'sys/wrapping/lookup', { token })).data).toEqual(want)
    expect((await kit.ask('update', 'sys/wrapping/unwrap', { token })).data).toBeDefined()
    await expect(kit.ask('update', 'sys/wrapping/lookup', asked)).rejects.toThrow(lost)
  })

  test('is none where it is another token, which loses nothing by it', async () => {
    const kit = await kitWithSecret()
    const other = await kit.made({ policies: ['default'], num_uses: 1 })
    for (const verb of ['unwrap', 'rewrap', 'lookup'])
      for (const text of [other.token.reveal(), kit.root.reveal(), 'hvs.nobody'])
        await expect(kit.ask('update', `sys/wrapping/${verb}`, { data: { token: text } })).rejects.toThrow(
          lost,
        )
    await expect(kit.ask('update', 'sys/wrapping/unwrap')).rejects.toThrow(lost)
    expect((await kit.tokens.lookup(other.token))?.usesLeft).toBe(1)
    await expect(
      kit.ask('update', 'sys/wrapping/unwrap', { token: new Secret('hvs.nobody') }),
    ).rejects.toThrow(lost)
  })

  test('is changed for another one, for as long and with the same path', async () => {
    const kit = await kitWithSecret()
    const first = await wrapped(kit)
    kit.clock.advance(30_000)
    const { wrap } = await kit.ask('update', 'sys/wrapping/rewrap', { data: { token: first.token.reveal() } })
    expect(wrap).toMatchObject({ ttlSeconds: 60, creationPath: 'secret/x' })
    const asked = (token: Secret | undefined) => ({ data: { token: token?.reveal() } })
    await expect(kit.ask('update', 'sys/wrapping/unwrap', asked(first.token))).rejects.toThrow(lost)
    expect((await kit.ask('update', 'sys/wrapping/unwrap', asked(wrap?.token))).data).toMatchObject({
      b: 'CANARY',
    })
  })
})

test('wrapping something of one’s own needs the header', async () => {
  const kit = await roadKit()
  await expect(kit.ask('update', 'sys/wrapping/wrap', { data: { a: 1 } })).rejects.toThrow(
    'endpoint requires response wrapping to be used',
  )
  const { token } = await wrapped(kit, 'sys/wrapping/wrap', 'update', { data: '{"__proto__":{"a":1.50}}' })
  const { data } = await kit.body('update', 'sys/wrapping/unwrap', { token })
  expect(Object.keys(data ?? {})).toEqual(['__proto__'])
})
