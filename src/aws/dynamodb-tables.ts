// Tables of DynamoDB: what there is, what they are protected by, and the calls that make or mend them.

import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  type TableDescription,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { SentinelError } from '../base/index.ts'
import type { KeptClient } from './call.ts'
import { halfAnswer, type Operation } from './failures.ts'

/** The attributes, all texts, that a table or an index is kept by. */
export type TableKeys = { readonly partition: string; readonly sort?: string }

/** An index, as it is to be. It holds whole items. */
export type TableIndex = TableKeys & { readonly name: string }

/** A table, as it is to be made: paid by request, protected from deletion, encrypted with AWS's key for DynamoDB. */
export type NewTable = TableKeys & { readonly name: string; readonly indexes: readonly TableIndex[] }

/** A table, as it is. */
export type TableFacts = TableKeys & {
  /** As AWS says it: `ACTIVE`, `CREATING`, `UPDATING`, … */
  readonly status: string
  readonly arn: string
  readonly indexes: readonly (TableIndex & { readonly status: string; readonly whole: boolean })[]
  readonly protectedFromDeletion: boolean
  /** With a key of KMS; with a key that nobody sees it always is. */
  readonly encrypted: boolean
}

/** Calls about whole tables. All throw SentinelError; see `openDynamoDb`. */
export interface TableCalls {
  /** Undefined where there is none. */
  describeTable(table: string): Promise<TableFacts | undefined>
  createTable(table: NewTable): Promise<void>
  /** One at a time: DynamoDB takes no second one before the first is there. */
  addIndex(table: string, index: TableIndex): Promise<void>
  protectTable(table: string): Promise<void>
  encryptTable(table: string): Promise<void>
  /** The attribute by which rows are swept; undefined where they are not. */
  timeToLive(table: string): Promise<string | undefined>
  switchTimeToLiveOn(table: string, attribute: string): Promise<void>
  /** Whether the table can be restored as it was at any second of the last weeks. */
  pointInTimeRecovery(table: string): Promise<boolean>
  switchRecoveryOn(table: string): Promise<void>
}

type Kept = KeptClient<DynamoDBClient>
const operation = (name: string, subject: string): Operation => ({ service: 'DynamoDB', name, subject })

/** These calls, by a client. */
export function tableCalls(kept: Kept): TableCalls {
  return {
    describeTable: (table) => describe(kept, table),
    createTable: (table) => create(kept, table),
    async addIndex(TableName, index) {
      const command = new UpdateTableCommand({
        TableName,
        AttributeDefinitions: definitions([index]),
        GlobalSecondaryIndexUpdates: [{ Create: toIndex(index) }],
      })
      await kept.call(operation('UpdateTable', TableName), (client, options) => client.send(command, options))
    },
    async protectTable(TableName) {
      const command = new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true })
      await kept.call(operation('UpdateTable', TableName), (client, options) => client.send(command, options))
    },
    async encryptTable(TableName) {
      const command = new UpdateTableCommand({ TableName, SSESpecification: withAwsKey })
      await kept.call(operation('UpdateTable', TableName), (client, options) => client.send(command, options))
    },
    async timeToLive(TableName) {
      const command = new DescribeTimeToLiveCommand({ TableName })
      const { TimeToLiveDescription: said } = await kept.call(
        operation('DescribeTimeToLive', TableName),
        (client, options) => client.send(command, options),
      )
      return said?.TimeToLiveStatus?.startsWith('ENABL') ? said.AttributeName : undefined
    },
    async switchTimeToLiveOn(TableName, AttributeName) {
      const command = new UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { Enabled: true, AttributeName },
      })
      await kept.call(operation('UpdateTimeToLive', TableName), (client, options) =>
        client.send(command, options),
      )
    },
    async pointInTimeRecovery(TableName) {
      const command = new DescribeContinuousBackupsCommand({ TableName })
      const { ContinuousBackupsDescription: said } = await kept.call(
        operation('DescribeContinuousBackups', TableName),
        (client, options) => client.send(command, options),
      )
      return said?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED'
    },
    async switchRecoveryOn(TableName) {
      const command = new UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      })
      await kept.call(operation('UpdateContinuousBackups', TableName), (client, options) =>
        client.send(command, options),
      )
    },
  }
}

const withAwsKey = { Enabled: true, SSEType: 'KMS' } as const

async function create(kept: Kept, table: NewTable): Promise<void> {
  const command = new CreateTableCommand({
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: definitions([table, ...table.indexes]),
    KeySchema: toKeySchema(table),
    ...(table.indexes.length === 0 ? {} : { GlobalSecondaryIndexes: table.indexes.map(toIndex) }),
    DeletionProtectionEnabled: true,
    SSESpecification: withAwsKey,
  })
  await kept.call(operation('CreateTable', table.name), (client, options) => client.send(command, options))
}

async function describe(kept: Kept, TableName: string): Promise<TableFacts | undefined> {
  const of = operation('DescribeTable', TableName)
  const command = new DescribeTableCommand({ TableName })
  try {
    const { Table } = await kept.call(of, (client, options) => client.send(command, options))
    if (Table === undefined) throw halfAnswer(of, 'a table')
    return factsOf(of, Table)
  } catch (thrown) {
    if (thrown instanceof SentinelError && thrown.code === 'STORE_NOT_FOUND') return undefined
    throw thrown
  }
}

function factsOf(of: Operation, table: TableDescription): TableFacts {
  const { TableStatus, TableArn, KeySchema, GlobalSecondaryIndexes = [] } = table
  if (TableStatus === undefined || TableArn === undefined) throw halfAnswer(of, 'a status or an ARN')
  return {
    ...fromKeySchema(of, KeySchema),
    status: TableStatus,
    arn: TableArn,
    indexes: GlobalSecondaryIndexes.map((index) => ({
      ...fromKeySchema(of, index.KeySchema),
      name: index.IndexName ?? '',
      status: index.IndexStatus ?? '',
      whole: index.Projection?.ProjectionType === 'ALL',
    })),
    protectedFromDeletion: table.DeletionProtectionEnabled === true,
    encrypted: /^(ENABL|UPDATING)/.test(table.SSEDescription?.Status ?? ''),
  }
}

function fromKeySchema(of: Operation, schema: readonly KeySchemaElement[] = []): TableKeys {
  const by = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName
  const [partition, sort] = [by('HASH'), by('RANGE')]
  if (partition === undefined) throw halfAnswer(of, 'a partition key')
  return sort === undefined ? { partition } : { partition, sort }
}

const toIndex = (index: TableIndex) => ({
  IndexName: index.name,
  KeySchema: toKeySchema(index),
  Projection: { ProjectionType: 'ALL' as const },
})

function toKeySchema({ partition, sort }: TableKeys): KeySchemaElement[] {
  const first: KeySchemaElement = { AttributeName: partition, KeyType: 'HASH' }
  return sort === undefined ? [first] : [first, { AttributeName: sort, KeyType: 'RANGE' }]
}

/** Each key attribute once. */
function definitions(keys: readonly TableKeys[]): AttributeDefinition[] {
  const names = new Set(
    keys.flatMap(({ partition, sort }) => (sort === undefined ? [partition] : [partition, sort])),
  )
  return [...names].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }))
}
