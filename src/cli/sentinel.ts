// The program's entry and the only file with side effects: it turns the process into an Io and the exit status
// back into the process. Output is synchronous, so nothing is lost when the process ends.

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { SentinelError, systemClock, systemRandom } from '../base/index.ts'
import type { PlatformName } from '../machine/index.ts'
import { openDeps } from './deps.ts'
import type { Io, Output, Terminal } from './io.ts'
import { main } from './main.ts'
import { program } from './program.ts'

// The SDK would otherwise announce on stderr, at every start, when it stops to support this Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

// Asked for only where it is needed: loading it, or touching process.stdout, costs as much as a warm answer may.
const tty = () => process.getBuiltinModule('node:tty')

function output(fd: 1 | 2): Output {
  return {
    write: (text) => writeAll(fd, Buffer.from(text)),
    get isTTY() {
      return tty().isatty(fd)
    },
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (code !== 'EAGAIN') {
        throw new SentinelError('OUTPUT_CLOSED', `the output cannot be written: ${code}`, { cause })
      }
      // A pipe that does not block is full: wait a moment for its reader.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

function openTerminal(): Terminal | undefined {
  const { ReadStream, WriteStream } = tty()
  const [from, to] =
    process.platform === 'win32' ? ['\\\\.\\CONIN$', '\\\\.\\CONOUT$'] : ['/dev/tty', '/dev/tty']
  const fds: number[] = []
  try {
    fds.push(openSync(from, 'r+'))
    fds.push(openSync(to, 'r+'))
    const [input, out] = [new ReadStream(fds[0] ?? -1), new WriteStream(fds[1] ?? -1)]
    return {
      input,
      output: out,
      close: () => {
        input.destroy()
        out.destroy()
      },
    }
  } catch {
    for (const fd of fds) closeSync(fd)
    return undefined
  }
}

// Sentinel is tried on these three; any other Unix is taken for Linux.
function platformName(): PlatformName {
  const { platform } = process
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux'
}

const io: Io = {
  stdin: {
    readAll: () => readFileSync(0, 'utf8'),
    get isTTY() {
      return tty().isatty(0)
    },
  },
  stdout: output(1),
  stderr: output(2),
  env: process.env,
  cwd: process.cwd(),
  get home() {
    return homedir()
  },
  platform: platformName(),
  pid: process.pid,
  async spawn(file, args, { env, verbatim }) {
    const { spawn } = await import('node:child_process')
    return spawn(file, [...args], { env, stdio: 'inherit', windowsVerbatimArguments: verbatim })
  },
  onSignal(signal, listener) {
    process.on(signal, listener)
    return () => process.off(signal, listener)
  },
  openTerminal,
}

// A run that ends without an answer (an await that nothing will settle) must not look like success.
process.exitCode = 1
void main(process.argv.slice(2), openDeps(io, { clock: systemClock, random: systemRandom }), program).then(
  (status) => process.exit(status),
)
