// How much faster than others the language evaluates the same policy. Every engine runs in a process of its own, so
// that none is compiled with another's types in view; rounds are taken in turn, so that all see the same machine.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { check, type Figure, quantile } from '../figures.ts'
import { type PolicyCase, policyCases } from './cases.ts'
import type { Told } from './engine.ts'
import { type EngineName, engineNames } from './engines.ts'

/** What is asked for: the rate of ours, as a multiple of another's. */
const targets: Readonly<Record<string, Partial<Record<EngineName, number>>>> = {
  P1: { cel: 4, cedar: 300 },
  P2: { cel: 4, cedar: 300 },
  P3: { cel: 4, cedar: 300 },
  P4: { cel: 8, byHand: 0.4 },
}
const titles: Readonly<Record<EngineName, string>> = {
  sentinel: 'sentinel',
  cel: '@marcbachmann/cel-js',
  cedar: '@cedar-policy/cedar-wasm',
  byHand: 'JavaScript by hand',
}

/** Rates beside others, for each policy by itself; the ratio is how many times as fast ours is. */
export async function policyFigures(rounds: number, msPerRound = 60): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const one of policyCases) figures.push(...(await figuresOf(one, rounds, msPerRound)))
  return figures
}

async function figuresOf(one: PolicyCase, rounds: number, msPerRound: number): Promise<readonly Figure[]> {
  const runners = new Map(engineNames.map((name) => [name, new Runner(one.name, name, msPerRound)] as const))
  try {
    const decided = new Map<EngineName, string>()
    for (const [name, runner] of runners) {
      const decisions = await runner.warm()
      if (decisions === undefined) runner.end()
      else decided.set(name, decisions)
    }
    const answers = new Set(decided.values())
    check(answers.size === 1, `${one.name}: all engines decide alike`)
    const rates = new Map([...decided.keys()].map((name) => [name, [] as number[]] as const))
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? [...rates] : [...rates].reverse()
      for (const [name, all] of order) all.push((await runners.get(name)?.rate()) ?? Number.NaN)
    }
    return beside(one.name, rates)
  } finally {
    for (const runner of runners.values()) runner.end()
  }
}

function beside(policy: string, rates: ReadonlyMap<EngineName, readonly number[]>): readonly Figure[] {
  const ours = rates.get('sentinel') ?? []
  return [...rates].flatMap(([name, theirs]) => {
    if (name === 'sentinel') return []
    const ratios = ours.map((rate, round) => rate / (theirs[round] ?? Number.NaN))
    const atLeast = targets[policy.slice(0, 2)]?.[name]
    return {
      name: policy,
      ratio: quantile(ratios, 0.5),
      spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)] as const,
      beside: titles[name],
      ms: 1000 / quantile(ours, 0.5),
      ...(atLeast === undefined ? {} : { atLeast }),
    }
  })
}

/** An engine at work in a process of its own. */
class Runner {
  private readonly child: ChildProcess
  private readonly msPerRound: number
  private turns = 1

  constructor(policy: string, engine: EngineName, msPerRound: number) {
    this.child = fork(join(import.meta.dirname, 'engine.ts'), [policy, engine])
    this.msPerRound = msPerRound
  }

  /** Until it is as fast as it gets; what it decides, undefined where it cannot. */
  async warm(): Promise<string | undefined> {
    let decisions = ''
    for (let time = 0; time < 6; time++) {
      const told = await this.ask()
      if ('absent' in told) return undefined
      decisions = told.decisions
      this.turns = Math.max(1, Math.round((this.turns * this.msPerRound) / told.ms))
    }
    return decisions
  }

  /** Evaluations in a second, of one round. */
  async rate(): Promise<number> {
    const told = await this.ask()
    return 'ms' in told ? (this.turns * told.decisions.length * 1000) / told.ms : Number.NaN
  }

  private async ask(): Promise<Told> {
    this.child.send({ turns: this.turns })
    const [told] = await once(this.child, 'message')
    return told as Told
  }

  end(): void {
    this.child.kill()
  }
}
