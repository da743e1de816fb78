export type { PlannedParameter } from './bootstrap.ts'
export { policyAccessDocuments, policyParameterName, starterPolicy } from './bootstrap.ts'
export type { PolicyDocument, TrustPattern, TrustRequest } from './trust-policy.ts'
export { trustPolicy } from './trust-policy.ts'
