// `npm run faults [-- --journey PART OF A NAME] [--place LMDB] [--fault kill] [--at-once 4]`: exit 1 when a run did not hold,
// 2 when there is none to try.

import { parseArgs } from 'node:util'
import { dynamoDbLocal, startDynamoDbLocal } from '../backends/dynamodb-local.ts'
import { removeTemporariesOnSignals, removeTemporary, temporaryFolderInMemory } from '../temporary.ts'
import { nothingFits } from './choice.ts'
import { meansIn } from './crew.ts'
import { ways } from './drive.ts'
import { type Place, places } from './places.ts'
import { type Trial, tryAll } from './trial.ts'

const { values } = parseArgs({
  options: {
    journey: { type: 'string', default: '' },
    place: { type: 'string', default: '' },
    fault: { type: 'string', default: '' },
    'at-once': { type: 'string', default: '4' },
  },
})
const missing = nothingFits(values)
if (missing !== undefined) {
  process.stderr.write(`faults: ${missing}\n`)
  process.exit(2)
}
const startedAt = performance.now()
const seconds = () => Math.round((performance.now() - startedAt) / 1000)
const { isTTY } = process.stderr
const say = (text: string) => void process.stdout.write(`${isTTY ? '\r\u001b[K' : ''}${text}\n`)
removeTemporariesOnSignals()
const folder = temporaryFolderInMemory('sentinel-faults-')
const found = dynamoDbLocal()
const local = 'missing' in found ? undefined : await startDynamoDbLocal(found.folder)
const trials = await tryAll(
  await meansIn(folder, local?.url),
  {
    fits: (name, place) => name.includes(values.journey) && place.includes(values.place),
    plans: (all) => all.filter(({ fault }) => fault.includes(values.fault)),
    atOnce: Number(values['at-once']),
  },
  {
    broke({ name, place }, { plan: { call, fault }, wrong }) {
      const where = `${fault} at ${call.action} ${call.nth + 1} of step ${call.step + 1}`
      say(`${place}: ${name}: ${where}: ${wrong.join('; ')}`)
    },
    finished: tell,
    progress(done, all) {
      const so = `${done} of ${all} runs, ${seconds()} s`
      if (isTTY) process.stderr.write(`\r\u001b[K${so}`)
      else if (done % 250 === 0) process.stderr.write(`${so}\n`)
    },
  },
)
await local?.close()
removeTemporary(folder)

function tell({ name, place, calls, runs, broken, found }: Trial): void {
  const how = ways.flatMap((way) => (found.has(way) ? [`${found.get(way)} ${way}`] : [])).join(', ')
  say(
    `${place}: ${name}: ${calls} calls x ${runs / calls} = ${runs} runs, ${runs - broken.length} held (finished ${how})`,
  )
}

function sums(of: readonly Trial[]): { readonly text: string; readonly runs: number; readonly held: number } {
  const sum = (count: (trial: Trial) => number) => of.reduce((all, one) => all + count(one), 0)
  const [calls, runs] = [sum((one) => one.calls), sum((one) => one.runs)]
  const held = runs - sum((one) => one.broken.length)
  return { text: `${calls} calls x ${runs / calls} faults = ${runs} runs, ${held} held`, runs, held }
}

const called: Readonly<Record<Place, string>> = {
  AWS: 'every call of AWS, stores in dynalite',
  'DynamoDB Local': "every call of DynamoDB, Amazon's own",
  LMDB: 'every operation of the local store; throttle is no room, timeout an I/O error',
}
for (const place of places) {
  const of = trials.filter((one) => one.place === place)
  if (of.length > 0) say(`${place}: ${of.length} journeys: ${sums(of).text} (${called[place]})`)
}
if ('missing' in found) say(`not tried on DynamoDB Local: ${found.missing}`)
const { text, runs, held } = sums(trials)
if (runs === 0) process.stderr.write('faults: nothing was tried\n')
else say(`faults: ${text}, ${runs - held} did not, in ${seconds()} s`)
process.exitCode = runs === 0 ? 2 : held === runs ? 0 : 1
