// Whether a request to the server may be carried out: who asks, and what the ACL policies of the holder say. Pure: equal
// facts give equal decisions. What could not be looked up denies (decision 7).
//
// Root passes at once. Everybody else goes through one step after the other, and the first that refuses ends it: the ACL,
// which grants, then the governing policies of roles and of endpoints, which only restrict (policy/governing/).

import { SentinelError } from '../../base/index.ts'
import { type Allow, allow, type Deny, type Fact, type Need } from '../decision.ts'
import { factorAnswer, factorAsk, factorsTold } from '../factors.ts'
import { governedBy } from '../governing/decide.ts'
import type { Governing, GoverningAnswers, GoverningAsk } from '../governing/evaluate.ts'
import type { Governed } from '../governing/outcome.ts'
import { severalText } from '../several.ts'
import { neededBit, type Operation, sudoBit } from './capability.ts'
import type { Acl } from './compile.ts'
import type { GrantingPolicy, MergedRule } from './merge.ts'
import { type Parameters, parameterFault, type Reading } from './parameters.ts'

/** All that is needed to decide about a request to the server. */
export type ApiRequestFacts = {
  readonly nowMs: number
  /** Without a leading slash; that of a list ends in one. */
  readonly path: string
  /** Behind so many segments the path means the same in every case; undefined: nowhere. */
  readonly anyCaseBehind: number | undefined
  /** Whether a write creates or updates is found out beforehand. */
  readonly operation: Fact<Operation>
  /** As sent. */
  readonly data: Parameters
  /** What the handler makes of it. */
  readonly read: Reading
  /** undefined: the response is not to be wrapped. */
  readonly wrapSeconds: number | undefined
  readonly mountAccessor: string
  /** The path may be used without a token, such as a login. */
  readonly isUnauthenticated: boolean
  /** The path needs `sudo` besides the capability. */
  readonly isRootProtected: boolean
  readonly caller: Fact<ApiCaller>
  /** What governs the request; undefined where nothing does. */
  readonly governing: Governing | undefined
}

/** Who asks. */
export type ApiCaller =
  /** No token, or one that is unknown or has ended; `because` says which, for the record. */
  | { readonly kind: 'nobody'; readonly because: string }
  | {
      readonly kind: 'holder'
      /** Merged of the token's policies and its identity's. */
      readonly acl: Acl
      readonly isEntityDisabled: boolean
      /** The address is one that the token is bound to, or it is bound to none. */
      readonly isAddressAllowed: boolean
    }

/** Leave to carry out one request. */
export type ApiRequestGrant = {
  readonly path: string
  readonly operation: Operation
  readonly mountAccessor: string
  /** For the audit log; empty where no token was needed, and for help. */
  readonly grantingPolicies: readonly GrantingPolicy[]
  /** What each governing policy said, in the order of their evaluation. */
  readonly governed: readonly Governed[]
}

/** Why a request was refused. Callers are told `error` only; the rest is for the record. */
export type ApiRequestRefusal = {
  /** `unavailable`: a fact could not be looked up. The others name the step that refused. */
  readonly kind: 'unavailable' | 'token' | 'address' | 'entity' | AclFault | 'rgp' | 'egp'
  readonly error: SentinelError
  /** What the governing policies said, where they were asked. */
  readonly governed?: readonly Governed[]
  /** The pattern that decided; undefined where none matched, or none was asked. */
  readonly pattern?: string
}

type AclFault = 'acl' | 'sudo' | 'wrapping' | 'parameters' | 'mfa' | 'control-group'

/** Decides about a request to the server. */
export function decideApiRequest(
  facts: ApiRequestFacts,
  answers: GoverningAnswers,
): Allow<ApiRequestGrant> | Deny<ApiRequestRefusal> | Need<GoverningAsk> {
  if ('unavailable' in facts.caller) return unknown(facts.caller.unavailable)
  if ('unavailable' in facts.operation) return unknown(facts.operation.unavailable)
  const [caller, operation] = [facts.caller.known, facts.operation.known]
  const granted = grantedBy(facts, operation, caller, answers)
  if ('kind' in granted) return granted
  const { path, mountAccessor, governing } = facts
  const { grantingPolicies, because } = granted
  const allowed = (governed: readonly Governed[]) => {
    const grant = { path, operation, mountAccessor, grantingPolicies, governed }
    return allow(Object.freeze(grant), because)
  }
  if (governing === undefined || isRoot(caller)) return allowed(ungoverned)
  const outcome = governedBy(governing, facts, answers)
  if (outcome.kind === 'need') return outcome
  if (outcome.kind === 'passed') return allowed(outcome.governed)
  const { step, error, governed } = outcome
  return { kind: 'deny', because: outcome.because, why: { kind: step, error, governed } }
}

/** Root is above every policy, also where no token is needed. */
const isRoot = (caller: ApiCaller) => caller.kind === 'holder' && caller.acl.isRoot

const ungoverned: readonly Governed[] = Object.freeze([])

/** What the ACL grants. Empty where it was not asked. */
type Granted = { readonly grantingPolicies: readonly GrantingPolicy[]; readonly because: string }

function grantedBy(
  facts: ApiRequestFacts,
  operation: Operation,
  caller: ApiCaller,
  answers: GoverningAnswers,
): Granted | Deny<ApiRequestRefusal> | Need<GoverningAsk> {
  if (caller.kind === 'nobody') {
    if (facts.isUnauthenticated) return unasked('the path needs no token')
    return refused('token', caller.because, 'permission denied')
  }
  if (caller.isEntityDisabled) return refused('entity', 'the entity is disabled', 'permission denied')
  if (facts.isUnauthenticated) return unasked('the path needs no token')
  if (!caller.isAddressAllowed)
    return refused('address', 'the token is bound to other addresses', 'permission denied')
  return grantedByAcl(facts, operation, caller.acl, answers)
}

