// Who stands behind tokens: entities, and the names that auth mounts know them by.

export type { AliasChange, Entities, EntitiesDeps, EntityChange } from './entities.ts'
export { openEntities } from './entities.ts'
export type { Alias, Entity, Found } from './entity.ts'
export type { Merging } from './merging.ts'
