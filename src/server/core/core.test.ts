import { describe, expect, onTestFinished, test } from 'vitest'
import { SentinelError } from '../../base/index.ts'
import { type Kv, memoryKv } from '../../store/index.ts'
import { type CoreKit, codeOf, coreKit, requestOf } from '../core.fake.ts'
import type { Data } from '../door.ts'
import { isObject } from '../http/json.ts'
import { exemptPaths } from './exempt.ts'

describe('a server is sealed until enough shares are given', () => {
  test('it is initialised once, and three of five shares unseal it', async () => {
    const { ask } = await coreKit()
    expect(await ask('read', 'sys/init')).toEqual({ initialized: false })
    expect(await codeOf(ask('read', 'secret/a', 'x'))).toBe('SERVER_SEALED')
    const made = await ask('update', 'sys/init', '', { secret_shares: 5, secret_threshold: 3 })
    const [keys, root] = [made.keys as readonly string[], String(made.root_token)]
    expect(keys.length).toBe(5)
    expect(root.length).toBe(28)
    for (const sent of [
      {},
      { secret_share: 1 },
      { secret_shares: 1, secret_threshold: 1, root_token_pgp_key: 'x' },
    ])
      expect(await codeOf(coreKit().then((fresh) => fresh.ask('update', 'sys/init', '', sent)))).toBe(
        'REQUEST_INVALID',
      )
    expect(await codeOf(ask('update', 'sys/init', '', { secret_shares: 1, secret_threshold: 1 }))).toBe(
      'REQUEST_INVALID',
    )
    expect(await ask('read', 'sys/seal-status')).toMatchObject({ sealed: true, t: 3, n: 5, progress: 0 })
    await ask('update', 'sys/unseal', '', { key: keys[0] })
    expect(await ask('update', 'sys/unseal', '', { key: keys[3] })).toMatchObject({
      sealed: true,
      progress: 2,
    })
    expect(await ask('update', 'sys/unseal', '', { key: keys[1] })).toMatchObject({ sealed: false })
    expect(await ask('read', 'auth/token/lookup-self', root)).toMatchObject({ data: { policies: ['root'] } })
  })

  test('what cannot be read behind the seal leaves it sealed, and the next try opens it', async () => {
    const storage = memoryKv()
    const first = await coreKit({ ...storage, close: async () => {} })
    const key = Buffer.from((await first.core.develop()).share).toString('hex')
    await first.core.close()
    const state = { isBroken: true }
    const list: Kv['list'] = (...asked) => {
      if (state.isBroken) throw new SentinelError('STORE_UNAVAILABLE', 'the disk is gone')
      return storage.list(...asked)
    }
    const { ask } = await coreKit({ ...storage, list })
    expect(await codeOf(ask('update', 'sys/unseal', '', { key }))).toBe('STORE_UNAVAILABLE')
    expect(await ask('read', 'sys/seal-status')).toMatchObject({ sealed: true })
    expect(await ask('read', 'sys/health')).toMatchObject({ sealed: true })
    state.isBroken = false
    expect(await ask('update', 'sys/unseal', '', { key })).toMatchObject({ sealed: false })
  })

  test('what was written is there after a restart and another unsealing', async () => {
    const storage = memoryKv()
    const first = await coreKit({ ...storage, close: async () => {} })
    const { rootToken, share } = await first.core.develop()
    await first.ask('update', 'secret/data/a', rootToken.reveal(), { data: { big: 1 } })
    await first.core.close()
    const second = await coreKit(storage)
    expect(await codeOf(second.ask('read', 'secret/data/a', rootToken.reveal()))).toBe('SERVER_SEALED')
    await second.ask('update', 'sys/unseal', '', { key: Buffer.from(share).toString('base64') })
    expect(await second.ask('read', 'secret/data/a', rootToken.reveal())).toMatchObject({
      data: { data: { big: 1 } },
    })
  })
})

