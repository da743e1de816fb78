import { describe, expect, test } from 'vitest'
import type { Data } from '../../door.ts'
import { type Asked, roadKit } from '../../road.fake.ts'

/** A server, and short words for what is asked of `kv2/`. */
async function kvKit() {
  const kit = await roadKit()
  const read = (path: string, data = {}) => kit.body('read', `kv2/data/${path}`, { data })
  const write = (path: string, data: unknown, options?: unknown) =>
    kit.body('update', `kv2/data/${path}`, {
      data: JSON.stringify({ data, ...(options !== undefined && { options }) }),
    })
  const status = async (operation: Parameters<typeof kit.ask>[0], path: string, asked: Asked = {}) =>
    (await kit.ask(operation, `kv2/${path}`, asked)).status ?? 200
  const known = async (path: string) => (await kit.body('read', `kv2/metadata/${path}`)).data as Data
  const rows = async () => {
    const found = await kit.kv.list({ prefix: 'logical/', limit: 1000 })
    return found.map(({ key, value }) => [key.slice(45), Buffer.from(value).toString()] as const)
  }
  return { ...kit, read, write, status, known, rows }
}

describe('what a secret says', () => {
  test('is given back as it was sent, with what is known of the version', async () => {
    const { write, read } = await kvKit()
    expect((await write('app/db', { password: 'one' })).data).toEqual({
      version: 1,
      created_time: '2026-03-01T00:00:00.000000000Z',
      deletion_time: '',
      destroyed: false,
      custom_metadata: null,
    })
    await write('app/db', { password: 'two', big: 1 })
    expect((await read('app/db')).data).toMatchObject({
      data: { password: 'two', big: 1 },
      metadata: { version: 2, custom_metadata: null, destroyed: false },
    })
    expect((await read('app/db', { version: '1' })).data).toMatchObject({
      data: { password: 'one' },
      metadata: { version: 1 },
    })
  })

  test('keeps its numbers, and names that objects have anyway', async () => {
    const { ask } = await kvKit()
    const data = '{"n":12345678901234567890,"m":1.10,"__proto__":{"constructor":"x"},"s":"a\\nb"}'
    await ask('update', 'kv2/data/x', { data: `{"data":${data}}` })
    expect(JSON.stringify(await ask('read', 'kv2/data/x'))).toContain(JSON.stringify(data).slice(1, -1))
    await ask('update', 'kv2/data/x', { data: { data: {} } })
    expect(JSON.stringify(await ask('read', 'kv2/data/x', { data: { version: 1 } }))).toContain(
      JSON.stringify(data).slice(1, -1),
    )
  })

  test('is in the storage once, as long as it is kept', async () => {
    const { write, rows, status } = await kvKit()
    for (const text of ['CANARY-1', 'CANARY-2', 'CANARY-3']) await write('x', { text })
    const found = async (text: string) => (await rows()).filter(([, row]) => row.includes(text)).length
    expect([await found('CANARY-1'), await found('CANARY-2'), await found('CANARY-3')]).toEqual([1, 1, 1])
    await status('update', 'destroy/x', { data: { versions: [1, 3] } })
    expect([await found('CANARY-1'), await found('CANARY-2'), await found('CANARY-3')]).toEqual([0, 1, 0])
    await status('delete', 'metadata/x')
    expect(await found('CANARY')).toBe(0)
  })

  test('is one read of the storage where it is current', async () => {
    const { kv, write, read } = await kvKit()
    await write('x', { a: 1 })
    await write('x', { a: 2 })
    const { get } = kv
    const keys: string[] = []
    Object.assign(kv, {
      get: (key: string) => {
        keys.push(key)
        return get(key)
      },
    })
    await read('x')
    expect(keys.filter((key) => key.startsWith('logical/')).length).toBe(1)
  })

  for (const [name, operation, path, data, message] of [
    ['no data', 'update', 'data/x', {}, 'no data provided'],
    ['data that is no object', 'update', 'data/x', { data: 'text' }, '`data` must be an object'],
    ['no name', 'update', 'data/', { data: {} }, 'missing path'],
    ['a folder', 'update', 'data/x/', { data: {} }, "cannot write to a path ending in '/'"],
    ['a version that is no number', 'read', 'data/x', { version: 'two' }, '`version` must be a whole number'],
    ['no versions to delete', 'update', 'delete/x', {}, 'No version number provided'],
    ['versions that are no numbers', 'update', 'destroy/x', { versions: ['a'] }, 'must be a list of numbers'],
  ] as const)
    test(`${name}: refused`, async () => {
      const { ask } = await kvKit()
      await expect(ask(operation, `kv2/${path}`, { data })).rejects.toThrow(message)
    })
})

