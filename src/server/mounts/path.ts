// A mount is a list of paths, and a path is data: its pattern, its fields, what may be done with it. Routing, the reading
// of fields, existence checks, `sudo` and `?help=1` are all read from here.

import type { Clock, Random, Soon } from '../../base/index.ts'
import type { Kv } from '../../store/index.ts'
import type { TokenEntry, TokenSettings, TokenType } from '../../token/index.ts'
import type { Json, Request, Response } from '../door.ts'
import { type Fields, readAlone, type ValuesOf } from './fields.ts'

/** Where a mount lies and how it is set. */
export type Mount = {
  /** `secret/`, `auth/approle/`: with a slash at the end, without one in front. */
  readonly path: string
  readonly type: string
  readonly accessor: string
  readonly uuid: string
  /** Another one each time that it is mounted or moved: batch tokens count no longer than that. */
  readonly stay: string
  readonly description: string
  readonly options: ReadonlyMap<string, string>
  /** Seconds; 0 means the system's. */
  readonly defaultLeaseSeconds: number
  readonly maxLeaseSeconds: number
  /** Members of bodies and of answers that audit devices write as they are: `audit_non_hmac_request_keys` and its like. */
  readonly plainRequestKeys?: readonly string[]
  readonly plainResponseKeys?: readonly string[]
  /** Whether strangers are told of it: `unauth` where they are. Missing: `''`. */
  readonly visibility?: Visibility
  /** Of logins, where a role says nothing; `service` and `batch` leave no choice to the role. */
  readonly tokenType?: TokenType
  /** When names that are tried with wrong passwords are locked. Missing: as usual. */
  readonly lockout?: Lockout
}

/** When a name is locked. */
export type Lockout = {
  readonly isDisabled: boolean
  /** So many failures lock it. */
  readonly threshold: number
  readonly lockedSeconds: number
  /** After so much time without another one failures are forgotten. */
  readonly forgottenSeconds: number
}

export type Visibility = '' | 'hidden' | 'unauth'

/** What a handler is given beside the call. */
export type Context = {
  readonly mount: Mount
  /** The mount's own part of the storage: keys begin where it ends. */
  readonly store: Kv
  readonly clock: Clock
  readonly random: Random
}

/** Who calls, as far as handlers need it. */
export type Holder = {
  /** What its own storage and children are kept under; never the token itself. */
  readonly key: string
  readonly accessor: string
  readonly entityId: string
  readonly type: 'service' | 'batch'
  readonly policies: readonly string[]
  /** All that is known of it; what a mount of secrets needs stands above. */
  readonly entry: TokenEntry
  readonly isRoot: boolean
  /** Whether the ACL gives `sudo` on this path; handlers with a right of their own for it ask. */
  hasSudo(): boolean
}

/** One request on its way into a handler. */
export type Call<F extends Fields = Fields> = {
  readonly request: Request
  /** What the names of the pattern stand for in this path. */
  readonly params: Readonly<Record<string, string>>
  readonly fields: ValuesOf<F>
  /** Nobody on the paths that need no token. */
  readonly holder: Holder | undefined
}

export type Handler<F extends Fields = Fields> = (context: Context, call: Call<F>) => Soon<Response>

/** What may be done with a path. `write` is create and update, POST and PUT. */
export type Operations<F extends Fields> = {
  readonly read?: Handler<F>
  readonly list?: Handler<F>
  readonly write?: Handler<F>
  readonly patch?: Handler<F>
  readonly delete?: Handler<F>
}

/** A path as it is written down. */
export type PathOf<F extends Fields> = {
  /**
   * Literal segments, `:name` for one segment, `:name*` for the rest, which may be empty or end in a slash, `:name+` for a
   * rest that may not.
   */
  readonly pattern: string
  /** One line for the help, without a final full stop. */
  readonly summary: string
  readonly description?: string
  readonly fields: F
  /** Names of the pattern that mean the same in every case. The ACL is asked for, and the handler gets, the lower one. */
  readonly anyCase?: readonly string[]
  /** `unauthenticated` needs no token, `sudo` needs that capability as well. */
  readonly access?: 'unauthenticated' | 'sudo'
  /** Tells create from update, without side effects. Where it is missing, every write is an update. */
  exists?(context: Context, call: Pick<Call, 'params' | 'holder'>): Promise<boolean>
  readonly operations: Operations<F>
  /**
   * Of a login: the name that the mount would know whoever logs in by. Nothing is verified, so only policies that govern
   * the login may look at it.
   */
  lookahead?(call: Pick<Call, 'params'> & Pick<Request, 'data'>): string | undefined
  /** Its reads and lists change nothing anywhere: both their records are written at once. */
  readonly pure?: true
}

/** A path whose own types are forgotten, as lists and the router see it. */
export type Path = PathOf<Fields> & {
  /** What a handler gets for a value that is sent under a name, for the ACL. */
  readonly read: (name: string, value: Json) => Json | undefined
}

/** Writes a path down; the types of a call follow from its fields. */
export function path<const F extends Fields>(definition: PathOf<F>): Path {
  // readFields builds exactly the values that the fields describe.
  const read = (name: string, value: Json) => readAlone(definition.fields, name, value)
  return { ...definition, read } as unknown as Path
}

/** What is mounted: `kv`, `approle`. */
export type MountType = {
  readonly type: string
  readonly class: 'secret' | 'auth' | 'system'
  readonly help: string
  readonly paths: readonly Path[]
  /** What answers below it outside the corridor: the help of the mount tells of that too. */
  readonly outside?: readonly { readonly path: string; readonly summary: string }[]
  /** Called before a mount of this type answers, each time that it begins to; it must be able to go on where it was ended. */
  prepare?(context: Context): Promise<void>
  /**
   * What whoever got a token by a login here is given now, for its renewal.
   *
   * @throws SentinelError where they are gone, or the token may not live on
   */
  settingsNow?(context: Context, entry: TokenEntry): Promise<TokenSettings>
}
