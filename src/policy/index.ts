export type {
  AccessAnswer,
  AccessAnswers,
  AccessAsk,
  AccessFacts,
  AccessGrant,
  AccessRefusal,
  Override,
  Stores,
  Target,
} from './access-types.ts'
export { defaultPolicyText, responseWrappingPolicyText } from './acl/built-in.ts'
export type { Operation } from './acl/capability.ts'
export type { Acl } from './acl/compile.ts'
export { compileAcl } from './acl/compile.ts'
export { aclComplaint } from './acl/complaint.ts'
export type { ApiCaller, ApiRequestFacts, ApiRequestGrant, ApiRequestRefusal } from './acl/decide.ts'
export { decideApiRequest } from './acl/decide.ts'
export type { GrantingPolicy, MergedRule } from './acl/merge.ts'
export type { Parameter, Parameters } from './acl/parameters.ts'
export type { ParsedAcl } from './acl/parse.ts'
export { parseAcl } from './acl/parse.ts'
export type { ResultantAcl } from './acl/resultant.ts'
export type { AclPolicy } from './acl/rule.ts'
export { rootPolicy } from './acl/rule.ts'
export type { TemplateAlias, TemplateIdentity } from './acl/template.ts'
export type { AdministrationFacts, AdministrationGrant } from './administration.ts'
export { decideAdministration } from './administration.ts'
export type { ApprovalFacts, ApprovalGrant, ApproverAnswer, ApproversExplained } from './approval.ts'
export { decideApproval, explainApprovers } from './approval.ts'
export { decideAccess } from './decide-access.ts'
export type { Allow, Decision, Deny, Fact, Need } from './decision.ts'
export { isAllow } from './decision.ts'
export type { ClosingFacts, ClosingGrant, EventState, OpeningFacts, OpeningGrant } from './emergency.ts'
export { decideClosing, decideOpening, openingProblem } from './emergency.ts'
export type { FactorAnswer, FactorAsk, FactorsAsked } from './factors.ts'
export { factorsView } from './factors.ts'
export type {
  Budget,
  Governing,
  GoverningAnswers,
  GoverningAsk,
  Spending,
  Stopwatch,
} from './governing/evaluate.ts'
export { usualBudget } from './governing/evaluate.ts'
export type { GoverningReader } from './governing/lazily.ts'
export { governingReader } from './governing/lazily.ts'
export type { Governed, Why } from './governing/outcome.ts'
export { byPlace, PathIndex, pathsComplaint } from './governing/paths.ts'
export type { GoverningKind, GoverningPolicy, Level, WrittenPolicy } from './governing/policy.ts'
export { levels } from './governing/policy.ts'
export { errorText, nameText } from './governing/text.ts'
export {
  longestEmergencySeconds,
  longestRequestSeconds,
  longestWindowSeconds,
  shortestSeconds,
} from './limits.ts'
export type { Party } from './people.ts'
export { personKeys, samePerson } from './people.ts'
export type { Exceeded, Ledger, RateLimits } from './rate.ts'
export { exceeded, limitsFor, windowSeconds } from './rate.ts'
export type { ChangeRefusal } from './refusal.ts'
export type {
  CancelFacts,
  CancelGrant,
  Looked,
  RequestFacts,
  RequestGrant,
  RequestState,
  UseFacts,
  UseGrant,
} from './request.ts'
export { decideCancel, decideRequest, decideUse } from './request.ts'
export type { RevocationFacts, RevocationGrant, SessionFacts, SessionState } from './revocation.ts'
export { decideRevocation, decideSession } from './revocation.ts'
export type { Alternatives, Opening } from './rules/alternatives.ts'
export type {
  CompiledApprovalPolicy,
  CompiledBreakglassPolicy,
  CompiledPolicy,
  CompiledRateLimitPolicy,
  DocumentKind,
  Horizon,
  Mode,
  Overridable,
  ReasonCode,
  RuleEffect,
} from './rules/compiled.ts'
export { documentKinds, isStale, overridable, reasonCodes } from './rules/compiled.ts'
export type { AccessRequest, Verdict } from './rules/evaluate.ts'
export { evaluate } from './rules/evaluate.ts'
export {
  checkDocument,
  compileAccessPolicy,
  compileApprovalPolicy,
  compileBreakglassPolicy,
  compileRateLimitPolicy,
  policyJsonSchema,
} from './rules/lazily.ts'
export type { Compilation, CompiledAt } from './rules/load.ts'
