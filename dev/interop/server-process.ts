// The built server as a process of its own: for development, or sealed over files in a folder.

import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export type ServerProcess = { readonly url: string; readonly pid: number; stop(): Promise<void> }

const program = resolve(import.meta.dirname, '../../dist/sentinel.cjs')

/** Starts one for development, with `root` as its root token. */
export const startDev = (folder: string): Promise<ServerProcess> =>
  started(folder, ['--dev', '--listen', '127.0.0.1:0', '--root-token', 'root'])

/** Starts one that is not initialised yet, over LMDB, with a folder for audit files. @param more lines of its configuration */
export function startSealed(folder: string, more = ''): Promise<ServerProcess> {
  const file = join(folder, 'server.hcl')
  mkdirSync(join(folder, 'audit'), { recursive: true })
  writeFileSync(
    file,
    `listener "tcp" {
  address = "127.0.0.1:0"
  tls_disable = true
}
storage "lmdb" { path = "storage" }
audit_dirs = ["audit"]
${more}`,
  )
  return started(folder, ['--config', file])
}

function started(folder: string, flags: readonly string[]): Promise<ServerProcess> {
  const child = spawn(process.execPath, [program, 'server', ...flags], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  return new Promise((done, failed) => {
    const heard = (bytes: Buffer) => {
      said += bytes
      const [url] = /https?:\/\/127\.0\.0\.1:\d+/.exec(said) ?? []
      if (url === undefined) return
      const ended = new Promise<void>((gone) => child.once('exit', () => gone()))
      done({
        url,
        pid: child.pid ?? 0,
        async stop() {
          child.kill('SIGTERM')
          await ended
        },
      })
    }
    child.stdout.on('data', heard)
    child.stderr.on('data', heard)
    child.once('exit', (status) => failed(new Error(`the server ended with ${status}: ${said}`)))
  })
}
