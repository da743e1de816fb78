// Everything that differs between macOS, Linux and Windows, in one table. It is given as an argument
// everywhere, so that the tests walk all three columns on whatever machine they run.
// Nothing here asks the machine anything: functions get the environment and the home folder.

import { posix, win32 } from 'node:path'

/** The platforms, by Node's names for them. */
export type PlatformName = 'darwin' | 'linux' | 'win32'

/** Environment variables, as an argument. */
export type Env = Readonly<Record<string, string | undefined>>

/** The path functions of one platform. */
type PathSyntax = Pick<
  typeof posix,
  'basename' | 'delimiter' | 'dirname' | 'isAbsolute' | 'join' | 'normalize' | 'resolve' | 'sep'
>

type FolderKind = 'state' | 'cache' | 'config'

/** How a lock is held: by a link that names its owner, or by the kernel for as long as the file is open. */
type LockMeans =
  | { readonly kind: 'link' }
  | {
      readonly kind: 'open'
      /** Flags of `open` beside create and read-write, as a number that libuv hands on. */
      readonly flags: number
      /** Error codes of `open` that mean: somebody else has it. */
      readonly held: readonly string[]
    }

/** One column of the table. */
export type Platform = {
  readonly name: PlatformName
  readonly path: PathSyntax
  /** Whether `path` and `PATH` name the same environment variable. */
  readonly foldsVariableNames: boolean
  readonly homeVariable: string
  /** Where each kind of file belongs, below a variable that must be absolute to count, or below the home folder. */
  readonly folders: Readonly<
    Record<
      FolderKind,
      { readonly variable?: string; readonly home: readonly string[]; readonly last: readonly string[] }
    >
  >
  /** Whether 0600 means anything. */
  readonly fileModes: boolean
  /** Error codes of `rename` that mean: another program has the file open just now, try again. */
  readonly renameBusy: readonly string[]
  readonly lock: LockMeans
  readonly shell: {
    readonly variable: string
    readonly fallback: string
    /** Arguments that make the shell run one command line. */
    argv(line: string): readonly string[]
    /** Whether those arguments must reach the program unquoted. */
    readonly verbatim: boolean
  }
  readonly searchPath: string
  /** Endings that make a file a program, when `PATHEXT` does not say; empty where a mode bit does. */
  readonly programEndings: readonly string[]
  /** How a command line in a config file is cut into words. */
  readonly quoting: 'posix' | 'windows'
  /** What `exec` hands on to its child. */
  readonly forwardedSignals: readonly NodeJS.Signals[]
  readonly signalNumbers: ReadonlyMap<string, number>
  readonly terminal: { readonly input: string; readonly output: string }
  /** The longest address of a local socket, in bytes; undefined where addresses are pipe names. */
  readonly socketAddressBytes: number | undefined
}

const commonSignals = [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGQUIT', 3],
  ['SIGILL', 4],
  ['SIGTRAP', 5],
  ['SIGABRT', 6],
  ['SIGFPE', 8],
  ['SIGKILL', 9],
  ['SIGSEGV', 11],
  ['SIGPIPE', 13],
  ['SIGALRM', 14],
  ['SIGTERM', 15],
] as const

const unixForwarded: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
  'SIGCONT',
]

const unix = {
  path: posix,
  foldsVariableNames: false,
  homeVariable: 'HOME',
  fileModes: true,
  renameBusy: [],
  shell: { variable: 'SHELL', fallback: '/bin/sh', argv: (line: string) => ['-c', line], verbatim: false },
  searchPath: '/usr/local/bin:/usr/bin:/bin',
  programEndings: [],
  quoting: 'posix',
  forwardedSignals: unixForwarded,
  terminal: { input: '/dev/tty', output: '/dev/tty' },
} as const

const linux: Platform = {
  ...unix,
  name: 'linux',
  folders: {
    state: { home: ['.local', 'state'], last: ['sentinel'] },
    cache: { home: ['.cache'], last: ['sentinel'] },
    config: { home: ['.config'], last: ['sentinel'] },
  },
  lock: { kind: 'link' },
  // signal(7), the column for x86 and ARM
  signalNumbers: new Map<string, number>([
    ...commonSignals,
    ['SIGBUS', 7],
    ['SIGUSR1', 10],
    ['SIGUSR2', 12],
    ['SIGCHLD', 17],
    ['SIGCONT', 18],
    ['SIGSTOP', 19],
    ['SIGTSTP', 20],
    ['SIGTTIN', 21],
    ['SIGTTOU', 22],
    ['SIGXCPU', 24],
    ['SIGXFSZ', 25],
    ['SIGWINCH', 28],
    ['SIGSYS', 31],
  ]),
  socketAddressBytes: 107,
}

