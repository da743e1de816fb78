import { expect, it } from 'vitest'
import { freshFolder } from '../../src/machine/machine.fake.ts'
import { raceToApprove, raceToOpen, raceToUse } from './commands.ts'
import { buildRacer } from './processes.ts'

// A small share of `npm run races`. Whole programs start here, on a machine that may be busy.
const patience = 120_000

it(
  'of four processes on this machine two approve what needs two',
  async () => {
    const racer = await buildRacer(freshFolder(), 'command-racer')
    expect(await raceToApprove(racer, { kind: 'local' }, 4, 2)).toEqual({
      racers: 4,
      winners: 2,
      losers: { STATE_CONFLICT: 2 },
      faults: [],
    })
  },
  patience,
)

it(
  'of four processes on a table one uses what serves once',
  async () => {
    const racer = await buildRacer(freshFolder(), 'command-racer')
    expect(await raceToUse(racer, { kind: 'dynamodb' }, 4)).toMatchObject({ winners: 1, faults: [] })
  },
  patience,
)

it(
  'of four processes on a table one breaks the glass',
  async () => {
    const racer = await buildRacer(freshFolder(), 'command-racer')
    expect(await raceToOpen(racer, { kind: 'dynamodb' }, 4)).toMatchObject({ winners: 1, faults: [] })
  },
  patience,
)
