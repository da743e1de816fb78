// What tokens are told of themselves, of mounts and of paths.

import { describe, expect, onTestFinished, test } from 'vitest'
import { codeOf, coreKit } from '../../core.fake.ts'
import type { Data, Json, Operation } from '../../door.ts'
import { isObject } from '../../http/json.ts'

async function kit() {
  const { core, ask } = await coreKit()
  onTestFinished(() => core.close())
  const root = (await core.develop()).rootToken.reveal()
  const data = async (operation: Operation, at: string, token = root, body: Record<string, unknown> = {}) =>
    inside(await ask(operation, at, token, body), 'data')
  const policy = (name: string, text: string) =>
    ask('update', `sys/policies/acl/${name}`, root, { policy: text })
  const token = async (wanted: Record<string, unknown>) =>
    inside(await ask('update', 'auth/token/create', root, wanted), 'auth')
  await policy(
    'reader',
    'path "secret/a" { capabilities = ["read", "list"] }\npath "kv/+/b" { capabilities = ["sudo"] }',
  )
  const made = await token({ policies: ['reader'] })
  return {
    ask,
    data,
    policy,
    token,
    root,
    reader: String(made.client_token),
    accessor: String(made.accessor),
  }
}

const inside = (body: Data, name: string): Data => {
  const value: Json = body[name] ?? null
  return isObject(value) ? value : {}
}

describe('capabilities', () => {
  test('are told of the own token, of another, and by its accessor', async () => {
    const { data, root, reader, accessor, ask } = await kit()
    const told = { 'secret/a': ['list', 'read'], 'secret/b': ['deny'], 'kv/x/b': ['sudo'] }
    const paths = Object.keys(told)
    expect(await data('update', 'sys/capabilities-self', reader, { paths })).toEqual(told)
    expect(await data('update', 'sys/capabilities', root, { token: reader, paths: paths.join() })).toEqual(
      told,
    )
    expect(await data('update', 'sys/capabilities-accessor', root, { accessor, paths })).toEqual(told)
    expect(await ask('update', 'sys/capabilities-self', root, { path: '/secret/a' })).toMatchObject({
      capabilities: ['root'],
      data: { '/secret/a': ['root'], capabilities: ['root'] },
    })
    // Under the name that was asked for.
    expect(
      await data('update', 'sys/capabilities-self', reader, { paths: ['/secret/a', 'secret/b'] }),
    ).toEqual({ '/secret/a': ['list', 'read'], 'secret/b': ['deny'] })
    expect(await codeOf(ask('update', 'sys/capabilities', reader, { token: root, paths }))).toBe(
      'POLICY_DENIED',
    )
  })

  for (const [at, body, message] of [
    ['capabilities-self', {}, 'paths must be supplied'],
    ['capabilities-self', { paths: '/' }, 'paths must be supplied'],
    ['capabilities', { paths: 'a' }, 'missing token'],
    ['capabilities', { paths: 'a', token: 'x' }, 'invalid token'],
    ['capabilities-accessor', { paths: 'a' }, 'missing accessor'],
    ['capabilities-accessor', { paths: 'a', accessor: 'x' }, 'invalid accessor'],
  ] as const)
    test(`of ${at} with ${JSON.stringify(body)} are refused`, async () => {
      const { ask, root } = await kit()
      await expect(ask('update', `sys/${at}`, root, body)).rejects.toThrow(message)
    })

  test('of a name out of the language are told like any other', async () => {
    const { data, root } = await kit()
    const told = await data('update', 'sys/capabilities-self', root, { paths: ['__proto__', 'constructor'] })
    expect(Object.keys(told)).toEqual(['__proto__', 'constructor'])
  })

  test('are told all at once', async () => {
    const { data, reader, root } = await kit()
    const told = await data('read', 'sys/internal/ui/resultant-acl', reader)
    expect(told).toMatchObject({
      root: false,
      exact_paths: { 'secret/a': { capabilities: ['list', 'read'] } },
    })
    expect(await data('read', 'sys/internal/ui/resultant-acl', root)).toMatchObject({ root: true })
  })
})

