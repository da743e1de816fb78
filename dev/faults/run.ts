// `npm run faults [-- --journey PART OF A NAME] [--share 10] [--at-once 4]`: exit 1 when a run did not hold.

import { parseArgs } from 'node:util'
import { removeTemporariesOnSignals, removeTemporary, temporaryFolder } from '../temporary.ts'
import { ways } from './drive.ts'
import { tryAll } from './trial.ts'
import { buildChild } from './world.ts'

const { values } = parseArgs({
  options: {
    journey: { type: 'string', default: '' },
    share: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '3' },
  },
})
const say = (text: string) => void process.stdout.write(`${text}\n`)
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
removeTemporariesOnSignals()
const folder = temporaryFolder('sentinel-faults-')
const child = await buildChild(folder)
const fits = (name: string) => name.includes(values.journey)
const choice = { fits, every: Number(values.share), atOnce: Number(values['at-once']) }
const trials = await tryAll(child, choice, ({ name, calls, runs, broken, found }) => {
  const how = ways.map((way) => `${found.get(way) ?? 0} ${way}`).join(', ')
  say(`${name}: ${calls} calls, ${runs} runs, ${runs - broken.length} held (finished ${how})`)
  for (const { plan, wrong } of broken) {
    const { call, fault } = plan
    say(`  ${fault} at ${call.action} ${call.nth + 1} of step ${call.step + 1}: ${wrong.join('; ')}`)
  }
})
removeTemporary(folder)
const sum = (count: (trial: (typeof trials)[number]) => number) =>
  trials.reduce((all, one) => all + count(one), 0)
const [calls, runs, broken] = [
  sum((one) => one.calls),
  sum((one) => one.runs),
  sum((one) => one.broken.length),
]
say(`${calls} calls x 6 faults: ${runs} runs, ${runs - broken} held`)
process.exitCode = runs > 0 && broken === 0 ? 0 : 1
