// Every call of every journey with every fault, or a fixed share of that.

import { type Run, travel, type Way } from './drive.ts'
import { type Plan, storeFaults } from './gates.ts'
import { type Journey, journeys } from './journeys.ts'
import { faults } from './proxy.ts'

/** What became of one journey. */
export type Trial = {
  readonly name: string
  readonly calls: number
  readonly runs: number
  readonly broken: readonly (Pick<Run, 'wrong'> & { readonly plan: Plan })[]
  /** How often it was finished in which way. */
  readonly found: ReadonlyMap<Way, number>
}

/** What is tried: which journeys by their names, every so manieth run of them, so many at once. */
export type Choice = {
  readonly fits: (name: string) => boolean
  readonly every: number
  readonly atOnce: number
}

/** Tries it. */
export async function tryAll(
  child: string,
  { fits, every, atOnce }: Choice,
  tell: (trial: Trial) => void,
): Promise<readonly Trial[]> {
  const trials: Trial[] = []
  let place = 0
  for (const journey of journeys.filter((one) => fits(one.name))) {
    const { calls, wrong } = await travel(child, journey)
    if (wrong.length > 0) throw new Error(`${journey.name} goes wrong without any fault: ${wrong.join('; ')}`)
    const kinds = journey.place === 'AWS' ? faults : storeFaults
    const plans = calls.flatMap((call) => kinds.map((fault): Plan => ({ call, fault })))
    const chosen = plans.filter(() => place++ % every === 0)
    const trial = {
      name: journey.name,
      calls: calls.length,
      ...(await tryEach(child, journey, chosen, atOnce)),
    }
    trials.push(trial)
    tell(trial)
  }
  return trials
}

async function tryEach(child: string, journey: Journey, plans: readonly Plan[], atOnce: number) {
  const left = [...plans]
  const broken: { plan: Plan; wrong: readonly string[] }[] = []
  const found = new Map<Way, number>()
  const worker = async () => {
    for (let plan = left.shift(); plan !== undefined; plan = left.shift()) {
      const { way, wrong } = await travel(child, journey, plan)
      found.set(way, (found.get(way) ?? 0) + 1)
      if (wrong.length > 0) broken.push({ plan, wrong })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return { runs: plans.length, broken, found }
}
