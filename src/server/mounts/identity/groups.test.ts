import { describe, expect, test } from 'vitest'
import { capabilityPaths } from '../sys/capabilities.ts'
import { identityKit as kit } from './kit.fake.ts'

describe('a group', () => {
  test('is made, read by id and name, changed and deleted', async () => {
    const { post, get, list, ask, alice, clock } = await kit()
    const inner = await post('group', { name: 'inner' })
    const made = await post('group', {
      name: 'Staff',
      metadata: { team: 'red' },
      policies: 'dev, Ops',
      member_entity_ids: [alice],
      member_group_ids: inner.id,
    })
    expect(made).toEqual({ id: made.id, name: 'Staff' })
    clock.advance(1_000)
    expect(await post('group', { id: made.id, policies: ['dev'] })).toEqual({})
    const read = await get(`group/id/${made.id}`)
    expect(read).toMatchObject({
      name: 'Staff',
      type: 'internal',
      metadata: { team: 'red' },
      policies: ['dev'],
      member_entity_ids: [alice],
      member_group_ids: [inner.id],
      parent_group_ids: null,
      alias: {},
      modify_index: 2,
    })
    expect(read.last_update_time).not.toBe(read.creation_time)
    expect(await get('group/name/STAFF')).toEqual(read)
    expect(await get('group/name/inner')).toMatchObject({ parent_group_ids: [made.id] })
    expect(await list('group/name')).toMatchObject({
      keys: ['Staff', 'inner'],
      key_info: { Staff: { num_member_entities: 1, num_parent_groups: 0 } },
    })
    expect((await list('group/id')).key_info).toMatchObject({ [String(inner.id)]: { num_parent_groups: 1 } })
    expect(await get(`entity/id/${alice}`)).toMatchObject({
      direct_group_ids: [made.id],
      inherited_group_ids: [],
      group_ids: [made.id],
    })
    await ask('delete', 'identity/group/name/staff')
    expect(await ask('read', `identity/group/id/${made.id}`)).toEqual({ status: 404 })
    expect(await ask('delete', `identity/group/id/${made.id}`)).toEqual({})
  })

  test('is made by name where there is none, and changed where there is one, in any case', async () => {
    const { post, get } = await kit()
    const { id } = await post('group/name/Staff')
    expect(await post('group/name/staff', { policies: ['dev'] })).toEqual({})
    expect(await post('group', { name: 'STAFF', metadata: { a: 'b' } })).toEqual({})
    expect(await get(`group/id/${id}`)).toMatchObject({ policies: ['dev'], metadata: { a: 'b' } })
  })

  for (const [name, data, message] of [
    ['gives nobody root', { policies: ['root'] }, 'policies cannot contain root'],
    ['gives nobody root in another case', { policies: ['dev', ' Root '] }, 'policies cannot contain root'],
    ['is internal or external', { type: 'cosmic' }, 'invalid group type "cosmic"'],
    ['is not there under an id that was made up', { id: 'x' }, 'invalid group ID'],
    ['has members that are known', { member_entity_ids: ['x'] }, 'invalid entity ID "x"'],
  ] as const)
    test(name, async () => {
      const { post } = await kit()
      await expect(post('group', data)).rejects.toThrow(message)
    })

  test('is listed nowhere when there is none', async () => {
    const { ask } = await kit()
    for (const at of ['group/id/', 'group/name/', 'group-alias/id/'])
      expect(await ask('list', `identity/${at}`)).toEqual({ status: 404 })
  })

  test('of which something is known is found, and none is a 204', async () => {
    const { post, accessor, ask } = await kit()
    const { id, canonical_id: groupId } = await post('group-alias', { name: 'adm', mount_accessor: accessor })
    await post('group', { id: groupId, name: 'Admins' })
    for (const known of [
      { id: groupId },
      { name: 'ADMINS' },
      { alias_id: id },
      { alias_name: 'adm', alias_mount_accessor: accessor },
    ])
      expect(await post('lookup/group', known)).toMatchObject({
        id: groupId,
        type: 'external',
        member_entity_ids: null,
        alias: { id, name: 'adm', mount_path: 'auth/door/', canonical_id: groupId },
      })
    expect(await ask('update', 'identity/lookup/group', { data: { name: 'nobody' } })).toEqual({})
    for (const wrong of [{}, { alias_name: 'adm' }, { id: groupId, name: 'admins' }])
      await expect(post('lookup/group', wrong)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  })
})

describe('the alias of a group', () => {
  test('is read, listed, changed and deleted', async () => {
    const { post, get, list, ask, accessor } = await kit()
    const { id, canonical_id } = await post('group-alias', { name: 'adm', mount_accessor: accessor })
    expect(await post('group-alias', { id, name: 'adm', mount_accessor: accessor })).toEqual({})
    expect(await post(`group-alias/id/${id}`, { name: 'ops' })).toEqual({ id, canonical_id })
    expect(await get(`group-alias/id/${id}`)).toMatchObject({ name: 'ops', canonical_id, mount_type: 'door' })
    expect(await list('group-alias/id')).toMatchObject({
      keys: [id],
      key_info: { [String(id)]: { canonical_id } },
    })
    await ask('delete', `identity/group-alias/id/${id}`)
    expect(await ask('read', `identity/group-alias/id/${id}`)).toEqual({ status: 404 })
  })

  for (const [name, data, message] of [
    ['needs a name', { mount_accessor: 'x' }, 'missing alias name'],
    ['needs a mount', { name: 'x' }, 'missing mount_accessor'],
    ['needs a mount that is one', { name: 'x', mount_accessor: 'x' }, 'invalid mount accessor "x"'],
    ['is known where it is changed', { id: 'x', name: 'x' }, 'invalid group alias ID'],
  ] as const)
    test(name, async () => {
      const { post } = await kit()
      await expect(post('group-alias', data)).rejects.toThrow(message)
    })
})

describe('what a group means for the tokens of its members', () => {
  const policyOf = (path: string) => `path "${path}" { capabilities = ["read", "update", "create"] }`

  test('policies count from the next request on, also through groups above, and no longer than it stands', async () => {
    const { policies, login, ask, post } = await kit()
    await policies.write('low', policyOf('secret/low'))
    await policies.write('high', policyOf('secret/high'))
    const { token, entityId } = await login('bob')
    const read = (at: string) => ask('read', `secret/${at}`, { token })
    const { id } = await post('group', { name: 'inner', policies: ['low'], member_entity_ids: [entityId] })
    expect(await read('low')).toEqual({ status: 404 })
    await expect(read('high')).rejects.toThrow('permission denied')
    const outer = await post('group', { name: 'outer', policies: ['high'], member_group_ids: [id] })
    expect(await read('high')).toEqual({ status: 404 })
    const lookup = await ask('read', 'auth/token/lookup-self', { token })
    expect(lookup.data).toMatchObject({ policies: ['default'], identity_policies: ['high', 'low'] })
    await post('group', { id: outer.id, member_group_ids: [] })
    await expect(read('high')).rejects.toThrow('permission denied')
    await ask('delete', `identity/group/id/${id}`)
    await expect(read('low')).rejects.toThrow('permission denied')
  })

  test('a login says what its groups give, and the next one takes away what the mount no longer says', async () => {
    const { policies, login, ask, post, accessor } = await kit()
    await policies.write('adm', policyOf('secret/adm'))
    const { canonical_id: id } = await post('group-alias', { name: 'admins', mount_accessor: accessor })
    await post('group', { id, policies: ['adm'] })
    const { token, auth } = await login('bob', ['admins'])
    expect(auth).toMatchObject({ identityPolicies: ['adm'], policies: ['adm', 'default'] })
    expect(await ask('read', 'secret/adm', { token })).toEqual({ status: 404 })
    await login('bob', [])
    await expect(ask('read', 'secret/adm', { token })).rejects.toThrow('permission denied')
  })

  test('capabilities are those of its policies too', async () => {
    const road = await kit()
    const { policies, login, post } = road
    await policies.write('low', policyOf('secret/low'))
    const { token, entityId } = await login('bob')
    const [self] = capabilityPaths(road).filter(({ pattern }) => pattern === 'capabilities')
    const told = async () => {
      const fields = { paths: ['secret/low'], token: token.reveal() }
      const answer = await self?.operations.write?.({ clock: road.clock } as never, { fields } as never)
      return answer?.data
    }
    expect(await told()).toMatchObject({ 'secret/low': ['deny'] })
    await post('group', { name: 'inner', policies: ['low'], member_entity_ids: [entityId] })
    expect(await told()).toMatchObject({ 'secret/low': ['create', 'read', 'update'] })
  })

  test('policies are filled in from the groups that somebody is in, and from no other', async () => {
    const { policies, login, ask, post } = await kit()
    await policies.write('default', policyOf('secret/{{identity.groups.names.Staff.metadata.team}}'))
    const { token, entityId } = await login('bob')
    const read = (at: string) => ask('read', `secret/${at}`, { token })
    const { id } = await post('group', { name: 'Staff', metadata: { team: 'red' } })
    await expect(read('red')).rejects.toThrow('permission denied')
    await post('group', { id, member_entity_ids: [entityId] })
    expect(await read('red')).toEqual({ status: 404 })
    await post('group', { id, metadata: { team: 'blue' } })
    await expect(read('red')).rejects.toThrow('permission denied')
    expect(await read('blue')).toEqual({ status: 404 })
    await post('group', { id, member_entity_ids: [] })
    await expect(read('blue')).rejects.toThrow('permission denied')
  })

  for (const value of ['*', '+', 'a/b', '', '\u0000'])
    test(`a name or text of a group such as ${JSON.stringify(value)} widens no policy`, async () => {
      const { policies, login, ask, post } = await kit()
      const { token, entityId } = await login('bob')
      const { id } = await post('group', { name: value === '' ? 'x' : value, member_entity_ids: [entityId] })
      await post('group', { id, metadata: { team: value } })
      await policies.write(
        'default',
        policyOf(`secret/{{identity.groups.ids.${id}.name}}/x`) +
          policyOf(`secret/{{identity.groups.ids.${id}.metadata.team}}`),
      )
      for (const at of ['other', 'a/b', '*', '+', 'other/x', 'a/b/x'])
        await expect(ask('read', `secret/${at}`, { token })).rejects.toThrow('permission denied')
    })

  test('a group is no other one in another case: neither takes its place, nor is meant by its name', async () => {
    const { policies, login, ask, post } = await kit()
    await policies.write('default', policyOf('secret/{{identity.groups.names.Admins.id}}'))
    const { token, entityId } = await login('eve')
    const { id } = await post('group', { name: 'Admins' })
    const other = await post('group', { name: 'others', member_entity_ids: [entityId] })
    // Whoever may change one group cannot give it the name of another.
    for (const name of ['admins', 'ADMINS', 'Admins'])
      await expect(post('group', { id: other.id, name })).rejects.toThrow('already in use')
    for (const at of [id, other.id])
      await expect(ask('read', `secret/${at}`, { token })).rejects.toThrow('permission denied')
  })

  test('an ACL that names a group holds for every spelling of its name', async () => {
    const { policies, made, ask, post } = await kit()
    await post('group', { name: 'Admins' })
    await policies.write(
      'edit',
      `path "identity/group/name/*" { capabilities = ["read", "update"] }
       path "identity/group/name/admins" { capabilities = ["deny"] }`,
    )
    const { token } = await made({ policies: ['edit'] })
    for (const name of ['admins', 'Admins', 'ADMINS'])
      await expect(ask('update', `identity/group/name/${name}`, { token })).rejects.toThrow(
        'permission denied',
      )
    await ask('update', 'identity/group/name/others', { token })
  })

  test('a mount says only of its own groups who is in them', async () => {
    const { login, post, table, groups } = await kit()
    const approle = [...table.router().mounts.values()].find(({ type }) => type.type === 'token')
    const accessor = approle?.context.mount.accessor ?? ''
    await post('group-alias', { name: 'admins', mount_accessor: accessor })
    const { entityId } = await login('eve', ['admins'])
    expect(groups.identityOf(entityId)?.groups).toEqual([])
  })

  test('merging somebody into oneself needs the right to merge, and their password is not enough for it', async () => {
    const { login, ask, alice, groups, post, policies } = await kit()
    await policies.write('adm', policyOf('secret/adm'))
    await post('group', { name: 'admins', policies: ['adm'], member_entity_ids: [alice] })
    const { token, entityId } = await login('eve')
    const merging = { from_entity_ids: [alice], to_entity_id: entityId, force: true }
    await expect(ask('update', 'identity/entity/merge', { token, data: merging })).rejects.toThrow('denied')
    // Nor does another alias of hers, or an entity that is told to have her id.
    for (const [at, data] of [
      ['entity', { id: alice, name: 'eve' }],
      ['entity-alias', { name: 'x', canonical_id: alice }],
      ['group', { name: 'mine', member_entity_ids: [entityId], policies: ['adm'] }],
    ] as const)
      await expect(ask('update', `identity/${at}`, { token, data })).rejects.toThrow('denied')
    expect(groups.identityOf(entityId)?.groups).toEqual([])
    // Whoever may, gets all of it at once, and the tokens of both are those of one.
    await post('entity/merge', merging)
    expect(await ask('read', 'secret/adm', { token })).toEqual({ status: 404 })
    expect(groups.identityOf(alice)?.entity.id).toBe(entityId)
  })
})