describe('whoever writes may say what they have read', () => {
  for (const [name, cas, want] of [
    ['the version that is current', 1, 'written'],
    ['the same as text', '1', 'written'],
    ['none, where there is one', 0, 'did not match the current version'],
    ['a later one', 2, 'did not match the current version'],
    ['nothing, where there is one', null, 'did not match the current version'],
    ['what is no number', 'x', '`cas` must be a whole number'],
  ] as const)
    test(name, async () => {
      const { write } = await kvKit()
      await write('x', { a: 1 }, { cas: 0 })
      const tried = write('x', { a: 2 }, { cas })
      if (want === 'written') expect((await tried).data).toMatchObject({ version: 2 })
      else await expect(tried).rejects.toThrow(want)
    })

  test('and must, where the secret or the mount says so', async () => {
    const { write, status } = await kvKit()
    await status('update', 'metadata/x', { data: { cas_required: true } })
    await expect(write('x', { a: 1 })).rejects.toThrow('check-and-set parameter required for this call')
    await write('x', { a: 1 }, { cas: 0 })
    await write('y', { a: 1 })
    await status('update', 'config', { data: { cas_required: true } })
    await expect(write('y', { a: 2 })).rejects.toThrow('check-and-set parameter required')
  })

  test('of many who write at once each makes a version, and of many with one version one', async () => {
    const { write, known } = await kvKit()
    await Promise.all(Array.from({ length: 12 }, (_, n) => write('x', { n })))
    expect((await known('x')).current_version).toBe(12)
    const tries = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) => write('x', { n }, { cas: 12 })),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled').length).toBe(1)
  })
})

describe('a version that is deleted', () => {
  test('is a 404 that says so, and can be had back', async () => {
    const { write, status, read } = await kvKit()
    await write('x', { a: 1 })
    expect(await status('delete', 'data/x')).toBe(200)
    expect(await status('read', 'data/x')).toBe(404)
    expect((await read('x')).data).toMatchObject({
      data: null,
      metadata: { version: 1, deletion_time: '2026-03-01T00:00:00.000000000Z', destroyed: false },
    })
    await status('update', 'undelete/x', { data: { versions: [1] } })
    expect((await read('x')).data).toMatchObject({ data: { a: 1 }, metadata: { deletion_time: '' } })
  })

  test('may be any, and several at once', async () => {
    const { write, status } = await kvKit()
    for (const a of [1, 2, 3]) await write('x', { a })
    await status('update', 'delete/x', { data: { versions: '1,2' } })
    const statuses = async () =>
      Promise.all([1, 2, 3].map((version) => status('read', 'data/x', { data: { version } })))
    expect(await statuses()).toEqual([404, 404, 200])
    await status('update', 'undelete/x', { data: { versions: [2, 99] } })
    expect(await statuses()).toEqual([404, 200, 200])
    await status('update', 'destroy/x', { data: { versions: [2, 3] } })
    await status('update', 'undelete/x', { data: { versions: [1, 2, 3] } })
    expect(await statuses()).toEqual([200, 404, 404])
  })

  test('may be so by itself, after the shorter of two times', async () => {
    const { write, status, read, clock } = await kvKit()
    await status('update', 'config', { data: { delete_version_after: '1h' } })
    await status('update', 'metadata/x', { data: { delete_version_after: '30s' } })
    await write('x', { a: 1 })
    await write('y', { a: 1 })
    expect((await read('x')).data).toMatchObject({
      metadata: { deletion_time: '2026-03-01T00:00:30.000000000Z' },
    })
    clock.advance(30_000)
    expect([await status('read', 'data/x'), await status('read', 'data/y')]).toEqual([404, 200])
    await status('update', 'undelete/x', { data: { versions: [1] } })
    expect(await status('read', 'data/x')).toBe(200)
    clock.advance(3_600_000)
    expect([await status('read', 'data/x'), await status('read', 'data/y')]).toEqual([404, 404])
    await status('update', 'config', { data: { delete_version_after: '-1s' } })
    await write('x', { a: 2 })
    clock.advance(3_600_000)
    expect(await status('read', 'data/x')).toBe(200)
  })

  test('nothing is known of what never was', async () => {
    const { write, status } = await kvKit()
    await write('x', { a: 1 })
    for (const at of ['data/y', 'data/x/', 'metadata/y', 'subkeys/y', 'data/x/y'])
      expect(await status('read', at)).toBe(404)
    for (const at of ['delete/y', 'undelete/y', 'destroy/y'])
      expect(await status('update', at, { data: { versions: [1] } })).toBe(200)
    expect(await status('delete', 'data/y')).toBe(200)
  })
})