describe('mounts', () => {
  test('are seen by those whose policies reach into them', async () => {
    const { data, ask, root, reader } = await kit()
    await ask('update', 'sys/mounts/other', root, { type: 'kv' })
    expect(Object.keys(inside(await data('read', 'sys/internal/ui/mounts', reader), 'secret'))).toEqual([
      'cubbyhole/',
      'identity/',
      'secret/',
      'sys/',
    ])
    expect(Object.keys(inside(await data('read', 'sys/internal/ui/mounts', root), 'secret'))).toContain(
      'other/',
    )
    expect(await data('read', 'sys/internal/ui/mounts/secret/a/b', reader)).toMatchObject({
      path: 'secret/',
      type: 'kv',
    })
  })

  test('are told apart from those that are not there by nobody who may not see them', async () => {
    const { ask, root, reader } = await kit()
    await ask('update', 'sys/mounts/other', root, { type: 'kv' })
    for (const [token, at] of [
      [reader, 'other'],
      [reader, 'nowhere'],
      ['', 'other'],
    ] as const)
      await expect(ask('read', `sys/internal/ui/mounts/${at}`, token)).rejects.toThrow(
        `preflight capability check returned 403, please ensure client's policies grant access to path "${at}/"`,
      )
  })

  test('are told of to nobody who comes with a token that lets nobody in', async () => {
    const { ask, token } = await kit()
    const { client_token } = await token({ policies: ['reader'] })
    await ask('update', 'auth/token/revoke-self', String(client_token))
    for (const wrong of ['hvs.unknown', String(client_token)])
      for (const at of ['', '/secret'])
        await expect(ask('read', `sys/internal/ui/mounts${at}`, wrong)).rejects.toMatchObject({
          code: 'POLICY_DENIED',
          message: 'permission denied',
        })
  })

  for (const [at, settings, refused] of [
    ['mounts/sys', { description: 'x' }, 'description'],
    ['mounts/cubbyhole', { default_lease_ttl: '1h' }, 'default_lease_ttl'],
    ['mounts/identity', { audit_non_hmac_request_keys: ['a'], options: { a: 'b' } }, 'options'],
    ['mounts/sys', { listing_visibility: 'unauth' }, 'listing_visibility'],
    ['auth/token', { token_type: 'batch' }, 'token_type'],
    ['mounts/auth/token', { user_lockout_config: { lockout_disable: true } }, 'user_lockout_config'],
    ['mounts/sys', { audit_non_hmac_response_keys: ['a'] }, undefined],
    ['auth/token', { default_lease_ttl: '1h', description: 'x' }, undefined],
  ] as const)
    test(`that every server has keep what they stand on: ${at} ${refused ?? 'may be told the rest'}`, async () => {
      const { ask, root } = await kit()
      const mount =
        at === 'auth/token' || at === 'mounts/auth/token' ? 'auth/token' : at.slice('mounts/'.length)
      const tuned = ask('update', `sys/${at}/tune`, root, settings).then(
        () => undefined,
        (thrown: Error) => thrown.message,
      )
      expect(await tuned).toBe(refused && `cannot tune parameter ${refused} of ${mount}/`)
    })

  test('that are for strangers are all that strangers see, and seen by all', async () => {
    const { ask, data, root, reader } = await kit()
    await ask('update', 'sys/auth/people', root, { type: 'userpass', description: 'us' })
    expect(await data('read', 'sys/internal/ui/mounts', '')).toEqual({ secret: {}, auth: {} })
    await ask('update', 'sys/auth/people/tune', root, { listing_visibility: 'unauth' })
    expect(await data('read', 'sys/internal/ui/mounts', '')).toEqual({
      secret: {},
      auth: { 'people/': { type: 'userpass', description: 'us', options: null } },
    })
    expect((await data('read', 'sys/internal/ui/mounts', reader)).auth).toMatchObject({
      'people/': { type: 'userpass', description: 'us', options: null },
    })
    expect(await data('read', 'sys/auth/people/tune', root)).toMatchObject({ listing_visibility: 'unauth' })
    await expect(ask('update', 'sys/auth/people/tune', root, { listing_visibility: 'all' })).rejects.toThrow(
      'invalid listing_visibility',
    )
  })

  test('asked for spend no use of a token', async () => {
    const { ask, token } = await kit()
    const { client_token } = await token({ policies: ['reader'], num_uses: 1 })
    for (let at = 0; at < 3; at++) await ask('read', 'sys/internal/ui/mounts', String(client_token))
    expect(await codeOf(ask('read', 'auth/token/lookup-self', String(client_token)))).toBe('none')
  })

  test('of auth methods say what kind of token they give', async () => {
    const { ask, root } = await kit()
    await ask('update', 'sys/auth/people', root, { type: 'userpass', config: { token_type: 'batch' } })
    await ask('update', 'auth/people/users/bob', root, { password: 'p', token_type: 'service' })
    const { auth } = await ask('update', 'auth/people/login/bob', '', { password: 'p' })
    expect(auth).toMatchObject({ token_type: 'batch' })
    await ask('update', 'sys/auth/people/tune', root, { token_type: 'default-batch' })
    const again = await ask('update', 'auth/people/login/bob', '', { password: 'p' })
    expect(again.auth).toMatchObject({ token_type: 'service' })
  })

  test('of auth methods say when names are locked, and whose are', async () => {
    const { ask, data, root } = await kit()
    const config = { lockout_threshold: '1', lockout_duration: '1m' }
    await ask('update', 'sys/auth/people', root, { type: 'userpass' })
    const tune = (sent: Record<string, unknown>) =>
      ask('update', 'sys/auth/people/tune', root, { user_lockout_config: sent })
    await tune(config)
    expect(await codeOf(tune({ lockout_threshold: 0 }))).toBe('REQUEST_INVALID')
    await expect(tune({ lockout_treshold: 3 })).rejects.toThrow('has no `lockout_treshold`')
    const { accessor, ...tuned } = await data('read', 'sys/auth/people')
    expect(tuned.config).toMatchObject({ user_lockout_threshold: 1, user_lockout_duration: 60 })
    const login = () => codeOf(ask('update', 'auth/people/login/Bob', '', { password: 'p' }))
    expect([await login(), await login()]).toEqual(['REQUEST_INVALID', 'POLICY_DENIED'])
    expect(await data('read', 'sys/locked-users')).toMatchObject({
      total: 1,
      by_namespace: [{ mount_accessors: [{ mount_accessor: accessor, alias_identifiers: ['bob'] }] }],
    })
    await ask('update', `sys/locked-users/${accessor}/unlock/Bob`, root)
    expect(await data('read', 'sys/locked-users')).toEqual({ by_namespace: [], total: 0 })
    expect(await login()).toBe('REQUEST_INVALID')
  })

  test('that were moved say so', async () => {
    const { ask, data, root } = await kit()
    const { migration_id: id } = await ask('update', 'sys/remount', root, { from: 'secret', to: '/moved/' })
    expect(await data('read', `sys/remount/status/${id}`)).toEqual({
      migration_id: id,
      migration_info: { source_mount: 'secret/', target_mount: 'moved/', status: 'success' },
    })
    expect(await data('read', 'sys/remount/status/x')).toEqual({})
    for (const to of ['auth/moved', 'sys/x', 'cubbyhole', 'moved/x'])
      expect(await codeOf(ask('update', 'sys/remount', root, { from: 'moved', to }))).toBe('REQUEST_INVALID')
  })

  test('are not moved to where they are, and nothing of theirs ends', async () => {
    const { ask, root } = await kit()
    await ask('update', 'sys/auth/people', root, { type: 'userpass' })
    await ask('update', 'auth/people/users/bob', root, { password: 'p' })
    const { auth } = await ask('update', 'auth/people/login/bob', '', { password: 'p' })
    const { client_token: bob } = auth as { client_token: string }
    await expect(
      ask('update', 'sys/remount', root, { from: 'auth/people', to: 'auth/people' }),
    ).rejects.toMatchObject({ code: 'REQUEST_INVALID', message: 'path is already in use at auth/people/' })
    expect(await codeOf(ask('read', 'auth/token/lookup-self', bob))).toBe('none')
  })

  for (const type of ['system', 'token', 'cubbyhole', 'identity', 'door'])
    test(`of type ${type} are made by nobody`, async () => {
      const { ask, root } = await kit()
      for (const at of ['sys/mounts/more', 'sys/auth/more'])
        expect(await codeOf(ask('update', at, root, { type }))).toBe('REQUEST_INVALID')
    })

  test('of an auth method that is known by name only let nobody in, and say so', async () => {
    const { ask, root } = await kit()
    const { warnings } = await ask('update', 'sys/auth/github', root, { type: 'github' })
    expect(warnings).toEqual([expect.stringContaining('lets nobody in')])
    expect(await codeOf(ask('update', 'auth/github/login', '', { token: 'x' }))).toBe('POLICY_DENIED')
    expect(await codeOf(ask('update', 'auth/github/login', root, { token: 'x' }))).toBe('ROUTE_NOT_FOUND')
  })

  test('lie where their class belongs', async () => {
    const { ask, root } = await kit()
    expect(await codeOf(ask('update', 'sys/auth/more', root, { type: 'kv' }))).toBe('REQUEST_INVALID')
    expect(await codeOf(ask('update', 'sys/mounts/more', root, { type: 'userpass' }))).toBe('REQUEST_INVALID')
    expect(await codeOf(ask('update', 'sys/mounts/auth/more', root, { type: 'userpass' }))).toBe('none')
  })
})

