// What the measured calls left in the decision log: a bench of a gateway that records nothing would say nothing.

import { readFileSync } from 'node:fs'
import { check } from './figures.ts'
import { sentinel, type World } from './world.ts'

type Line = {
  readonly event: string
  readonly request_id?: string
  readonly effect?: string
  readonly outcome?: string
}

/** How many lines the log has. */
export function linesOfLog({ logFile }: World): number {
  return readFileSync(logFile, 'utf8').split('\n').length - 1
}

/**
 * Checks the lines after the first so many: of each request a decision that allows and an outcome that issues, in this
 * order, once.
 *
 * @returns how many requests have both, and how many were cut off after the decision
 */
export function recordedCalls(
  { logFile }: Pick<World, 'logFile'>,
  after: number,
): { readonly whole: number; readonly cutOff: number } {
  const lines = readFileSync(logFile, 'utf8').split('\n').slice(after, -1)
  const requests = new Map<string, string[]>()
  for (const text of lines) {
    const { event, request_id = '', effect, outcome } = JSON.parse(text) as Line
    if (event === 'log') continue
    const said = `${event} ${outcome ?? effect}`
    requests.set(request_id, [...(requests.get(request_id) ?? []), said])
  }
  const all = [...requests.values()].map((said) => said.join(', '))
  const strange = all.filter((said) => said !== pair && said !== decided)
  check(strange.length === 0, `of each call a decision and its outcome: ${strange[0]}`)
  const whole = all.filter((said) => said === pair).length
  return { whole, cutOff: all.length - whole }
}

const decided = 'decision allow'
const pair = `${decided}, outcome issued`

/** Lets the program itself verify the log's chain and head. */
export async function verifiedLog(world: World): Promise<void> {
  const ran = await world.start([sentinel, 'log', 'verify']).ended
  check(ran.status === 0, `the log verifies: ${ran.stdout}${ran.stderr}`)
}
