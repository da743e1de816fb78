// What a run of test cases shows of each: as text and as JSON. Reports are plain data that can be handed from thread to
// thread: whatever will be shown, and nothing else.

import { printable, visibleJson } from '../base/index.ts'
import type { HostValue } from '../lang/index.ts'
import type { Suite } from './cases.ts'
import type { Finding } from './files.ts'
import type { Check, Judgement } from './judge.ts'
import { faultJson, findingJson, findingLines, type Show, traceJson, valueJson } from './outcome.ts'
import { traceLines } from './trace.ts'
import { weightOfJson, weightOfLines } from './weight.ts'

/** What a case shows. */
export type CaseReport = {
  readonly path: string
  readonly verdict: Judgement['verdict']
  /** Whether a file is wrong, so that there was nothing to evaluate. */
  readonly isInvalid: boolean
  /** For `text`: what is said under its line. */
  readonly lines: readonly string[]
  /** For `json`: all of it as text, which is the smallest: as values it takes several times as much, laid out too. */
  readonly json: string
  /** How many bytes it takes as long as it is kept. */
  readonly weight: number
  /** How many errors and warnings it tells. */
  readonly told: number
  /** Whether something else might have come of it with more memory: it is an error, or a value was left out. */
  readonly wantsRoom: boolean
}

/** What a policy and its cases show. */
export type SuiteReport = {
  readonly path: string
  readonly verdict: Judgement['verdict'] | 'no cases'
  readonly cases: readonly CaseReport[]
}

/** The report of a case; `durationMs` is how long it took, `told` how much its run has told of others. */
export function caseReport(
  policy: string,
  given: Judgement,
  show: Show,
  { durationMs, told }: { readonly durationMs: number; readonly told: number },
): CaseReport {
  const judgement = told < mostTold ? given : { ...given, findings: firstOf(given.findings) }
  const { path, verdict, result, findings } = judgement
  const lines = show.kind === 'text' ? linesOf(policy, judgement, show) : []
  const json = show.kind === 'json' ? JSON.stringify(jsonOf(judgement, durationMs)) : ''
  return {
    path,
    verdict,
    isInvalid: result === undefined && !isUntried(judgement),
    lines,
    json,
    weight: weightOfJson(json) + weightOfLines(lines),
    told: findings.length,
    wantsRoom: verdict === 'error' || result?.trace.rules.some(({ isCut }) => isCut) === true,
  }
}

/** With so many errors and warnings told in a run, of others one is: ten thousand cases may have a hundred each. */
export const mostTold = 2000

function firstOf(findings: readonly Finding[]): readonly Finding[] {
  const first = findings.find(({ diagnostic }) => diagnostic.severity === 'error') ?? findings[0]
  return first === undefined ? [] : [first]
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

/** The JSON document of `-json`, in pieces. */
export function* suitesJson(suites: readonly SuiteReport[]): Generator<string> {
  yield '{\n  "error": null,\n  "policies": {'
  for (const [at, { path, verdict, cases }] of suites.entries()) {
    // What is wrong with a policy is told by each of its cases.
    const head = inside({ path, status: words[verdict], errors: [] }, 2)
    yield `${at === 0 ? '' : ','}\n    ${visibleJson(path)}: ${head.slice(0, -'\n    }'.length)},\n      "cases": {`
    for (const [index, { path, json }] of cases.entries())
      yield `${index === 0 ? '' : ','}\n        ${visibleJson(path)}: ${inside(JSON.parse(json), 4)}`
    yield `${cases.length === 0 ? '' : '\n      '}}\n    }`
  }
  yield `${suites.length === 0 ? '' : '\n  '}}\n}\n`
}

/** The JSON of what lies inside of so many others. Laid out by whoever writes it: to indent it later takes much more memory. */
function inside(value: unknown, levels: number): string {
  let outer = value
  for (let level = 0; level < levels; level++) outer = [outer]
  // What stands before it: a bracket, a line break and the indentation of the next line for each level. Behind it they
  // are the other way round, without the indentation of its own line.
  const before = levels * 2 + levels * (levels + 1)
  const behind = levels * 2 + levels * (levels - 1)
  return visibleJson(outer, 2).slice(before, -behind)
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
    ...complaintsIn(checks),
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

/** Whether there was no time or room left for a case. Other faults name the file that they are about. */
const isUntried = ({ fault }: Judgement) => fault?.code === 'TIMED_OUT' || fault?.code === 'RESULTS_TOO_LARGE'
const placeOf = (judgement: Judgement) => (isUntried(judgement) ? `${judgement.path}:1:1: ` : '')

/** How many complaints are shown of a case. */
const maxComplaints = 100

function complaintsIn(checks: readonly Check[]): readonly string[] {
  const failed = checks.filter(({ holds }) => !holds)
  const rest = failed.length - maxComplaints
  const shown = failed.slice(0, maxComplaints).map(complaint)
  return rest > 0 ? [...shown, `… ${rest} more`] : shown
}

function complaint({ rule, expected, got }: Check): string {
  const wanted = `expected "${printable(rule.slice(0, maxValue))}" to be ${valueText(expected)}`
  if (got === undefined) return `${wanted}, but it was not evaluated`
  return got.isCut === true
    ? `${wanted}, but what it gave is too large`
    : `${wanted}, got: ${valueText(got.value)}`
}

/** How much of a value is shown; -json shows all of it. */
const maxValue = 2000

function valueText(value: unknown): string {
  if (value === undefined) return 'undefined'
  const text = printable(JSON.stringify(valueJson(beginningOf(value as HostValue, { left: maxValue }))))
  return text.length > maxValue ? `${text.slice(0, maxValue)}…` : text
}

/** As much of a value as may be shown, and not much more. */
function beginningOf(value: HostValue, room: { left: number }): HostValue {
  room.left--
  if (typeof value === 'string') {
    const text = value.slice(0, Math.max(room.left, 0) + 1)
    room.left -= text.length
    return text
  }
  if (Array.isArray(value)) {
    const elements: HostValue[] = []
    for (const one of value) {
      if (room.left < 0) break
      elements.push(beginningOf(one, room))
    }
    return elements
  }
  if (!(value instanceof Map)) return value
  const entries: [HostValue, HostValue][] = []
  for (const [key, one] of value) {
    if (room.left < 0) break
    entries.push([beginningOf(key, room), beginningOf(one, room)])
  }
  return new Map(entries)
}

function jsonOf(judgement: Judgement, durationMs: number): unknown {
  const { path, verdict, isLegacy, checks, result, findings, fault } = judgement
  const of = (severity: Finding['diagnostic']['severity']) =>
    findings.filter(({ diagnostic }) => diagnostic.severity === severity).map(findingJson)
  const unread = fault === undefined ? [] : [faultJson(fault, isUntried(judgement) ? path : undefined)]
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
