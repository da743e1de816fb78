// `npm run races [-- --racers 50 --rounds 1]`: exit 1 when a race had no winner, several, or left something else behind.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dynamoDbLocal, startDynamoDbLocal } from '../backends/dynamodb-local.ts'
import type { CommandPlace } from './arena.ts'
import { type CommandFinish, raceToApprove, raceToOpen, raceToRevoke, raceToUse } from './commands.ts'
import { buildRacer } from './processes.ts'
import { held, makeRaceTable, type Place, runRace } from './race.ts'

const { values } = parseArgs({
  options: { racers: { type: 'string', default: '50' }, rounds: { type: 'string', default: '1' } },
})
const [racers, rounds] = [Number(values.racers), Number(values.rounds)]
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
const folder = mkdtempSync(join(tmpdir(), 'sentinel-races-'))
const program = await buildRacer(folder, 'start')
const commandProgram = await buildRacer(folder, 'command-racer')
const say = (text: string) => void process.stdout.write(`${text}\n`)
let lost = 0

async function races(name: string, place: Place): Promise<void> {
  for (const write of ['create', 'update'] as const) {
    for (let round = 1; round <= rounds; round++) {
      const finish = await runRace(program, place, write, racers, `${write}-${round}`)
      const { winners, conflicts, others, faults } = finish
      const verdict = held(finish) ? 'held' : 'LOST'
      if (!held(finish)) lost++
      say(
        `${name}: ${racers} processes ${write} one document: ${winners.length} won, ${conflicts} conflicts: ${verdict}`,
      )
      for (const what of [...new Set([...others, ...faults])]) say(`  ${what}`)
    }
  }
}

function tell(name: string, what: string, { winners, losers, faults }: CommandFinish): void {
  if (faults.length > 0) lost++
  const told = Object.entries(losers).map(([code, count]) => `${count} ${code}`)
  const verdict = faults.length === 0 ? 'held' : 'LOST'
  say(`${name}: ${racers} processes ${what}: ${winners} won, ${told.join(', ')}: ${verdict}`)
  for (const fault of faults) say(`  ${fault}`)
}

async function commandRaces(name: string, place: CommandPlace): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    for (const needed of [1, 2]) {
      const what = needed === 1 ? 'approve one request' : 'approve one request that needs two'
      tell(name, what, await raceToApprove(commandProgram, place, racers, needed))
    }
    tell(name, 'use one approval for a single use', await raceToUse(commandProgram, place, racers))
    tell(name, 'break the glass of one profile', await raceToOpen(commandProgram, place, racers))
    tell(name, 'revoke one session', await raceToRevoke(commandProgram, place, racers))
  }
}

await races('LMDB', { kind: 'local', folder: join(folder, 'store'), keysFile: join(folder, 'keys.json') })
await commandRaces('LMDB', { kind: 'local' })
const found = dynamoDbLocal()
if ('missing' in found) {
  say(`not raced on DynamoDB Local: ${found.missing}`)
} else {
  const local = await startDynamoDbLocal(found.folder)
  try {
    await races('DynamoDB Local', await makeRaceTable(local.url))
    await commandRaces('DynamoDB Local', { kind: 'dynamodb', url: local.url })
  } finally {
    await local.close()
  }
}
rmSync(folder, { recursive: true })
say(lost === 0 ? 'every race had the winners it should have' : `${lost} races were lost`)
process.exitCode = lost === 0 ? 0 : 1
