import { describe, expect, test } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { SentinelError, systemRandom } from '../base/index.ts'
import { type Kv, memoryKv } from '../store/index.ts'
import { openEntities } from './index.ts'

async function kit(kv: Kv = memoryKv()) {
  const clock = fakeClock('2026-03-01T00:00:00Z')
  const entities = await openEntities({ kv, clock, random: systemRandom })
  const login = (name: string, mountAccessor = 'userpass_1', metadata: Record<string, string> = {}) =>
    entities.admit({ name, mountAccessor, metadata: new Map(Object.entries(metadata)) })
  return { kv, clock, entities, login }
}

describe('a login', () => {
  test('by a name that is new makes one entity, however many come at once', async () => {
    const { entities, login } = await kit()
    const admitted = await Promise.all(Array.from({ length: 20 }, () => login('bob')))
    expect(new Set(admitted.map(({ id }) => id)).size).toBe(1)
    expect(entities.all().length).toBe(1)
  })

  test('by the same name at another mount, or in another case, is somebody else', async () => {
    const { login } = await kit()
    const ids = [await login('bob'), await login('Bob'), await login('bob', 'approle_1')].map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
  })

  test('keeps what the mount says now, and is another version only if that changed', async () => {
    const { entities, login } = await kit()
    const first = await login('bob', 'userpass_1', { team: 'a' })
    expect((await login('bob', 'userpass_1', { team: 'a' })).version).toBe(first.version)
    const second = await login('bob', 'userpass_1', { team: 'b' })
    expect(second.version).toBeGreaterThan(first.version)
    expect(entities.byId(first.id)?.aliases.map(({ metadata }) => metadata.get('team'))).toEqual(['b'])
  })

  test('finds whom an administrator gave the alias to', async () => {
    const { entities, login } = await kit()
    const { id } = await entities.create({ name: 'Robert' })
    await entities.createAlias({ name: 'bob', mountAccessor: 'userpass_1', entityId: id })
    expect((await login('bob')).name).toBe('Robert')
  })
})

test('all of it is there after a restart, found by each of its names', async () => {
  const { kv, entities } = await kit()
  const metadata = new Map([['__proto__', 'x']])
  const { id } = await entities.create({ name: 'Ada', policies: ['dev'], metadata, isDisabled: true })
  const alias = { name: 'ada', mountAccessor: 'm', entityId: id, customMetadata: new Map([['a', 'b']]) }
  const { alias: made } = await entities.createAlias(alias)
  const again = (await kit(kv)).entities
  expect(again.byId(id)).toEqual(entities.byId(id))
  expect(again.byName('ADA')?.id).toBe(id)
  expect(again.byAlias(alias)?.entity.id).toBe(id)
  expect(again.byAliasId(made.id)?.alias).toEqual(made)
})

test('a change that could not be written is not known either', async () => {
  const kv = memoryKv()
  const { entities } = await kit({
    ...kv,
    batch: async () => {
      throw new SentinelError('STORE_UNAVAILABLE', 'the disk is gone')
    },
  })
  await expect(entities.create({ name: 'Ada' })).rejects.toThrow('the disk is gone')
  expect(entities.byName('Ada')).toBeUndefined()
})

test('a deleted entity is gone with its aliases; deleting it again changes nothing', async () => {
  const { entities, login } = await kit()
  const { id, aliases } = await login('bob')
  await entities.remove([id, 'unknown', id])
  await entities.remove([id])
  expect(entities.behind(id)).toBeUndefined()
  expect(entities.byAliasId(aliases[0]?.id ?? '')).toBeUndefined()
  expect((await login('bob')).id).not.toBe(id)
})

