import { describe, expect, test } from 'vitest'
import { isObject } from '../../http/json.ts'
import { type RoadKit, roadKit } from '../../road.fake.ts'

const shownOf = async ({ ask }: RoadKit, at: string, asked: Parameters<RoadKit['ask']>[2]) => {
  const { data } = await ask('update', `auth/token/${at}`, asked)
  if (!isObject(data as never)) throw new Error('nothing was shown')
  return data as Readonly<Record<string, unknown>>
}

describe('making a token', () => {
  test('answers with `auth` and without data', async () => {
    const kit = await roadKit()
    const { auth, data } = await kit.body('update', 'auth/token/create', {
      token: kit.root,
      data: { policies: 'p, q', meta: { owner: 'ops' }, ttl: '1h', display_name: 'ci' },
    })
    expect(data).toBeNull()
    expect(auth).toMatchObject({
      policies: ['default', 'p', 'q'],
      token_policies: ['default', 'p', 'q'],
      metadata: { owner: 'ops' },
      lease_duration: 3600,
      renewable: true,
      entity_id: '',
      token_type: 'service',
      orphan: false,
      mfa_requirement: null,
      num_uses: 0,
    })
  })

  test('warns of policies that nobody wrote, and of a life that was cut', async () => {
    const { ask } = await roadKit()
    const data = { policies: ['default', 'nobody'], ttl: '30m', explicit_max_ttl: '5m' }
    const { auth, warnings } = await ask('update', 'auth/token/create', { data })
    expect(auth?.leaseSeconds).toBe(300)
    expect(warnings).toEqual([
      'TTL of "30m" exceeded the effective max_ttl of "5m"; TTL value is capped accordingly',
      'Policy "nobody" does not exist',
    ])
  })

  test('`lease` is an old name of `ttl`', async () => {
    const { made } = await roadKit()
    expect((await made({ policies: ['p'], lease: '10s' })).auth.leaseSeconds).toBe(10)
  })

  test('the right to a path is the right to make orphans there', async () => {
    const { made, policies } = await roadKit()
    await policies.write('maker', 'path "auth/token/*" { capabilities = ["update"] }')
    const { token } = await made({ policies: ['maker'] })
    expect((await made({}, { token }, 'create-orphan')).auth.orphan).toBe(true)
    await expect(made({ no_parent: true }, { token })).rejects.toThrow('root or sudo privileges required')
  })

  test('sudo counts on the path that is asked on', async () => {
    const { made, policies } = await roadKit()
    await policies.write(
      'maker',
      `path "auth/token/create" { capabilities = ["update", "sudo"] }
       path "auth/token/create-orphan" { capabilities = ["update"] }`,
    )
    const { token } = await made({ policies: ['maker'] })
    expect((await made({ policies: ['other'], period: '30m' }, { token })).auth).toMatchObject({
      tokenPolicies: ['default', 'other'],
      leaseSeconds: 1800,
    })
    await expect(made({ policies: ['other'] }, { token }, 'create-orphan')).rejects.toThrow(
      'child policies must be subset of parent',
    )
  })

  test('neither a batch token nor one whose uses are counted makes any', async () => {
    const { made, policies } = await roadKit()
    await policies.write('maker', 'path "auth/token/create" { capabilities = ["update", "sudo"] }')
    const batch = await made({ policies: ['maker'], type: 'batch' })
    const counted = await made({ policies: ['maker'], num_uses: 5 })
    await expect(made({}, { token: batch.token })).rejects.toThrow('batch tokens cannot create more tokens')
    await expect(made({}, { token: counted.token })).rejects.toThrow('restricted use token')
  })

  test('fields that contradict themselves are refused by name', async () => {
    const { made } = await roadKit()
    for (const [data, message] of [
      [{ type: 'recovery' }, "invalid 'token_type' value"],
      [{ ttl: '-5s' }, 'ttl must be positive'],
      [{ ttl: 9e15 }, 'ttl is too long'],
      [{ period: -1 }, 'period must be positive'],
      [{ num_uses: 'many' }, '`num_uses` must be a whole number'],
      [{ entity_alias: 'a' }, "'entity_alias' is only allowed in combination with token role"],
    ] as const)
      await expect(made({ policies: ['p'], ...data })).rejects.toThrow(message)
  })
})

