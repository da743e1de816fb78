// A Kv in a table of DynamoDB. All keys share one partition, since only within one are they in order: some thousand
// small reads and a thousand writes a second are what DynamoDB gives it.

import type { DynamoDb, Item, ItemQuery, ItemWrite, NewTable } from '../../aws/index.ts'
import { type Random, SentinelError } from '../../base/index.ts'
import { requireBatch, requireKey } from '../checks.ts'
import { type Entry, type Kv, keyBytesLimit, type Range, type Write } from '../kv.ts'

const partition = 'space'
const space = 'kv'

/** The table of a Kv. */
export const kvTable = (name: string): NewTable => ({ name, partition, sort: 'key', indexes: [] })

type Deps = { readonly db: DynamoDb; readonly random: Random }

/** A Kv in a table that was made as `kvTable` says. */
export function dynamoKv(deps: Deps, table: string): Kv {
  const { db } = deps
  return {
    async get(key) {
      requireKey(key)
      const item = await db.get(table, keyOf(key))
      return item === undefined ? undefined : itemToEntry(item)
    },
    list: async (range) => (await itemsIn(db, table, range)).map(itemToEntry),
    // DynamoDB is paid for what it reads all the same; what it sends is keys alone.
    keys: async (range) => (await itemsIn(db, table, range, ['key'])).map(({ key }) => String(key)),
    async batch(writes) {
      requireBatch(writes)
      const [only, second] = writes
      if (only?.kind === 'put' && second === undefined) await putOne(deps, table, only)
      else await transact(deps, table, writes)
    },
    async close() {
      db.close()
    },
  }
}

const keyOf = (key: string): Item => ({ [partition]: space, key })

function itemToEntry({ key, value, version }: Item): Entry {
  if (typeof key === 'string' && value instanceof Uint8Array && typeof version === 'string') {
    return { key, value, version }
  }
  throw new SentinelError('STORE_CORRUPT', `the entry \`${String(key)}\` is damaged`, {
    hint: 'find out who else writes to the table, and restore it from a backup',
  })
}

// Half the price of a transaction. Its version is as good as a token: found where something else was expected, the
// answer was lost, and the write was not.
async function putOne(deps: Deps, table: string, write: Write & { kind: 'put' }): Promise<void> {
  const { db } = deps
  const version = newVersion(deps)
  try {
    const item = { ...keyOf(write.key), value: write.value, version }
    await db.put(table, item, conditionOf(write))
  } catch (thrown) {
    if (!(thrown instanceof SentinelError) || thrown.code !== 'STORE_CONFLICT') throw thrown
    if ((await db.get(table, keyOf(write.key)))?.version !== version) throw thrown
  }
}

/** DynamoDB does a transaction once, however often it is sent. */
async function transact(deps: Deps, table: string, writes: readonly Write[]): Promise<void> {
  const items = writes.map((write): ItemWrite => {
    const put = write.kind === 'put' ? { attributes: { value: write.value, version: newVersion(deps) } } : {}
    const condition = conditionOf(write)
    return { table, key: keyOf(write.key), ...put, ...(condition === undefined ? {} : { condition }) }
  })
  await deps.db.transact(items, newVersion(deps))
}

function conditionOf({ expected }: Write): ItemWrite['condition'] {
  if (expected === 'anything') return undefined
  return expected === 'absent'
    ? { kind: 'absent', attribute: 'key' }
    : { kind: 'equals', attribute: 'version', value: expected.version }
}

const newVersion = ({ random }: Deps): string => Buffer.from(random.bytes(8)).toString('hex')

async function itemsIn(
  db: DynamoDb,
  table: string,
  range: Range,
  only?: readonly string[],
): Promise<readonly Item[]> {
  const { prefix, after, limit, order = 'ascending' } = range
  if (Buffer.byteLength(prefix) > keyBytesLimit) return []
  let start: Item | undefined
  if (after?.startsWith(prefix)) start = keyOf(after)
  else if (after !== undefined && !isAhead(prefix, after, order)) return []
  const query: ItemQuery = {
    table,
    partition: [partition, space],
    sort: 'key',
    range: { prefix },
    order,
    limit,
    ...(only !== undefined && { only }),
  }
  const found: Item[] = []
  do {
    const left = limit - found.length
    const { items, last } = await db.query({
      ...query,
      limit: left,
      ...(start === undefined ? {} : { after: start }),
    })
    found.push(...items)
    start = last
  } while (start !== undefined && found.length < limit)
  return found
}

/** Whether a prefix's keys come behind another key. */
function isAhead(prefix: string, after: string, order: Range['order']): boolean {
  const compared = Buffer.compare(Buffer.from(prefix), Buffer.from(after))
  return order === 'descending' ? compared < 0 : compared > 0
}
