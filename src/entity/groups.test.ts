import { describe, expect, test } from 'vitest'
import { SentinelError } from '../base/index.ts'
import { memoryKv } from '../store/index.ts'
import { entityKit as kit } from './kit.fake.ts'

describe('who belongs to a group', () => {
  test('is whom it names, and whoever belongs to a group that is a member of it', async () => {
    const { entity, group, groups, namesOf } = await kit()
    const [ada, bob] = [await entity('ada'), await entity('bob')]
    const inner = await group('inner', [ada])
    const middle = await group('middle', [], [inner])
    const outer = await group('outer', [bob], [middle])
    expect(namesOf(ada)?.toSorted()).toEqual(['inner', 'middle', 'outer'])
    expect(namesOf(bob)).toEqual(['outer'])
    expect(groups.identityOf(ada)?.directCount).toBe(1)
    expect(groups.byId(outer)).toMatchObject({ memberEntityIds: [bob], memberGroupIds: [middle] })
    await groups.change(middle, { memberGroupIds: [] })
    expect(namesOf(ada)).toEqual(['inner'])
  })

  test('counts once, by however many ways, and directly if so by one of them', async () => {
    const { entity, group, groups } = await kit()
    const ada = await entity('ada')
    const [left, right] = [await group('left', [ada]), await group('right', [ada])]
    const top = await group('top', [ada], [left, right])
    const { groups: found = [], directCount } = groups.identityOf(ada) ?? {}
    expect([found.map(({ id }) => id).toSorted(), directCount]).toEqual([[left, right, top].toSorted(), 3])
  })

  test('of an external one its mount says, at each login, by its own name in this case', async () => {
    const { external, login, namesOf, groups } = await kit()
    const id = await external('admins')
    const ada = await login('ada', ['admins', 'others'])
    expect(namesOf(ada)).toEqual(['admins'])
    expect(groups.memberEntityIds(groups.byId(id) as never)).toEqual([ada])
    await login('ada', ['Admins', 'ADMINS'])
    expect(namesOf(ada)).toEqual([])
    await login('ada', ['admins'])
    expect(namesOf(ada)).toEqual(['admins'])
    await login('ada', [])
    expect(namesOf(ada)).toEqual([])
  })

  test('of an external one no other mount says', async () => {
    const { external, login, namesOf } = await kit()
    await external('admins', 'ldap_1')
    expect(namesOf(await login('eve', ['admins'], 'ldap_2'))).toEqual([])
  })

  test('of an external one nothing says any more when the alias is renamed: of the entity or of the group', async () => {
    const { external, login, namesOf, entities, groups } = await kit()
    await external('admins')
    const [ada, bob] = [await login('ada', ['admins']), await login('bob', ['admins'])]
    const alias = entities.byAlias({ name: 'ada', mountAccessor: 'ldap_1' })?.alias.id ?? ''
    await entities.changeAlias(alias, { name: 'eve', mountAccessor: 'ldap_1' })
    expect([namesOf(ada), namesOf(bob)]).toEqual([[], ['admins']])
    const groupAlias = groups.byAlias({ name: 'admins', mountAccessor: 'ldap_1' })?.alias.id ?? ''
    await groups.changeAlias(groupAlias, { name: 'staff', mountAccessor: 'ldap_1' })
    expect(namesOf(bob)).toEqual([])
  })

  test('stays with whoever an entity was merged into, and ends with an entity', async () => {
    const { entity, group, groups, entities, namesOf, external, login, kv } = await kit()
    const [ada, bob] = [await entity('ada'), await entity('bob')]
    const id = await group('staff', [ada])
    await external('admins')
    const eve = await login('eve', ['admins'])
    await entities.merge({ fromIds: [ada, eve], toId: bob, aliasIdsToKeep: [], isForced: false })
    for (const each of [groups, (await kit(kv)).groups]) {
      for (const whose of [ada, bob, eve])
        expect(
          each
            .identityOf(whose)
            ?.groups.map(({ name }) => name)
            .toSorted(),
        ).toEqual(['admins', 'staff'])
      expect(each.memberEntityIds(each.byId(id) as never)).toEqual([bob])
    }
    await entities.remove([bob])
    expect(namesOf(ada)).toBeUndefined()
    expect(groups.memberEntityIds(groups.byId(id) as never)).toEqual([])
    // The next change forgets those who are gone.
    expect((await groups.change(id, { policies: [] })).memberEntityIds).toEqual([])
  })

  test('ends with the group, also for groups above it', async () => {
    const { entity, group, groups, namesOf } = await kit()
    const ada = await entity('ada')
    const inner = await group('inner', [ada])
    const outer = await group('outer', [], [inner])
    await groups.remove(inner)
    await groups.remove(inner)
    expect(namesOf(ada)).toEqual([])
    expect(groups.memberGroupIds(groups.byId(outer) as never)).toEqual([])
  })
})