describe('looking at a token', () => {
  test('shows every field that clients know', async () => {
    const kit = await roadKit()
    const { token, auth } = await kit.made({ policies: ['p'], ttl: '1h', num_uses: 3, period: '1h' })
    kit.clock.advance(10_500)
    expect(await shownOf(kit, 'lookup', { data: { token: token.reveal() } })).toEqual({
      id: token.reveal(),
      accessor: auth.accessor,
      policies: ['default', 'p'],
      path: 'auth/token/create',
      meta: null,
      display_name: 'token',
      num_uses: 3,
      orphan: false,
      creation_time: Date.parse('2026-03-01T00:00:00Z') / 1000,
      creation_ttl: 3600,
      expire_time: '2026-03-01T01:00:00.000000000Z',
      issue_time: '2026-03-01T00:00:00.000000000Z',
      ttl: 3589,
      explicit_max_ttl: 0,
      entity_id: '',
      type: 'service',
      renewable: true,
      period: 3600,
    })
  })

  test('by its accessor it is not told', async () => {
    const kit = await roadKit()
    const { auth } = await kit.made({ policies: ['p'] })
    expect((await shownOf(kit, 'lookup-accessor', { data: { accessor: auth.accessor } })).id).toBe('')
  })

  test('the own one by any of three ways, root without an end', async () => {
    const kit = await roadKit()
    const own = { id: kit.root.reveal(), ttl: 0, expire_time: null, policies: ['root'], renewable: false }
    expect(await shownOf(kit, 'lookup-self', {})).toMatchObject(own)
    expect(await shownOf(kit, 'lookup', {})).toMatchObject(own)
    expect((await kit.ask('read', 'auth/token/lookup-self')).data).toMatchObject(own)
  })

  test('in its last request it sees itself, and never again', async () => {
    const { ask, made, tokens } = await roadKit()
    const { token, auth } = await made({ policies: ['default'], num_uses: 1 })
    expect((await ask('read', 'auth/token/lookup-self', { token })).data).toMatchObject({ num_uses: 0 })
    await expect(ask('read', 'auth/token/lookup-self', { token })).rejects.toThrow('permission denied')
    await tokens.tick()
    expect(await tokens.accessors()).not.toContain(auth.accessor)
  })

  test('a use is spent by what is denied too', async () => {
    const { ask, made } = await roadKit()
    const { token } = await made({ policies: ['default'], num_uses: 1 })
    await expect(ask('read', 'secret/x', { token })).rejects.toThrow('permission denied')
    await expect(ask('read', 'auth/token/lookup-self', { token })).rejects.toThrow('permission denied')
  })

  test('one that is unknown is a bad token, an accessor that is unknown is invalid', async () => {
    const { ask } = await roadKit()
    const bad = ask('update', 'auth/token/lookup', { data: { token: 'hvs.nobody' } })
    await expect(bad).rejects.toMatchObject({ code: 'POLICY_DENIED', message: 'bad token' })
    for (const verb of ['lookup', 'renew'])
      await expect(
        ask('update', `auth/token/${verb}-accessor`, { data: { accessor: 'nobody' } }),
      ).rejects.toMatchObject({ code: 'REQUEST_INVALID', message: 'invalid accessor' })
  })

  test('all accessors, with sudo', async () => {
    const { ask, made, policies } = await roadKit()
    const { auth } = await made({ policies: ['p'] })
    const { data } = await ask('list', 'auth/token/accessors/')
    expect((data as { keys: readonly string[] }).keys).toContain(auth.accessor)
    await policies.write('lister', 'path "auth/token/accessors/" { capabilities = ["list"] }')
    const { token } = await made({ policies: ['lister'] })
    await expect(ask('list', 'auth/token/accessors/', { token })).rejects.toThrow('permission denied')
  })
})

