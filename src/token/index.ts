// Tokens of the server: who holds which, how long they count, and what was lent to them.

export { isOver, type TokenEntry } from './entry.ts'
export type { Limits } from './lifetime.ts'
export { lifetimeOf, requireSeconds, systemLimits } from './lifetime.ts'
export { isInNetworks, readNetworks } from './networks.ts'
export type { Planned, TokenPlan, TokenRequest } from './plan.ts'
export { planToken } from './plan.ts'
export { policyNames, withDefault } from './policy-names.ts'
export type { Role, Roles, TokenType } from './roles.ts'
export { plainRole } from './roles.ts'
export type { Issued, Renewal, Renewed, Tokens, TokensDeps } from './tokens.ts'
export { openTokens } from './tokens.ts'
