export type { AdministrationFacts, AdministrationGrant } from './administration.ts'
export { decideAdministration } from './administration.ts'
export type { Allow, Decision, Deny, Fact } from './decision.ts'
export { isAllow } from './decision.ts'