const unasked = (because: string): Granted => ({ grantingPolicies: nobody, because })

const nobody: readonly GrantingPolicy[] = Object.freeze([])

function grantedByAcl(
  facts: ApiRequestFacts,
  operation: Operation,
  acl: Acl,
  answers: GoverningAnswers,
): Granted | Deny<ApiRequestRefusal> | Need<GoverningAsk> {
  if (acl.validUntilMs <= facts.nowMs)
    return unknown(
      new SentinelError('INTERNAL', 'the policies of the token were compiled for an earlier moment'),
    )
  if (acl.isRoot) return { grantingPolicies: rootGrants, because: 'policy root' }
  if (operation === 'help') return unasked('help is for every holder of a token')
  const rule = acl.match(facts.path, operation, facts.anyCaseBehind)
  const fault = faultOf(rule, facts, operation)
  if (rule === undefined || fault !== undefined) return refusedByAcl(rule, fault)
  const unconfirmed = unconfirmedBy(rule, answers)
  if (unconfirmed !== undefined) return unconfirmed
  const grantingPolicies = rule.granting.get(neededBit(operation)) ?? []
  return { grantingPolicies, because: `path \`${rule.pattern}\`` }
}

const rootGrants: readonly GrantingPolicy[] = Object.freeze([Object.freeze({ name: 'root', namespace: '' })])

type Fault = { readonly kind: AclFault; readonly because: string }

/** The first step that refuses. Parameters come last, as in Vault. */
function faultOf(
  rule: MergedRule | undefined,
  facts: ApiRequestFacts,
  operation: Operation,
): Fault | undefined {
  if (rule === undefined) return { kind: 'acl', because: 'no path of the policies matches' }
  const { capabilities } = rule
  if ((capabilities & neededBit(operation)) === 0)
    return { kind: 'acl', because: `\`${operation}\` is not granted` }
  if (facts.isRootProtected && (capabilities & sudoBit) === 0)
    return { kind: 'sudo', because: '`sudo` is needed and not granted' }
  return (
    wrappingFault(rule, facts.wrapSeconds) ??
    parametersFault(rule, facts, operation) ??
    agreementFault(rule, operation)
  )
}

function wrappingFault({ conditions }: MergedRule, wrapSeconds: number | undefined): Fault | undefined {
  const { minWrapSeconds: min, maxWrapSeconds: max } = conditions
  if (min === 0 && max === 0) return undefined
  const fault = (because: string): Fault => ({ kind: 'wrapping', because })
  if (wrapSeconds === undefined || wrapSeconds === 0) return fault('the response must be wrapped')
  if (wrapSeconds < min) return fault(`the response must be wrapped for at least ${min} s`)
  if (max !== 0 && wrapSeconds > max) return fault(`the response must be wrapped for at most ${max} s`)
  // Policies that were merged can say so.
  return max !== 0 && max < min ? fault('no time of wrapping is long and short enough') : undefined
}

const withParameters: readonly Operation[] = ['create', 'read', 'update', 'patch']

function parametersFault(
  { conditions }: MergedRule,
  { data, read }: ApiRequestFacts,
  operation: Operation,
): Fault | undefined {
  if (!withParameters.includes(operation)) return undefined
  const because = parameterFault(conditions, data, read)
  return because === undefined ? undefined : { kind: 'parameters', because }
}

/** Whoever must agree is not asked yet, so they have not agreed. */
function agreementFault({ conditions }: MergedRule, operation: Operation): Fault | undefined {
  const needed = neededBit(operation)
  const applies = conditions.controlGroups
    .flatMap(({ factors }) => factors)
    .some(({ controlled }) => controlled === 0 || (controlled & needed) !== 0)
  return applies ? { kind: 'control-group', because: 'others have not agreed' } : undefined
}

/** All methods must confirm, one after the other; behind one that does not nobody is asked. */
function unconfirmedBy(
  rule: MergedRule,
  answers: GoverningAnswers,
): Deny<ApiRequestRefusal> | Need<GoverningAsk> | undefined {
  for (const method of rule.conditions.mfaMethods) {
    const answer = factorAnswer(answers, method)
    if (answer === undefined) return { kind: 'need', ask: factorAsk(method) }
    if ('unavailable' in answer) return unknown(answer.unavailable)
    if (answer.known.valid) continue
    const because = `MFA method \`${method}\` did not confirm it: ${answer.known.because}`
    return refused('mfa', because, severalText([...factorsTold(answers), 'permission denied']), rule.pattern)
  }
  return undefined
}

function refusedByAcl(rule: MergedRule | undefined, fault: Fault | undefined): Deny<ApiRequestRefusal> {
  const { kind, because } = fault ?? { kind: 'acl', because: 'no path of the policies matches' }
  return refused(kind, because, denied, rule?.pattern)
}

/** What clients look for. */
const denied = severalText(['permission denied'])

function refused(
  kind: ApiRequestRefusal['kind'],
  because: string,
  message: string,
  pattern?: string,
): Deny<ApiRequestRefusal> {
  const error = new SentinelError('POLICY_DENIED', message)
  return { kind: 'deny', because, why: { kind, error, ...(pattern !== undefined && { pattern }) } }
}

function unknown(error: SentinelError): Deny<ApiRequestRefusal> {
  return { kind: 'deny', because: error.message, why: { kind: 'unavailable', error } }
}
