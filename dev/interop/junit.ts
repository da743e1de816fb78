// What pytest writes down of a run (`--junitxml`), as far as it is needed here.

export type Outcome = 'passed' | 'failed' | 'skipped'

/** Outcomes by the name of the test: `api/system_backend/test_policy.py::test_policy_manipulation`. */
export type Outcomes = ReadonlyMap<string, Outcome>

const testCase = /<testcase classname="([^"]*)" name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs

/** Reads the file. */
export function outcomesIn(xml: string): Outcomes {
  const outcomes = new Map<string, Outcome>()
  for (const [, classname = '', name = '', inside = ''] of xml.matchAll(testCase)) {
    const path = classname.replace(/^tests\.integration_tests\./, '').split('.')
    const file = path.slice(0, -1).join('/')
    outcomes.set(`${file}.py::${name}`, outcomeOf(inside))
  }
  return outcomes
}

function outcomeOf(inside: string): Outcome {
  if (/<(?:failure|error)\b/.test(inside)) return 'failed'
  return inside.includes('<skipped') ? 'skipped' : 'passed'
}
