import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { type PlatformName, platforms } from '../machine/index.ts'
import { childEnvironment, findCommand, runChild } from './child.ts'
import { fakeIo } from './io.fake.ts'

const given = {
  profile: 'dev',
  requestId: '0123456789abcdef',
  region: 'eu-central-1',
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'token',
  expiration: '2026-02-03T16:00:00Z',
}

describe("a child's environment", () => {
  it('has the credentials, where they came from and how long they last', () => {
    expect(childEnvironment(platforms.linux, { HOME: '/home/alice' }, given)).toEqual({
      HOME: '/home/alice',
      AWS_VAULT: 'dev',
      AWS_SENTINEL: 'dev',
      SENTINEL_REQUEST_ID: '0123456789abcdef',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_SESSION_TOKEN: 'token',
      AWS_CREDENTIAL_EXPIRATION: '2026-02-03T16:00:00Z',
      SENTINEL_PROFILE: 'dev',
      SENTINEL_EXPIRATION: '2026-02-03T16:00:00Z',
    })
  })

  for (const name of [
    'AWS_PROFILE',
    'AWS_DEFAULT_PROFILE',
    'AWS_SECURITY_TOKEN',
    'AWS_CREDENTIAL_FILE',
    'AWS_SDK_LOAD_CONFIG',
    'AWS_ROLE_ARN',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_AUTHORIZATION_TOKEN',
    'AWS_VAULT_FILE_PASSPHRASE',
    'AWS_VAULT_OP_CONNECT_TOKEN',
  ]) {
    it(`has no ${name}, which could win or is a secret`, () => {
      expect(childEnvironment(platforms.linux, { [name]: 'x' }, given)).not.toHaveProperty(name)
    })
  }

  it('loses an old session token and expiry when the new credentials have none', () => {
    const parent = { AWS_SESSION_TOKEN: 'old', AWS_CREDENTIAL_EXPIRATION: 'old' }
    const child = childEnvironment(platforms.linux, parent, {
      ...given,
      sessionToken: undefined,
      expiration: undefined,
    })
    expect(child).not.toHaveProperty('AWS_SESSION_TOKEN')
    expect(child).not.toHaveProperty('AWS_CREDENTIAL_EXPIRATION')
  })

  it("keeps the parent's region where no other is given, and AWS settings that are no credentials", () => {
    const parent = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_CONFIG_FILE: '/c' }
    expect(childEnvironment(platforms.linux, parent, { ...given, region: undefined })).toMatchObject(parent)
  })

  it('compares names as the platform does', () => {
    const parent = { aws_profile: 'x', Aws_Region: 'y' }
    expect(childEnvironment(platforms.win32, parent, given)).not.toHaveProperty('aws_profile')
    expect(childEnvironment(platforms.win32, parent, given)).not.toHaveProperty('Aws_Region')
    expect(childEnvironment(platforms.linux, parent, given)).toMatchObject(parent)
  })
})

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
