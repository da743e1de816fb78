// One journey with at most one fault in it, and what is wrong afterwards.
//
// After the fault everything works again, and whoever travels does what a person would: the same command once more; half a
// minute of patience, which an opening that died half-way takes; where it is refused still, a look at whether it has
// happened; and where a step says why, the journey from its beginning.

import { beforeAws, beforeStore, type Gate, type Plan } from './gates.ts'
import type { Answer, Journey, Printed, Step, Traveller } from './journeys.ts'
import { judge, type Notes } from './judge.ts'
import type { Place } from './places.ts'
import type { Call } from './proxy.ts'
import type { Server } from './server.ts'
import { type Ended, type Means, openWorld, type World } from './world.ts'

/** How a journey was finished after its fault. */
export const ways = [
  'at once',
  'again',
  'half a minute later',
  'it had happened',
  'from the beginning',
] as const
export type Way = (typeof ways)[number]

/** What a run showed. It held where nothing is wrong. */
export type Run = {
  readonly calls: readonly Call[]
  readonly way: Way
  readonly wrong: readonly string[]
}

/** Runs a journey in a place, with a fault where one is planned. */
export async function travel(means: Means, journey: Journey, place: Place, plan?: Plan): Promise<Run> {
  const world = await openWorld(means, { ...journey, place })
  const notes: Notes = { wrong: [], promises: [], received: [] }
  try {
    const { at, gate } = startIn(world, place, notes, plan)
    const way = await stepByStep(gate, journey, at, notes, plan)
    const calls = gate.calls()
    await at.endServer()
    if (plan !== undefined && !gate.hasStruck()) notes.wrong.push('the call never came')
    return { calls, way, wrong: [...notes.wrong, ...(await judge(world, journey, at, notes))] }
  } finally {
    await world.close()
  }
}

type Going = Traveller & { step: number }

function startIn(world: World, place: Place, notes: Notes, plan: Plan | undefined) {
  let server: Server | undefined
  /** Ends whoever makes the calls now. */
  let kill = () => {}
  const gate =
    place === 'LMDB' ? beforeStore(world.storeFiles, plan) : beforeAws(world.proxy, plan, () => kill())
  const counted = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    gate.enter(at.step)
    try {
      return await run()
    } finally {
      gate.enter(undefined)
    }
  }
  const inProcess = async (who: string, argv: readonly string[]) => {
    const started = world.start(who, argv, gate.environment())
    kill = started.kill
    return answerOf(await started.ended)
  }
  const look: Traveller['look'] = async (...argv) => {
    const { status, stdout, stderr } = await world.look(argv)
    return status === 0 ? (JSON.parse(stdout) as Printed) : { error: stderr }
  }
  const at: Going = {
    id: '',
    step: 0,
    sentinel: (who, ...argv) =>
      counted(async () =>
        gate.isKilledIn(at.step)
          ? inProcess(who, argv)
          : answerOf(await inEnvironment(gate.environment(), () => world.run(who, argv))),
      ),
    exec: () => counted(() => inProcess('alice', [...execWords, ...printKey])),
    ask: () =>
      counted(async () => {
        const asked = server ?? world.serve('alice', ['--profile', 'prod'], gate.environment())
        server = asked
        kill = asked.kill
        const said = await asked.ask()
        // It is not there any more: whoever asks next starts another.
        if (said.code === 'GONE' || said.code.startsWith('ENDED')) server = undefined
        return said
      }),
    heartbeat: (ms) =>
      counted(async () => {
        kill = () => server?.kill()
        const came = await heartbeatOf(
          server,
          { gate, isDue: gate.isDueIn(at.step), kills: gate.isKilledIn(at.step) },
          () => look('server-session', at.id, '--json'),
          () => world.advance(ms),
        )
        if (came === 'GONE') server = undefined
        return came
      }),
    endServer: () =>
      counted(async () => {
        const ending = server
        server = undefined
        kill = () => ending?.kill()
        return ending === undefined ? 0 : ending.end()
      }),
    look,
    advance: world.advance,
    acknowledged: (what, isTrue) => void notes.promises.push({ what, isTrue }),
    received: (key) => void notes.received.push(key ?? 'no key'),
    wrong: (what) => void notes.wrong.push(what),
  }
  return { at, gate }
}

/** For this process's own LMDB, which no argument reaches. */
async function inEnvironment<Result>(more: NodeJS.ProcessEnv, run: () => Promise<Result>): Promise<Result> {
  Object.assign(process.env, more)
  try {
    return await run()
  } finally {
    for (const name of Object.keys(more)) delete process.env[name]
  }
}

const execWords = ['exec', '--profile', 'prod', '--']
const printKey = [process.execPath, '-p', 'process.env.AWS_ACCESS_KEY_ID']

// A heartbeat that fails says nothing: after its fault it gets so long, and without one as long as it takes.
const [lookEveryMs, silenceMs, longestMs] = [50, 3_000, 30_000]

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function heartbeatOf(
  server: Server | undefined,
  { gate, isDue, kills }: { readonly gate: Gate; readonly isDue: boolean; readonly kills: boolean },
  row: () => Promise<Printed>,
  advance: () => void,
): Promise<string | undefined> {
  const text = async () => JSON.stringify(await row())
  const before = await text()
  advance()
  let leftMs = longestMs
  for (; leftMs > 0; leftMs -= lookEveryMs) {
    if (server?.hasEnded() !== false) return 'GONE'
    const isWritten = (await text()) !== before
    // Some calls come behind the one that writes.
    const isStruck = isDue && gate.hasStruck()
    if (isWritten && !kills && isStruck === isDue) {
      await pause(lookEveryMs)
      return undefined
    }
    if (isStruck) leftMs = Math.min(leftMs, silenceMs)
    await pause(lookEveryMs)
  }
  return 'NO_HEARTBEAT'
}

function answerOf({ status, stdout, stderr }: Ended): Answer {
  const [, code = `ended with ${status}`] =
    /"code": "([A-Z_]+)"|\[([A-Z_]+)\]$/m.exec(stderr + stdout)?.filter((found) => found !== undefined) ?? []
  return { status, code, stdout }
}

async function stepByStep(
  gate: Gate,
  { steps }: Journey,
  at: Going,
  { wrong }: Notes,
  plan: Plan | undefined,
): Promise<Way> {
  let way: Way = 'at once'
  for (let step = 0; step < steps.length; step++) {
    at.step = step
    const here = steps[step]
    const said = await here?.run(at)
    if (here === undefined || said === undefined) continue
    if (way !== 'at once' || plan?.call.step !== step || !gate.hasStruck()) {
      wrong.push(`${here.name}: ${said}, and no fault was there`)
      return way
    }
    way = (await recovered(here, at)) ?? 'from the beginning'
    if (way !== 'from the beginning') continue
    if (here.anew === undefined) {
      wrong.push(`${here.name}: ${said}, and it could not be finished`)
      return way
    }
    step = -1
  }
  return way
}

// What failed once is not tried again within the same second: many processes would fail one by one.
const breathMs = 2_000
// As long as an opening may be under way.
const patienceMs = 31_000

async function recovered(step: Step, at: Traveller): Promise<Way | undefined> {
  at.advance(breathMs)
  if ((await step.run(at)) === undefined) return 'again'
  at.advance(patienceMs)
  if ((await step.run(at)) === undefined) return 'half a minute later'
  return (await step.hasHappened?.(at)) ? 'it had happened' : undefined
}
