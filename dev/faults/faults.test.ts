// A small share of `npm run faults`, and that it would notice.

import { expect, it } from 'vitest'
import { freshFolder } from '../../src/machine/machine.fake.ts'
import { closingLine } from '../closing-line.ts'
import { type Trial, tryAll } from './trial.ts'
import { buildChild } from './world.ts'

// Whole programs start here, on a machine that may be busy.
const patience = 240_000
const some = ['an approval for a single use', 'break-glass', 'an approval for a single use, on this machine']

it(
  'a share of the faults is stood: recorded, nothing lost, finished afterwards',
  async () => {
    const child = await buildChild(freshFolder())
    const trials: Trial[] = []
    const choice = { fits: (name: string) => some.includes(name), every: 29, atOnce: 3 }
    await tryAll(child, choice, (trial) => void trials.push(trial))
    expect(trials.flatMap(({ name, broken }) => broken.map((one) => ({ name, ...one })))).toEqual([])
    const runs = trials.reduce((sum, one) => sum + one.runs, 0)
    expect(runs).toBeGreaterThan(9)
    closingLine(`faults: ${runs} runs of ${trials.length} journeys, all held (all: npm run faults)`)
  },
  patience,
)