describe('renewing a token', () => {
  test('by itself, by its holder and by its accessor, who is not told it', async () => {
    const { ask, made } = await roadKit()
    const { token, auth } = await made({ policies: ['default'], ttl: 60 })
    const self = await ask('update', 'auth/token/renew-self', { token, data: { increment: '2m' } })
    expect([self.auth?.leaseSeconds, self.auth?.clientToken.reveal()]).toEqual([120, token.reveal()])
    const named = await ask('update', 'auth/token/renew', { data: { token: token.reveal() } })
    expect(named.auth?.leaseSeconds).toBe(60)
    const { accessor } = auth
    const unnamed = await ask('update', 'auth/token/renew-accessor', { data: { accessor, increment: 90 } })
    expect([unnamed.auth?.leaseSeconds, unnamed.auth?.clientToken.reveal()]).toEqual([90, ''])
  })

  test('what is unknown, batch or over is refused', async () => {
    const { ask, made, clock } = await roadKit()
    const batch = await made({ policies: ['default'], type: 'batch' })
    const short = await made({ policies: ['default'], ttl: 60 })
    const renew = (token: string) => ask('update', 'auth/token/renew', { data: { token } })
    await expect(renew('hvs.nobody')).rejects.toThrow('token not found')
    await expect(renew(batch.token.reveal())).rejects.toThrow('batch tokens cannot be renewed')
    clock.advance(60_000)
    await expect(renew(short.token.reveal())).rejects.toThrow('token not found')
  })
})

describe('ending a token', () => {
  test('which is unknown, or ended before, is fine', async () => {
    const { ask, made } = await roadKit()
    const { token } = await made({ policies: ['p'] })
    const data = { token: token.reveal() }
    for (let n = 0; n < 2; n++) expect(await ask('update', 'auth/token/revoke', { data })).toEqual({})
    await expect(ask('update', 'auth/token/revoke')).rejects.toThrow('missing token')
  })

  test('of the batch kind is impossible', async () => {
    const { ask, made } = await roadKit()
    const { token } = await made({ policies: ['default'], type: 'batch' })
    const message = 'batch tokens cannot be revoked'
    await expect(ask('update', 'auth/token/revoke', { data: { token: token.reveal() } })).rejects.toThrow(
      message,
    )
    await expect(ask('update', 'auth/token/revoke-self', { token })).rejects.toThrow(message)
  })

  test('by its accessor, by itself', async () => {
    const { ask, made, tokens } = await roadKit()
    const [a, b] = [await made({ policies: ['default'] }), await made({ policies: ['default'] })]
    await ask('update', 'auth/token/revoke-accessor', { data: { accessor: a.auth.accessor } })
    await ask('update', 'auth/token/revoke-self', { token: b.token })
    for (const { token } of [a, b]) expect(await tokens.lookup(token)).toBeUndefined()
  })

  test('that is unknown is said where its accessor was given, and refused where its children are meant to stay', async () => {
    const { ask } = await roadKit()
    expect(await ask('update', 'auth/token/revoke-accessor', { data: { accessor: 'nope' } })).toEqual({
      warnings: ['No token found with this accessor'],
    })
    await expect(ask('update', 'auth/token/revoke-accessor')).rejects.toThrow('missing accessor')
    await expect(ask('update', 'auth/token/revoke-orphan', { data: { token: 'hvs.nope' } })).rejects.toThrow(
      'token to revoke not found',
    )
  })

  test('and leaving its children needs sudo', async () => {
    const { ask, made, policies, tokens } = await roadKit()
    await policies.write('ender', 'path "auth/token/*" { capabilities = ["update"] }')
    const parent = await made({ policies: ['ender'] })
    const child = await made({}, { token: parent.token })
    const data = { token: parent.token.reveal() }
    await expect(ask('update', 'auth/token/revoke-orphan', { token: child.token, data })).rejects.toThrow(
      'permission denied',
    )
    await ask('update', 'auth/token/revoke-orphan', { data })
    expect((await tokens.lookup(child.token))?.parent).toBeUndefined()
    expect(await tokens.lookup(child.token)).toBeDefined()
  })

  test('an accessor gives no right that the policies do not give', async () => {
    const { ask, made, tokens } = await roadKit()
    const mighty = await made({ policies: ['root'] })
    const { token } = await made({ policies: ['default'] })
    const data = { accessor: mighty.auth.accessor }
    for (const verb of ['lookup', 'renew', 'revoke'])
      await expect(ask('update', `auth/token/${verb}-accessor`, { token, data })).rejects.toThrow(
        'permission denied',
      )
    expect(await tokens.lookup(mighty.token)).toBeDefined()
  })

  test('tidying answers 202 with a warning', async () => {
    const { ask } = await roadKit()
    expect(await ask('update', 'auth/token/tidy')).toMatchObject({
      status: 202,
      warnings: [expect.any(String)],
    })
  })
})

