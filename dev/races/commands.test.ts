// A small share of `npm run races`, and that it would notice.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { closingLine } from '../closing-line.ts'
import { removeTemporary, temporaryFolder } from '../temporary.ts'
import {
  type CommandFinish,
  finishOf,
  raceForQuota,
  raceToApprove,
  raceToOpen,
  raceToRevoke,
  raceToUse,
} from './commands.ts'
import { buildRacer } from './processes.ts'

// Whole programs start here, on a machine that may be busy.
const patience = 240_000
const [racers, local, table] = [4, { kind: 'local' }, { kind: 'dynamodb' }] as const

const folder = temporaryFolder('sentinel-races-')
let racer = ''
beforeAll(async () => {
  racer = await buildRacer(folder, 'command-racer')
}, patience)
afterAll(() => {
  removeTemporary(folder)
  closingLine(
    `races: ${races.length} races of ${racers} commands each, on LMDB and dynalite (50: npm run races)`,
  )
})

const races: readonly (readonly [what: string, run: () => Promise<CommandFinish>, winners: number])[] = [
  ['on this machine two approve what needs two', () => raceToApprove(racer, local, racers, 2), 2],
  ['on a table one uses what serves once', () => raceToUse(racer, table, racers), 1],
  ['on this machine one breaks the glass', () => raceToOpen(racer, local, racers), 1],
  ['on a table a quota lets three break the glass', () => raceForQuota(racer, table, racers, 3), 3],
  ['on a table one revokes a session', () => raceToRevoke(racer, table, racers), 1],
]
for (const [what, run, winners] of races) {
  it(
    `of four processes ${what}`,
    async () => {
      expect(await run()).toMatchObject({ racers, winners, faults: [] })
    },
    patience,
  )
}

for (const [what, ends, faults] of [
  ['as many win as should and the others are refused', ['"{}"', '"{\\"code\\": \\"STATE_CONFLICT\\"}"'], []],
  ['nobody wins', ['"{\\"code\\": \\"STATE_CONFLICT\\"}"'], ['0 won where 1 should']],
  ['two win', ['"{}"', '"{}"'], ['2 won where 1 should']],
  ['one is told that something failed', ['"{}"', '"no [LOCK_TIMEOUT]"'], ['1 failed: LOCK_TIMEOUT']],
  ['one dies', ['"{}"', 'ended with SIGKILL'], ['1 failed: DIED']],
] as const) {
  it(`a race of commands is judged where ${what}`, () => {
    expect(finishOf(ends, 1, [])).toMatchObject({ faults })
  })
}
