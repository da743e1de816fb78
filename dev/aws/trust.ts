// Evaluates IAM policy documents: trust policies of roles, identity policies of callers, session policies.
// It knows the part of the language that concerns Sentinel. What it does not know never allows anything:
// an unknown operator, key or variable makes an Allow statement not match and a Deny statement match, and is
// reported. A document that AWS would not have taken denies.
// Sources, all IAM User Guide: "Policy evaluation logic" (reference_policies_evaluation-logic), "AWS JSON
// policy elements: Principal" (reference_policies_elements_principal), "Condition operators"
// (reference_policies_elements_condition_operators), "AWS global condition context keys"
// (reference_policies_condition-keys), "IAM and AWS STS condition context keys"
// (reference_policies_iam-condition-keys).

import { globMatches } from '../../src/base/index.ts'
import { policyProblem } from './policy-document.ts'
import type { OneOrMany, PolicyDocument, Statement } from './policy-types.ts'
import {
  type Filled,
  fill,
  hasVariables,
  isMisplaced,
  patternMatches,
  unfilled,
  variablesIn,
} from './policy-variables.ts'
import type { Principal } from './world-types.ts'

/** One question to a policy. Context keys are in lower case; a key that is absent is not in the map. */
export type Question = {
  readonly action: string
  readonly resource: string
  /** Who asks, for trust policies; identity policies have no principal. */
  readonly principal?: Principal
  readonly context: ReadonlyMap<string, string>
}

/**
 * Whom a statement names: nobody in particular (an account, everybody), the user or role, or this very session of it.
 * "Session policies" (access_policies): what a session is named for, its session policy does not limit.
 */
export type Named = 'nobody' | 'identity' | 'session'

export type Verdict = {
  readonly effect: 'allow' | 'deny' | 'none'
  /** Whom the statements that allowed it name, most exactly. */
  readonly named: Named
}

const knownKeys = new Set([
  'aws:multifactorauthpresent',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principaltype',
  'aws:sourceidentity',
  'aws:userid',
  'aws:username',
  'sts:externalid',
  'sts:rolesessionname',
  'sts:sourceidentity',
])

/**
 * What a document says to a question. An explicit Deny wins over every Allow.
 *
 * @param report is called with one sentence for each thing that is not understood
 */
export function evaluatePolicy(
  document: PolicyDocument,
  question: Question,
  report: (problem: string) => void,
): Verdict {
  const { principal, action } = question
  const kind = principal === undefined ? 'identity' : action.startsWith('sts:') ? 'trust' : 'resource'
  const problem = policyProblem(kind, document)
  if (problem !== undefined) {
    report(`a ${kind} policy is malformed: ${problem}`)
    return { effect: 'deny', named: 'nobody' }
  }
  let effect: Verdict['effect'] = 'none'
  const allowed = new Set<Named>()
  const asked = { ...question, variables: hasVariables(document) }
  for (const statement of many(document.Statement)) {
    const match = matchStatement(statement, asked, report)
    if (match === 'no') continue
    if (statement.Effect !== 'Allow') return { effect: 'deny', named: 'nobody' }
    effect = 'allow'
    allowed.add(match)
  }
  return { effect, named: mostExactly.find((named) => allowed.has(named)) ?? 'nobody' }
}

const mostExactly: readonly Named[] = ['session', 'identity']

type Match = 'no' | Named

/** A question to a document of a certain version. */
type Asked = Question & { readonly variables: boolean }

function matchStatement(statement: Statement, question: Asked, report: (problem: string) => void): Match {
  const who = matchPrincipal(statement, question.principal)
  if (who === 'no' || !matchAction(statement, question.action)) return 'no'
  const resource = matchResource(statement, question)
  if (resource === false) return 'no'
  const { holds, unknown } = matchConditions(statement, question)
  if (resource === 'unknown') unknown.push('a variable in its resources')
  const name = statement.Sid ?? statement.Effect
  for (const what of unknown) report(`statement \`${name}\`: ${what} is not known here`)
  if (!holds) return 'no'
  if (unknown.length > 0) return statement.Effect === 'Allow' ? 'no' : 'nobody'
  return who
}

/** Whether every condition that is understood holds, and what is not understood. */
function matchConditions(
  statement: Statement,
  question: Asked,
): { readonly holds: boolean; readonly unknown: string[] } {
  const unknown: string[] = []
  let holds = true
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: many(values) })),
  )
  for (const { operator, key, values } of conditions) {
    const answer = matchCondition(operator, key, values, question)
    if (answer === 'unknown') unknown.push(`the condition \`${operator}\` on \`${key}\``)
    else holds &&= answer
  }
  return { holds, unknown }
}

function matchPrincipal(statement: Statement, principal: Principal | undefined): Match {
  // Identity policies have no principal, and every trust policy has one.
  if (principal === undefined) return 'nobody'
  if (statement.Principal === '*') return 'nobody'
  const names = many(statement.Principal?.AWS ?? [])
  if (names.includes(principal.arn)) return principal.arn.startsWith('arn:aws:sts:') ? 'session' : 'identity'
  if (principal.role !== undefined && names.includes(principal.role.arn)) return 'identity'
  return names.some((name) => name === '*' || accountOf(name) === principal.account) ? 'nobody' : 'no'
}

