import { describe, expect, test } from 'vitest'
import { agentAddress, paths } from './paths.ts'
import {
  defaultShell,
  expandHome,
  homeFolder,
  type Platform,
  platforms,
  signalStatus,
  variable,
} from './platform.ts'

const { darwin, linux, win32 } = platforms
const [unixHome, windowsHome] = ['/home/alice', 'C:\\Users\\alice']
const homeOf = (platform: Platform) => (platform === win32 ? windowsHome : unixHome)

describe('where things lie', () => {
  for (const [name, platform, env, want] of [
    [
      'Linux follows the XDG defaults',
      linux,
      {},
      ['/home/alice/.local/state/sentinel', '/home/alice/.cache/sentinel', '/home/alice/.config/sentinel'],
    ],
    [
      'macOS keeps state and configuration in Application Support',
      darwin,
      {},
      [
        '/home/alice/Library/Application Support/sentinel',
        '/home/alice/Library/Caches/sentinel',
        '/home/alice/Library/Application Support/sentinel',
      ],
    ],
    [
      'Windows uses the folders of its variables',
      win32,
      { LocalAppData: 'D:\\local', APPDATA: 'D:\\roaming' },
      ['D:\\local\\sentinel', 'D:\\local\\sentinel\\cache', 'D:\\roaming\\sentinel'],
    ],
    [
      'Windows without variables goes below the home folder',
      win32,
      {},
      [
        'C:\\Users\\alice\\AppData\\Local\\sentinel',
        'C:\\Users\\alice\\AppData\\Local\\sentinel\\cache',
        'C:\\Users\\alice\\AppData\\Roaming\\sentinel',
      ],
    ],
    [
      'XDG variables count on Linux',
      linux,
      { XDG_STATE_HOME: '/s', XDG_CACHE_HOME: '/c', XDG_CONFIG_HOME: '/f' },
      ['/s/sentinel', '/c/sentinel', '/f/sentinel'],
    ],
    [
      'XDG variables count on macOS',
      darwin,
      { XDG_STATE_HOME: '/s', XDG_CACHE_HOME: '/c', XDG_CONFIG_HOME: '/f' },
      ['/s/sentinel', '/c/sentinel', '/f/sentinel'],
    ],
    [
      'XDG variables count on Windows',
      win32,
      { XDG_STATE_HOME: 'E:\\s', XDG_CACHE_HOME: 'E:\\c', XDG_CONFIG_HOME: 'E:\\f' },
      ['E:\\s\\sentinel', 'E:\\c\\sentinel', 'E:\\f\\sentinel'],
    ],
    [
      'a relative XDG variable is ignored, an empty one too',
      linux,
      { XDG_STATE_HOME: 'state', XDG_CACHE_HOME: '', XDG_CONFIG_HOME: './x' },
      ['/home/alice/.local/state/sentinel', '/home/alice/.cache/sentinel', '/home/alice/.config/sentinel'],
    ],
  ] as const) {
    test(name, () => {
      const found = paths(platform, env, homeOf(platform))
      expect([found.stateFolder, found.cacheFolder, found.configFolder]).toEqual(want)
      expect(platform.path.dirname(found.logFile)).toBe(found.stateFolder)
      expect(platform.path.dirname(found.keysFile)).toBe(found.stateFolder)
    })
  }

  test("AWS's files are AWS's, and its variables may begin with ~", () => {
    const plain = paths(linux, {}, unixHome)
    expect(plain.awsConfigFile).toBe('/home/alice/.aws/config')
    expect(plain.awsCredentialsFile).toBe('/home/alice/.aws/credentials')
    expect(plain.awsSsoCacheFolder).toBe('/home/alice/.aws/sso/cache')
    const given = paths(
      linux,
      { AWS_CONFIG_FILE: '~/c', AWS_SHARED_CREDENTIALS_FILE: '/etc/creds' },
      unixHome,
    )
    expect([given.awsConfigFile, given.awsCredentialsFile]).toEqual(['/home/alice/c', '/etc/creds'])
    expect(paths(win32, { AWS_CONFIG_FILE: '~\\c' }, windowsHome).awsConfigFile).toBe('C:\\Users\\alice\\c')
  })

  for (const [name, platform, env, folder, want] of [
    ['a socket in the state folder', linux, {}, '/s', /^\/s\/agent\.sock$/],
    [
      'or in the runtime folder',
      linux,
      { XDG_RUNTIME_DIR: '/run/user/1' },
      '/s',
      /^\/run\/user\/1\/sentinel\/agent-[0-9a-f]{16}\.sock$/,
    ],
    ['not in a relative runtime folder', linux, { XDG_RUNTIME_DIR: 'run' }, '/s', /^\/s\/agent\.sock$/],
    [
      'a path too long for a socket moves to /tmp',
      darwin,
      {},
      `/${'s'.repeat(100)}`,
      /^\/tmp\/sentinel-[0-9a-f]{16}\/agent\.sock$/,
    ],
    ['a pipe on Windows', win32, {}, 'C:\\s', /^\\\\\.\\pipe\\sentinel-[0-9a-f]{16}$/],
  ] as const) {
    test(`an agent listens at ${name}`, () => {
      expect(agentAddress(platform, env, folder)).toMatch(want)
    })
  }

  test('two homes have two agents', () => {
    expect(agentAddress(win32, {}, 'C:\\a')).not.toBe(agentAddress(win32, {}, 'C:\\b'))
  })
})

