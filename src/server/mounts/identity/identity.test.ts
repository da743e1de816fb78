import { describe, expect, test } from 'vitest'
import { identityKit as kit } from './kit.fake.ts'

describe('an entity', () => {
  test('is made, read by id and name, changed and deleted', async () => {
    const { post, get, list, ask, clock } = await kit()
    const made = await post('entity', { name: 'Ada', metadata: { team: 'red' }, policies: 'dev, Ops' })
    expect(made).toMatchObject({ name: 'Ada', aliases: null })
    clock.advance(1_000)
    expect(await post('entity', { id: made.id, disabled: true })).toEqual({})
    const read = await get(`entity/id/${made.id}`)
    expect(read).toMatchObject({
      name: 'Ada',
      metadata: { team: 'red' },
      policies: ['dev', 'ops'],
      disabled: true,
      aliases: [],
      group_ids: [],
      merged_entity_ids: null,
    })
    expect(read.last_update_time).not.toBe(read.creation_time)
    expect(await get('entity/name/ada')).toEqual(read)
    expect(await list('entity/name')).toMatchObject({ keys: ['Ada', 'alice'] })
    expect((await list('entity/id')).key_info).toMatchObject({ [String(made.id)]: { name: 'Ada' } })
    await ask('delete', 'identity/entity/name/ada')
    expect(await ask('read', `identity/entity/id/${made.id}`)).toEqual({ status: 404 })
    expect(await ask('delete', `identity/entity/id/${made.id}`)).toEqual({})
  })

  test('is made by name where there is none, and changed where there is one', async () => {
    const { post, get } = await kit()
    const { id } = await post('entity/name/ada')
    expect(await post('entity/name/ada', { policies: ['dev'] })).toEqual({})
    expect(await post('entity', { name: 'ADA', metadata: { a: 'b' } })).toEqual({})
    expect(await get(`entity/id/${id}`)).toMatchObject({ policies: ['dev'], metadata: { a: 'b' } })
  })

  for (const [name, data, message] of [
    ['gives nobody root', { policies: ['root'] }, 'policies cannot contain root'],
    ['gives nobody root in another case', { policies: ['dev', ' Root '] }, 'policies cannot contain root'],
    ['is not there under an id that was made up', { id: 'x' }, 'entity not found from id'],
  ] as const)
    test(name, async () => {
      const { post } = await kit()
      await expect(post('entity', data)).rejects.toThrow(message)
    })

  test('is listed nowhere when there is none', async () => {
    const { ask, alice } = await kit()
    await ask('update', 'identity/entity/batch-delete', { data: { entity_ids: [alice] } })
    for (const at of ['entity/id/', 'entity/name/', 'entity-alias/id/'])
      expect(await ask('list', `identity/${at}`)).toEqual({ status: 404 })
  })
})

describe('an alias', () => {
  test('says at which mount somebody is known, and by what name', async () => {
    const { post, get, list, accessor, login } = await kit()
    const { id: entityId } = await post('entity', { name: 'Ada' })
    const alias = { name: 'ada', mount_accessor: accessor, canonical_id: entityId }
    const { id, canonical_id } = await post('entity-alias', { ...alias, custom_metadata: { a: 'b' } })
    expect(canonical_id).toBe(entityId)
    expect(await post('entity-alias', alias)).toEqual({})
    expect((await login('ada')).entityId).toBe(entityId)
    expect(await get(`entity-alias/id/${id}`)).toMatchObject({
      canonical_id: entityId,
      mount_type: 'door',
      mount_path: 'auth/door/',
      metadata: { team: 'red' },
      custom_metadata: { a: 'b' },
    })
    expect((await list('entity-alias/id')).key_info).toMatchObject({
      [String(id)]: { local: false },
    })
    expect((await list('entity-alias/id')).keys).toContain(id)
  })

  test('is refused for a mount that is none, and with half of what it needs', async () => {
    const { post, accessor } = await kit()
    await expect(post('entity-alias', { name: 'a', mount_accessor: 'x' })).rejects.toThrow(
      'invalid mount accessor "x"',
    )
    await expect(post('entity-alias', { name: 'a' })).rejects.toThrow('must be provided')
    const unknown = { name: 'a', mount_accessor: accessor, canonical_id: 'x' }
    await expect(post('entity-alias', unknown)).rejects.toThrow('invalid canonical ID')
  })
})

