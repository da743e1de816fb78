// Tables of requests, events and sessions: DynamoDB's, or this machine's own where the name is `local`. Opened when
// something in one is asked for, so that neither LMDB nor the SDK is on the way of what needs no table.

import { connectionTo, openDynamoDb } from '../aws/index.ts'
import { SentinelError } from '../base/index.ts'
import type { Machine } from '../machine/index.ts'
import { type Collection, type Docs, dynamoDocs, type Kv, localDocs, localKv } from '../store/index.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import type { Reach } from './reach.ts'

/** An open table. */
type Table<Body> = {
  readonly docs: Docs<Body>
  /** Rows of another kind in the same table. */
  also<Other>(collection: Collection<Other>): Docs<Other>
  /** What is kept on one machine binds nobody on another. */
  readonly advisory: 'this machine only' | undefined
}

/** How a table is reached. */
export type TableDeps = {
  readonly deps: GatewayDeps
  /** AWS, for DynamoDB: with the credentials that SSM is reached with. */
  reach(): Promise<Reach>
}

const makers = { request: 'approvals', breakglass: 'breakglass', session: 'sessions' } as const

/** The table that somebody named. @throws SentinelError USAGE where nobody did */
export function tableNamed(name: string | undefined, what: keyof typeof makers): string {
  if (name !== undefined) return name
  const places = `\`--${what}-table\` is required (or SENTINEL_${what.toUpperCase()}_TABLE in the environment)`
  throw new SentinelError('USAGE', places, {
    hint: `name the table that \`sentinel init ${makers[what]}\` makes, or \`local\` to keep to this machine`,
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
  const { machine, clock, random, signal } = deps
  if (name === localTable) {
    const parts = { ...machine, keys: deps.keys(), kv: await localStore(deps) }
    const also = <Other>(other: Collection<Other>) => localDocs(parts, other)
    return use({ docs: also(collection), also, advisory: 'this machine only' })
  }
  const { means, credentials } = await reach()
  const connection = connectionTo('dynamodb', means.recipe.settings)
  const db = await openDynamoDb(
    { clock, signal, timeoutMs, credentials, pause: machine.wait.pause },
    connection,
  )
  try {
    const also = <Other>(other: Collection<Other>) => dynamoDocs({ db, random }, name, other)
    return await use({ docs: also(collection), also, advisory: undefined })
  } finally {
    db.close()
  }
}

/** The name that stands for the store of this machine. */
export const localTable = 'local'

/** Opening it takes a hundred times as long as reading from it. The end of the process closes it. */
const localStores = new WeakMap<Machine, Promise<Kv>>()

async function localStore({ machine, platform, paths }: GatewayDeps): Promise<Kv> {
  const open = localStores.get(machine) ?? localKv(machine, platform.path.join(paths.stateFolder, 'store'))
  localStores.set(machine, open)
  try {
    return await open
  } catch (thrown) {
    localStores.delete(machine)
    throw thrown
  }
}