describe('how long leases last is tuned', () => {
  for (const [name, sent, want] of [
    ['to what is sent', { default_lease_ttl: '1h', max_lease_ttl: 7200 }, [3600, 7200]],
    [
      'back to what the system says',
      { default_lease_ttl: 'system', max_lease_ttl: '' },
      [2_764_800, 2_764_800],
    ],
  ] as const)
    test(name, async () => {
      const { ask, data, root } = await kit()
      await ask('update', 'sys/mounts/secret/tune', root, { default_lease_ttl: '2h', max_lease_ttl: '3h' })
      await ask('update', 'sys/mounts/secret/tune', root, sent)
      const { default_lease_ttl: first, max_lease_ttl: most } = await data(
        'read',
        'sys/mounts/secret/tune',
        root,
      )
      expect([first, most]).toEqual(want)
    })

  test('never to more at first than at most, nor to what is no time', async () => {
    const { ask, root } = await kit()
    const tune = (sent: Record<string, unknown>) => ask('update', 'sys/mounts/secret/tune', root, sent)
    await tune({ max_lease_ttl: '2h' })
    const refusal = 'backend max lease TTL of 7200 would be less than backend default lease TTL of 10800'
    await expect(tune({ default_lease_ttl: '3h' })).rejects.toThrow(refusal)
    const config = { default_lease_ttl: '3h', max_lease_ttl: '2h' }
    await expect(ask('update', 'sys/mounts/new', root, { type: 'kv', config })).rejects.toThrow(refusal)
    for (const text of ['soon', '-1s'])
      await expect(tune({ default_lease_ttl: text })).rejects.toThrow('duration')
  })
})

