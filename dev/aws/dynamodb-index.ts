// dynalite adds no index to a table that is there. So the table is made anew with it, and its items are put back: what is
// written meanwhile is lost, which nobody does to a store for trying things out.
// Source: API_UpdateTable (GlobalSecondaryIndexUpdates) in the DynamoDB API Reference.

import { AwsError, type Json, type JsonObject, structureOf, structuresOf, textOf } from './wire.ts'

/** Asks dynalite. */
export type Ask = (action: string, params: JsonObject) => Promise<JsonObject>

/** The index that an UpdateTable makes, where it makes one. */
export function indexToMake(action: string, params: JsonObject): JsonObject | undefined {
  if (action !== 'UpdateTable') return undefined
  const updates = structuresOf(params, 'GlobalSecondaryIndexUpdates')
  return updates.map((update) => structureOf(update, 'Create')).find((create) => create !== undefined)
}

/** Adds an index. Gives what DescribeTable says of the table then. */
export async function addIndex(ask: Ask, params: JsonObject, index: JsonObject): Promise<JsonObject> {
  const named = { TableName: textOf(params, 'TableName') }
  const table = structureOf(await ask('DescribeTable', named), 'Table') ?? {}
  const indexes = structuresOf(table, 'GlobalSecondaryIndexes')
  if (indexes.some((each) => each.IndexName === index.IndexName)) {
    throw new AwsError('ValidationException', 'Attempting to create an index which already exists')
  }
  const items = await allItems(ask, named)
  await ask('DeleteTable', named)
  await until(async () => !(await exists(ask, named)))
  await ask('CreateTable', {
    ...named,
    KeySchema: table.KeySchema,
    AttributeDefinitions: definitions(table, params),
    ...capacityOf(table),
    GlobalSecondaryIndexes: [...indexes.map((each) => indexAsMade(table, each)), index],
    ...(table.LocalSecondaryIndexes === undefined
      ? {}
      : { LocalSecondaryIndexes: structuresOf(table, 'LocalSecondaryIndexes').map(keysOf) }),
  })
  await until(async () => (await describe(ask, named)).TableStatus === 'ACTIVE')
  for (const Item of items) await ask('PutItem', { ...named, Item })
  return { Table: await describe(ask, named) }
}

const describe = async (ask: Ask, named: JsonObject) =>
  structureOf(await ask('DescribeTable', named), 'Table') ?? {}

async function exists(ask: Ask, named: JsonObject): Promise<boolean> {
  return ask('DescribeTable', named).then(
    () => true,
    (thrown: unknown) => {
      if (thrown instanceof AwsError && thrown.code === 'ResourceNotFoundException') return false
      throw thrown
    },
  )
}

/** dynalite needs a few turns of the event loop. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(setImmediate)
}

async function allItems(ask: Ask, named: JsonObject): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = []
  let from: Json | undefined
  do {
    const page = await ask('Scan', { ...named, ...(from === undefined ? {} : { ExclusiveStartKey: from }) })
    items.push(...structuresOf(page, 'Items'))
    from = page.LastEvaluatedKey
  } while (from !== undefined)
  return items
}

/** Each attribute once. */
function definitions(table: JsonObject, params: JsonObject): readonly JsonObject[] {
  const all = [table, params].flatMap((each) => structuresOf(each, 'AttributeDefinitions'))
  return [...new Map(all.map((each) => [each.AttributeName, each])).values()]
}

const isByRequest = (table: JsonObject) =>
  structureOf(table, 'BillingModeSummary')?.BillingMode === 'PAY_PER_REQUEST'

function capacityOf(table: JsonObject, of: JsonObject = table): JsonObject {
  if (isByRequest(table)) return of === table ? { BillingMode: 'PAY_PER_REQUEST' } : {}
  const { ReadCapacityUnits, WriteCapacityUnits } = structureOf(of, 'ProvisionedThroughput') ?? {}
  return { ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits } }
}

const keysOf = ({ IndexName, KeySchema, Projection }: JsonObject): JsonObject => ({
  IndexName,
  KeySchema,
  Projection,
})

const indexAsMade = (table: JsonObject, index: JsonObject): JsonObject => ({
  ...keysOf(index),
  ...capacityOf(table, index),
})
