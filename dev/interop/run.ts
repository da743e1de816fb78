// `npm run interop`: clients that we did not write, and our own beside them, against the built server: node-vault from npm,
// the `bao` of OpenBao where BAO names its binary or it is on the PATH, and `sentinel vault`. The same journeys each, at a
// server for development and through the life of a sealed one. What is not there is said. The exit status is 1 where a
// journey goes wrong.

import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { removeTemporariesOnSignals, removeTemporary, temporaryFolder } from '../temporary.ts'
import { type Cli, cliJourneys, sealedCliJourney } from './cli.ts'
import { journeys, placeAt, sealedJourney } from './node-vault.ts'
import { type ServerProcess, startDev, startSealed } from './server-process.ts'

const say = (text: string) => void process.stdout.write(`${text}\n`)
const counts = { passed: 0, failed: 0 }
removeTemporariesOnSignals()
const folder = temporaryFolder('sentinel-interop-')

async function attempt(who: string, name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
    counts.passed += 1
    say(`  ok     ${who}: ${name}`)
  } catch (thrown) {
    counts.failed += 1
    say(`  WRONG  ${who}: ${name}\n         ${(thrown as Error).message.replaceAll('\n', '\n         ')}`)
  }
}

/** A server of its own, in a folder of its own. */
async function at(
  name: string,
  start: (folder: string) => Promise<ServerProcess>,
  use: (url: string, folder: string) => Promise<void>,
): Promise<void> {
  const own = join(folder, name.replaceAll(' ', '-'))
  mkdirSync(own, { recursive: true })
  const server = await start(own)
  try {
    await use(server.url, own)
  } finally {
    await server.stop()
  }
}

async function nodeVault(): Promise<void> {
  await at('node-vault dev', startDev, async (url) => {
    for (const { name, run } of journeys) await attempt('node-vault', name, () => run(placeAt(url, 'root')))
  })
  await at('node-vault sealed', startSealed, (url) =>
    attempt('node-vault', sealedJourney.name, () => sealedJourney.run(url)),
  )
}

async function commandLine(who: string, command: Cli['command']): Promise<void> {
  await at(`${who} dev`, startDev, async (url, home) => {
    for (const { name, run } of cliJourneys)
      await attempt(who, name, () => run({ command, folder: home, url }))
  })
  await at(`${who} sealed`, startSealed, (url, home) =>
    attempt(who, sealedCliJourney.name, () => sealedCliJourney.run({ command, folder: home, url })),
  )
}

/** The binary of OpenBao: the one that is named, else the first on the PATH. */
function bao(): string | undefined {
  const named = process.env.BAO
  if (named !== undefined && named !== '') return resolve(named)
  const places = (process.env.PATH ?? '').split(delimiter).filter((place) => place !== '')
  return places.map((place) => join(place, 'bao')).find((file) => existsSync(file))
}

await nodeVault()
const program = resolve(import.meta.dirname, '../../dist/sentinel.cjs')
await commandLine('sentinel vault', [process.execPath, program, 'vault'])
const binary = bao()
if (binary === undefined)
  say(
    '  skipped: bao is not here. Build it from https://github.com/openbao/openbao and name it: BAO=/path/to/bao',
  )
else await commandLine('bao', [binary])
removeTemporary(folder)
say(`interop: ${counts.passed} journeys went through, ${counts.failed} did not`)
if (counts.failed > 0) process.exitCode = 1