test('a token of a disabled entity is refused also where none is needed', async () => {
  const { ask, root } = await kit()
  await ask('update', 'sys/auth/people', root, { type: 'userpass' })
  for (const name of ['al', 'bob']) await ask('update', `auth/people/users/${name}`, root, { password: 'p' })
  const login = (name: string, token = '') =>
    ask('update', `auth/people/login/${name}`, token, { password: 'p' })
  const auth = inside(await login('bob'), 'auth')
  const token = String(auth.client_token)
  expect(await codeOf(login('al', token))).toBe('none')
  await ask('update', `identity/entity/id/${auth.entity_id}`, root, { disabled: true })
  expect(await codeOf(login('al', token))).toBe('POLICY_DENIED')
  expect([await codeOf(login('al', 'hvs.nobody')), await codeOf(login('al'))]).toEqual(['none', 'none'])
})

test('no use of a token is spent where none is needed', async () => {
  const { ask, root } = await kit()
  await ask('update', 'sys/auth/people', root, { type: 'userpass' })
  await ask('update', 'auth/people/users/al', root, { password: 'p' })
  const made = inside(await ask('update', 'auth/token/create', root, { num_uses: 1 }), 'auth')
  const token = String(made.client_token)
  for (let at = 0; at < 3; at++) await ask('update', 'auth/people/login/al', token, { password: 'p' })
  expect(await codeOf(ask('read', 'auth/token/lookup-self', token))).toBe('none')
  expect(await codeOf(ask('read', 'auth/token/lookup-self', token))).toBe('POLICY_DENIED')
})

