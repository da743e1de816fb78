import { describe, expect, test } from 'vitest'
import { systemLimits } from '../../../token/index.ts'
import { roadKit } from '../../road.fake.ts'

async function kitWithLeases() {
  const kit = await roadKit()
  const holder = await kit.made({ policies: ['default'] })
  const entry = await kit.tokens.lookup(holder.token)
  const lend = async (path: string) => {
    const asked = {
      path,
      memo: path,
      renewable: true,
      wantedSeconds: 60,
      maxSeconds: 0,
      limits: systemLimits,
    }
    return (await kit.leases.register({ ...asked, tokenKey: entry?.key ?? '' })).lease.id
  }
  return { ...kit, holder, lend }
}

describe('a lease', () => {
  test('is shown, renewed and ended, by body or path, also by the old names', async () => {
    const { ask, lend, leases, clock } = await kitWithLeases()
    const id = await lend('aws/creds/a')
    clock.advance(10_000)
    const { lease } = await ask('update', 'sys/leases/renew', { data: { lease_id: id, increment: '2m' } })
    expect(lease).toEqual({ id, renewable: true, seconds: 120 })
    expect((await ask('update', 'sys/leases/lookup', { data: { lease_id: id } })).data).toEqual({
      id,
      issue_time: '2026-03-01T00:00:00.000000000Z',
      expire_time: '2026-03-01T00:02:10.000000000Z',
      last_renewal: '2026-03-01T00:00:10.000000000Z',
      renewable: true,
      ttl: 120,
    })
    expect((await ask('update', `sys/renew/${id}`)).lease?.seconds).toBe(60)
    for (const [at, data] of [
      ['sys/leases/revoke', true],
      ['sys/revoke', true],
      [`sys/leases/revoke/`, false],
      [`sys/revoke/`, false],
    ] as const) {
      const each = await lend('aws/creds/a')
      await ask('update', data ? at : `${at}${each}`, data ? { data: { lease_id: each } } : {})
      expect(await leases.lookup(each)).toBeUndefined()
    }
  })

  test('that is unknown is invalid, or fine to end', async () => {
    const { ask } = await kitWithLeases()
    const data = { lease_id: 'aws/creds/a/nothing' }
    await expect(ask('update', 'sys/leases/lookup', { data })).rejects.toThrow('invalid lease')
    await expect(ask('update', 'sys/leases/renew', { data })).rejects.toThrow('lease not found')
    expect(await ask('update', 'sys/leases/revoke', { data })).toEqual({})
    await expect(ask('update', 'sys/leases/lookup')).rejects.toThrow('lease_id must be specified')
  })

  test('`sync` waits until it was taken back', async () => {
    const { ask, lend, takenBack } = await kitWithLeases()
    const [now, later] = [await lend('aws/now'), await lend('aws/later')]
    await ask('update', 'sys/leases/revoke', { data: { lease_id: later } })
    await ask('update', 'sys/leases/revoke', { data: { lease_id: now, sync: true } })
    expect(takenBack).toEqual(['aws/now'])
    await ask('update', 'sys/leases/tidy')
    expect(takenBack).toEqual(['aws/now', 'aws/later'])
  })
})

