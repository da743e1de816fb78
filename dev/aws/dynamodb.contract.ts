// What is expected of DynamoDB: tables and conditional writes, and the settings that keep tables safe.

import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  type PointInTimeRecoverySpecification,
  PutItemCommand,
  type TimeToLiveSpecification,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'vitest'
import { type Backend, breaks, type Case, lacks, laxer, type Miss, refusalOf } from './contract-driver.ts'
import { example } from './index.ts'

const TableName = 'sentinel-requests'

async function makeTable(backend: Backend, input: Partial<CreateTableCommandInput> = {}): Promise<void> {
  const { dynamodb } = backend.as()
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      ...input,
    }),
  )
  // The table is made on the next turns of the event loop; asking is all the waiting that it needs.
  for (let asked = 0; asked < 200; asked++) {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }))
    if (Table?.TableStatus === 'ACTIVE') return
  }
  throw new Error('the table did not become active')
}

const recovery = (PointInTimeRecoverySpecification: unknown) =>
  new UpdateContinuousBackupsCommand({
    TableName,
    PointInTimeRecoverySpecification: PointInTimeRecoverySpecification as PointInTimeRecoverySpecification,
  })
const days = (RecoveryPeriodInDays: unknown) =>
  recovery({ PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays })
const ttl = (specification: unknown) =>
  new UpdateTimeToLiveCommand({
    TableName,
    TimeToLiveSpecification: specification as TimeToLiveSpecification,
  })
const protection = (value: unknown) =>
  new UpdateTableCommand({ TableName, DeletionProtectionEnabled: value as boolean })

const newIndex = (IndexName: string) => ({
  Create: {
    IndexName,
    KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' as const }],
    Projection: { ProjectionType: 'ALL' as const },
    ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
  },
})
const indexes = (more: object, ...names: readonly string[]) =>
  new UpdateTableCommand({
    TableName,
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'other', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexUpdates: names.map(newIndex),
    ...more,
  })
const throughput = { ProvisionedThroughput: { ReadCapacityUnits: 2, WriteCapacityUnits: 2 } }
const sealed = new UpdateTableCommand({ TableName, SSESpecification: { Enabled: true, SSEType: 'AES256' } })

const anything = laxer('takes anything')
const missing = breaks('a missing specification')
const refusedSettings: readonly (readonly [
  what: string,
  command: object,
  code: string,
  message: string,
  moto: Miss,
])[] = [
  ['encryption with AES256', sealed, 'ValidationException', 'The only supported value is: KMS', anything],
  [
    'two new indexes at once',
    indexes({}, 'one', 'two'),
    'LimitExceededException',
    'Only 1 online index',
    anything,
  ],
  [
    'a new index together with other throughput',
    indexes(throughput, 'one'),
    'ValidationException',
    'one of the following operations at once',
    anything,
  ],
  ['a recovery period of 0 days', days(0), 'ValidationException', 'greater than or equal to 1', anything],
  ['a recovery period of 36 days', days(36), 'ValidationException', 'less than or equal to 35', anything],
  ['a recovery period of 1.5 days', days(1.5), 'SerializationException', 'Integer', anything],
  ['a recovery period that is a text', days('7'), 'SerializationException', 'Integer', anything],
  [
    'recovery without a specification',
    recovery(undefined),
    'ValidationException',
    "'pointInTimeRecoverySpecification'",
    missing,
  ],
  [
    'recovery with an empty specification',
    recovery({}),
    'ValidationException',
    'pointInTimeRecoveryEnabled',
    missing,
  ],
  [
    'recovery that is switched by a text',
    recovery({ PointInTimeRecoveryEnabled: 'true' }),
    'SerializationException',
    'Boolean',
    anything,
  ],
  [
    'time to live without a specification',
    ttl(undefined),
    'ValidationException',
    "'timeToLiveSpecification'",
    missing,
  ],
  [
    'time to live that is switched by a text',
    ttl({ Enabled: 'true', AttributeName: 'ttl' }),
    'SerializationException',
    'Boolean',
    anything,
  ],
  ['protection that is a text', protection('true'), 'SerializationException', 'Boolean', anything],
]

