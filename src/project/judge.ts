// One test case: what it expects of its policy, and what came of it.

import { asSentinelError, type SentinelError } from '../base/index.ts'
import type { Answer, HostValue, Limits, Need, Policy, Result, RuleTrace } from '../lang/index.ts'
import { type Finding, isBroken, type Shelf } from './files.ts'
import { inputsOf, limitsWithin } from './inputs.ts'
import { errorsOf } from './outcome.ts'
import { readConfiguration } from './project.ts'
import { settle } from './settle.ts'

/** What all cases of a run have in common. */
export type Court = {
  /** Nanoseconds since the Unix epoch. */
  readonly now: bigint
  readonly limits: Partial<Limits>
  /** Finds the facts that a policy needs. */
  readonly answer: (need: Need) => Promise<Answer>
  /** `negated` turns every expectation around: whatever passes as written, fails. */
  readonly expect: 'as written' | 'negated'
}

/** An expectation and what became of it. */
export type Check = {
  readonly rule: string
  readonly expected: unknown
  /** Undefined for a rule that was not evaluated. */
  readonly got: { readonly value: HostValue; readonly isCut?: boolean } | undefined
  readonly holds: boolean
}

/** What became of a case. */
export type Judgement = {
  readonly path: string
  /** It went as expected, it did not, or it could not be evaluated. */
  readonly verdict: 'pass' | 'fail' | 'error'
  /** Whether it is JSON in the form of before 0.16. */
  readonly isLegacy: boolean
  readonly checks: readonly Check[]
  /** Undefined where a file is wrong: nothing was evaluated then. */
  readonly result: Result | undefined
  readonly findings: readonly Finding[]
  /** Why it was not even tried: the case or its policy cannot be read. */
  readonly fault: SentinelError | undefined
}

/** A case that was not tried. */
export function notTried(path: string, fault: SentinelError): Judgement {
  return { path, verdict: 'error', isLegacy: false, checks: [], result: undefined, findings: [], fault }
}

/** Judges a case of a policy. What is wrong with it is in the judgement, and spoils no other. */
export async function judge(
  court: Court,
  shelf: Shelf,
  policyPath: string,
  path: string,
): Promise<Judgement> {
  try {
    const { configuration, findings } = readConfiguration(shelf, path)
    const { isLegacy, rules } = configuration
    const policy = shelf.policy(policyPath, Math.max(0, shelf.room - configuration.size))
    const all = [...findings, ...findingsIn(policy)]
    if (isBroken(all))
      return {
        path,
        verdict: 'error',
        isLegacy,
        checks: [],
        result: undefined,
        findings: all,
        fault: undefined,
      }
    const { now, limits } = court
    const result = await settle(
      policy,
      { ...inputsOf(configuration), now, limits: limitsWithin(configuration, limits) },
      court.answer,
    )
    const checks = checksOf(result, rules, court.expect)
    const verdict = isError(result) ? 'error' : checks.every(({ holds }) => holds) ? 'pass' : 'fail'
    return {
      path,
      verdict,
      isLegacy,
      checks,
      result,
      findings: [...all, ...errorsOf(result)],
      fault: undefined,
    }
  } catch (thrown) {
    const fault = asSentinelError(thrown)
    if (fault.code !== 'FILE_UNREADABLE') throw thrown
    return notTried(path, fault)
  }
}

const findingsIn = ({ source, diagnostics }: Policy): readonly Finding[] =>
  diagnostics.map((diagnostic) => ({ source, diagnostic }))

const isError = ({ status }: Result) => status === 'error' || status === 'invalid'

/** Without a `test` block the policy is expected to pass; with one only the rules in it count, `main` too. */
function checksOf(
  result: Result,
  rules: ReadonlyMap<string, unknown> | undefined,
  expect: Court['expect'],
): readonly Check[] {
  if (isError(result)) return []
  const isNegated = expect === 'negated'
  const evaluated = new Map(result.trace.rules.map((one) => [one.name, one]))
  if (rules === undefined) {
    const got = gotOf(result, evaluated, 'main')
    return [{ rule: 'main', expected: !isNegated, got, holds: (result.status === 'pass') !== isNegated }]
  }
  return [...rules].map(([rule, written]) => {
    const got = gotOf(result, evaluated, rule)
    const expected = isNegated && typeof written === 'boolean' ? !written : written
    const isSame = got !== undefined && same(expected, got.value)
    const holds = isNegated && typeof written !== 'boolean' ? !isSame : isSame
    // What is not there cannot be compared.
    return { rule, expected, got, holds: holds && got?.isCut !== true }
  })
}

function gotOf({ value }: Result, evaluated: ReadonlyMap<string, RuleTrace>, name: string): Check['got'] {
  const rule = evaluated.get(name)
  if (rule !== undefined) return { value: rule.value, isCut: rule.isCut }
  return name === 'main' ? { value } : undefined
}

/** Whether a value of a configuration equals one of the language. Numbers are equal whatever their kind. */
function same(expected: unknown, actual: HostValue): boolean {
  if (isNumeric(expected) && isNumeric(actual)) return expected <= actual && expected >= actual
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      expected.length === actual.length &&
      expected.every((one, at) => same(one, actual[at]))
    )
  }
  if (!(expected instanceof Map)) return expected === actual
  return (
    actual instanceof Map &&
    expected.size === actual.size &&
    [...expected].every(([key, one]) => actual.has(key) && same(one, actual.get(key)))
  )
}

const isNumeric = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint'
