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
  PutItemCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'vitest'
import { type Backend, type Case, refusalOf } from './contract-driver.ts'
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
    moto: 'laxer: has one account of its own for keys that it does not know',
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
    moto: 'laxer: switches it again',
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
      moto: 'laxer: takes any attribute',
      async run(backend) {
        await makeTable(backend)
        const set = (TimeToLiveSpecification: { Enabled: boolean; AttributeName: string }) =>
          backend.as().dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))
        await set({ Enabled: true, AttributeName: 'ttl' })
        expect((await refusalOf(set({ Enabled: false, AttributeName }))).name).toBe('ValidationException')
        await set({ Enabled: false, AttributeName: 'ttl' })
      },
    }),
  ),
  ...([0, 36] as const).map(
    (RecoveryPeriodInDays): Case => ({
      name: `DynamoDB refuses a recovery period of ${RecoveryPeriodInDays} days`,
      moto: 'laxer: takes any period',
      async run(backend) {
        await makeTable(backend)
        const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays }
        const on = new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification })
        expect((await refusalOf(backend.as().dynamodb.send(on))).name).toBe('ValidationException')
      },
    }),
  ),
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
    moto: 'laxer: evaluates no policies unless it is set up for it',
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
    moto: 'lacks: LookupEvents',
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
