// `npm run races [-- --racers 50 --rounds 1 --race "break the glass"]`: exit 1 when a race had no winner, too many, or left
// something else behind.

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dynamoDbLocal, startDynamoDbLocal } from '../backends/dynamodb-local.ts'
import { removeTemporariesOnSignals, removeTemporary, temporaryFolderInMemory } from '../temporary.ts'
import type { CommandPlace } from './arena.ts'
import {
  type CommandFinish,
  raceForQuota,
  raceToApprove,
  raceToOpen,
  raceToRevoke,
  raceToUse,
} from './commands.ts'
import type { Place } from './job.ts'
import { buildRacer } from './processes.ts'
import { faultsIn, makeRaceTable, runRace } from './race.ts'

const { values } = parseArgs({
  options: {
    racers: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '1' },
    race: { type: 'string', default: '' },
  },
})
const [racers, rounds] = [Number(values.racers), Number(values.rounds)]
const startedAt = performance.now()
const { isTTY } = process.stderr
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
removeTemporariesOnSignals()
const folder = temporaryFolderInMemory('sentinel-races-')
const program = await buildRacer(folder, 'start')
const commandProgram = await buildRacer(folder, 'command-racer')
const say = (text: string) => void process.stdout.write(`${isTTY ? '\r\u001b[K' : ''}${text}\n`)
const count = { held: 0, lost: 0 }

type Race = { readonly what: string; run(round: number): Promise<CommandFinish> }

async function races(where: string, all: readonly Race[]): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    for (const { what, run } of all.filter((race) => race.what.includes(values.race))) {
      if (isTTY) process.stderr.write(`\r\u001b[K${where}: ${racers} processes ${what} …`)
      const begunAt = performance.now()
      const { winners, losers, faults } = await run(round)
      const told = Object.entries(losers).map(([code, count]) => `, ${count} ${code}`)
      const isLost = faults.length > 0
      count[isLost ? 'lost' : 'held']++
      const seconds = ((performance.now() - begunAt) / 1000).toFixed(1)
      const end = `${winners} won${told.join('')}: ${isLost ? 'LOST' : 'held'} (${seconds} s)`
      say(`${where}: ${racers} processes ${what}: ${end}`)
      for (const fault of new Set(faults)) say(`  ${fault}`)
    }
  }
}

/** The store alone: many at one document. */
const documentRaces = (place: Place): readonly Race[] =>
  (['create', 'update'] as const).map((write) => ({
    what: `${write} one document`,
    async run(round) {
      const finish = await runRace(program, place, write, racers, `${write}-${round}`)
      const losers = { STORE_CONFLICT: finish.conflicts }
      return { racers, winners: finish.winners.length, losers, faults: faultsIn(finish) }
    },
  }))

/** Whole commands, of which as many win as there are to be winners. */
const commandRaces = (place: CommandPlace): readonly Race[] => [
  { what: 'approve one request', run: () => raceToApprove(commandProgram, place, racers, 1) },
  { what: 'approve one request that needs two', run: () => raceToApprove(commandProgram, place, racers, 2) },
  { what: 'use one approval for a single use', run: () => raceToUse(commandProgram, place, racers) },
  { what: 'break the glass of one profile', run: () => raceToOpen(commandProgram, place, racers) },
  {
    what: 'break the glass under a quota of three',
    run: () => raceForQuota(commandProgram, place, racers, 3),
  },
  { what: 'revoke one session', run: () => raceToRevoke(commandProgram, place, racers) },
]

const store: Place = { kind: 'local', folder: join(folder, 'store'), keysFile: join(folder, 'keys.json') }
await races('LMDB', [...documentRaces(store), ...commandRaces({ kind: 'local' })])
const found = dynamoDbLocal()
if ('missing' in found) {
  say(`not raced on DynamoDB Local: ${found.missing}`)
} else {
  const { url, close } = await startDynamoDbLocal(found.folder)
  const place = await makeRaceTable(url)
  await races('DynamoDB Local', [...documentRaces(place), ...commandRaces({ kind: 'dynamodb', url })])
  await close()
}
removeTemporary(folder)
const { held, lost } = count
const seconds = Math.round((performance.now() - startedAt) / 1000)
say(`races: ${held + lost} of ${racers} processes each, ${held} held, ${lost} did not, in ${seconds} s`)
process.exitCode = held > 0 && lost === 0 ? 0 : 1
