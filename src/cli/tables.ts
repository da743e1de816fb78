// Tables of requests, events and sessions: DynamoDB's, or this machine's own where the name is `local`. Opened when
// something in one is asked for, so that neither LMDB nor the SDK is on the way of what needs no table.

import { SentinelError } from '../base/index.ts'
import { type Collection, type Docs, localDocs, localKv } from '../store/index.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import type { Reach } from './reach.ts'

/** An open table. */
type Table<Body> = {
  readonly docs: Docs<Body>
  /** What is kept on one machine binds nobody on another. */
  readonly advisory: 'this machine only' | undefined
}

/** How a table is reached. */
export type TableDeps = {
  readonly deps: GatewayDeps
  /** AWS, for DynamoDB: with the credentials that SSM is reached with. */
  reach(): Promise<Reach>
}

/**
 * Uses a table of DynamoDB, or this machine's own where the name is `local`.
 *
 * @throws SentinelError STORE_UNAVAILABLE where the local store cannot be used; as `reach` and `use`
 */
export async function withTable<Body, Result>(
  { deps }: TableDeps,
  collection: Collection<Body>,
  name: string,
  use: (table: Table<Body>) => Promise<Result>,
): Promise<Result> {
  if (name !== 'local') {
    throw new SentinelError('STORE_UNAVAILABLE', 'tables of DynamoDB cannot be opened yet', {
      hint: 'name the table `local` for the store of this machine',
    })
  }
  const { machine, platform, paths } = deps
  const kv = await localKv(machine, platform.path.join(paths.stateFolder, 'store'))
  try {
    return await use({
      docs: localDocs({ ...machine, keys: deps.keys(), kv }, collection),
      advisory: 'this machine only',
    })
  } finally {
    await kv.close()
  }
}