describe('older versions make room', () => {
  test('ten are kept where nobody says how many', async () => {
    const { write, known, status, rows } = await kvKit()
    for (let n = 1; n <= 12; n++) await write('x', { n })
    const { versions, oldest_version: oldest } = await known('x')
    expect([Object.keys(versions as Data).length, oldest]).toEqual([10, 3])
    expect(await status('read', 'data/x', { data: { version: 2 } })).toBe(404)
    expect((await rows()).filter(([key]) => key.startsWith('/versions/')).length).toBe(9)
  })

  test('the larger of what secret and mount say counts, and no row of the others is left', async () => {
    const { write, known, status, rows } = await kvKit()
    await status('update', 'metadata/x', { data: { max_versions: 60 } })
    for (let n = 1; n <= 60; n++) await write('x', { n })
    expect((await known('x')).oldest_version).toBe(1)
    await status('update', 'metadata/x', { data: { max_versions: 1 } })
    await write('x', { n: 61 })
    expect((await known('x')).oldest_version).toBe(61)
    expect((await rows()).filter(([key]) => key.startsWith('/versions/'))).toEqual([])
  })

  test('more versions than one batch holds are destroyed, and go with their secret', async () => {
    const { write, status, rows } = await kvKit()
    await status('update', 'config', { data: { max_versions: 100 } })
    for (let n = 1; n <= 60; n++) await write('x', { n })
    const numbers = Array.from({ length: 50 }, (_, n) => n + 1)
    await status('update', 'destroy/x', { data: { versions: numbers } })
    expect((await rows()).filter(([key]) => key.startsWith('/versions/')).length).toBe(9)
    await write('y', { n: 1 })
    await status('delete', 'metadata/x')
    const left = (await rows()).map(([key]) => key).filter((key) => /secrets|versions/.test(key))
    expect(left).toEqual(['/secrets/y'])
  })

  test('a secret below another keeps its own', async () => {
    const { write, read, status } = await kvKit()
    for (const path of ['a', 'a/1', 'a/1/1']) for (const n of [1, 2]) await write(path, { path, n })
    await status('delete', 'metadata/a')
    expect((await read('a/1', { version: 1 })).data).toMatchObject({ data: { path: 'a/1', n: 1 } })
    expect((await read('a/1/1', { version: 1 })).data).toMatchObject({ data: { path: 'a/1/1', n: 1 } })
  })
})

describe('a patch', () => {
  test('changes, adds and takes away, and makes a version', async () => {
    const { write, read, body } = await kvKit()
    await write('x', { a: 1, b: { c: 2, d: 3 }, e: 5 })
    const data = { data: { a: null, b: { c: null, f: 4 }, g: [1] } }
    expect((await body('patch', 'kv2/data/x', { data })).data).toMatchObject({ version: 2 })
    expect((await read('x')).data).toMatchObject({ data: { b: { d: 3, f: 4 }, e: 5, g: [1] } })
  })

  test('is refused of nothing, of what is deleted, and of another version', async () => {
    const { write, status, body } = await kvKit()
    const patched = { data: { data: { a: 2 } } }
    expect(await status('patch', 'data/x', patched)).toBe(404)
    await write('x', { a: 1 })
    await expect(
      body('patch', 'kv2/data/x', { data: { data: { a: 2 }, options: { cas: 7 } } }),
    ).rejects.toThrow('did not match the current version')
    await expect(body('patch', 'kv2/data/x')).rejects.toThrow('no data provided')
    await status('delete', 'data/x')
    expect(await status('patch', 'data/x', patched)).toBe(404)
    expect((await body('patch', 'kv2/data/x', patched)).data).toMatchObject({ version: 1, destroyed: false })
  })
})

