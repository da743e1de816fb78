import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { type PlatformName, platforms } from '../machine/index.ts'
import { findCommand, runChild } from './child.ts'
import { fakeIo } from './io.fake.ts'

describe("a child's program", () => {
  const probe = (path: string) => (/plain/.test(path) ? 'plain' : /tool/.test(path) ? 'program' : 'missing')
  const paths: Record<PlatformName, string> = { darwin: '/opt/bin', linux: '/opt/bin', win32: 'C:\\bin' }
  for (const name of ['darwin', 'linux', 'win32'] as const) {
    const find = (...argv: string[]) => findCommand(platforms[name], { PATH: paths[name] }, argv, probe)

    it(`is found on ${name}`, () => {
      expect(find('tool.exe', '-x', 'a b')).toMatchObject({ args: ['-x', 'a b'], verbatim: false })
    })

    it(`that is missing on ${name} is exit 127`, () => {
      expect(() => find('nowhere')).toThrow(expect.objectContaining({ code: 'COMMAND_NOT_FOUND' }))
    })
  }

  it('that may not be executed is exit 126', () => {
    expect(() => findCommand(platforms.linux, { PATH: '/bin' }, ['plain'], probe)).toThrow(
      expect.objectContaining({ code: 'COMMAND_NOT_EXECUTABLE' }),
    )
  })

  it('that is a batch file runs under the command shell, quoted', () => {
    const env = { PATH: 'C:\\bin', ComSpec: 'C:\\Windows\\cmd.exe' }
    expect(findCommand(platforms.win32, env, ['tool.cmd', 'a b'], probe)).toEqual({
      file: 'C:\\Windows\\cmd.exe',
      args: ['/d', '/s', '/c', '""C:\\bin\\tool.cmd" "a b""'],
      verbatim: true,
    })
  })

  for (const arg of ['%PATH%', 'a & calc', 'a"b', 'a^b', 'a|b', 'a>b', '!x!', 'a\nb']) {
    it(`that is a batch file is not given ${JSON.stringify(arg)}`, () => {
      expect(() => findCommand(platforms.win32, { PATH: 'C:\\bin' }, ['tool.bat', arg], probe)).toThrow(
        /batch file/,
      )
    })
  }
})

describe.skipIf(process.platform === 'win32')('a real child', () => {
  /** Runs a script of Node; `signals` are sent once it says that it is ready. */
  async function run(script: string, signals: readonly NodeJS.Signals[], isTTY: boolean): Promise<number> {
    const listeners = new Map<NodeJS.Signals, () => void>()
    const io = fakeIo({ isTTY })
    const send = () => {
      for (const signal of signals) listeners.get(signal)?.()
    }
    const status = await runChild(
      {
        ...io,
        spawn: async (file, args, { env }) => {
          const child = spawn(file, [...args], { env, stdio: ['ignore', 'pipe', 'ignore'] })
          child.stdout?.once('data', send)
          return child
        },
        onSignal: (signal, listener) => {
          listeners.set(signal, listener)
          return () => listeners.delete(signal)
        },
      },
      platforms.linux,
      { file: process.execPath, args: ['-e', script], verbatim: false },
      {},
    )
    expect([...listeners]).toEqual([])
    return status
  }
  const ready = 'setInterval(() => {}, 1000); console.log("ready")'

  for (const [name, script, signals, isTTY, status] of [
    ['gives its exit status', 'process.exit(5)', [], false, 5],
    ['that was killed gives 128 and the signal', 'process.kill(process.pid, "SIGKILL")', [], false, 137],
    ['gets signals', `process.on("SIGHUP", () => process.exit(6)); ${ready}`, ['SIGHUP'], false, 6],
    ['that dies from a signal handed on gives 128 and it', ready, ['SIGTERM'], false, 143],
    ['without a terminal gets Ctrl-C from here', ready, ['SIGINT'], false, 130],
    [
      'at a terminal has Ctrl-C already, and gets it once only',
      `process.on("SIGINT", () => process.exit(8)); process.on("SIGTERM", () => setTimeout(() => process.exit(9), 20)); ${ready}`,
      ['SIGINT', 'SIGTERM'],
      true,
      9,
    ],
  ] as const) {
    it(name, async () => expect(await run(script, signals, isTTY)).toBe(status))
  }

  it('gets a signal that came before it was started', async () => {
    const listeners = new Map<NodeJS.Signals, () => void>()
    const io = {
      ...fakeIo(),
      spawn: async (file: string, args: readonly string[]) => {
        listeners.get('SIGTERM')?.()
        return spawn(file, [...args], { stdio: 'ignore' })
      },
      onSignal: (signal: NodeJS.Signals, listener: () => void) => {
        listeners.set(signal, listener)
        return () => listeners.delete(signal)
      },
    }
    const command = { file: process.execPath, args: ['-e', ready], verbatim: false }
    expect(await runChild(io, platforms.linux, command, {})).toBe(143)
  })

  for (const [name, file, code] of [
    ['that went away meanwhile', '/nowhere/tool', 'COMMAND_NOT_FOUND'],
    ['that cannot be run after all', '/', 'COMMAND_NOT_EXECUTABLE'],
  ] as const) {
    it(`${name} is an error with a code`, async () => {
      const io = {
        ...fakeIo(),
        spawn: async (program: string) => spawn(program, [], { stdio: 'ignore' }),
      }
      const running = Promise.resolve().then(() =>
        runChild(io, platforms.linux, { file, args: [], verbatim: false }, {}),
      )
      await expect(running).rejects.toMatchObject({ code })
    })
  }
})
