// Items of DynamoDB. Every read is consistent but those by an index, which cannot be; every write has its condition.
// What is expected of a row is data, so that no expression is ever put together from a value.

import {
  type AttributeValue,
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { type KeptClient, type KeptClientDeps, keepClient } from './call.ts'
import type { Connection } from './connection.ts'
import { type TableCalls, tableCalls } from './dynamodb-tables.ts'
import { halfAnswer, type Operation } from './failures.ts'
import { fromAttributes, type Item, type ItemValue, toAttribute, toAttributes } from './items.ts'

/** What must be true of the stored item for a write to happen. */
export type Condition =
  | { readonly kind: 'absent' | 'present'; readonly attribute: string }
  | { readonly kind: 'equals'; readonly attribute: string; readonly value: ItemValue }

/** Part of an index or a table, in the order of its sort key. */
export type ItemQuery = {
  readonly table: string
  readonly index?: string
  readonly partition: readonly [attribute: string, value: string]
  readonly sort: string
  /** Of the sort key, both included; or how it begins. */
  readonly range?: { readonly from?: string; readonly to?: string } | { readonly prefix: string }
  readonly order: 'ascending' | 'descending'
  readonly limit: number
  /** The keys of the item to go on behind. */
  readonly after?: Item
  /** Attributes to bring; all of them where it is absent. */
  readonly only?: readonly string[]
}

/** One write of several that happen together or not at all. */
export type ItemWrite = {
  readonly table: string
  readonly key: Item
  /** The attributes beside the key; absent for a delete. */
  readonly attributes?: Item
  readonly condition?: Condition
}

/** DynamoDB as some credentials reach it. All but `close` throw SentinelError; see `openDynamoDb`. */
export interface DynamoDb extends TableCalls {
  get(table: string, key: Item): Promise<Item | undefined>
  /** Those of up to 100 items that are there, in no order. */
  getMany(table: string, keys: readonly Item[]): Promise<readonly Item[]>
  put(table: string, item: Item, condition: Condition | undefined): Promise<void>
  /** Sets and removes attributes of an item that meets all conditions; others stay as they are. */
  update(
    table: string,
    key: Item,
    change: { readonly set: Item; readonly remove: readonly string[] },
    conditions: readonly Condition[],
  ): Promise<void>
  /** `last`: the keys to go on behind, where there may be more. */
  query(query: ItemQuery): Promise<{ readonly items: readonly Item[]; readonly last?: Item }>
  /** @param token names this very transaction: sent twice it happens once */
  transact(writes: readonly ItemWrite[], token: string): Promise<void>
  /** Closes its connections. */
  close(): void
}

/** What DynamoDB is reached with. */
export type DynamoDbDeps = KeptClientDeps & {
  /** Lets some milliseconds pass. */
  pause(ms: number): Promise<void>
}

/** Opens it; nobody is called yet. */
export function makeDynamoDb(deps: DynamoDbDeps, connection: Connection): DynamoDb {
  const kept = keepClient(deps, connection, (settings) => new DynamoDBClient(settings))
  return {
    ...tableCalls(kept),
    get: (table, key) => get(kept, table, key),
    getMany: (table, keys) => getMany(deps, kept, table, keys),
    put: (table, item, condition) => put(kept, table, item, condition),
    update: (table, key, change, conditions) => update(kept, table, key, change, conditions),
    query: (query) => runQuery(kept, query),
    transact: (writes, token) => transact(kept, writes, token),
    close: kept.close,
  }
}

type Kept = KeptClient<DynamoDBClient>
const operation = (name: string, subject: string): Operation => ({ service: 'DynamoDB', name, subject })

// Of an item that is not there DynamoDB says what it cost to look for it. Whoever says nothing at all is not DynamoDB.
async function get(kept: Kept, TableName: string, key: Item): Promise<Item | undefined> {
  const of = operation('GetItem', TableName)
  const command = new GetItemCommand({
    TableName,
    Key: toAttributes(key),
    ConsistentRead: true,
    ReturnConsumedCapacity: 'TOTAL',
  })
  const { Item, ConsumedCapacity } = await kept.call(of, (client, options) => client.send(command, options))
  if (Item === undefined && ConsumedCapacity === undefined) throw halfAnswer(of, 'an item or what it cost')
  return Item === undefined ? undefined : fromAttributes(Item)
}

/** How often DynamoDB is asked again for what it left out of its answer. */
const rounds = 8

async function getMany(
  { pause }: DynamoDbDeps,
  kept: Kept,
  table: string,
  keys: readonly Item[],
): Promise<readonly Item[]> {
  const found: Item[] = []
  const of = operation('BatchGetItem', table)
  let left: Record<string, KeysAndAttributes> =
    keys.length === 0 ? {} : { [table]: { Keys: keys.map(toAttributes), ConsistentRead: true } }
  for (let round = 0; Object.keys(left).length > 0; round++) {
    if (round === rounds) throw halfAnswer(of, 'all that was asked for')
    const command = new BatchGetItemCommand({ RequestItems: left })
    const { Responses, UnprocessedKeys } = await kept.call(of, (client, options) =>
      client.send(command, options),
    )
    if (Responses === undefined && UnprocessedKeys === undefined) throw halfAnswer(of, 'items')
    found.push(...(Responses?.[table] ?? []).map(fromAttributes))
    left = UnprocessedKeys ?? {}
    if (Object.keys(left).length > 0) await pause(25 * 2 ** round)
  }
  return found
}

async function put(
  kept: Kept,
  TableName: string,
  item: Item,
  condition: Condition | undefined,
): Promise<void> {
  const command = new PutItemCommand({ TableName, Item: toAttributes(item), ...conditional(condition) })
  await kept.call(operation('PutItem', TableName), (client, options) => client.send(command, options))
}

async function update(
  kept: Kept,
  TableName: string,
  key: Item,
  { set, remove }: { readonly set: Item; readonly remove: readonly string[] },
  conditions: readonly Condition[],
): Promise<void> {
  const words = newWords()
  const sets = Object.entries(set).map(([name, value]) => `${words.name(name)} = ${words.value(value)}`)
  const removes = remove.map((name) => words.name(name))
  const command = new UpdateItemCommand({
    TableName,
    Key: toAttributes(key),
    ConditionExpression: conditions.map((condition) => conditionIn(words, condition)).join(' AND '),
    UpdateExpression: `SET ${sets.join(', ')}${removes.length === 0 ? '' : ` REMOVE ${removes.join(', ')}`}`,
    ...words.spelt(),
  })
  await kept.call(operation('UpdateItem', TableName), (client, options) => client.send(command, options))
}

async function runQuery(kept: Kept, query: ItemQuery): ReturnType<DynamoDb['query']> {
  const words = newWords()
  const [attribute, value] = query.partition
  const parts = [`${words.name(attribute)} = ${words.value(value)}`, ...rangeIn(words, query)]
  const command = new QueryCommand({
    TableName: query.table,
    ...(query.index === undefined ? { ConsistentRead: true } : { IndexName: query.index }),
    KeyConditionExpression: parts.join(' AND '),
    ScanIndexForward: query.order === 'ascending',
    Limit: query.limit,
    ...(query.after === undefined ? {} : { ExclusiveStartKey: toAttributes(query.after) }),
    ...(query.only === undefined ? {} : { ProjectionExpression: query.only.map(words.name).join(', ') }),
    ...words.spelt(),
  })
  const of = operation('Query', query.table)
  const { Items, LastEvaluatedKey } = await kept.call(of, (client, options) => client.send(command, options))
  if (Items === undefined) throw halfAnswer(of, 'items')
  const items = Items.map(fromAttributes)
  return LastEvaluatedKey === undefined ? { items } : { items, last: fromAttributes(LastEvaluatedKey) }
}

function rangeIn(words: Words, { sort, range = {} }: ItemQuery): readonly string[] {
  const name = () => words.name(sort)
  if ('prefix' in range)
    return range.prefix === '' ? [] : [`begins_with(${name()}, ${words.value(range.prefix)})`]
  const { from, to } = range
  if (from !== undefined && to !== undefined) {
    return [`${name()} BETWEEN ${words.value(from)} AND ${words.value(to)}`]
  }
  if (from !== undefined) return [`${name()} >= ${words.value(from)}`]
  return to === undefined ? [] : [`${name()} <= ${words.value(to)}`]
}

async function transact(kept: Kept, writes: readonly ItemWrite[], token: string): Promise<void> {
  const command = new TransactWriteItemsCommand({
    TransactItems: writes.map(toTransactItem),
    ClientRequestToken: token,
  })
  const tables = [...new Set(writes.map(({ table }) => table))].join(', ')
  await kept.call(operation('TransactWriteItems', tables), (client, options) => client.send(command, options))
}

function toTransactItem({ table: TableName, key, attributes, condition }: ItemWrite): TransactWriteItem {
  return attributes === undefined
    ? { Delete: { TableName, Key: toAttributes(key), ...conditional(condition) } }
    : { Put: { TableName, Item: toAttributes({ ...key, ...attributes }), ...conditional(condition) } }
}

function conditional(condition: Condition | undefined) {
  if (condition === undefined) return {}
  const words = newWords()
  return { ConditionExpression: conditionIn(words, condition), ...words.spelt() }
}

function conditionIn(words: Words, condition: Condition): string {
  const name = words.name(condition.attribute)
  if (condition.kind === 'equals') return `${name} = ${words.value(condition.value)}`
  return condition.kind === 'absent' ? `attribute_not_exists(${name})` : `attribute_exists(${name})`
}

/** Stand-ins for the names and values of an expression: many names are reserved words there. */
type Words = ReturnType<typeof newWords>

function newWords() {
  const names = new Map<string, string>()
  const values: AttributeValue[] = []
  return {
    name(attribute: string): string {
      const word = names.get(attribute) ?? `#n${names.size}`
      names.set(attribute, word)
      return word
    },
    value(value: ItemValue): string {
      values.push(toAttribute(value))
      return `:v${values.length - 1}`
    },
    spelt: () => ({
      ExpressionAttributeNames: Object.fromEntries([...names].map(([name, word]) => [word, name])),
      ...(values.length === 0
        ? {}
        : { ExpressionAttributeValues: Object.fromEntries(values.map((value, at) => [`:v${at}`, value])) }),
    }),
  }
}
