// What became of the policies of one run, as text and as JSON.

import { printable, SentinelError } from '../base/index.ts'
import type { HostValue, Location, Result } from '../lang/index.ts'
import { draw, placeIn } from '../source/index.ts'
import type { Level } from './configuration.ts'
import { type Finding, problem } from './files.ts'
import { type Look, traceLines, wordOf } from './trace.ts'
import { weightOf, weightOfLines } from './weight.ts'

/** What became of one policy. */
export type Outcome = {
  readonly name: string
  readonly level: Level
  readonly status: 'pass' | 'fail' | 'undefined' | 'error' | 'invalid'
  /** For `json`; undefined for a policy that could not be read. */
  readonly result: Result | undefined
  /** For `text`, where there is a trace to be shown. */
  readonly trace: string | undefined
  /** How many bytes it takes as long as it is kept. */
  readonly weight: number
  /** Errors and warnings in the files of the policy. */
  readonly findings: readonly Finding[]
  /** Why it was not tried, if it was not, and the file that was not. */
  readonly fault?: SentinelError
  readonly file?: string
  readonly durationMs: number
}

// The worst of all policies counts (specification 11).
const statuses = { invalid: 9, error: 3, undefined: 2, fail: 1, pass: 0 } as const

/** The exit status of a run. */
export const exitStatusOf = (outcomes: readonly Outcome[]): number =>
  Math.max(0, ...outcomes.map(({ status }) => statuses[status]))

/** What is to be shown: JSON with everything, or text with the traces of all or of those that failed. */
export type Show =
  | { readonly kind: 'json' }
  | { readonly kind: 'text'; readonly traces: 'all' | 'failed'; readonly look: Look }

/** What a result is, with its error as a finding: as much of it as will be shown. */
export function outcomeOf(
  policy: Pick<Outcome, 'name' | 'level' | 'durationMs'>,
  result: Result,
  warnings: readonly Finding[],
  show: Show,
): Outcome {
  const { status } = result
  if (status === 'need') throw new TypeError('a result that needs a fact is no outcome')
  const one = { ...policy, status, findings: [...warnings, ...errorsOf(result)] }
  if (show.kind === 'json') return { ...one, result, trace: undefined, weight: weightOf(result) }
  const isShown = show.traces === 'all' || status !== 'pass'
  const trace = isShown ? traceLines(policy.name, result, show.look).join('\n') : undefined
  return { ...one, result: undefined, trace, weight: trace === undefined ? 0 : weightOfLines([trace]) }
}

/** What went wrong with a result, as findings. A policy that took too long is told how it gets more time. */
export function errorsOf({ error }: Result): readonly Finding[] {
  if (error === undefined) return []
  const { source, message, span } = error
  const hint = /^more than [\d.]+ ms$/.test(message) ? moreTime : undefined
  return [problem(source, span, message, hint)]
}

const moreTime = 'its time is up: give it more with -timeout'

/** What was not tried since there was no time left for it. */
export const timeIsUp = () =>
  new SentinelError('TIMED_OUT', 'not tried: the time is up', { hint: 'give it more with -timeout' })

/** The text of the outcomes: a line for each, then the traces. */
export function outcomeText(outcomes: readonly Outcome[], paint: Paint): string {
  const heads = outcomes.map(({ status, name }) => paint(status, `${wordOf(status)} - ${printable(name)}`))
  const traces = outcomes.flatMap(({ trace }) => trace ?? [])
  const blocks = [heads.join('\n'), ...(traces.length === 0 ? [] : [preamble, ...traces])]
  return `${blocks.join('\n\n')}\n`
}

/** Colours a line by the status that it tells. */
export type Paint = (status: Outcome['status'], line: string) => string

const preamble = [
  'Execution trace. It shows what every rule gave that was evaluated; one whose',
  'value was not needed is missing. Long values are cut: -json shows them whole.',
].join('\n')

/** The drawn errors and warnings of outcomes. */
export const findingLines = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(({ source, diagnostic }) => draw(source, diagnostic))

/** The outcomes as the JSON document of `-json`, with what is to be said about their configuration. */
export function outcomeJson(
  outcomes: readonly Outcome[],
  { durationMs, findings }: { readonly durationMs: number; readonly findings: readonly Finding[] },
): unknown {
  return {
    error: null,
    ...warningsJson(findings),
    policies: outcomes.map(policyJson),
    result: outcomes.every(({ status }) => status === 'pass'),
    duration: durationMs,
  }
}

/** The same keys where there was nothing to evaluate. */
export const noOutcomeJson = { policies: [], result: false, duration: 0 } as const

function warningsJson(findings: readonly Finding[]): { readonly warnings?: readonly unknown[] } {
  const warnings = findings.filter(({ diagnostic }) => diagnostic.severity === 'warning')
  return warnings.length === 0 ? {} : { warnings: warnings.map(findingJson) }
}

function policyJson({ name, level, status, result, findings, fault, file, durationMs }: Outcome): unknown {
  const found = findings.filter(({ diagnostic }) => diagnostic.severity === 'error')
  const errors = [...(fault === undefined ? [] : [faultJson(fault, file)]), ...found.map(findingJson)]
  const error = errors[0] ?? null
  return {
    policy: name,
    status,
    result: status === 'pass',
    error,
    enforcement_level: level,
    duration: durationMs,
    ...(errors.length > 1 ? { errors } : {}),
    ...warningsJson(findings),
    trace: result === undefined ? null : traceJson(result, error),
  }
}

/** Why something was not tried, as JSON. */
export const faultJson = ({ code, message, hint }: SentinelError, file?: string) => ({
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
  ...(file === undefined ? {} : { filename: file, line: 1, column: 1 }),
})

/** A finding as JSON. */
export function findingJson({ source, diagnostic: { message, hint, span } }: Finding): unknown {
  const { line, column } = placeIn(source, span.start)
  return { message, ...(hint === undefined ? {} : { hint }), filename: source.name, line, column }
}

/** What `-json` and `test -json` show of how a result came about. */
export function traceJson(
  { status, value, print, undefinedAt, trace }: Result,
  error: unknown = null,
): unknown {
  return {
    description: trace.description,
    error,
    print: print.map((line) => `${line}\n`).join(''),
    result: status === 'pass',
    value: valueJson(value),
    ...(undefinedAt === undefined ? {} : { undefined_at: positionJson(undefinedAt) }),
    rules: Object.fromEntries(
      trace.rules.map((rule) => [
        rule.name,
        {
          desc: rule.description,
          ident: rule.name,
          position: positionJson(rule.position),
          value: valueJson(rule.value),
          ...(rule.isCut ? { cut: true } : {}),
        },
      ]),
    ),
  }
}

const positionJson = ({ file, offset, line, column }: Location) => ({ filename: file, offset, line, column })

/**
 * A value as JSON can hold it: undefined and functions are null; integers that a double cannot hold, NaN and the
 * infinities are strings; keys of maps are their texts.
 */
export function valueJson(value: HostValue): unknown {
  if (value === undefined) return null
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (Array.isArray(value)) return value.map(valueJson)
  if (!(value instanceof Map)) return value
  return Object.fromEntries([...value].map(([key, one]) => [String(key), valueJson(one)]))
}
