import type { Env } from '../machine/index.ts'
import type { Io, Terminal } from './io.ts'

/** An Io for tests: nothing of the machine, and everything written is kept. */
export type FakeIo = Io & { readonly written: { stdout: string; stderr: string } }

export type FakeWorld = {
  readonly env?: Env
  readonly stdin?: string
  readonly terminal?: Terminal
  readonly isTTY?: boolean
}

/** Makes an Io without a terminal, children or signals, unless they are given. */
export function fakeIo(world: FakeWorld = {}): FakeIo {
  const written = { stdout: '', stderr: '' }
  const output = (name: 'stdout' | 'stderr') => ({
    isNull: false,
    isTTY: world.isTTY ?? false,
    write: (text: string) => {
      written[name] += text
    },
  })
  return {
    written,
    stdin: { readAll: () => world.stdin ?? '', fd: -1, isTTY: world.isTTY ?? false },
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: world.env ?? {},
    cwd: '/home/alice/work',
    home: '/home/alice',
    platform: 'linux',
    pid: 4711,
    host: 'laptop',
    spawn: () => Promise.reject(new Error('this test starts no children')),
    onSignal: () => () => {},
    openTerminal: async () => world.terminal,
    threads: async () => undefined,
  }
}
