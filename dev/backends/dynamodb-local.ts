// Amazon's own DynamoDB Local, where Java and its jar are: dev/backends/install.sh puts the jar into a cache folder
// outside the repository. Each is a process of our own, in memory, on a free loopback port.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { endWithUs } from '../temporary.ts'

export type DynamoDbLocal = { readonly url: string; close(): Promise<void> }

/** The folder of the jar, if it can be run; otherwise why not. */
export function dynamoDbLocal(): { readonly folder: string } | { readonly missing: string } {
  const folder = process.env.SENTINEL_DYNAMODB_LOCAL ?? join(cacheFolder(), 'dynamodb-local-2.9.30')
  if (!existsSync(join(folder, 'DynamoDBLocal.jar'))) {
    return { missing: 'DynamoDB Local is not installed (dev/backends/install.sh)' }
  }
  const { status } = spawnSync('java', ['-version'], { stdio: 'ignore' })
  return status === 0 ? { folder } : { missing: 'DynamoDB Local cannot run: there is no Java' }
}

/** The same folder as in install.sh. */
function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sentinel-gateway-dev')
}

/** Starts one, and waits until it answers. */
export async function startDynamoDbLocal(folder: string): Promise<DynamoDbLocal> {
  const port = await freePort()
  const child = endWithUs(
    spawn(
      'java',
      [
        '-Xmx512m',
        // It never lives long enough for the time that the second compiler takes.
        '-XX:TieredStopAtLevel=1',
        `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
        '-jar',
        join(folder, 'DynamoDBLocal.jar'),
        '-inMemory',
        '-sharedDb',
        '-port',
        String(port),
      ],
      { cwd: folder, stdio: 'ignore' },
    ),
  )
  const ended = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  while (child.exitCode === null && !(await answers(url))) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  if (child.exitCode !== null) throw new Error(`DynamoDB Local ended with ${child.exitCode}`)
  return {
    url,
    async close() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    // It knows no such call, and says so.
    await fetch(url, { method: 'POST' })
    return true
  } catch {
    return false
  }
}

/** It takes a port by number only, and says nothing of one that it chose. */
async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
