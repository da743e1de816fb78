// Who stands behind tokens: entities, the names that auth mounts know them by, and the groups that they belong to.

export type { Identity } from './belonging.ts'
export type { AliasChange, Entities, EntitiesDeps, EntityChange, Said } from './entities.ts'
export { openEntities } from './entities.ts'
export type { Alias, Entity, Found } from './entity.ts'
export type { FoundGroup, Group, GroupAlias } from './group.ts'
export type { GroupAliasChange, GroupChange, Groups, GroupsDeps } from './groups.ts'
export { openGroups } from './groups.ts'
export type { Merging } from './merging.ts'
export type { KeySettings } from './oidc/key.ts'
export type { IdentityToken, Oidc, OidcDeps, RoleSettings } from './oidc/oidc.ts'
export { openOidc } from './oidc/oidc.ts'
export { type Algorithm, algorithms } from './oidc/signing.ts'
