// The process as an Io. Output is synchronous, so nothing is lost when the process ends.

import { isUtf8 } from 'node:buffer'
import { fstatSync, readFileSync, statSync, writeSync } from 'node:fs'
import { SentinelError } from '../base/index.ts'
import { type PlatformName, platforms } from '../machine/index.ts'
import type { Io, Output } from './io.ts'

/** The Io of this process. */
export function realIo(): Io {
  return {
    stdin: {
      readAll,
      fd: 0,
      get isTTY() {
        return tty().isatty(0)
      },
    },
    stdout: output(1),
    stderr: output(2),
    // A copy: what this process sets for itself must not reach a child.
    env: { ...process.env },
    get cwd() {
      return process.cwd()
    },
    get home() {
      // An empty HOME is no home: the user's own is then the one that the system knows.
      return os().homedir() || os().userInfo().homedir
    },
    platform: platformName(),
    pid: process.pid,
    get host() {
      return hostName()
    },
    async spawn(file, args, { env, verbatim }) {
      const { spawn } = await import('node:child_process')
      return spawn(file, [...args], { env, stdio: 'inherit', windowsVerbatimArguments: verbatim })
    },
    onSignal(signal, listener) {
      process.on(signal, listener)
      return () => process.off(signal, listener)
    },
    async openTerminal() {
      return (await import('./real-terminal.ts')).openTerminal(platforms[platformName()])
    },
    async threads() {
      return (await import('./threads.ts')).threads()
    },
  }
}

// Asked for only where it is needed: loading it, or touching process.stdout, costs as much as a warm answer may.
const tty = () => process.getBuiltinModule('node:tty')
const os = () => process.getBuiltinModule('node:os')

/** As Linux says it in a file: loading `node:os` for that costs a hundredth of a warm answer. */
function hostName(): string {
  try {
    return readFileSync('/proc/sys/kernel/hostname', 'utf8').trimEnd()
  } catch {
    return os().hostname()
  }
}

function readAll(): string {
  const bytes = readFileSync(0)
  if (isUtf8(bytes)) return bytes.toString('utf8')
  throw new SentinelError('FILE_UNREADABLE', 'cannot read stdin: it is not UTF-8', {
    hint: 'send it as UTF-8',
  })
}

function output(fd: 1 | 2): Output {
  return {
    write: (text) => writeText(fd, text),
    fd,
    get isNull() {
      return deviceOf(fd) === 'null'
    },
    get isTTY() {
      return deviceOf(fd) === 'other' && tty().isatty(fd)
    },
  }
}

/** Files, pipes and the null device are no terminals: that is known without loading what knows terminals. */
function deviceOf(fd: number): 'none' | 'null' | 'other' {
  try {
    const stat = fstatSync(fd)
    if (!stat.isCharacterDevice()) return 'none'
    return stat.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev ? 'null' : 'other'
  } catch {
    return 'other'
  }
}

/** In pieces, so that a large text is not copied as a whole. None of them ends inside of a pair of surrogates. */
function writeText(fd: number, text: string): void {
  for (let at = 0; at < text.length; ) {
    const end = at + pieceLength
    const cutsPair = end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))
    writeAll(fd, Buffer.from(text.slice(at, cutsPair ? end - 1 : end)))
    at = cutsPair ? end - 1 : end
  }
}

const pieceLength = 1024 * 1024

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (code === 'EPIPE') throw new SentinelError('OUTPUT_CLOSED', 'nobody reads the output', { cause })
      if (code !== 'EAGAIN')
        throw new SentinelError('FILE_UNWRITABLE', `the output cannot be written: ${code}`, { cause })
      // A pipe that does not block is full: wait a moment for its reader.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

// Sentinel is tried on these three; any other Unix is taken for Linux.
function platformName(): PlatformName {
  const { platform } = process
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux'
}