describe('what an identity gives', () => {
  test('is the policies of the entity and its groups, never root', async () => {
    const { entity, group, groups, entities } = await kit()
    const ada = await entity('ada')
    await entities.change(ada, { policies: ['own', 'shared'] })
    await groups.change(await group('staff', [ada]), { policies: ['shared', 'root', 'a'] })
    expect(groups.identityOf(ada)?.policies).toEqual(['a', 'own', 'shared'])
  })

  test('has one version, and one list of policies, as long as nothing of it changes', async () => {
    const { entity, group, groups, entities } = await kit()
    const [ada, bob] = [await entity('ada'), await entity('bob')]
    const staff = await group('staff', [ada])
    const before = groups.identityOf(ada)
    expect(groups.identityOf(ada)).toBe(before)
    await group('other', [bob])
    await groups.change(staff, { memberEntityIds: [ada, bob] })
    expect(groups.identityOf(ada)?.version).toBe(before?.version)
    expect(groups.identityOf(ada)?.policies).toBe(before?.policies)
    // What policies are shown of the group is as it is now.
    expect(groups.identityOf(ada)?.groups[0]?.memberEntityIds.length).toBe(2)
    const versions = [before?.version]
    for (const change of [
      () => groups.change(staff, { policies: ['x'] }),
      () => groups.change(staff, { name: 'Staff' }),
      () => groups.change(staff, { metadata: new Map([['a', 'b']]) }),
      () => entities.change(ada, { metadata: new Map([['a', 'b']]) }),
      () => groups.remove(staff),
    ]) {
      await change()
      versions.push(groups.identityOf(ada)?.version)
    }
    expect(new Set(versions).size).toBe(versions.length)
    expect(versions).not.toContain(groups.identityOf(bob)?.version)
  })
})

describe('a change of a group is refused', () => {
  for (const [name, change, message] of [
    ['where the name is taken in another case', { name: 'STAFF' }, 'group name is already in use'],
    ['for an empty name', { name: '' }, 'a name cannot be empty'],
    ['for a member that nobody knows', { memberEntityIds: ['x'] }, 'invalid entity ID "x"'],
    ['for a member group that nobody knows', { memberGroupIds: ['x'] }, 'invalid member group ID "x"'],
    ['for entities in an external one', { type: 'external', memberEntityIds: [] }, "can't be set manually"],
    ['for groups in an external one', { type: 'external', memberGroupIds: [] }, "can't be set for external"],
  ] as const)
    test(name, async () => {
      const { groups, group } = await kit()
      await group('staff')
      await expect(groups.create(change)).rejects.toThrow(message)
      expect(groups.all().length).toBe(1)
    })

  test('for a member that was merged into another: it is to be named itself', async () => {
    const { entity, groups, entities } = await kit()
    const [ada, bob] = [await entity('ada'), await entity('bob')]
    await entities.merge({ fromIds: [ada], toId: bob, aliasIdsToKeep: [], isForced: false })
    await expect(groups.create({ memberEntityIds: [ada] })).rejects.toThrow('invalid entity ID')
  })

  test('for another type, and not for its own name in another case', async () => {
    const { groups, group } = await kit()
    const id = await group('staff')
    await expect(groups.change(id, { type: 'external' })).rejects.toThrow('group type cannot be changed')
    expect((await groups.change(id, { name: 'Staff' })).name).toBe('Staff')
    expect(groups.byName('STAFF')?.id).toBe(id)
  })

  test('for a circle, however long, and of two changes that would close one together for the second', async () => {
    const { groups, group } = await kit()
    const a = await group('a')
    const b = await group('b', [], [a])
    const c = await group('c', [], [b])
    await expect(groups.change(a, { memberGroupIds: [a] })).rejects.toThrow('is same as the ID of the group')
    for (const above of [b, c])
      await expect(groups.change(a, { memberGroupIds: [above] })).rejects.toThrow('cyclic relationship')
    const [d, e] = [await group('d'), await group('e')]
    const both = [groups.change(d, { memberGroupIds: [e] }), groups.change(e, { memberGroupIds: [d] })]
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  })
})

