// `npm run bench [-- --rounds 40 --only gateway,access DIR…]`: what Sentinel costs, as ratios to something measured in the same minute. Figures
// fail nothing; the exit status is 1 only where something measured did not do what it says. Some minutes, half of them to fill
// the stores whose lists are measured.

import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { removeTemporariesOnSignals } from '../temporary.ts'
import { coldFigures } from './cold.ts'
import { endpointFigures } from './endpoint.ts'
import { table } from './figures.ts'
import { kvFigures } from './kv.ts'
import { applyFigure, libraryFolders, libraryLine } from './language.ts'
import { listFigures, unmeasured } from './lists.ts'
import { policyFigures } from './policies/figures.ts'
import { rulesFigures } from './rules.ts'
import { changedPolicy, warmFigures, warmParts } from './warm.ts'
import { openWorld, type World } from './world.ts'

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '40' }, only: { type: 'string' } },
  allowPositionals: true,
})
const rounds = Number(values.rounds)
// It would be said in the midst of the table.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
const say = (text: string) => void process.stdout.write(`${text}\n`)

/** The parts in their order; each says what it found. */
const parts: Readonly<Record<string, (world: World) => Promise<void>>> = {
  async gateway(world) {
    const warm = await warmFigures(world, rounds)
    const pieces = await warmParts(world, 15)
    const changed = await changedPolicy(world)
    say(
      `\n${table([...warm, await applyFigure(world, rounds), ...(await coldFigures(50)), ...(await rulesFigures())])}`,
    )
    say(`\nParts of a warm call, inside the process, looked at from outside (so a little slower):\n${pieces}`)
    say('  not loaded: Intl.DateTimeFormat, a YAML parser, schemas, the SDK, node:child_process, node:http')
    say(`\nA changed policy:\n${changed}`)
  },
  async access(world) {
    say(
      `\n${table([...(await endpointFigures(world, { rounds: 10, perRound: 100 })), ...(await listFigures(40))])}`,
    )
    for (const missing of unmeasured()) say(missing)
  },
  async server() {
    const kv = await kvFigures({
      rounds: 12,
      msPerRound: 500,
      beforehand: 10_000,
      many: 30_000,
      egps: 10_000,
    })
    say(`\n${table(kv.figures)}`)
    say(`\nA read of a secret of KV 2, ${kv.lines.join('\n')}`)
  },
  async language() {
    say('\nThe language, times as fast as others (ms: one evaluation), all limits on; Cedar cannot say P4:')
    say(table(await policyFigures(12)))
    say(`\n${libraryLine(libraryFolders(positionals, process.env))}`)
  },
}

removeTemporariesOnSignals()
try {
  await bench(chosen(values.only))
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`)
  process.exitCode = 1
}

function chosen(only: string | undefined): readonly ((world: World) => Promise<void>)[] {
  if (only === undefined) return Object.values(parts)
  return only.split(',').map((name) => {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined
    if (part !== undefined) return part
    throw new Error(
      `there is no part ${name}: --only takes ${Object.keys(parts).join(', ')}, with commas between`,
    )
  })
}

async function bench(wanted: ReturnType<typeof chosen>): Promise<void> {
  say(`Node ${process.version}, ${cpus().length} cores; whole processes, ${rounds} pairs in turn`)
  const world = await openWorld()
  try {
    for (const part of wanted) await part(world)
  } finally {
    await world.close()
  }
}