export const tableCases: readonly Case[] = [
  {
    name: 'DynamoDB makes a table that belongs to the caller',
    async run(backend) {
      await makeTable(backend)
      const { Table } = await backend.as().dynamodb.send(new DescribeTableCommand({ TableName }))
      expect(Table?.TableArn).toMatch(/^arn:aws:dynamodb:us-east-1:\d{12}:table\/sentinel-requests$/)
      expect(Table?.DeletionProtectionEnabled).toBe(false)
    },
  },
  {
    name: 'DynamoDB names the account and Region of the table',
    moto: laxer(
      'has one account of its own for keys that it does not know',
      /to be 'arn:aws:dynamodb:us-east-1:1111222233/,
    ),
    async run(backend) {
      await makeTable(backend)
      const { Table } = await backend.as().dynamodb.send(new DescribeTableCommand({ TableName }))
      expect(Table?.TableArn).toBe(`arn:aws:dynamodb:us-east-1:${example.account}:table/${TableName}`)
    },
  },
  {
    name: 'DynamoDB writes under a condition once',
    async run(backend) {
      await makeTable(backend)
      const { dynamodb } = backend.as()
      const Item = { id: { S: 'a' }, state: { S: 'pending' } }
      const write = () =>
        dynamodb.send(
          new PutItemCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(id)' }),
        )
      await write()
      expect((await refusalOf(write())).name).toBe('ConditionalCheckFailedException')
      const found = await dynamodb.send(
        new GetItemCommand({ TableName, Key: { id: { S: 'a' } }, ConsistentRead: true }),
      )
      expect(found.Item).toEqual(Item)
    },
  },
  {
    name: 'DynamoDB says that a table is not there',
    async run(backend) {
      const refusal = await refusalOf(backend.as().dynamodb.send(new DescribeTableCommand({ TableName })))
      expect(refusal.name).toBe('ResourceNotFoundException')
    },
  },
  {
    name: 'DynamoDB says it by another name where its backups are asked for',
    async run(backend) {
      const { dynamodb } = backend.as()
      const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
      const looked = await refusalOf(dynamodb.send(new DescribeContinuousBackupsCommand({ TableName })))
      expect(looked.name).toBe('TableNotFoundException')
      const update = new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification })
      expect((await refusalOf(dynamodb.send(update))).name).toBe('TableNotFoundException')
    },
  },
  {
    name: 'DynamoDB switches time to live on',
    async run(backend) {
      await makeTable(backend)
      const { dynamodb } = backend.as()
      const before = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }))
      expect(before.TimeToLiveDescription?.TimeToLiveStatus).toBe('DISABLED')
      const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ttl' }
      const answer = await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))
      expect(answer.TimeToLiveSpecification).toEqual(TimeToLiveSpecification)
      const after = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }))
      expect(after.TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' })
    },
  },
  {
    name: 'DynamoDB refuses to switch time to live on twice',
    moto: laxer('switches it again'),
    async run(backend) {
      await makeTable(backend)
      const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ttl' }
      const on = () =>
        backend.as().dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))
      await on()
      expect(await refusalOf(on())).toMatchObject({
        name: 'ValidationException',
        message: expect.stringMatching(/already enabled/),
      })
    },
  },
  ...(['', 'other', 'a'.repeat(256)] as const).map(
    (AttributeName): Case => ({
      name: `DynamoDB refuses to switch time to live off by an attribute name of ${AttributeName.length} characters`,
      moto: laxer('takes any attribute'),
      async run(backend) {
        await makeTable(backend)
        const set = (TimeToLiveSpecification: { Enabled: boolean; AttributeName: string }) =>
          backend.as().dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))
        await set({ Enabled: true, AttributeName: 'ttl' })
        expect(await refusalOf(set({ Enabled: false, AttributeName }))).toMatchObject({
          name: 'ValidationException',
          message: expect.stringMatching(/AttributeName/i),
        })
      },
    }),
  ),
  {
    name: 'DynamoDB changes time to live once in an hour',
    moto: laxer('changes it as often as asked'),
    async run(backend) {
      await makeTable(backend)
      const set = (Enabled: boolean) =>
        backend.as().dynamodb.send(
          new UpdateTimeToLiveCommand({
            TableName,
            TimeToLiveSpecification: { Enabled, AttributeName: 'ttl' },
          }),
        )
      await set(true)
      expect(await refusalOf(set(false))).toMatchObject({
        name: 'ValidationException',
        message: 'Time to live has been modified multiple times within a fixed interval',
      })
      backend.advance(3_600_000)
      await set(false)
    },
  },
  ...refusedSettings.map(
    ([what, command, code, message, moto]): Case => ({
      name: `DynamoDB refuses ${what}`,
      moto,
      async run(backend) {
        await makeTable(backend)
        expect(await refusalOf(backend.as().dynamodb.send(command as UpdateTableCommand))).toMatchObject({
          name: code,
          message: expect.stringContaining(message),
        })
      },
    }),
  ),
  {
    name: 'DynamoDB makes no table whose protection is a text',
    moto: laxer('takes any text as true'),
    async run(backend) {
      const asked = makeTable(backend, { DeletionProtectionEnabled: 'true' as never })
      expect((await refusalOf(asked)).name).toBe('SerializationException')
    },
  },
  {
    name: 'DynamoDB does not tell whether a table is protected to somebody who may not delete it',
    moto: laxer('evaluates no policies unless it is set up for it', /'ValidationException' to be 'Access/),
    async run(backend) {
      await makeTable(backend, { DeletionProtectionEnabled: true })
      const { dynamodb } = backend.as(example.mallory.keys)
      const refusal = await refusalOf(dynamodb.send(new DeleteTableCommand({ TableName })))
      expect(refusal.name).toBe('AccessDeniedException')
    },
  },
  {
    name: 'DynamoDB switches point-in-time recovery on',
    async run(backend) {
      await makeTable(backend)
      const { dynamodb } = backend.as()
      await dynamodb.send(
        new UpdateContinuousBackupsCommand({
          TableName,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      )
      const answer = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }))
      const described = answer.ContinuousBackupsDescription
      expect(described?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('ENABLED')
    },
  },
  {
    name: 'DynamoDB deletes a protected table only after the protection is gone',
    async run(backend) {
      await makeTable(backend, { DeletionProtectionEnabled: true })
      const { dynamodb } = backend.as()
      const described = await dynamodb.send(new DescribeTableCommand({ TableName }))
      expect(described.Table?.DeletionProtectionEnabled).toBe(true)
      const refusal = await refusalOf(dynamodb.send(new DeleteTableCommand({ TableName })))
      expect(refusal.name).toBe('ValidationException')
      await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }))
      await dynamodb.send(new DeleteTableCommand({ TableName }))
    },
  },
  {
    name: 'DynamoDB refuses whom the policies do not allow',
    moto: laxer('evaluates no policies unless it is set up for it'),
    async run(backend) {
      await makeTable(backend)
      const { dynamodb } = backend.as(example.mallory.keys)
      const refusal = await refusalOf(
        dynamodb.send(new GetItemCommand({ TableName, Key: { id: { S: 'a' } } })),
      )
      expect(refusal).toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining('dynamodb:GetItem'),
      })
    },
  },
  {
    name: "DynamoDB's tables are management events for CloudTrail, its items are not",
    moto: lacks('LookupEvents'),
    async run(backend) {
      await makeTable(backend)
      const { dynamodb, cloudtrail } = backend.as()
      await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: 'a' } } }))
      const LookupAttributes = [
        { AttributeKey: 'EventSource' as const, AttributeValue: 'dynamodb.amazonaws.com' },
      ]
      const { Events = [] } = await cloudtrail.send(new LookupEventsCommand({ LookupAttributes }))
      const names = new Set(Events.map((event) => event.EventName))
      expect(names).toEqual(new Set(['CreateTable', 'DescribeTable']))
    },
  },
]