describe('what is known of a secret', () => {
  test('is set, patched and read', async () => {
    const { status, known } = await kvKit()
    const custom = { owner: 'team', n: '5' }
    await status('update', 'metadata/x', {
      data: {
        max_versions: 3,
        cas_required: true,
        delete_version_after: '3h25m19s',
        custom_metadata: custom,
      },
    })
    expect(await known('x')).toEqual({
      cas_required: true,
      created_time: '2026-03-01T00:00:00.000000000Z',
      current_version: 0,
      custom_metadata: custom,
      delete_version_after: '3h25m19s',
      max_versions: 3,
      oldest_version: 0,
      updated_time: '2026-03-01T00:00:00.000000000Z',
      versions: {},
    })
    const patch = { custom_metadata: { n: null, more: 'x' }, max_versions: null }
    await status('patch', 'metadata/x', { data: patch })
    expect(await known('x')).toMatchObject({
      custom_metadata: { owner: 'team', more: 'x' },
      max_versions: 0,
      cas_required: true,
    })
    expect(await status('patch', 'metadata/y', { data: patch })).toBe(404)
    await status('patch', 'metadata/x', { data: { custom_metadata: null } })
    expect((await known('x')).custom_metadata).toBe(null)
  })

  test('keeps its notes where nothing is said of them, and loses them where that is nothing', async () => {
    const { status, known } = await kvKit()
    await status('update', 'metadata/x', { data: { custom_metadata: { owner: 'team' } } })
    await status('update', 'metadata/x', { data: { max_versions: 2 } })
    expect((await known('x')).custom_metadata).toEqual({ owner: 'team' })
    await status('update', 'metadata/x', { data: { custom_metadata: null } })
    expect(await known('x')).toMatchObject({ custom_metadata: null, max_versions: 2 })
  })

  test('stays while versions come and go', async () => {
    const { write, status, read, known } = await kvKit()
    await status('update', 'metadata/x', { data: { custom_metadata: { owner: 'team' } } })
    await write('x', { a: 1 })
    expect((await read('x')).data).toMatchObject({ metadata: { custom_metadata: { owner: 'team' } } })
    await status('update', 'metadata/x', { data: { custom_metadata: { owner: 'other' } } })
    expect((await read('x')).data).toMatchObject({
      data: { a: 1 },
      metadata: { custom_metadata: { owner: 'other' } },
    })
    expect((await known('x')).versions).toEqual({
      1: { created_time: '2026-03-01T00:00:00.000000000Z', deletion_time: '', destroyed: false },
    })
  })

  for (const [name, data, message] of [
    ['too many notes', { custom_metadata: notes(65) }, 'at most 64 keys, provided 65'],
    ['a name that is too long', { custom_metadata: { ['x'.repeat(129)]: 'y' } }, 'is 129 but must be 0 <'],
    ['an empty text', { custom_metadata: { a: '' } }, 'length of value for key "a" is 0'],
    [
      'a text that a terminal obeys',
      { custom_metadata: { a: '\u001b[2J' } },
      'contains unprintable characters',
    ],
    ['notes that are no texts', { custom_metadata: { a: {} } }, 'must be an object of strings'],
    ['fewer than no versions', { max_versions: -1 }, 'cannot be negative'],
    ['a time before now', { delete_version_after: '-5s' }, 'cannot be negative'],
  ] as const)
    test(`${name}: refused`, async () => {
      const { ask } = await kvKit()
      await expect(ask('update', 'kv2/metadata/x', { data })).rejects.toThrow(message)
    })

  test('what has no effect is said', async () => {
    const { status, ask } = await kvKit()
    await status('update', 'config', { data: { cas_required: true, delete_version_after: '1h' } })
    const { warnings } = await ask('update', 'kv2/metadata/x', {
      data: { cas_required: false, delete_version_after: '2h' },
    })
    expect(warnings).toEqual([
      expect.stringContaining('is mandated by backend config'),
      expect.stringContaining('longer than that of the mount, 1h0m0s'),
    ])
  })

  test('is listed by folder, in detail where that is asked', async () => {
    const { write, ask } = await kvKit()
    for (const path of ['a', 'b/c', 'b/d', 'a/x']) await write(path, {})
    expect((await ask('list', 'kv2/metadata/')).data).toEqual({ keys: ['a', 'a/', 'b/'] })
    expect((await ask('list', 'kv2/metadata/b/')).data).toEqual({ keys: ['c', 'd'] })
    expect((await ask('list', 'kv2/metadata/z/')).status).toBe(404)
    expect((await ask('list', 'kv2/detailed-metadata/')).data).toMatchObject({
      keys: ['a', 'a/', 'b/'],
      key_info: { a: { current_version: 1 }, 'b/': {} },
    })
  })
})