describe('roles', () => {
  test('are written, read, listed and deleted', async () => {
    const { ask } = await roadKit()
    expect((await ask('list', 'auth/token/roles/')).status).toBe(404)
    expect((await ask('read', 'auth/token/roles/r')).status).toBe(404)
    const data = {
      allowed_policies: 'b,A',
      token_period: '1h',
      orphan: true,
      token_bound_cidrs: ['10.0.0.0/8'],
    }
    expect(await ask('update', 'auth/token/roles/r', { data })).toEqual({})
    await ask('update', 'auth/token/roles/r', { data: { renewable: false } })
    expect((await ask('read', 'auth/token/roles/r')).data).toMatchObject({
      name: 'r',
      allowed_policies: ['a', 'b'],
      disallowed_policies: [],
      orphan: true,
      renewable: false,
      path_suffix: '',
      token_type: 'default-service',
      token_period: 3600,
      period: 3600,
      token_bound_cidrs: ['10.0.0.0/8'],
    })
    expect((await ask('list', 'auth/token/roles/')).data).toEqual({ keys: ['r'] })
    await ask('delete', 'auth/token/roles/r')
    expect((await ask('read', 'auth/token/roles/r')).status).toBe(404)
  })

  test('that contradict themselves are refused', async () => {
    const { ask } = await roadKit()
    for (const [data, message] of [
      [{ token_type: 'batch' }, 'non-orphan tokens'],
      [{ token_type: 'batch', orphan: true, renewable: false, period: 5 }, 'periodic tokens'],
      [{ token_type: 'other' }, "invalid 'token_type' value"],
      [{ path_suffix: '../x' }, 'path suffix'],
      [{ token_bound_cidrs: 'nowhere' }, 'is no network'],
      [{ token_num_uses: -1 }, 'cannot be negative'],
    ] as const)
      await expect(ask('update', 'auth/token/roles/r', { data })).rejects.toThrow(message)
  })

  test('make tokens: all allowed policies where none is named', async () => {
    const kit = await roadKit()
    await kit.ask('update', 'auth/token/roles/r', { data: { allowed_policies: ['testpolicy'] } })
    const { token, auth } = await kit.made({}, {}, 'create/r')
    expect(auth.tokenPolicies).toEqual(['default', 'testpolicy'])
    expect(await shownOf(kit, 'lookup', { data: { token: token.reveal() } })).toMatchObject({
      role: 'r',
      path: 'auth/token/create/r',
    })
    await expect(kit.made({}, {}, 'create/nobody')).rejects.toThrow('unknown role nobody')
  })

  test('let somebody speak for those that they list', async () => {
    const { ask, made, alice } = await roadKit()
    await ask('update', 'auth/token/roles/r', { data: { allowed_entity_aliases: ['ali*', 'bob'] } })
    const { auth } = await made({ policies: ['p'], entity_alias: 'Alice' }, {}, 'create/r')
    expect(auth).toMatchObject({ entityId: alice, identityPolicies: ['team'] })
    await expect(made({ entity_alias: 'eve' }, {}, 'create/r')).rejects.toThrow(
      "invalid 'entity_alias' value",
    )
    await expect(made({ entity_alias: 'bobby' }, {}, 'create/r')).rejects.toThrow(
      "invalid 'entity_alias' value",
    )
  })
})

test('a token that is bound to a network is of no use elsewhere, whatever it may do', async () => {
  const { ask, made } = await roadKit()
  await ask('update', 'auth/token/roles/r', { data: { token_bound_cidrs: '10.0.0.0/8' } })
  const { token } = await made({}, {}, 'create/r')
  await expect(ask('read', 'auth/token/lookup-self', { token, address: '11.0.0.1' })).rejects.toThrow(
    'permission denied',
  )
  expect((await ask('read', 'auth/token/lookup-self', { token, address: '10.0.0.1' })).data).toMatchObject({
    bound_cidrs: ['10.0.0.0/8'],
  })
})
