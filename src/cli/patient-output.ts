// Writing to an open file of this process that nobody may be reading, without keeping the process from anything else. What
// Node does with a pipe that is full holds up every request, and a thread that waits in the kernel holds up the end of the
// process; so a pipe or a terminal is opened once more as one that does not wait, and asked again until it takes something.
//
// INVARIANT: the open file that was given stays as it is: others (a shell, a parent) have the same one.

import { constants, fstatSync, openSync, type Stats, write } from 'node:fs'
import { Socket } from 'node:net'
import { SentinelError } from '../base/index.ts'
import { errorCode, type Wait } from '../machine/index.ts'

/** Writes all of some bytes; one call after the other. */
export type PatientOutput = (bytes: Uint8Array) => Promise<void>

type Deps = { readonly wait: Pick<Wait, 'after'> }

/** Milliseconds until a full pipe is asked again. */
const againMs = 20

/**
 * Makes one. What is written ends when all of it was taken, however long that takes.
 *
 * @throws SentinelError OUTPUT_CLOSED where nobody will ever read, FILE_UNWRITABLE
 */
export function patientOutput(deps: Deps, fd: number): PatientOutput {
  let opened: PatientOutput | undefined
  let last: Promise<unknown> = Promise.resolve()
  const put = async (bytes: Uint8Array) => {
    try {
      opened ??= outputTo(deps, fd)
      await opened(bytes)
    } catch (cause) {
      if (errorCode(cause) === 'EPIPE')
        throw new SentinelError('OUTPUT_CLOSED', 'nobody reads the output', { cause })
      throw new SentinelError('FILE_UNWRITABLE', `the output cannot be written: ${errorCode(cause)}`, {
        cause,
      })
    }
  }
  return (bytes) => {
    const done = last.then(() => put(bytes))
    last = done.catch(() => undefined)
    return done
  }
}

function outputTo(deps: Deps, fd: number): PatientOutput {
  const stat = fstatSync(fd)
  if (stat.isSocket()) return socketOutput(fd)
  const unhurried = stat.isFIFO() || stat.isCharacterDevice() ? openedAgain(fd, stat) : undefined
  return (bytes) => writtenTo(deps, unhurried ?? fd, bytes)
}

/** Undefined where the system cannot do that: then a thread waits. A file would be opened at its beginning. */
function openedAgain(fd: number, { dev, ino }: Stats): number | undefined {
  try {
    const again = openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    const found = fstatSync(again)
    return found.dev === dev && found.ino === ino ? again : undefined
  } catch {
    return undefined
  }
}

async function writtenTo({ wait }: Deps, fd: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const taken = await someOf(fd, bytes, at)
    if (taken === 0) await new Promise<void>((resolve) => void wait.after(againMs, resolve))
    at += taken
  }
}

/** How many bytes were taken: none where it is full. */
function someOf(fd: number, bytes: Uint8Array, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, at, bytes.length - at, null, (error, taken) => {
      if (error === null) resolve(taken)
      else if (error.code === 'EAGAIN') resolve(0)
      else reject(error)
    })
  })
}

function socketOutput(fd: number): PatientOutput {
  const socket = new Socket({ fd, readable: false, writable: true })
  socket.on('error', () => {})
  socket.unref()
  return (bytes) =>
    new Promise((resolve, reject) => {
      socket.write(bytes, (error) => (error == null ? resolve() : reject(error)))
    })
}