test('whoever is known somehow is found, and nobody is a 204', async () => {
  const { post, accessor, alice, entities, ask } = await kit()
  const aliasId = entities.byAlias({ name: 'alice', mountAccessor: accessor })?.alias.id
  for (const known of [
    { id: alice },
    { name: 'Alice' },
    { alias_id: aliasId },
    { alias_name: 'alice', alias_mount_accessor: accessor },
  ])
    expect(await post('lookup/entity', known)).toMatchObject({ id: alice })
  expect(await ask('update', 'identity/lookup/entity', { data: { name: 'nobody' } })).toEqual({})
  for (const wrong of [{}, { alias_name: 'alice' }, { id: alice, name: 'alice' }])
    await expect(post('lookup/entity', wrong)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
})

describe('what an entity means for its tokens', () => {
  const policyOf = (path: string) => `path "${path}" { capabilities = ["read", "update", "create"] }`

  test('policies are filled in from it, and a change counts in the next request', async () => {
    const { policies, login, ask, post, accessor } = await kit()
    await policies.write('default', policyOf('secret/{{identity.entity.metadata.team}}/x'))
    await policies.write('own', policyOf(`secret/{{identity.entity.aliases.${accessor}.metadata.team}}/y`))
    const { token, entityId } = await login('bob')
    const read = (at: string) => ask('read', `secret/${at}`, { token })
    await expect(read('blue/x')).rejects.toThrow('permission denied')
    await post('entity', { id: entityId, metadata: { team: 'blue' } })
    expect(await read('blue/x')).toEqual({ status: 404 })
    await expect(read('red/y')).rejects.toThrow('permission denied')
    await post('entity', { id: entityId, policies: ['own'] })
    expect(await read('red/y')).toEqual({ status: 404 })
    await post('entity', { id: entityId, metadata: { team: 'green' }, policies: [] })
    for (const at of ['blue/x', 'red/y']) await expect(read(at)).rejects.toThrow('permission denied')
  })

  test('two who hold the same policy reach each their own', async () => {
    const { policies, login, ask } = await kit()
    await policies.write('default', policyOf('secret/{{identity.entity.id}}'))
    const [a, b] = [await login('a'), await login('b')]
    for (const [me, other] of [
      [a, b],
      [b, a],
    ] as const) {
      expect(await ask('read', `secret/${me.entityId}`, { token: me.token })).toEqual({ status: 404 })
      await expect(ask('read', `secret/${other.entityId}`, { token: me.token })).rejects.toThrow('denied')
    }
  })

  for (const value of ['*', '+', 'a/b', '']) {
    test(`a name or text such as \`${value}\` widens no policy`, async () => {
      const { policies, login, ask, post } = await kit()
      await policies.write('default', policyOf('secret/{{identity.entity.metadata.team}}'))
      const { token, entityId } = await login('bob')
      await post('entity', { id: entityId, metadata: { team: value } })
      for (const at of ['other', 'a/b', '*', '+'])
        await expect(ask('read', `secret/${at}`, { token })).rejects.toThrow('permission denied')
    })
  }

  test('a disabled one, and one that is gone, is refused everything, at once', async () => {
    const { login, ask, post } = await kit()
    const { token, entityId } = await login('bob')
    const lookup = () => ask('read', 'auth/token/lookup-self', { token })
    expect((await lookup()).data).toMatchObject({ entity_id: entityId })
    await post('entity', { id: entityId, disabled: true })
    await expect(lookup()).rejects.toThrow('permission denied')
    await post('entity', { id: entityId, disabled: false })
    await lookup()
    await ask('delete', `identity/entity/id/${entityId}`)
    await expect(lookup()).rejects.toThrow('permission denied')
  })

  test('tokens of an entity that was merged are those of the other', async () => {
    const { login, ask, post, policies, alice } = await kit()
    await policies.write('team', policyOf('secret/team'))
    const { token, entityId } = await login('bob')
    await expect(ask('read', 'secret/team', { token })).rejects.toThrow('permission denied')
    await post('entity/merge', { from_entity_ids: [entityId], to_entity_id: alice, force: true })
    expect(await ask('read', 'secret/team', { token })).toEqual({ status: 404 })
  })
})
