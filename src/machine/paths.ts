import { hash } from 'node:crypto'
import { type Env, expandHome, type Platform, variable } from './platform.ts'

/** Where things lie. All absolute, unless the person's own variable was relative. */
export type Paths = {
  /** What must be kept: the log, its heads, the keys. */
  readonly stateFolder: string
  /** What may be thrown away. */
  readonly cacheFolder: string
  readonly configFolder: string
  /** The decision log, where `--log-file` does not say otherwise. */
  readonly logFile: string
  readonly keysFile: string
  /** `AWS_CONFIG_FILE`, or `~/.aws/config`. */
  readonly awsConfigFile: string
  /** `AWS_SHARED_CREDENTIALS_FILE`, or `~/.aws/credentials`. */
  readonly awsCredentialsFile: string
  /** Where AWS's tools keep the tokens of `aws sso login`. */
  readonly awsSsoCacheFolder: string
}

const xdg = { state: 'XDG_STATE_HOME', cache: 'XDG_CACHE_HOME', config: 'XDG_CONFIG_HOME' } as const

/**
 * Where Sentinel's and AWS's files lie for one person. The XDG variables count on every platform, if absolute:
 * the XDG Base Directory Specification says that a relative one is to be ignored.
 */
export function paths(platform: Platform, env: Env, home: string): Paths {
  const { join } = platform.path
  const [stateFolder, cacheFolder] = [
    folder(platform, env, home, 'state'),
    folder(platform, env, home, 'cache'),
  ]
  const aws = join(home, '.aws')
  const named = (name: string) => {
    const path = variable(platform, env, name)
    return path === undefined ? undefined : expandHome(platform, path, home)
  }
  return {
    stateFolder,
    cacheFolder,
    configFolder: folder(platform, env, home, 'config'),
    logFile: join(stateFolder, 'decisions.jsonl'),
    keysFile: join(stateFolder, 'keys.json'),
    awsConfigFile: named('AWS_CONFIG_FILE') ?? join(aws, 'config'),
    awsCredentialsFile: named('AWS_SHARED_CREDENTIALS_FILE') ?? join(aws, 'credentials'),
    awsSsoCacheFolder: join(aws, 'sso', 'cache'),
  }
}

function folder(platform: Platform, env: Env, home: string, kind: keyof typeof xdg): string {
  const { join } = platform.path
  const own = platform.folders[kind]
  const given = absolute(platform, env, xdg[kind])
  if (given !== undefined) return join(given, 'sentinel')
  const base = own.variable === undefined ? undefined : absolute(platform, env, own.variable)
  return join(base ?? join(home, ...own.home), ...own.last)
}

function absolute(platform: Platform, env: Env, name: string): string | undefined {
  const path = variable(platform, env, name)
  return path !== undefined && platform.path.isAbsolute(path) ? path : undefined
}

/**
 * Where an agent of this person listens: a socket's path or a pipe's name. A path that is too long for a socket
 * moves to `/tmp`; the hash of the state folder keeps two homes apart.
 */
export function agentAddress(platform: Platform, env: Env, stateFolder: string): string {
  const mark = hash('sha256', stateFolder, 'hex').slice(0, 16)
  if (platform.socketAddressBytes === undefined) return `\\\\.\\pipe\\sentinel-${mark}`
  const runtime = absolute(platform, env, 'XDG_RUNTIME_DIR')
  const address =
    runtime === undefined
      ? platform.path.join(stateFolder, 'agent.sock')
      : platform.path.join(runtime, 'sentinel', `agent-${mark}.sock`)
  return Buffer.byteLength(address) <= platform.socketAddressBytes
    ? address
    : platform.path.join('/tmp', `sentinel-${mark}`, 'agent.sock')
}
