import { fakeClock } from '../base/clock.fake.ts'
import { systemRandom } from '../base/index.ts'
import { type Kv, memoryKv } from '../store/index.ts'
import { openEntities, openGroups } from './index.ts'

/** Entities and groups over a storage. */
export async function entityKit(kv: Kv = memoryKv()) {
  const deps = { kv, clock: fakeClock('2026-03-01T00:00:00Z'), random: systemRandom }
  const entities = await openEntities(deps)
  const groups = await openGroups({ ...deps, entities })
  const entity = async (name: string) => (await entities.create({ name })).id
  const group = async (name: string, members: readonly string[] = [], memberGroups: readonly string[] = []) =>
    (await groups.create({ name, memberEntityIds: members, memberGroupIds: memberGroups })).id
  /** An external group of a mount. */
  const external = async (name: string, mountAccessor = 'ldap_1') => {
    const { id: groupId } = await groups.create({ name, type: 'external' })
    await groups.createAlias({ name, mountAccessor, groupId })
    return groupId
  }
  const login = async (name: string, said: readonly string[], mountAccessor = 'ldap_1') =>
    (await entities.admit({ name, mountAccessor, metadata: new Map(), groups: said })).id
  const namesOf = (id: string) => groups.identityOf(id)?.groups.map(({ name }) => name)
  return { kv, clock: deps.clock, entities, groups, entity, group, external, login, namesOf }
}