describe('the environment', () => {
  test('Windows compares names without case, the others with', () => {
    expect(variable(win32, { Path: 'x' }, 'PATH')).toBe('x')
    expect(variable(linux, { Path: 'x' }, 'PATH')).toBeUndefined()
  })

  for (const [platform, env, want] of [
    [linux, { HOME: '/h' }, '/h'],
    [linux, { HOME: 'h' }, undefined],
    [linux, {}, undefined],
    [win32, { UserProfile: 'C:\\h' }, 'C:\\h'],
  ] as const) {
    test(`${platform.name}: the home folder of ${JSON.stringify(env)}`, () => {
      expect(homeFolder(platform, env)).toBe(want)
    })
  }

  for (const [platform, path, want] of [
    [linux, '~', '/home/alice'],
    [linux, '~/x', '/home/alice/x'],
    [linux, '~bob/x', '~bob/x'],
    [linux, '/a/~', '/a/~'],
    [linux, '~\\x', '~\\x'],
    [win32, '~/x', 'C:\\Users\\alice\\x'],
  ] as const) {
    test(`${platform.name}: ${path} is ${want}`, () => {
      expect(expandHome(platform, path, homeOf(platform))).toBe(want)
    })
  }
})

describe('shells, signals, terminals', () => {
  test('the shell is the one that the person chose, or one that is always there', () => {
    expect(defaultShell(linux, { SHELL: '/bin/zsh' })).toBe('/bin/zsh')
    expect(defaultShell(darwin, {})).toBe('/bin/sh')
    expect(defaultShell(win32, { ComSpec: 'C:\\cmd.exe' })).toBe('C:\\cmd.exe')
    expect(defaultShell(win32, { SHELL: '/bin/bash' })).toBe('cmd.exe')
    expect(linux.shell.argv('a "b"')).toEqual(['-c', 'a "b"'])
    expect(win32.shell.argv('a "b"')).toEqual(['/d', '/s', '/c', '"a "b""'])
  })

  for (const [platform, signal, want] of [
    [linux, 'SIGTERM', 143],
    [linux, 'SIGKILL', 137],
    [linux, 'SIGUSR1', 138],
    [darwin, 'SIGUSR1', 158],
    [darwin, 'SIGINT', 130],
    [win32, 'SIGTERM', 143],
    [linux, 'SIGNOSUCH', 128],
  ] as const) {
    test(`${platform.name}: death by ${signal} is exit status ${want}`, () => {
      expect(signalStatus(platform, signal)).toBe(want)
    })
  }

  test('each platform forwards only signals that it numbers', () => {
    for (const platform of Object.values(platforms)) {
      for (const signal of platform.forwardedSignals) expect(platform.signalNumbers.has(signal)).toBe(true)
    }
    expect(win32.forwardedSignals).not.toContain('SIGUSR1')
  })

  test('each column is under its own name and knows its terminal', () => {
    for (const [name, platform] of Object.entries(platforms)) expect(platform.name).toBe(name)
    expect(linux.terminal.input).toBe('/dev/tty')
    expect(win32.terminal).toEqual({ input: '\\\\.\\CONIN$', output: '\\\\.\\CONOUT$' })
    expect([linux.fileModes, darwin.fileModes, win32.fileModes]).toEqual([true, true, false])
  })
})
