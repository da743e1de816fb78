// The real parts of the gateway's commands: keys, log, caches, AWS's config files.

import { hash } from 'node:crypto'
import {
  type Also,
  type BlockingLog,
  type LogDeps,
  type LogOptions,
  nobodyElse,
  openLog,
} from '../audit/index.ts'
import type { Authority } from '../aws/index.ts'
import { newRequestId } from '../base/index.ts'
import type { CircumstancesOfLine, SharedFlight } from '../gateway/index.ts'
import {
  homeFolder,
  type Keys,
  type NamedTexts,
  openKeys,
  type Paths,
  paths,
  sealedFiles,
  singleFlight,
} from '../machine/index.ts'
import { type Deps, once } from './deps.ts'
import type { Output } from './io.ts'
import { version } from './version.ts'

/** What commands of the gateway need besides. */
export type GatewayDeps = Deps & {
  readonly paths: Paths
  /** This person's keys, made on first use. @throws SentinelError KEYS_UNREADABLE */
  keys(): Keys
  /** Compiled policies that nobody else can have written. */
  sealed(): NamedTexts
  /** Makes a thing at most once at a time, across this person's processes. */
  share<T>(flight: SharedFlight<T>): Promise<T>
  newRequestId(): string
  /** Certificate authorities as this process first looked at them. */
  readonly authorities: Map<string, Authority>
  /** The decision log: the one that was named, or the person's own. */
  openLog(choice: LogChoice): BlockingLog
  /** The same, opened in another way. */
  openLog<Log>(choice: LogChoice, open: (deps: LogDeps, options: LogOptions) => Log): Log
  /** What every line of the log says about this program and machine. */
  circumstances(): CircumstancesOfLine
}

/** Which log, and whether its lines go to stderr too. */
export type LogChoice = { readonly logFile: string | undefined; readonly logStderr: boolean }

/** Builds the gateway's parts of one run. */
export function openGateway(deps: Deps): GatewayDeps {
  const { io, machine, platform } = deps
  const where = paths(platform, io.env, homeFolder(platform, io.env) ?? io.home)
  const keys = once(() => openKeys(machine, where.keysFile))
  const { join } = platform.path
  const sealed = (folder: string) =>
    sealedFiles({ ...machine, keys: keys() }, join(where.cacheFolder, folder))
  return {
    ...deps,
    paths: where,
    keys,
    sealed: once(() => sealed('policies')),
    share: (flight) => {
      const lock = join(where.cacheFolder, 'locks', hash('sha256', flight.name, 'hex').slice(0, 32))
      return singleFlight({ ...machine, notes: sealed('failures') }, { ...flight, lock })
    },
    authorities: new Map(),
    newRequestId: () => newRequestId(deps.random),
    openLog: ({ logFile, logStderr }: LogChoice, open = openLog) =>
      open(
        { ...machine, keys: keys(), stateFolder: where.stateFolder },
        {
          file: logFile === undefined ? where.logFile : deps.resolve(logFile),
          also: logStderr ? alsoTo(io.stderr) : nobodyElse,
        },
      ),
    circumstances: () => ({ host: io.host, sentinel_version: version }),
  }
}

// What was closed is the null device by now, and a line that nobody gets is none.
function alsoTo(stderr: Output): Also {
  return (line) => {
    if (stderr.isNull) throw new Error('null device')
    stderr.write(`${line}\n`)
  }
}