test('a server is known by a name and an id that stay, and that it tells only while it is unsealed', async () => {
  const storage = memoryKv()
  const first = await coreKit({ ...storage, close: async () => {} })
  const { share } = await first.core.develop()
  const known = await first.ask('read', 'sys/health')
  expect(known).toMatchObject({ cluster_name: 'test', cluster_id: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  await first.core.close()
  const second = await coreKit(storage)
  for (const path of ['sys/health', 'sys/seal-status'])
    expect(Object.keys(await second.ask('read', path)).filter((name) => name.startsWith('cluster'))).toEqual(
      [],
    )
  await second.ask('update', 'sys/unseal', '', { key: Buffer.from(share).toString('hex') })
  for (const path of ['sys/health', 'sys/seal-status'])
    expect(await second.ask('read', path)).toMatchObject({
      cluster_name: 'test',
      cluster_id: known.cluster_id,
    })
  const other = await coreKit()
  await other.core.develop()
  expect((await other.ask('read', 'sys/health')).cluster_id).not.toBe(known.cluster_id)
})

test('a policy decides what a token reads, and a change of it counts at once', async () => {
  const { core, ask } = await coreKit()
  const root = (await core.develop()).rootToken.reveal()
  await ask('update', 'secret/data/app/db', root, { data: { password: 'one' } })
  await ask('update', 'secret/data/other', root, { data: { password: 'two' } })
  await ask('update', 'sys/policies/acl/app', root, {
    policy: 'path "secret/data/app/*" { capabilities = ["read"] }',
  })
  const { auth } = await ask('update', 'auth/token/create', root, { policies: ['app'] })
  const token = String(isObject(auth) ? auth.client_token : '')
  expect(await ask('read', 'secret/data/app/db', token)).toMatchObject({
    data: { data: { password: 'one' } },
    mount_type: 'kv',
  })
  expect(await codeOf(ask('read', 'secret/data/other', token))).toBe('POLICY_DENIED')
  expect(await codeOf(ask('update', 'secret/data/app/db', token, { data: {} }))).toBe('POLICY_DENIED')
  expect(await codeOf(ask('list', 'secret/metadata/app/', token))).toBe('POLICY_DENIED')
  await ask('update', 'sys/policies/acl/app', root, {
    policy: 'path "secret/metadata/app/*" { capabilities = ["list"] }',
  })
  expect(await codeOf(ask('read', 'secret/data/app/db', token))).toBe('POLICY_DENIED')
  expect(await ask('list', 'secret/metadata/app/', token)).toMatchObject({ data: { keys: ['db'] } })
  expect(await ask('read', 'sys/policies/acl/app', root)).toMatchObject({ data: { name: 'app' } })
})

test('what is nowhere is a 404 for root, and a refusal for everybody else', async () => {
  const { core, ask } = await coreKit()
  const root = (await core.develop()).rootToken.reveal()
  expect(await codeOf(ask('read', 'nowhere/x', root))).toBe('ROUTE_NOT_FOUND')
  expect(await codeOf(ask('read', 'nowhere/x', 'hvs.unknown'))).toBe('POLICY_DENIED')
  expect(await codeOf(ask('read', 'nowhere/x'))).toBe('POLICY_DENIED')
})

test('a mount is made, tuned, listed, moved with what it keeps, and gone with it', async () => {
  const { core, ask } = await coreKit()
  const root = (await core.develop()).rootToken.reveal()
  await ask('update', 'sys/mounts/team/kv', root, { type: 'kv', description: 'of a team' })
  await ask('update', 'team/kv/a', root, { b: 'c' })
  await ask('update', 'sys/mounts/team/kv/tune', root, { default_lease_ttl: '1h' })
  expect(await ask('read', 'sys/mounts/team/kv/tune', root)).toMatchObject({
    data: { default_lease_ttl: 3600, max_lease_ttl: 2_764_800 },
  })
  expect(await codeOf(ask('update', 'sys/mounts/team', root, { type: 'kv' }))).toBe('REQUEST_INVALID')
  expect(await codeOf(ask('update', 'sys/mounts/x', root, { type: 'kvx' }))).toBe('REQUEST_INVALID')
  await ask('update', 'sys/remount', root, { from: 'team/kv', to: 'moved' })
  expect(await ask('read', 'moved/a', root)).toMatchObject({ data: { b: 'c' } })
  await ask('delete', 'sys/mounts/moved', root)
  expect(await codeOf(ask('read', 'moved/a', root))).toBe('ROUTE_NOT_FOUND')
  expect(Object.keys((await ask('read', 'sys/mounts', root)).data as Data)).toEqual([
    'cubbyhole/',
    'identity/',
    'secret/',
    'sys/',
  ])
})

test('a new root token comes from shares alone, under a password', async () => {
  const { core, ask } = await coreKit()
  const { share } = await core.develop()
  const { nonce, otp } = await ask('update', 'sys/generate-root/attempt')
  const key = Buffer.from(share).toString('hex')
  const { encoded_token: encoded } = await ask('update', 'sys/generate-root/update', '', { key, nonce })
  const hidden = Buffer.from(String(encoded), 'base64')
  const token = Buffer.from(hidden.map((byte, index) => byte ^ String(otp).charCodeAt(index))).toString()
  expect(await ask('read', 'auth/token/lookup-self', token)).toMatchObject({ data: { policies: ['root'] } })
})

describe('the health is told by a status that load balancers may choose', () => {
  const statusOf = async (kit: CoreKit, data: Record<string, unknown>) => {
    const request = requestOf('read', 'sys/health', '', data)
    return (await kit.core.answer(request, new AbortController().signal)).response.status
  }

  for (const [name, data, statuses] of [
    ['usually', {}, [501, 503, 200]],
    ['chosen', { uninitcode: '201', sealedcode: '202', activecode: '203' }, [201, 202, 203]],
    [
      'chosen for what it never is',
      { standbycode: '201', drsecondarycode: '299', standbyok: 'true' },
      [501, 503, 200],
    ],
  ] as const)
    test(name, async () => {
      const kit = await coreKit()
      const seen = [await statusOf(kit, data)]
      const { share } = await initialised(kit)
      seen.push(await statusOf(kit, data))
      await kit.ask('update', 'sys/unseal', '', { key: share })
      seen.push(await statusOf(kit, data))
      expect(seen).toEqual(statuses)
    })

  for (const code of ['99', '100', '1000', '-1', 'none'])
    test(`but not by ${code}`, async () =>
      expect(await codeOf(statusOf(await coreKit(), { activecode: code }))).toBe('REQUEST_INVALID'))
})

async function initialised({ ask }: CoreKit): Promise<{ readonly share: string; readonly root: string }> {
  const made = await ask('update', 'sys/init', '', { secret_shares: 1, secret_threshold: 1 })
  return { share: String((made.keys as readonly string[])[0]), root: String(made.root_token) }
}

test('a name that is too long for the storage is refused, and nothing breaks', async () => {
  const { core, ask } = await coreKit()
  const root = (await core.develop()).rootToken.reveal()
  await ask('update', 'sys/mounts/plain', root, { type: 'kv' })
  const long = 'x'.repeat(1100)
  for (const [operation, path] of [
    ['read', `plain/${long}`],
    ['update', `plain/${long}`],
    ['delete', `plain/${long}`],
    ['update', `sys/policies/acl/${long}`],
    ['update', `auth/token/roles/${long}`],
    ['update', `cubbyhole/${long}`],
  ] as const)
    expect(
      await codeOf(ask(operation, path, root, { policy: 'path "a" {}', a: 'b' })),
      `${operation} ${path}`,
    ).toBe('REQUEST_INVALID')
  expect(await codeOf(ask('list', `plain/${long}/`, root))).toBe('none')
  expect(await codeOf(ask('update', `secret/data/${long}`, root, { data: { a: 'b' } }))).toBe(
    'REQUEST_INVALID',
  )
})

test('a list of names reads no value', async () => {
  const memory = memoryKv()
  let mayRead = true
  const list: Kv['list'] = (range) =>
    mayRead ? memory.list(range) : Promise.reject(new SentinelError('INTERNAL', 'a value was read'))
  const { core, ask } = await coreKit({ ...memory, list })
  const root = (await core.develop()).rootToken.reveal()
  await ask('update', 'sys/mounts/plain', root, { type: 'kv' })
  for (const type of ['userpass', 'approle']) await ask('update', `sys/auth/${type}`, root, { type })
  for (const [path, body] of [
    ['secret/data/a', { data: { a: 'b' } }],
    ['plain/a', { a: 'b' }],
    ['cubbyhole/a', { a: 'b' }],
    ['auth/userpass/users/a', { password: 'hunter2' }],
    ['auth/approle/role/a', {}],
    ['auth/token/roles/a', {}],
  ] as const)
    await ask('update', path, root, body)
  mayRead = false
  for (const path of [
    'secret/metadata',
    'plain',
    'cubbyhole',
    'auth/userpass/users',
    'auth/approle/role',
    'auth/token/roles',
  ])
    expect(await ask('list', `${path}/`, root), path).toMatchObject({ data: { keys: ['a'] } })
})

test('these paths, and no others, are outside the corridor', () => {
  expect(exemptPaths.map(({ path }) => path).toSorted()).toEqual([
    'sys/generate-root/attempt',
    'sys/generate-root/update',
    'sys/health',
    'sys/init',
    'sys/leader',
    'sys/rekey/init',
    'sys/rekey/update',
    'sys/rekey/verify',
    'sys/seal-status',
    'sys/unseal',
  ])
})

test('a path outside the corridor says what it is for, to anybody and before the server is initialised', async () => {
  const written: string[] = []
  const stdout = async (bytes: Uint8Array) => void written.push(Buffer.from(bytes).toString())
  const { core, ask } = await coreKit(undefined, { stdout })
  onTestFinished(() => core.close())
  const summaries: unknown[] = []
  const helpOfAll = async () => {
    for (const { path, summary, fields } of exemptPaths) {
      const { help } = await ask('help', path)
      expect(help).toContain(`Matching Route: ${path.slice('sys/'.length)}\n`)
      expect(help).toContain('Needs:          no token')
      expect(help).toContain(summary)
      for (const [name, { type }] of Object.entries(fields)) expect(help).toContain(`    ${name} (${type})\n`)
      summaries.push(summary)
    }
  }
  await helpOfAll()
  expect(new Set(summaries).size).toBe(exemptPaths.length)
  expect((await ask('help', 'sys/unseal')).help).toContain('Operations:     create, update\n')
  expect(await ask('read', 'sys/init')).toMatchObject({ initialized: false })
  const root = (await core.develop()).rootToken.reveal()
  await ask('update', 'sys/audit/out', root, { type: 'file', options: { file_path: 'stdout' } })
  written.length = 0
  await helpOfAll()
  expect(written).toEqual([])
  const { help: whole } = await ask('help', 'sys', root)
  for (const { path } of exemptPaths) expect(whole).toContain(`\n    ${path.slice('sys/'.length)}\n        `)
})

describe('a mount that is taken away', () => {
  test('leaves nothing: neither its data, nor the tokens that were made there', async () => {
    const { core, ask, keys } = await kept()
    const root = (await core.develop()).rootToken.reveal()
    await ask('update', 'sys/auth/people', root, { type: 'userpass' })
    await ask('update', 'auth/people/users/bob', root, { password: 'hunter2' })
    const { auth } = await ask('update', 'auth/people/login/bob', '', { password: 'hunter2' })
    const token = String(isObject(auth) ? auth.client_token : '')
    expect(await codeOf(ask('read', 'auth/token/lookup-self', token))).toBe('none')
    await ask('delete', 'sys/auth/people', root)
    expect(await codeOf(ask('read', 'auth/token/lookup-self', token))).toBe('POLICY_DENIED')
    expect(await keys('auth/')).toEqual([])
  })

  for (const [name, ways] of [
    [
      'is mounted again',
      [
        ['delete', 'sys/auth/people', {}],
        ['update', 'sys/auth/people', { type: 'userpass' }],
      ],
    ],
    [
      'was moved, and moved back',
      [
        ['update', 'sys/remount', { from: 'auth/people', to: 'auth/other' }],
        ['update', 'sys/remount', { from: 'auth/other', to: 'auth/people' }],
      ],
    ],
  ] as const)
    test(`ends batch tokens that were made there, also where it ${name}`, async () => {
      const { core, ask, storage } = await kept()
      const { rootToken, share } = await core.develop()
      const root = rootToken.reveal()
      const login = async () => {
        await ask('update', 'auth/people/users/bob', root, { password: 'hunter2', token_type: 'batch' })
        const { auth } = await ask('update', 'auth/people/login/bob', '', { password: 'hunter2' })
        return String(isObject(auth) ? auth.client_token : '')
      }
      await ask('update', 'sys/auth/people', root, { type: 'userpass' })
      const token = await login()
      expect(token).toMatch(/^hvb\./)
      expect(await codeOf(ask('read', 'auth/token/lookup-self', token))).toBe('none')
      for (const [operation, path, body] of ways) {
        await ask(operation, path, root, body)
        expect(await codeOf(ask('read', 'auth/token/lookup-self', token))).toBe('POLICY_DENIED')
        expect(await codeOf(ask('update', 'auth/token/lookup', root, { token }))).toBe('POLICY_DENIED')
      }
      const fresh = await login()
      await core.close()
      const again = await coreKit(storage)
      onTestFinished(() => again.core.close())
      await again.ask('update', 'sys/unseal', '', { key: Buffer.from(share).toString('hex') })
      expect(await codeOf(again.ask('read', 'auth/token/lookup-self', token))).toBe('POLICY_DENIED')
      expect(await codeOf(again.ask('read', 'auth/token/lookup-self', fresh))).toBe('none')
    })

  test('ends the tokens that were made there after the next unsealing, where the server was killed before', async () => {
    const { core, ask, storage, failAt } = await kept()
    const { rootToken, share } = await core.develop()
    const root = rootToken.reveal()
    await ask('update', 'sys/auth/people', root, { type: 'userpass' })
    await ask('update', 'auth/people/users/bob', root, { password: 'hunter2' })
    const { auth } = await ask('update', 'auth/people/login/bob', '', { password: 'hunter2' })
    const token = String(isObject(auth) ? auth.client_token : '')
    failAt('sys/token/', 0)
    expect(await codeOf(ask('delete', 'sys/auth/people', root))).toBe('STORE_UNAVAILABLE')
    expect(await codeOf(ask('update', 'sys/auth/people', root, { type: 'userpass' }))).toBe('REQUEST_INVALID')
    failAt(undefined, 0)
    await core.close()
    const again = await coreKit(storage)
    onTestFinished(() => again.core.close())
    await again.ask('update', 'sys/unseal', '', { key: Buffer.from(share).toString('hex') })
    expect(await codeOf(again.ask('read', 'auth/token/lookup-self', token))).toBe('POLICY_DENIED')
    expect(await codeOf(again.ask('update', 'sys/auth/people', root, { type: 'userpass' }))).toBe('none')
  })

  for (const [name, failing] of [
    ['while it is emptied', 'logical/'],
    ['at the very end', 'sys/mounts'],
  ] as const)
    test(`is all gone after the next unsealing where the server was killed ${name}`, async () => {
      const { core, ask, keys, storage, failAt } = await kept()
      const { rootToken, share } = await core.develop()
      const root = rootToken.reveal()
      await ask('update', 'sys/mounts/old', root, { type: 'kv' })
      for (let at = 0; at < 60; at++) await ask('update', `old/${at}`, root, { a: 'b' })
      const before = (await keys('logical/')).length
      failAt(failing, 1)
      expect(await codeOf(ask('delete', 'sys/mounts/old', root))).not.toBe('none')
      failAt(undefined, 0)
      await core.close()
      const again = await coreKit(storage)
      onTestFinished(() => again.core.close())
      await again.ask('update', 'sys/unseal', '', { key: Buffer.from(share).toString('hex') })
      expect(await codeOf(again.ask('read', 'old/1', root))).toBe('ROUTE_NOT_FOUND')
      expect((await keys('logical/')).length).toBe(before - 60)
      await again.ask('update', 'sys/mounts/old', root, { type: 'kv' })
      expect(await codeOf(again.ask('read', 'old/1', root))).toBe('none')
    })
})

/** A server over a storage that outlives it, which can be told to fail. */
async function kept() {
  const memory = memoryKv()
  let failing: string | undefined
  let passing = 0
  const storage: Kv = {
    ...memory,
    async batch(writes) {
      if (failing !== undefined && writes.some(({ key }) => key.startsWith(failing ?? '')) && passing-- <= 0)
        throw new SentinelError('STORE_UNAVAILABLE', 'the disk is gone')
      await memory.batch(writes)
    },
    close: async () => {},
  }
  const kit = await coreKit(storage)
  onTestFinished(() => kit.core.close())
  const keys = async (prefix: string) => (await memory.list({ prefix, limit: 1000 })).map(({ key }) => key)
  /** From now on, but for the first so many of them. */
  const failAt = (prefix: string | undefined, passed: number) => {
    failing = prefix
    passing = passed
  }
  return { ...kit, storage, keys, failAt }
}
