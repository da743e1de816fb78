// A small share of `npm run races`, and that it would notice.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freshFolder } from '../../src/machine/machine.fake.ts'
import { closingLine } from '../closing-line.ts'
import { buildRacer } from './processes.ts'
import { type Finish, faultsIn, runRace } from './race.ts'

const racers = 6

it('of processes that are released together one wins, and the store holds what it wrote', async () => {
  const folder = freshFolder()
  const program = await buildRacer(folder, 'start')
  const place = { kind: 'local', folder: join(folder, 'store'), keysFile: join(folder, 'keys.json') } as const
  for (const write of ['create', 'update'] as const) {
    const finish = await runRace(program, place, write, racers, write)
    expect(finish).toMatchObject({ conflicts: racers - 1, others: [] })
    expect(faultsIn(finish)).toEqual([])
  }
  closingLine(
    `races: ${racers} processes at one document of LMDB, twice: one winner each (50: npm run races)`,
  )
})

const good: Finish = { racers: 3, winners: ['a'], conflicts: 2, others: [], faults: [] }
for (const [what, more, faults] of [
  ['nobody won', { winners: [], conflicts: 3 }, ['0 won where 1 should']],
  ['two won', { winners: ['a', 'b'], conflicts: 1 }, ['2 won where 1 should']],
  ['somebody failed otherwise', { conflicts: 1, others: ['DIED'] }, ['others said: DIED']],
  ['the store holds something else', { faults: ['it belongs to b'] }, ['it belongs to b']],
] as const) {
  it(`a race is lost when ${what}`, () => {
    expect([faultsIn(good), faultsIn({ ...good, ...more })]).toEqual([[], faults])
  })
}
