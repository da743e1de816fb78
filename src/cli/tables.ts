// Tables of requests, events and sessions: DynamoDB's, or this machine's own where the name is `local`. Opened when
// something in one is asked for, so that neither LMDB nor the SDK is on the way of what needs no table.

import { connectionTo, type DynamoDb, openDynamoDb } from '../aws/index.ts'
import { printable, SentinelError } from '../base/index.ts'
import type { Machine } from '../machine/index.ts'
import {
  type Collection,
  type CollectionName,
  type Docs,
  dynamoDocs,
  type LocalKv,
  localDocs,
  localKv,
} from '../store/index.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { flagGiven } from './given.ts'
import { isTableName, localTable, type Place, placeOf } from './place.ts'
import type { Reach } from './reach.ts'

/** An open table. */
type Table<Body> = Place & {
  readonly docs: Docs<Body>
  /** Rows of another kind in the same table. */
  also<Other>(collection: Collection<Other>): Docs<Other>
}

/** How a table is reached. */
export type TableDeps = {
  readonly deps: GatewayDeps
  /** AWS, for DynamoDB: with the credentials that SSM is reached with. */
  reach(): Promise<Reach>
}

/** Which command makes the table of a collection. */
const makers = {
  requests: 'approvals',
  breakglass: 'breakglass',
  sessions: 'sessions',
} as const satisfies Record<CollectionName, string>

/** The table that somebody named. @throws SentinelError USAGE where nobody did */
export function tableNamed(name: string | undefined, collection: 'requests' | 'sessions'): string {
  if (name !== undefined) return name
  const what = collection.slice(0, -1)
  const places = `\`--${what}-table\` is required (or SENTINEL_${what.toUpperCase()}_TABLE in the environment)`
  throw new SentinelError('USAGE', places, {
    hint: `name the table that \`sentinel init ${makers[collection]}\` makes, or \`local\` to keep to this machine`,
  })
}

/** A call of a table, all its attempts together: longer than anybody waits who asks for credentials. */
const timeoutMs = 10_000

/**
 * Uses a table of DynamoDB, or this machine's own where the name is `local`.
 *
 * @throws SentinelError STORE_UNAVAILABLE where the local store cannot be used; as `reach` and `use`
 */
export async function withTable<Body, Result>(
  { deps, reach }: TableDeps,
  collection: Collection<Body>,
  name: string,
  use: (table: Table<Body>) => Promise<Result>,
): Promise<Result> {
  const { machine, random } = deps
  if (name === localTable) {
    const parts = { ...machine, keys: deps.keys(), kv: await localStore(deps) }
    const also = <Other>(other: Collection<Other>) => localDocs(parts, other)
    return use({ docs: also(collection), also, ...placeOf(name) })
  }
  const reached = await reach()
  requireTable(name, reached.means.recipe.region)
  const db = await keptDynamoDb(deps, reached)
  const also = <Other>(other: Collection<Other>) =>
    withMaker(dynamoDocs({ db, random }, name, other), name, other.name)
  return use({ docs: also(collection), also, ...placeOf(name) })
}

/**
 * A name, or the ARN of a table: then it may be another account's, whose policy lets this one in.
 *
 * @throws SentinelError USAGE for what is neither, and for an ARN of another region
 */
function requireTable(table: string, region: string): void {
  if (isTableName(table)) return
  const [, where] = /^arn:aws[a-z-]*:dynamodb:([a-z0-9-]+):\d{12}:table\/[\w.-]{3,255}$/.exec(table) ?? []
  if (where === undefined) {
    throw new SentinelError(
      'USAGE',
      `\`${printable(table)}\` is neither the name of a table nor the ARN of one`,
      {
        hint: 'a name has 3 to 255 letters, digits, `_`, `-` and `.`; an ARN ends with `table/` and a name',
      },
    )
  }
  if (where === region) return
  throw new SentinelError('USAGE', `the table \`${table}\` lies in ${where}, and ${region} is asked`, {
    hint: `give --region ${where}`,
  })
}

/** Documents of a table: where that is not there, or lacks an index, the error names the command that makes or mends it. */
function withMaker<Body>(docs: Docs<Body>, table: string, collection: CollectionName): Docs<Body> {
  const hinted = async <Result>(asked: Promise<Result>): Promise<Result> => {
    try {
      return await asked
    } catch (thrown) {
      if (!(thrown instanceof SentinelError) || thrown.code !== 'STORE_NOT_FOUND') throw thrown
      const making = `sentinel init ${makers[collection]}${flagGiven('table', table.replace(/^arn:.*\//, ''))}`
      const who = isTableName(table) ? 'make or mend it' : 'let its account make or mend it'
      const hint = `check the name, the region and the account, or ${who} with \`${making}\``
      throw new SentinelError(thrown.code, thrown.message, { hint, cause: thrown.cause })
    }
  }
  return {
    get: (id) => hinted(docs.get(id)),
    create: (id, body) => hinted(docs.create(id, body)),
    update: (doc, body) => hinted(docs.update(doc, body)),
    list: (query) => hinted(docs.list(query)),
  }
}

/** Under the signal that ends their calls: one for each region, endpoint and access key that is used. */
const clients = new WeakMap<AbortSignal, Map<string, Promise<DynamoDb>>>()

/** A server asks a table at each request: to connect anew takes longer than all else. The end of the process closes it. */
async function keptDynamoDb(
  { clock, machine, signal }: GatewayDeps,
  { means, credentials }: Reach,
): Promise<DynamoDb> {
  const connection = connectionTo('dynamodb', means.recipe.settings)
  const { accessKeyId } = await credentials()
  const key = JSON.stringify([connection, accessKeyId])
  const ended = signal()
  const open = clients.get(ended) ?? new Map<string, Promise<DynamoDb>>()
  clients.set(ended, open)
  const { pause } = machine.wait
  const db =
    open.get(key) ?? openDynamoDb({ clock, signal: ended, timeoutMs, credentials, pause }, connection)
  open.set(key, db)
  return db
}

/** Opening it takes a hundred times as long as reading from it. The end of the process closes it. */
const localStores = new WeakMap<Machine, Promise<LocalKv>>()

/**
 * What was taken away is not made again by whoever had it open: what it held is then unknown, not absent. Where another
 * lies in its place, that one is asked.
 */
async function localStore(deps: GatewayDeps): Promise<LocalKv> {
  const { machine, platform, paths } = deps
  const open = localStores.get(machine) ?? localKv(machine, platform.path.join(paths.stateFolder, 'store'))
  localStores.set(machine, open)
  try {
    const store = await open
    if (!store.isReplaced()) return store
    // Of several who see it one opens the other.
    if (localStores.get(machine) === open) localStores.delete(machine)
    return await localStore(deps)
  } catch (thrown) {
    localStores.delete(machine)
    throw thrown
  }
}
