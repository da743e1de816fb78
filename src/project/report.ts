// What a run of test cases shows of each: as text and as JSON. Reports are plain data that can be handed from thread to
// thread: whatever will be shown, and nothing else.

import { printable } from '../base/index.ts'
import type { HostValue } from '../lang/index.ts'
import type { Suite } from './cases.ts'
import type { Finding } from './files.ts'
import type { Check, Judgement } from './judge.ts'
import { faultJson, findingJson, findingLines, traceJson, valueJson } from './outcome.ts'
import { type Look, traceLines } from './trace.ts'

/** What is to be shown: JSON with everything, or text with the traces of all cases or of those that failed. */
export type Show =
  | { readonly kind: 'json' }
  | { readonly kind: 'text'; readonly traces: 'all' | 'failed'; readonly look: Look }

/** What a case shows. */
export type CaseReport = {
  readonly path: string
  readonly verdict: Judgement['verdict']
  /** Whether a file is wrong, so that there was nothing to evaluate. */
  readonly isInvalid: boolean
  /** For `text`: what is said under its line. */
  readonly lines: readonly string[]
  /** For `json`: all of it. */
  readonly json: unknown
}

/** What a policy and its cases show. */
export type SuiteReport = {
  readonly path: string
  readonly verdict: Judgement['verdict'] | 'no cases'
  readonly cases: readonly CaseReport[]
}

/** The report of a case; `durationMs` is how long it took. */
export function caseReport(policy: string, judgement: Judgement, show: Show, durationMs: number): CaseReport {
  const { path, verdict, result } = judgement
  return {
    path,
    verdict,
    isInvalid: result === undefined && !isLate(judgement),
    lines: show.kind === 'text' ? linesOf(policy, judgement, show) : [],
    json: show.kind === 'json' ? jsonOf(judgement, durationMs) : undefined,
  }
}

/** The report of a policy: the worst of its cases counts. */
export function suiteReport({ policy }: Pick<Suite, 'policy'>, cases: readonly CaseReport[]): SuiteReport {
  const has = (verdict: CaseReport['verdict']) => cases.some((one) => one.verdict === verdict)
  const verdict = cases.length === 0 ? 'no cases' : has('error') ? 'error' : has('fail') ? 'fail' : 'pass'
  return { path: policy, verdict, cases }
}

/** Colours a line by the verdict that it tells. */
export type PaintVerdict = (verdict: SuiteReport['verdict'], line: string) => string

const words = { pass: 'PASS', fail: 'FAIL', error: 'ERROR', 'no cases': '?' } as const

/** The lines of a policy and its cases. */
export function suiteText({ path, verdict, cases }: SuiteReport, paint: PaintVerdict): string {
  const head = paint(
    verdict,
    `${words[verdict]} - ${printable(path)}${verdict === 'no cases' ? ' [no test files]' : ''}`,
  )
  const below = cases.flatMap((one) => [
    `  ${paint(one.verdict, `${words[one.verdict]} - ${printable(one.path)}`)}`,
    ...one.lines.map((line) => (line === '' ? '' : `    ${line}`)),
  ])
  return `${[head, ...below].join('\n').trimEnd()}\n`
}

/** The JSON document of `-json`. */
export function suitesJson(suites: readonly SuiteReport[]): unknown {
  const byPath = (all: readonly { readonly path: string; readonly json: unknown }[]) =>
    Object.fromEntries(all.map(({ path, json }) => [path, json]))
  return {
    error: null,
    policies: byPath(
      suites.map(({ path, verdict, cases }) => ({
        path,
        // What is wrong with a policy is told by each of its cases.
        json: { path, status: words[verdict], errors: [], cases: byPath(cases) },
      })),
    ),
  }
}

function linesOf(
  policy: string,
  judgement: Judgement,
  show: Show & { readonly kind: 'text' },
): readonly string[] {
  const { verdict, isLegacy, checks, result, findings, fault } = judgement
  const hint = fault?.hint === undefined ? [] : [`hint: ${fault.hint}`]
  const said = [
    ...(isLegacy ? ['legacy warning: this case is JSON of before Sentinel 0.16; write it as HCL'] : []),
    ...(fault === undefined ? [] : [`${placeOf(judgement)}error: ${fault.message}`, ...hint]).map(printable),
    ...findingLines(findings),
    ...checks.filter(({ holds }) => !holds).map(complaint),
  ]
  if (result === undefined || (show.traces === 'failed' && verdict === 'pass')) return said
  return [
    ...said,
    '',
    'trace:',
    ...traceLines(policy, result, show.look).map((line) => (line === '' ? '' : `  ${line}`)),
    '',
  ]
}

/** Whether there was no time left for a case. Other faults name the file that they are about. */
const isLate = ({ fault }: Judgement) => fault?.code === 'TIMED_OUT'
const placeOf = (judgement: Judgement) => (isLate(judgement) ? `${judgement.path}:1:1: ` : '')

function complaint({ rule, expected, got }: Check): string {
  const wanted = `expected "${printable(rule)}" to be ${valueText(expected)}`
  return got === undefined ? `${wanted}, but it was not evaluated` : `${wanted}, got: ${valueText(got.value)}`
}

const valueText = (value: unknown) =>
  value === undefined ? 'undefined' : printable(JSON.stringify(valueJson(value as HostValue)))

function jsonOf(judgement: Judgement, durationMs: number): unknown {
  const { path, verdict, isLegacy, checks, result, findings, fault } = judgement
  const of = (severity: Finding['diagnostic']['severity']) =>
    findings.filter(({ diagnostic }) => diagnostic.severity === severity).map(findingJson)
  const unread = fault === undefined ? [] : [faultJson(fault, isLate(judgement) ? path : undefined)]
  const errors = [...unread, ...of('error')]
  return {
    path,
    status: words[verdict],
    errors,
    trace: result === undefined ? null : traceJson(result, errors[0] ?? null),
    rule_detail: Object.fromEntries(checks.map((check) => [check.rule, detailOf(check)])),
    config_warnings: of('warning'),
    config_legacy: isLegacy,
    duration: durationMs,
  }
}

function detailOf({ expected, got, holds }: Check): unknown {
  return {
    expected: valueJson(expected as HostValue),
    actual: got === undefined ? null : valueJson(got.value),
    evaluated: got !== undefined,
    pass: holds,
  }
}
