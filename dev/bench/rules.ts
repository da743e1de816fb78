// Evaluation alone, in this process: what a long policy costs beside a short one.

import { type CompiledPolicy, compileAccessPolicy, evaluate } from '../../src/policy/index.ts'
import { check, type Figure, quantile } from './figures.ts'

const [nowMs, tzVersion] = [Date.parse('2026-03-02T15:00:00Z'), process.versions.tz ?? '']
const users = Array.from(
  { length: 16 },
  (_, number) => `${number % 2 === 0 ? 'user' : 'guest'}-${number >> 1}`,
)

/** 1,000 rules beside 10; the requests rotate, and most match late or never. */
export async function rulesFigures(): Promise<readonly Figure[]> {
  const [short, long] = [await compiled(10), await compiled(1_000)]
  const ratios: number[] = []
  const [shortNs, longNs]: [number[], number[]] = [[], []]
  for (let round = 0; round < 12; round++) {
    const [a, b] = [nanoseconds(long, 2_000), nanoseconds(short, 100_000)]
    // The first rounds warm the compiler up.
    if (round < 2) continue
    longNs.push(a)
    shortNs.push(b)
    ratios.push(a / b)
  }
  return [
    {
      name: 'evaluate 1,000 rules',
      ratio: quantile(ratios, 0.5),
      spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      beside: `10 rules (${quantile(shortNs, 0.5).toFixed(0)} ns)`,
      ms: quantile(longNs, 0.5) / 1e6,
    },
  ]
}

/** Nanoseconds per evaluation. The sum of what came out is checked, so that nothing is optimised away. */
function nanoseconds(policy: CompiledPolicy, times: number): number {
  let sum = 0
  const begun = performance.now()
  for (let time = 0; time < times; time++) {
    const user = users[time % users.length] ?? ''
    sum += evaluate(policy, { user, profile: 'prod', mode: 'cli', nowMs }).index
  }
  const ns = ((performance.now() - begun) / times) * 1e6
  const last = policy.rules.length - 1
  // Half of the users match the last rule, the others none.
  check(sum === (times / 2) * (last - 1), `the decisions are the expected ones: ${sum}`)
  return ns
}

async function compiled(rules: number): Promise<CompiledPolicy> {
  const others = Array.from({ length: rules - 1 }, (_, number) => rule(number, `team-${number}-*`, 'monday'))
  const text = `version: "1"\nrules:\n${[...others, rule(rules, 'user-?', 'monday')].join('')}`
  const compilation = await compileAccessPolicy({ name: 'bench', text }, { nowMs, tzVersion })
  check('policy' in compilation, 'the policy compiles')
  if (!('policy' in compilation)) throw new Error('unreachable')
  return compilation.policy
}

const rule = (number: number, user: string, day: string) => `  - name: rule-${number}
    effect: allow
    conditions:
      profiles: [prod, "prod-*"]
      users: ["${user}"]
      time:
        days: [${day}]
        hours: { start: "09:00", end: "17:00" }
        timezone: America/New_York
    reason: rule ${number}
`
