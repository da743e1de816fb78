// Requests per second of `exec --server`, each with a look at the policy and the session and two lines of the log, beside
// bare node:http in the same run. STS is not asked: its credentials serve again.

import { join } from 'node:path'
import { check, type Figure, quantile } from './figures.ts'
import { sentinel, type World } from './world.ts'

/** The endpoint as it is shipped, asked by eight connections at once. */
export async function endpointFigures(
  world: World,
  { rounds, perRound }: { readonly rounds: number; readonly perRound: number },
): Promise<readonly Figure[]> {
  const load = [join(import.meta.dirname, 'endpoint-load.mjs'), String(rounds), String(perRound)]
  const command = ['exec', '--server', '--session-table', 'local', '--profile', 'ai-readonly']
  const { ended } = world.start([sentinel, ...command, '--', process.execPath, ...load])
  const { status, stdout, stderr } = await ended
  check(status === 0, `every request was answered with credentials: ${stderr}`)
  const found = JSON.parse(stdout) as readonly (readonly [endpoint: number, bare: number])[]
  check(found.length === rounds, 'every round was measured')
  const slower = found.map(([endpoint, bare]) => bare / endpoint)
  const [endpoint, bare] = [0, 1].map((at) =>
    quantile(
      found.map((pair) => pair[at] ?? Number.NaN),
      0.5,
    ),
  )
  return [
    {
      name: `exec --server, ${endpoint?.toFixed(0)} requests/s`,
      ratio: quantile(slower, 0.5),
      spread: [quantile(slower, 0.25), quantile(slower, 0.75)],
      beside: `as long as bare node:http (${bare?.toFixed(0)}/s)`,
      ms: 1000 / (endpoint ?? Number.NaN),
    },
  ]
}