test('of a disabled entity nothing is granted, and nothing is shown to it', async () => {
  const { ask, data, root } = await kit()
  await ask('update', 'sys/auth/people', root, { type: 'userpass' })
  await ask('update', 'auth/people/users/bob', root, { password: 'p', token_policies: 'reader' })
  const auth = inside(await ask('update', 'auth/people/login/bob', '', { password: 'p' }), 'auth')
  const token = String(auth.client_token)
  const granted = () => data('update', 'sys/capabilities', root, { token, path: 'secret/a' })
  const shown = () => codeOf(ask('read', 'sys/internal/ui/mounts/secret', token))
  const listed = () => codeOf(ask('read', 'sys/internal/ui/mounts', token))
  expect(await granted()).toMatchObject({ 'secret/a': ['list', 'read'] })
  expect([await shown(), await listed()]).toEqual(['none', 'none'])
  await ask('update', `identity/entity/id/${auth.entity_id}`, root, { disabled: true })
  expect(await granted()).toMatchObject({ 'secret/a': ['deny'] })
  expect([await shown(), await listed()]).toEqual(['POLICY_DENIED', 'POLICY_DENIED'])
})

describe('tools', () => {
  for (const [at, body, length] of [
    ['random', {}, 44],
    ['random/10', { format: 'hex' }, 20],
    ['random', { bytes: '3' }, 4],
  ] as const)
    test(`${at} with ${JSON.stringify(body)} gives ${length} characters`, async () => {
      const { data, root } = await kit()
      const made = await data('update', `sys/tools/${at}`, root, body)
      expect(String(made.random_bytes).length).toBe(length)
    })

  // The examples of FIPS 180 and 202.
  for (const [at, body, sum] of [
    ['hash', { input: 'YWJj' }, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['hash/sha2-224', { input: 'YWJj' }, '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7'],
    [
      'hash',
      { input: 'YWJj', algorithm: 'sha3-256' },
      '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532',
    ],
  ] as const)
    test(`${at} gives the ${JSON.stringify(body)} that the standard says`, async () => {
      const { data, root } = await kit()
      expect(await data('update', `sys/tools/${at}`, root, body)).toEqual({ sum })
    })

  for (const [at, body] of [
    ['random/0', {}],
    ['random/131073', {}],
    ['random/x', {}],
    ['random', { format: 'text' }],
    ['hash/md5', { input: 'YWJj' }],
    ['hash', { input: 'no base64' }],
  ] as const)
    test(`${at} with ${JSON.stringify(body)} is refused`, async () => {
      const { ask, root } = await kit()
      expect(await codeOf(ask('update', `sys/tools/${at}`, root, body))).toBe('REQUEST_INVALID')
    })
})

describe('help', () => {
  test('is there for every path of every mount, and for each mount as a whole', async () => {
    const { ask, reader, root } = await kit()
    for (const type of ['userpass', 'approle']) await ask('update', `sys/auth/${type}`, root, { type })
    for (const mount of [
      'sys',
      'secret',
      'cubbyhole',
      'identity',
      'auth/token',
      'auth/userpass',
      'auth/approle',
    ]) {
      const { help: whole } = await ask('help', mount, reader)
      const patterns = [...String(whole).matchAll(/^ {4}(\S+)\n {8}\S/gm)].map(([, pattern = '']) => pattern)
      expect(patterns.length).toBeGreaterThan(0)
      for (const pattern of patterns) {
        const { help } = await ask('help', `${mount}/${pattern.replaceAll(/:[a-z]+\*?/g, 'x')}`, reader)
        expect(help).toContain(`Matching Route: ${pattern}\n`)
      }
    }
  })

  test('says what may be sent, and who may ask', async () => {
    const { ask, reader } = await kit()
    const { help } = await ask('help', 'sys/remount', reader)
    expect(help).toContain('Operations:     create, update\nNeeds:          a token with `sudo`')
    expect(help).toContain('    from (string)\n        where it lies')
  })

  test('is for those with a token, and about what is there', async () => {
    const { ask, reader } = await kit()
    expect(await codeOf(ask('help', 'sys/remount'))).toBe('POLICY_DENIED')
    expect(await codeOf(ask('help', 'nowhere/x', reader))).toBe('ROUTE_NOT_FOUND')
  })
})
