// Evaluates the policies of one step. Every one is evaluated, also after one that failed, so that a refusal names all of
// them. Pure but for one thing: time is limited, and looked at on the stopwatch that is given.

import type { Answer, Limits, Result } from '../../lang/index.ts'
import type { Fact, Need } from '../decision.ts'
import type { FactorsAsked } from '../factors.ts'
import { type Governed, type Why, yields } from './outcome.ts'
import { type GoverningPolicy, titleOf } from './policy.ts'

/** What governs one request. */
export type Governing = {
  /** In the order in which they are evaluated: by depth of namespace, then by name. */
  readonly rgps: readonly GoverningPolicy[]
  readonly egps: readonly GoverningPolicy[]
  /** What a policy finds, made when it is read first. */
  globals(policy: GoverningPolicy): Readonly<Record<string, unknown>>
  /** Whoever asks wants soft-mandatory policies overridden. */
  readonly override: boolean
  /** Those that are refused unevaluated for a while. */
  readonly suspended: ReadonlySet<GoverningPolicy>
  readonly budget: Budget
  readonly stopwatch: Stopwatch
  /** Whether policies may import `http`. */
  readonly http: boolean
  /** What its globals ask step-up methods by; undefined where there are no methods. */
  readonly factors: FactorsAsked | undefined
}

/** What evaluations may use up. */
export type Budget = {
  /** Of each. */
  readonly evaluation: Spending
  /** Of all of one request. */
  readonly request: Spending
}

/** Steps are nodes evaluated; bytes are those of all values ever made. */
export type Spending = { readonly steps: number; readonly bytes: number; readonly ms: number }

/** Time that passes while policies of one request are evaluated. */
export type Stopwatch = {
  /** Milliseconds with fractions, which never go back. */
  now(): number
  /** How many of them evaluations of this request have taken so far: counted here. */
  spentMs: number
}

/** What a policy needs that nobody knows yet. */
export type GoverningAsk = { readonly key: string; readonly ask: unknown }
export type GoverningAnswers = ReadonlyMap<string, Fact<unknown>>

/** As much as a policy may use if nobody says otherwise, and what all of a request may use together. */
export const usualBudget: Budget = {
  evaluation: { steps: 1_000_000, bytes: 32 * 1024 * 1024, ms: 250 },
  request: { steps: 4_000_000, bytes: 128 * 1024 * 1024, ms: 500 },
}

/** Whatever is printed goes into an answer. */
const maxPrinted = 64 * 1024
const maxDepth = 200

/** What the policies of a step came to, or what one of them needs first. */
export function evaluated(
  governing: Governing,
  step: readonly GoverningPolicy[],
  nowMs: number,
  answers: GoverningAnswers,
): readonly Governed[] | Need<GoverningAsk> {
  const outcomes: Governed[] = []
  const known = answersFor(answers)
  const { factors } = governing
  if (factors !== undefined) factors.answers = answers
  for (const policy of step) {
    const outcome = outcomeOf(governing, policy, nowMs, known)
    if (outcome.kind === 'need') return outcome
    outcomes.push(outcome)
  }
  return outcomes
}

/** What was found out, as policies are given it. */
function answersFor(answers: GoverningAnswers): ReadonlyMap<string, Answer> {
  if (answers.size === 0) return noAnswers
  return new Map(
    [...answers].map(([key, fact]) => [
      key,
      'known' in fact ? { value: fact.known } : { error: fact.unavailable.message },
    ]),
  )
}

const noAnswers: ReadonlyMap<string, Answer> = new Map()

function outcomeOf(
  governing: Governing,
  policy: GoverningPolicy,
  nowMs: number,
  answers: ReadonlyMap<string, Answer>,
): Governed | Need<GoverningAsk> {
  const { stopwatch, suspended, http, factors } = governing
  if (suspended.has(policy)) return governed(governing, policy, 0, true, tooOften)
  const limits = limitsFor(governing)
  if (limits.wallMs <= 0) return governed(governing, policy, 0, true, nothingLeft)
  const began = stopwatch.now()
  const globals = governing.globals(policy)
  const result = policy.program().evaluate({ globals, answers, now: nowMs, http, limits })
  const tookMs = stopwatch.now() - began
  stopwatch.spentMs += tookMs
  const ask = factors?.wanted ?? result.need
  if (factors !== undefined) factors.wanted = undefined
  if (ask !== undefined) return { kind: 'need', ask }
  const isOverBudget = result.error?.isOverLimit === true
  const why = result.status === 'pass' ? undefined : whyOf(policy, result)
  return governed(governing, policy, tookMs, isOverBudget, why)
}

const whyNot = (error: string): Why =>
  Object.freeze({ place: undefined, error, description: undefined, rules: '', print: '' })
const tooOften = whyNot('not evaluated: it used up what it may three times within 10 seconds')
const nothingLeft = whyNot('not evaluated: the policies before it used up the time of this request')

/**
 * What one evaluation may use. Of steps and bytes each policy of a request has the same share, so that what one uses
 * changes nothing for the others; of time it has what the others left.
 */
function limitsFor({ rgps, egps, budget, stopwatch }: Governing): Limits & { readonly wallMs: number } {
  const { evaluation, request } = budget
  const count = rgps.length + egps.length
  return {
    steps: Math.min(evaluation.steps, Math.floor(request.steps / count)),
    bytes: Math.min(evaluation.bytes, Math.floor(request.bytes / count)),
    wallMs: Math.min(evaluation.ms, request.ms - stopwatch.spentMs),
    depth: maxDepth,
    output: maxPrinted,
    clock: stopwatch,
  }
}

function governed(
  { override }: Governing,
  { kind, name, namespace, level }: GoverningPolicy,
  tookMs: number,
  isOverBudget: boolean,
  why: Why | undefined,
): Governed {
  const result = why === undefined ? 'pass' : why.error === undefined ? 'fail' : 'error'
  const overridden = why !== undefined && override && yields(level)
  const durationUs = Math.round(tookMs * 1000)
  return Object.freeze({ kind, name, namespace, level, result, overridden, durationUs, isOverBudget, why })
}

function whyOf(policy: GoverningPolicy, { status, error, undefinedAt, trace, print }: Result): Why {
  const at = error ?? undefinedAt
  const rules = trace.rules.map(
    ({ name, position, text }) => `Rule "${name}" (${placeOf(policy, position)}) = ${text}`,
  )
  return Object.freeze({
    place: at === undefined ? undefined : placeOf(policy, at),
    error: error?.message ?? (status === 'undefined' ? '`main` is undefined' : undefined),
    description: trace.description,
    rules: rules.join('\n'),
    print: print.join('\n'),
  })
}

const placeOf = (
  policy: GoverningPolicy,
  { line, column }: { readonly line: number; readonly column: number },
) => `${titleOf(policy)}:${line}:${column}`
