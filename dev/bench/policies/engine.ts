// One engine with one policy, in a process of its own: `engine.ts CASE ENGINE`. Each message asks for a round over
// all requests; the answer says how long it took, and what was decided.

import { policyCases } from './cases.ts'
import { type EngineName, engineOf } from './engines.ts'

/** What is asked: so many turns over all requests. */
export type Ask = { readonly turns: number }
/** What is answered: milliseconds, and the decisions as text, a letter for each request. */
export type Told = { readonly ms: number; readonly decisions: string } | { readonly absent: true }

const requests = 1000

if (process.send !== undefined) serve(process.argv[2] ?? '', process.argv[3] as EngineName)

function serve(name: string, engineName: EngineName): void {
  const one = policyCases.find((policy) => policy.name === name)
  const engine = one && engineOf(engineName, one)
  const prepared =
    engine && Array.from({ length: requests }, (_, number) => engine.prepare(one.request(number)))
  process.on('message', ({ turns }: Ask) => {
    const told: Told =
      engine === undefined || prepared === undefined
        ? { absent: true }
        : round(engine.decide as (given: unknown) => boolean, prepared, turns)
    process.send?.(told)
  })
}

function round(decide: (given: unknown) => boolean, prepared: readonly unknown[], turns: number): Told {
  let allowed = 0
  const begun = performance.now()
  for (let turn = 0; turn < turns; turn++) for (const given of prepared) if (decide(given)) allowed++
  const ms = performance.now() - begun
  const decisions = prepared.map((given) => (decide(given) ? 'a' : 'd')).join('')
  const once = decisions.length - decisions.replaceAll('a', '').length
  if (allowed !== once * turns) throw new Error(`${allowed} allowed in ${turns} turns, ${once} in another`)
  return { ms, decisions }
}