const darwin: Platform = {
  ...unix,
  name: 'darwin',
  folders: {
    state: { home: ['Library', 'Application Support'], last: ['sentinel'] },
    cache: { home: ['Library', 'Caches'], last: ['sentinel'] },
    config: { home: ['Library', 'Application Support'], last: ['sentinel'] },
  },
  // O_EXLOCK and O_NONBLOCK of Darwin's <fcntl.h>
  lock: { kind: 'open', flags: 0x20 | 0x4, held: ['EAGAIN', 'EWOULDBLOCK'] },
  signalNumbers: new Map<string, number>([
    ...commonSignals,
    ['SIGBUS', 10],
    ['SIGSYS', 12],
    ['SIGSTOP', 17],
    ['SIGTSTP', 18],
    ['SIGCONT', 19],
    ['SIGCHLD', 20],
    ['SIGTTIN', 21],
    ['SIGTTOU', 22],
    ['SIGXCPU', 24],
    ['SIGXFSZ', 25],
    ['SIGWINCH', 28],
    ['SIGUSR1', 30],
    ['SIGUSR2', 31],
  ]),
  socketAddressBytes: 103,
}

const windows: Platform = {
  name: 'win32',
  path: win32,
  foldsVariableNames: true,
  homeVariable: 'USERPROFILE',
  folders: {
    state: { variable: 'LOCALAPPDATA', home: ['AppData', 'Local'], last: ['sentinel'] },
    cache: { variable: 'LOCALAPPDATA', home: ['AppData', 'Local'], last: ['sentinel', 'cache'] },
    config: { variable: 'APPDATA', home: ['AppData', 'Roaming'], last: ['sentinel'] },
  },
  fileModes: false,
  renameBusy: ['EPERM', 'EACCES', 'EBUSY'],
  // UV_FS_O_EXLOCK of libuv's uv/win.h: opened without sharing
  lock: { kind: 'open', flags: 0x10000000, held: ['EBUSY', 'EPERM', 'EACCES'] },
  // cmd.exe takes the line between the outermost quotes as it is: /s
  shell: {
    variable: 'ComSpec',
    fallback: 'cmd.exe',
    argv: (line) => ['/d', '/s', '/c', `"${line}"`],
    verbatim: true,
  },
  searchPath: 'C:\\Windows\\System32;C:\\Windows',
  programEndings: ['.com', '.exe', '.bat', '.cmd'],
  quoting: 'windows',
  forwardedSignals: ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'],
  signalNumbers: new Map<string, number>([
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGQUIT', 3],
    ['SIGILL', 4],
    ['SIGFPE', 8],
    ['SIGKILL', 9],
    ['SIGSEGV', 11],
    ['SIGTERM', 15],
    ['SIGBREAK', 21],
    ['SIGABRT', 22],
    ['SIGWINCH', 28],
  ]),
  // The prefix keeps Node from making a path below the current folder of it.
  terminal: { input: '\\\\.\\CONIN$', output: '\\\\.\\CONOUT$' },
  socketAddressBytes: undefined,
}

/** The table. `platforms[process.platform]` is undefined on a platform that Sentinel does not know. */
export const platforms: Readonly<Record<PlatformName, Platform>> = { darwin, linux, win32: windows }

/** An environment variable by its name, as the platform compares names. An empty one counts as unset. */
export function variable(platform: Platform, env: Env, name: string): string | undefined {
  const exact = env[name]
  if (exact !== undefined || !platform.foldsVariableNames) return exact === '' ? undefined : exact
  const wanted = name.toLowerCase()
  const found = Object.keys(env).find((key) => key.toLowerCase() === wanted)
  return found === undefined ? undefined : env[found] || undefined
}

/** The home folder that the environment names, if it is absolute. */
export function homeFolder(platform: Platform, env: Env): string | undefined {
  const home = variable(platform, env, platform.homeVariable)
  return home !== undefined && platform.path.isAbsolute(home) ? home : undefined
}

/** A path with a leading `~` replaced by the home folder. `~user` is left as it is. */
export function expandHome(platform: Platform, path: string, home: string): string {
  if (path === '~') return home
  const { sep } = platform.path
  return path.startsWith('~/') || path.startsWith(`~${sep}`) ? platform.path.join(home, path.slice(2)) : path
}

/** The exit status that a shell shows for a death by signal: 128 and its number on this platform. */
export function signalStatus(platform: Platform, signal: string): number {
  return 128 + (platform.signalNumbers.get(signal) ?? 0)
}

/** The person's shell. */
export function defaultShell(platform: Platform, env: Env): string {
  return variable(platform, env, platform.shell.variable) ?? platform.shell.fallback
}