describe('the alias of a group', () => {
  test('makes an external group where none is named, and there is one of a name at a mount', async () => {
    const { groups } = await kit()
    const name = { name: 'admins', mountAccessor: 'ldap_1' }
    const { group, alias } = await groups.createAlias(name)
    expect([group.type, groups.byAlias(name)?.group.id, groups.byAliasId(alias.id)?.group.id]).toEqual([
      'external',
      group.id,
      group.id,
    ])
    await expect(groups.createAlias(name)).rejects.toThrow('already in use')
    await groups.remove(group.id)
    expect(groups.byAliasId(alias.id)).toBeUndefined()
    await groups.createAlias(name)
  })

  test('is refused for an internal group, and for one that is none', async () => {
    const { groups, group } = await kit()
    const name = { name: 'admins', mountAccessor: 'ldap_1' }
    const inside = { ...name, groupId: await group('staff') }
    await expect(groups.createAlias(inside)).rejects.toThrow("can't be set on an internal group")
    await expect(groups.createAlias({ ...name, groupId: 'x' })).rejects.toThrow('invalid group ID')
  })

  test('moves to another group, and takes those who log in by it along', async () => {
    const { groups, external, login, namesOf, kv } = await kit()
    await external('admins')
    const { id: groupId } = await groups.create({ name: 'staff', type: 'external' })
    const ada = await login('ada', ['admins'])
    const alias = groups.byAlias({ name: 'admins', mountAccessor: 'ldap_1' })?.alias.id ?? ''
    await groups.changeAlias(alias, { name: 'admins', mountAccessor: 'ldap_1', groupId })
    expect(namesOf(ada)).toEqual(['staff'])
    expect((await kit(kv)).namesOf(ada)).toEqual(['staff'])
    await groups.removeAlias(alias)
    await groups.removeAlias(alias)
    expect(namesOf(ada)).toEqual([])
  })
})

test('rows that were written before there were groups are read, and all of it is there after a restart', async () => {
  const { kv, entities, groups, group, external, login, entity, namesOf } = await kit()
  const old = {
    ...(await entities.create({ name: 'old' })),
    metadata: [],
    aliases: [{ id: 'a', name: 'old', mountAccessor: 'm', metadata: [], customMetadata: [], mergedFrom: [] }],
  }
  const value = Buffer.from(JSON.stringify(old))
  await kv.batch([{ kind: 'put', key: `id/${old.id}`, value, expected: 'anything' }])
  const metadata = new Map([['__proto__', 'x']])
  await groups.change(await group('staff', [await entity('ada')]), { metadata, policies: ['p'] })
  await external('admins')
  const eve = await login('eve', ['admins'])
  const again = await kit(kv)
  expect(again.groups.all()).toEqual(groups.all())
  expect(again.namesOf(eve)).toEqual(namesOf(eve))
  expect(await again.login('old', [], 'm')).toBe(old.id)
})

