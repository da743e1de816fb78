export type { Principal, PrincipalKind, Whoami } from './principal.ts'
export { principalOf, whoamiOf } from './principal.ts'
export type { SourceIdentity } from './source-identity.ts'
export {
  encodeSourceIdentity,
  parseSourceIdentity,
  sameUser,
  sourceIdentityPattern,
} from './source-identity.ts'