describe('a change of a name, or of metadata, is refused', () => {
  const long = (length: number) => 'x'.repeat(length)
  const many = new Map(Array.from({ length: 65 }, (_, index) => [String(index), '']))
  for (const [name, change, message] of [
    ['where the name is taken in another case', { name: 'ADA' }, 'entity name is already in use'],
    ['for an empty name', { name: '' }, 'a name cannot be empty'],
    ['for 65 keys', { metadata: many }, 'at most 64 keys'],
    ['for a long key', { metadata: new Map([[long(129), '']]) }, '1 to 128'],
    ['for a long value', { metadata: new Map([['a', long(513)]]) }, 'at most 512'],
  ] as const)
    test(name, async () => {
      const { entities } = await kit()
      await entities.create({ name: 'ada' })
      await expect(entities.create(change)).rejects.toThrow(message)
      expect(entities.all().length).toBe(1)
    })

  test('but not where an entity gets its own name in another case', async () => {
    const { entities } = await kit()
    const { id } = await entities.create({ name: 'ada' })
    expect((await entities.change(id, { name: 'Ada' })).name).toBe('Ada')
    expect(entities.byName('ada')?.id).toBe(id)
  })
})

describe('an alias', () => {
  test('moves to another entity, and the first one is without it', async () => {
    const { entities, login } = await kit()
    const bob = await login('bob')
    const { id } = await entities.create({})
    const alias = { name: 'robert', mountAccessor: 'userpass_1', entityId: id }
    await entities.changeAlias(bob.aliases[0]?.id ?? '', alias)
    expect(entities.byId(bob.id)?.aliases).toEqual([])
    expect((await login('robert')).id).toBe(id)
    expect(entities.byAlias({ name: 'bob', mountAccessor: 'userpass_1' })).toBeUndefined()
  })

  test('is refused where the entity has another one of the mount', async () => {
    const { entities, login } = await kit()
    const [bob, eve] = [await login('bob'), await login('eve')]
    const eves = { name: 'eve', mountAccessor: 'userpass_1', entityId: bob.id }
    await expect(entities.changeAlias(eve.aliases[0]?.id ?? '', eves)).rejects.toThrow('Alias already exists')
    await expect(entities.createAlias({ ...eves, name: 'new' })).rejects.toThrow('Alias already exists')
    await expect(entities.createAlias(eves)).rejects.toThrow('alias already exists')
    expect((await login('eve')).id).toBe(eve.id)
  })

  test('is refused for an entity that nobody knows, and makes one where none is named', async () => {
    const { entities, login } = await kit()
    const alias = { name: 'bob', mountAccessor: 'm' }
    await expect(entities.createAlias({ ...alias, entityId: 'x' })).rejects.toThrow('invalid canonical ID')
    const { entity } = await entities.createAlias(alias)
    expect((await login('bob', 'm')).id).toBe(entity.id)
  })
})

describe('entities that are merged', () => {
  test('are one for their tokens, with the aliases and policies of all', async () => {
    const { entities, login, kv } = await kit()
    const [a, b] = [await login('a', 'm1'), await login('b', 'm2')]
    await entities.change(a.id, { policies: ['x'] })
    await entities.change(b.id, { policies: ['y'] })
    await entities.merge({ fromIds: [b.id], toId: a.id, aliasIdsToKeep: [], isForced: false })
    for (const { behind, byId, all } of [entities, (await kit(kv)).entities]) {
      expect(behind(b.id)?.policies).toEqual(['x', 'y'])
      expect(byId(b.id)).toBeUndefined()
      expect(all().length).toBe(1)
    }
    expect((await login('b', 'm2')).id).toBe(a.id)
  })

  test('keep of two aliases at one mount the one that was chosen, and are refused without a choice', async () => {
    const { entities, login } = await kit()
    const [a, b] = [await login('a'), await login('b')]
    const merging = { fromIds: [b.id], toId: a.id, isForced: false }
    await expect(entities.merge({ ...merging, aliasIdsToKeep: [] })).rejects.toThrow('same mount accessor')
    expect(entities.all().length).toBe(2)
    const { aliases } = await entities.merge({ ...merging, aliasIdsToKeep: [b.aliases[0]?.id ?? ''] })
    expect(aliases.map(({ name }) => name)).toEqual(['b'])
  })
})
