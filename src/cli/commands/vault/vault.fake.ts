import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Secret, systemClock, systemRandom } from '../../../base/index.ts'
import { fakeMachine, freshFolder } from '../../../machine/machine.fake.ts'
import { startDevServer } from '../../../server/index.ts'
import { openDeps } from '../../deps.ts'
import { fakeIo } from '../../io.fake.ts'
import { main } from '../../main.ts'
import { program } from '../../program.ts'

export type World = { readonly env?: Record<string, string>; readonly stdin?: string }

/** A home of its own, and what a person there gets from a command line. */
export function home(address: string) {
  const folder = freshFolder()
  mkdirSync(folder, { recursive: true })
  const pauses: number[] = []
  const pause = async (ms: number) => void pauses.push(ms)
  const run = async (line: string | readonly string[], { env = {}, stdin = '' }: World = {}) => {
    const io = fakeIo({ env: { HOME: folder, VAULT_ADDR: address, ...env }, stdin })
    const real = openDeps({ ...io, cwd: folder, home: folder }, { clock: systemClock, random: systemRandom })
    const deps = { ...real, machine: { ...real.machine, wait: { ...real.machine.wait, pause } } }
    const status = await main(
      ['vault', ...(typeof line === 'string' ? line.split(' ') : line)],
      deps,
      program,
    )
    return { status, out: io.written.stdout, err: io.written.stderr }
  }
  return { folder, run, pauses }
}

/** A server for development, somebody who is root there, and short words. */
export async function vaultKit() {
  const server = await startDevServer(
    { machine: fakeMachine(), temporary: [], stdout: async () => {}, log: () => {} },
    { host: '127.0.0.1', port: 0, rootToken: new Secret('root') },
  )
  onTestFinished(() => server.close())
  const { folder, run } = home(server.urls[0] ?? '')
  const env = { VAULT_TOKEN: 'root' }
  const ask = (line: string | readonly string[], stdin = '') => run(line, { env, stdin })
  const json = async (line: string) => JSON.parse((await ask(`${line} -format=json`)).out)
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text)
  return { server, folder, run, ask, json, file }
}
