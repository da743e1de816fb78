// The files that a child of `exec --server` is pointed to: the endpoint's token, and an empty one in place of the person's
// AWS configuration. They lie in a folder of their own for as long as the server lives. A server that was killed leaves
// them; what they open is gone with it, and the next server clears them away.

import { lstatSync, readdirSync, rmSync, statSync } from 'node:fs'
import { isRequestId, type Secret } from '../base/index.ts'
import { isForsaken, type Release, tryLock, writeAtomic } from '../machine/index.ts'
import type { GatewayDeps } from './gateway-deps.ts'

/** Paths of the files. */
export type EndpointFiles = { readonly token: string; readonly empty: string; remove(): void }

/** Writes the files of a server, once those of dead ones are gone. @throws SentinelError FILE_UNWRITABLE */
export function writeEndpointFiles(deps: GatewayDeps, token: Secret): EndpointFiles {
  const { machine, paths } = deps
  const { join } = deps.platform.path
  const all = join(paths.cacheFolder, 'endpoints')
  clear(deps, all)
  const folder = join(all, deps.newRequestId())
  // The lock is there before the folder, so that nobody takes this server for a dead one. It is nobody else's name.
  const attempt = tryLock(machine, lockOf(folder))
  const release: Release = attempt.kind === 'got' ? attempt.release : () => {}
  const files = { token: join(folder, 'token'), empty: join(folder, 'no-config') }
  const remove = () => {
    release()
    removeBoth(folder)
  }
  try {
    // Without a line break: it becomes a header as it is.
    writeAtomic(machine, files.token, token.reveal())
    writeAtomic(machine, files.empty, '')
    return { ...files, remove }
  } catch (thrown) {
    remove()
    throw thrown
  }
}

const lockOf = (folder: string) => `${folder}.lock`

/** What cannot be cleared away harms nobody: the token of an endpoint that is gone. It may also be that there is nothing. */
function clear(deps: GatewayDeps, all: string): void {
  const { join } = deps.platform.path
  try {
    const { uid } = statSync(all)
    for (const id of new Set(readdirSync(all).map((name) => name.replace(/\.lock$/, '')))) {
      const folder = join(all, id)
      const stat = lstatSync(folder, { throwIfNoEntry: false })
      const isOurs = isRequestId(id) && (stat === undefined || (stat.isDirectory() && stat.uid === uid))
      if (isOurs && isForsaken(deps.machine, lockOf(folder))) removeBoth(folder)
    }
  } catch {
    return
  }
}

function removeBoth(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  rmSync(lockOf(folder), { force: true })
}
