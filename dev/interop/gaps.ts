// Whether a run of somebody else's suite is as it should be: every test passes, or is listed with the reason why it
// cannot. A listed test that passes is wrong too: the list is out of date.

import type { Outcomes } from './junit.ts'

/** Why tests cannot pass, and which. */
export type Gap = { readonly reason: string; readonly tests: readonly string[] }

/** What to say of a run, and everything that is wrong. */
export type Judgement = { readonly lines: readonly string[]; readonly wrong: readonly string[] }

/** Compares a run with the list. */
export function judge(outcomes: Outcomes, gaps: readonly Gap[]): Judgement {
  const reasons = new Map(gaps.flatMap(({ reason, tests }) => tests.map((test) => [test, reason] as const)))
  const passed = [...outcomes].filter(([, outcome]) => outcome === 'passed').map(([test]) => test)
  const others = [...outcomes].filter(([, outcome]) => outcome !== 'passed')
  const explained = others.filter(([test]) => reasons.has(test))
  return {
    lines: [
      `${outcomes.size} tests: ${passed.length} passed, ${others.length} did not, ${explained.length} of them listed`,
      ...gaps.map(({ reason, tests }) => `  ${tests.length} listed: ${reason}`),
    ],
    wrong: [
      ...(outcomes.size === 0 ? ['no test was run'] : []),
      ...others.flatMap(([test, outcome]) =>
        reasons.has(test) ? [] : [`${test}: ${outcome}, and not listed`],
      ),
      ...passed.flatMap((test) =>
        reasons.has(test) ? [`${test}: passes, although: ${reasons.get(test)}`] : [],
      ),
      ...[...reasons.keys()].flatMap((test) =>
        outcomes.has(test) ? [] : [`${test}: listed, and not there`],
      ),
      ...gaps
        .flatMap(({ tests }) => tests)
        .flatMap((test, at, all) => (all.indexOf(test) === at ? [] : [`${test}: listed twice`])),
    ],
  }
}