/** An account is written as its 12 digits or as its root; both mean everybody in it. */
function accountOf(name: string): string | undefined {
  return /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1]
}

function matchAction(statement: Statement, action: string): boolean {
  const among = (patterns: OneOrMany<string>) =>
    many(patterns).some((pattern) => globMatches(pattern.toLowerCase(), action.toLowerCase()))
  if (statement.Action !== undefined) return among(statement.Action)
  return statement.NotAction !== undefined && !among(statement.NotAction)
}

function matchResource(statement: Statement, question: Asked): boolean | 'unknown' {
  const named = many(statement.Resource ?? statement.NotResource ?? [])
  if (question.variables && named.some((name) => hasUnknownVariable(name) || isMisplaced(name)))
    return 'unknown'
  const among = (patterns: OneOrMany<string>) =>
    many(patterns).some((name) => {
      const filled = filledIn(name, question)
      return filled !== undefined && patternMatches(filled.pattern, question.resource)
    })
  if (statement.Resource !== undefined) return among(statement.Resource)
  if (statement.NotResource !== undefined) return !among(statement.NotResource)
  // A trust policy has no Resource: the role that it hangs on is meant.
  return question.principal !== undefined
}

function matchCondition(
  operator: string,
  key: string,
  values: readonly (string | boolean | number)[],
  question: Asked,
): boolean | 'unknown' {
  const name = key.toLowerCase()
  if (!knownKeys.has(name)) return 'unknown'
  const actual = question.context.get(name)
  if (operator === 'Null') return values.some((value) => String(value) === String(actual === undefined))
  const ifExists = operator.endsWith('IfExists')
  const comparison = comparisons.get(ifExists ? operator.slice(0, -'IfExists'.length) : operator)
  if (comparison === undefined) return 'unknown'
  const texts = values.map(String)
  if (question.variables && texts.some((text) => !comparison.takes(text))) return 'unknown'
  // A missing key fails a positive comparison, satisfies a negated one, and satisfies every …IfExists.
  if (actual === undefined) return ifExists || comparison.negated
  const wanted = texts.map((text) => filledIn(text, question)).filter((value) => value !== undefined)
  const some = wanted.some((value) => comparison.same(value, actual))
  return comparison.negated ? !some : some
}

type Comparison = {
  readonly negated: boolean
  /** Whether a text is one that it can compare: with variables that have a meaning here, or with none at all. */
  takes(text: string): boolean
  same(wanted: Filled, actual: string): boolean
}

const equal = (wanted: Filled, actual: string) => wanted.text === actual
const alike = (wanted: Filled, actual: string) => patternMatches(wanted.pattern, actual)
const equalIgnoringCase = (wanted: Filled, actual: string) =>
  wanted.text.toLowerCase() === actual.toLowerCase()
// Each of an ARN's six parts is matched for itself, so `*` does not cross a colon.
const arnAlike = (wanted: Filled, actual: string) => {
  const [patterns, parts] = [splitArn(wanted.pattern), splitArn(actual)]
  return (
    patterns.length === parts.length &&
    patterns.every((pattern, i) => patternMatches(pattern, parts[i] ?? ''))
  )
}
const splitArn = (arn: string) => [...arn.split(':').slice(0, 5), arn.split(':').slice(5).join(':')]

const hasUnknownVariable = (text: string) =>
  variablesIn(text).some((name) => !knownKeys.has(name.toLowerCase()))

// "Where you can use policy variables": with the operators on strings and on ARNs.
const withVariables = { takes: (text: string) => !hasUnknownVariable(text) }
const withoutVariables = { takes: (text: string) => !text.includes('${') }

const comparisons: ReadonlyMap<string, Comparison> = new Map([
  ['StringEquals', { negated: false, same: equal, ...withVariables }],
  ['StringNotEquals', { negated: true, same: equal, ...withVariables }],
  ['StringEqualsIgnoreCase', { negated: false, same: equalIgnoringCase, ...withVariables }],
  ['StringNotEqualsIgnoreCase', { negated: true, same: equalIgnoringCase, ...withVariables }],
  ['StringLike', { negated: false, same: alike, ...withVariables }],
  ['StringNotLike', { negated: true, same: alike, ...withVariables }],
  ['ArnEquals', { negated: false, same: arnAlike, ...withVariables }],
  ['ArnLike', { negated: false, same: arnAlike, ...withVariables }],
  ['ArnNotEquals', { negated: true, same: arnAlike, ...withVariables }],
  ['ArnNotLike', { negated: true, same: arnAlike, ...withVariables }],
  ['Bool', { negated: false, same: equalIgnoringCase, ...withoutVariables }],
])

function filledIn(text: string, { variables, context }: Asked): Filled | undefined {
  return variables ? fill(text, context) : unfilled(text)
}

function many<T>(value: OneOrMany<T>): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}