describe('leases below a path', () => {
  test('are listed by folder, those of tokens among them', async () => {
    const { ask, lend, made } = await kitWithLeases()
    const ids = [await lend('aws/creds/a'), await lend('aws/creds/b/c')]
    const list = async (at: string) => (await ask('list', `sys/leases/lookup/${at}`)).data
    expect(await list('')).toEqual({ keys: ['auth/', 'aws/'] })
    expect(await list('aws/creds/')).toEqual({ keys: ['a/', 'b/'] })
    expect(await list('aws/creds/a/')).toEqual({ keys: [ids[0]?.slice('aws/creds/a/'.length)] })
    expect((await ask('list', 'sys/leases/lookup/aws/cred/')).status).toBe(404)
    const { keys } = (await list('auth/token/create/')) as { readonly keys: readonly string[] }
    expect(keys).toEqual([expect.stringMatching(/^h[0-9a-f]{64}$/)])
    const { token } = await made({ policies: ['default'] })
    await expect(ask('list', 'sys/leases/lookup/', { token })).rejects.toThrow('permission denied')
  })

  for (const verb of ['leases/revoke-prefix', 'leases/revoke-force', 'revoke-prefix', 'revoke-force'])
    test(`end by ${verb}, and none that only begins like them`, async () => {
      const { ask, lend, leases } = await kitWithLeases()
      const [inside, deeper] = [await lend('aws/creds/a'), await lend('aws/creds/a/b')]
      const [beside, before] = [await lend('aws/creds/ab'), await lend('aws/creds')]
      await ask('update', `sys/${verb}/aws/creds/a`)
      for (const id of [inside, deeper]) expect(await leases.lookup(id)).toBeUndefined()
      for (const id of [beside, before]) expect(await leases.lookup(id)).toBeDefined()
      await expect(ask('update', `sys/${verb}/`)).rejects.toThrow('a prefix must be specified')
    })

  test('end the tokens of a mount, and not those of its neighbour or root', async () => {
    const { ask, made, holder, root, tokens } = await kitWithLeases()
    const orphan = await made({ policies: ['default'] }, {}, 'create-orphan')
    await ask('update', 'sys/leases/revoke-prefix/auth/token/create')
    expect(await tokens.lookup(holder.token)).toBeUndefined()
    for (const token of [orphan.token, root]) expect(await tokens.lookup(token)).toBeDefined()
    await ask('update', 'sys/leases/revoke-prefix/auth')
    expect(await tokens.lookup(orphan.token)).toBeUndefined()
    expect(await tokens.lookup(root)).toBeDefined()
  })

  test('need sudo', async () => {
    const { ask, lend, leases, made, policies } = await kitWithLeases()
    await policies.write('ender', 'path "sys/*" { capabilities = ["update", "list"] }')
    const { token } = await made({ policies: ['ender'] })
    const id = await lend('aws/creds/a')
    for (const verb of ['leases/revoke-prefix', 'leases/revoke-force', 'revoke-prefix', 'revoke-force'])
      await expect(ask('update', `sys/${verb}/aws`, { token })).rejects.toThrow('permission denied')
    for (const at of ['', 'aws/'])
      await expect(ask('list', `sys/leases/lookup/${at}`, { token })).rejects.toThrow('permission denied')
    expect(await leases.lookup(id)).toBeDefined()
  })
})

describe('the lease that a token is', () => {
  test('is shown and ended here, but renewed by its token only', async () => {
    const { ask, tokens, holder } = await kitWithLeases()
    const entry = await tokens.lookup(holder.token)
    const data = { lease_id: `auth/token/create/h${entry?.key}` }
    expect((await ask('update', 'sys/leases/lookup', { data })).data).toMatchObject({
      renewable: true,
      ttl: 2_764_800,
    })
    await expect(ask('update', 'sys/leases/renew', { data })).rejects.toThrow('tokens cannot be renewed')
    const elsewhere = { lease_id: `auth/other/h${entry?.key}` }
    await expect(ask('update', 'sys/leases/lookup', { data: elsewhere })).rejects.toThrow('invalid lease')
    await ask('update', 'sys/leases/revoke', { data: elsewhere })
    expect(await tokens.lookup(holder.token)).toBeDefined()
    await ask('update', 'sys/leases/revoke', { data })
    expect(await tokens.lookup(holder.token)).toBeUndefined()
  })

  test('a token without an end is none', async () => {
    const { ask, tokens, root } = await kitWithLeases()
    const data = { lease_id: `auth/token/root/h${(await tokens.lookup(root))?.key}` }
    await expect(ask('update', 'sys/leases/lookup', { data })).rejects.toThrow('invalid lease')
    await ask('update', 'sys/leases/revoke', { data })
    expect(await tokens.lookup(root)).toBeDefined()
  })

  test('what was lent to it ends with it', async () => {
    const { ask, lend, leases, takenBack, tokens, holder } = await kitWithLeases()
    const id = await lend('aws/creds/a')
    await ask('update', 'auth/token/revoke', { data: { token: holder.token.reveal() } })
    expect(await leases.lookup(id)).toBeUndefined()
    await leases.tick()
    expect([takenBack, await tokens.madeAt('')]).toEqual([['aws/creds/a'], []])
  })
})