describe('what happens at once', () => {
  test('two merges of the same one: the second finds nobody, and nobody is lost', async () => {
    const { entity, group, entities, groups, kv } = await kit()
    const [a, b, c] = [await entity('a'), await entity('b'), await entity('c')]
    await group('staff', [a])
    const into = (toId: string) => entities.merge({ fromIds: [a], toId, aliasIdsToKeep: [], isForced: false })
    const settled = await Promise.allSettled([into(b), into(c)])
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    for (const { groups: each } of [{ groups }, await kit(kv)]) {
      expect(each.identityOf(a)?.entity.id).toBe(b)
      expect(each.identityOf(b)?.groups.length).toBe(1)
      expect(each.identityOf(c)?.groups.length).toBe(0)
    }
  })

  test('two merges towards each other: one of them is left', async () => {
    const { entity, entities, groups } = await kit()
    const [a, b] = [await entity('a'), await entity('b')]
    const into = (from: string, toId: string) =>
      entities.merge({ fromIds: [from], toId, aliasIdsToKeep: [], isForced: false })
    await Promise.allSettled([into(a, b), into(b, a)])
    expect(entities.all().map(({ id }) => id)).toEqual([b])
    for (const id of [a, b]) expect(groups.identityOf(id)?.entity.id).toBe(b)
  })

  test('a group that is deleted while a member logs in', async () => {
    const { external, login, groups, namesOf, kv } = await kit()
    const id = await external('admins')
    const [ada] = await Promise.all([login('ada', ['admins']), groups.remove(id), login('ada', ['admins'])])
    expect(namesOf(ada)).toEqual([])
    expect((await kit(kv)).namesOf(ada)).toEqual([])
    // Another one of the same name gives what it gives to whom the mount says it does.
    await external('admins')
    expect(namesOf(ada)).toEqual(['admins'])
  })

  test('an entity that is deleted while a group takes it in', async () => {
    const { entity, groups, entities, group, kv } = await kit()
    const [id, ada] = [await group('staff'), await entity('ada')]
    await Promise.allSettled([groups.change(id, { memberEntityIds: [ada] }), entities.remove([ada])])
    for (const { groups: each } of [{ groups }, await kit(kv)])
      expect(each.memberEntityIds(each.byId(id) as never)).toEqual([])
  })
})

test('a disabled entity is not merged into one that is not: its tokens would count again', async () => {
  const { entity, entities } = await kit()
  const [a, b] = [await entity('a'), await entity('b')]
  await entities.change(a, { isDisabled: true })
  const merging = { fromIds: [a], toId: b, aliasIdsToKeep: [], isForced: true }
  await expect(entities.merge(merging)).rejects.toThrow('is disabled')
  await entities.change(b, { isDisabled: true })
  expect((await entities.merge(merging)).isDisabled).toBe(true)
})

describe('a change that could not be written', () => {
  test('is not known either, and a merge is there as a whole or not at all', async () => {
    const kv = memoryKv()
    let isBroken = false
    const { entity, group, groups, entities, namesOf } = await kit({
      ...kv,
      batch: async (writes) => {
        if (isBroken) throw new SentinelError('STORE_UNAVAILABLE', 'the disk is gone')
        await kv.batch(writes)
      },
    })
    const [a, b] = [await entity('a'), await entity('b')]
    const id = await group('staff', [a])
    isBroken = true
    const merging = { fromIds: [a], toId: b, aliasIdsToKeep: [], isForced: false }
    for (const change of [
      entities.merge(merging),
      groups.change(id, { memberEntityIds: [] }),
      groups.create({ name: 'x' }),
      groups.remove(id),
      groups.createAlias({ name: 'x', mountAccessor: 'm' }),
    ])
      await expect(change).rejects.toThrow('the disk is gone')
    for (const each of [{ namesOf, groups }, await kit(kv)]) {
      expect([each.namesOf(a), each.namesOf(b), each.groups.all().length]).toEqual([['staff'], [], 1])
    }
  })

  test('every merge is one batch: a server that is killed has all of it or nothing', async () => {
    const kv = memoryKv()
    let batches = 0
    const { entity, group, entities, external, login } = await kit({
      ...kv,
      batch: async (writes) => {
        batches++
        await kv.batch(writes)
      },
    })
    const ids = [await entity('a'), await entity('b'), await entity('c')] as const
    for (const id of ids) await group(`of ${id}`, [id])
    await external('admins')
    const eve = await login('eve', ['admins'])
    batches = 0
    await entities.merge({
      fromIds: [...ids.slice(1), eve],
      toId: ids[0],
      aliasIdsToKeep: [],
      isForced: true,
    })
    expect(batches).toBe(1)
  })
})
