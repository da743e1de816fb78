import { describe, expect, test } from 'vitest'
import { RawJson } from '../../door.ts'
import { roadKit } from '../../road.fake.ts'

describe('a cubbyhole', () => {
  test('gives numbers back as they were sent', async () => {
    const { ask } = await roadKit()
    const data = '{"a":12345678901234567890,"b":1.10,"c":1e3,"d":{"__proto__":[1.0]},"e":"text"}'
    await ask('update', 'cubbyhole/x', { data })
    expect((await ask('read', 'cubbyhole/x')).data).toEqual(new RawJson(data))
  })

  test('belongs to one token: neither root nor parent nor child sees it', async () => {
    const { ask, made, policies } = await roadKit()
    await policies.write('maker', 'path "auth/token/create" { capabilities = ["update"] }')
    const parent = await made({ policies: ['maker'] })
    const child = await made({}, { token: parent.token })
    await ask('update', 'cubbyhole/x', { token: parent.token, data: { a: 1 } })
    for (const token of [undefined, child.token]) {
      const asked = token === undefined ? {} : { token }
      expect((await ask('read', 'cubbyhole/x', asked)).status).toBe(404)
      expect((await ask('list', 'cubbyhole/', asked)).status).toBe(404)
    }
    expect((await ask('list', 'cubbyhole/', { token: parent.token })).data).toEqual({ keys: ['x'] })
  })

  test('is gone with its token', async () => {
    const { ask, made, kv, tokens } = await roadKit()
    const { token, auth } = await made({ policies: ['default'] })
    for (const name of ['a', 'b/c', 'b/d'])
      await ask('update', `cubbyhole/${name}`, { token, data: { a: 'CANARY' } })
    expect((await ask('list', 'cubbyhole/', { token })).data).toEqual({ keys: ['a', 'b/'] })
    await ask('delete', 'cubbyhole/a', { token })
    await ask('update', 'auth/token/revoke-accessor', { data: { accessor: auth.accessor } })
    const rows = await kv.list({ prefix: '', limit: 1000 })
    expect(rows.map(({ value }) => Buffer.from(value).toString()).join()).not.toContain('CANARY')
    expect(await tokens.byAccessor(auth.accessor)).toBeUndefined()
  })

  test('is refused to batch tokens', async () => {
    const { ask, made } = await roadKit()
    const { token } = await made({ policies: ['default'], type: 'batch' })
    for (const operation of ['read', 'update', 'delete', 'list'] as const)
      await expect(ask(operation, 'cubbyhole/x', { token, data: { a: 1 } })).rejects.toThrow(
        'cubbyhole operations are only supported by "service" type tokens',
      )
  })

  test('tells create from update', async () => {
    const { ask, made, policies } = await roadKit()
    await policies.write('once', 'path "cubbyhole/*" { capabilities = ["create", "read"] }')
    const { token } = await made({ policies: ['once'], no_default_policy: true })
    await ask('update', 'cubbyhole/x', { token, data: { a: 1 } })
    await expect(ask('update', 'cubbyhole/x', { token, data: { a: 2 } })).rejects.toThrow('permission denied')
  })

  test('has no secret without a name', async () => {
    const { ask } = await roadKit()
    for (const at of ['cubbyhole/', 'cubbyhole/folder/'])
      await expect(ask('update', at, { data: { a: 1 } })).rejects.toThrow(
        "cannot write to a path ending in '/'",
      )
    await expect(ask('update', 'cubbyhole/x')).rejects.toThrow('missing data fields')
    expect((await ask('read', 'cubbyhole/')).status).toBe(404)
  })
})
