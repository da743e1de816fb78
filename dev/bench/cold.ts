// Many processes want the same credentials at once, and nothing is kept yet: one call of each kind, and one answer
// for all. Also when the process that makes the call is killed while AWS takes its time.

import { check, type Figure } from './figures.ts'
import { recordedCalls, verifiedLog } from './log.ts'
import { credentialsCommand, lockHolders, openWorld, type Ran, type World } from './world.ts'

/** The storms of so many callers, each in a world of its own. */
export async function coldFigures(crowd: number): Promise<readonly Figure[]> {
  const [empty, alone] = [await together(['-e', '0'], crowd), await together(credentialsCommand, 1)]
  const many = await together(credentialsCommand, crowd)
  check(same(many.ran).length === 1, 'all get the same credentials')
  for (const action of ['GetCallerIdentity', 'GetParameter', 'AssumeRole']) {
    check(many.calls.filter((call) => call === action).length === 1, `one ${action}: ${many.calls}`)
  }
  const killed = await leaderKilled(crowd)
  const figure = (name: string, { ms }: { ms: number }, beside: { ms: number }, what: string): Figure => ({
    name,
    ms,
    ratio: ms / beside.ms,
    beside: what,
  })
  return [
    figure(`${crowd} at once, cold`, many, empty, `${crowd} of node -e 0`),
    figure(`${crowd} at once, cold`, many, alone, 'one, cold'),
    figure('  the caller that calls AWS is killed', killed, empty, `${crowd} of node -e 0`),
  ]
}

async function together(args: readonly string[], count: number) {
  const world = await openWorld()
  try {
    const begun = performance.now()
    const ran = await Promise.all(Array.from({ length: count }, () => world.start(args).ended))
    const ms = performance.now() - begun
    for (const one of ran) check(one.status === 0, `everybody succeeds: ${howEnded(one)}`)
    if (args === credentialsCommand) await recordedAndVerified(world, { served: count, killed: 0 })
    return { ms, ran, calls: world.aws.calls.map(({ action }) => action) }
  } finally {
    await world.close()
  }
}

/** AWS holds the first AssumeRole for good; whoever waits for it is killed. */
async function leaderKilled(crowd: number): Promise<{ readonly ms: number }> {
  const world = await openWorld()
  let letGo = () => {}
  const until = new Promise<void>((resolve) => {
    letGo = resolve
  })
  try {
    world.aws.fail({ action: 'AssumeRole', times: 1 }, { kind: 'wait', until })
    const begun = performance.now()
    const callers = Array.from({ length: crowd }, () => world.start(credentialsCommand))
    await called(world, 'AssumeRole')
    const [leader = 0] = lockHolders(world)
    check(
      callers.some(({ pid }) => pid === leader),
      'the lock names its owner',
    )
    process.kill(leader, 'SIGKILL')
    const ran = await Promise.all(callers.map(({ ended }) => ended))
    const ms = performance.now() - begun
    const served = ran.filter(({ status }) => status === 0)
    const first = ran.find(({ status, signal }) => status !== 0 && signal !== 'SIGKILL')
    const why = first === undefined ? '' : `; one ended with ${howEnded(first)}`
    check(served.length === crowd - 1, `all but the killed one succeed: ${served.length}${why}`)
    check(same(served).length === 1, 'all get the same credentials')
    const calls = world.aws.calls.filter(({ action }) => action === 'AssumeRole').length
    check(calls === 2, `one AssumeRole that was cut off, and one more: ${calls}`)
    await recordedAndVerified(world, { served: crowd - 1, killed: 1 })
    return { ms }
  } finally {
    letGo()
    await world.close()
  }
}

/** Whoever was served has a decision and an outcome; whoever was killed a decision at most. The chain holds. */
async function recordedAndVerified(
  world: World,
  { served, killed }: { readonly served: number; readonly killed: number },
): Promise<void> {
  const { whole, cutOff } = recordedCalls(world, 0)
  check(whole === served && cutOff <= killed, `${served} calls are recorded: ${whole}, ${cutOff} cut off`)
  await verifiedLog(world)
}

async function called(world: World, action: string): Promise<void> {
  while (!world.aws.calls.some((call) => call.action === action)) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Why somebody did not succeed, also where they said nothing. */
const howEnded = ({ status, signal, stderr, ms }: Ran) =>
  `${signal ?? `status ${status}`} after ${Math.round(ms / 1000)} s: ${stderr.trim() || 'nothing was said'}`

const same = (ran: readonly Ran[]) => [...new Set(ran.map(({ stdout }) => stdout))]