const notes = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, 'x'] as const))

test('its config is read and set', async () => {
  const { ask, status } = await kvKit()
  const plain = { cas_required: false, delete_version_after: '0s', max_versions: 0 }
  expect((await ask('read', 'kv2/config')).data).toEqual(plain)
  await status('update', 'config', { data: { max_versions: '5' } })
  expect((await ask('read', 'kv2/config')).data).toEqual({ ...plain, max_versions: 5 })
})

describe('subkeys', () => {
  for (const [depth, want] of [
    [0, { a: null, b: { c: { d: null }, e: null }, f: null }],
    [1, { a: null, b: null, f: null }],
    [2, { a: null, b: { c: null, e: null }, f: null }],
  ] as const)
    test(`to depth ${depth}, without what they say`, async () => {
      const { write, body } = await kvKit()
      await write('x', { a: 'SECRET', b: { c: { d: 1 }, e: ['SECRET'] }, f: {} })
      const { data } = await body('read', 'kv2/subkeys/x', { data: { depth } })
      expect(data).toMatchObject({ subkeys: want, metadata: { version: 1 } })
      expect(JSON.stringify(data)).not.toContain('SECRET')
    })
})

test('create and update are told apart, for what it says and for what is known of it', async () => {
  const { made, policies, write, ask } = await kvKit()
  await policies.write('once', 'path "kv2/+/x" { capabilities = ["create"] }')
  const { token } = await made({ policies: ['once'], no_default_policy: true })
  await ask('update', 'kv2/data/x', { token, data: { data: {} } })
  await write('x', {})
  for (const at of ['kv2/data/x', 'kv2/metadata/x'])
    await expect(ask('update', at, { token, data: { data: {} } })).rejects.toThrow('permission denied')
})

test('whoever takes it for version 1 is told where to go', async () => {
  const { ask } = await kvKit()
  for (const operation of ['read', 'update', 'delete', 'list', 'patch'] as const) {
    const { status, warnings } = await ask(operation, 'kv2/app/db', { data: { a: 1 } })
    expect([status, warnings?.join()]).toEqual([404, expect.stringContaining('Invalid path for a versioned')])
  }
  expect((await ask('read', 'kv2/metadata')).warnings?.join()).toContain('Non-listing operations on the root')
})

describe('a mount of version 1 becomes one of version 2', () => {
  const version = (text: string) => ({ options: new Map([['version', text]]) })

  test('with all that it holds, as first versions', async () => {
    const { ask, table, body } = await kvKit()
    const names = [
      'config',
      'secrets/x',
      'a/b',
      '!first',
      'zz',
      ...Array.from({ length: 60 }, (_, n) => `n${n}`),
    ]
    for (const name of names) await ask('update', `secret/${name}`, { data: { name } })
    await table.tune('secret/', version('2'))
    for (const name of names)
      expect((await body('read', `secret/data/${name}`)).data).toMatchObject({
        data: { name },
        metadata: { version: 1 },
      })
    expect((await body('list', 'secret/metadata/secrets/')).data).toEqual({ keys: ['x'] })
  })

  test('and goes on where it was ended', async () => {
    const { ask, table, kv, body } = await kvKit()
    for (let n = 0; n < 40; n++) await ask('update', `secret/n${n}`, { data: { n } })
    const { batch } = kv
    let left = 20
    Object.assign(kv, {
      batch: (writes: Parameters<typeof batch>[0]) =>
        left-- > 0 ? batch(writes) : Promise.reject(new Error('the disk is full')),
    })
    await expect(table.tune('secret/', version('2'))).rejects.toThrow('the disk is full')
    await expect(ask('read', 'secret/data/n0')).rejects.toThrow('Upgrading from non-versioned')
    Object.assign(kv, { batch })
    await table.tune('secret/', version('2'))
    for (let n = 0; n < 40; n++)
      expect((await body('read', `secret/data/n${n}`)).data).toMatchObject({
        data: { n },
        metadata: { version: 1 },
      })
  })

  test('and never back', async () => {
    const { table } = await kvKit()
    await expect(table.tune('kv2/', version('1'))).rejects.toThrow('cannot downgrade mount from version 2')
    await expect(table.tune('kv2/', version(''))).rejects.toThrow('cannot downgrade mount from version 2')
    await expect(table.tune('secret/', version('3'))).rejects.toThrow('plugin not found in the catalog: kv')
  })
})
