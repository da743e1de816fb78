// What is expected of DynamoDB where a table is named by its ARN, and where its own policy lets others in.

import {
  BatchGetItemCommand,
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'vitest'
import { type Backend, type Case, laxer, refusalOf } from './contract-driver.ts'
import { example } from './index.ts'

const Item = { id: { S: 'a' } }

/** Makes a table with one item, and gives its ARN. */
async function madeTable(backend: Backend): Promise<string> {
  const { dynamodb } = backend.as()
  const command = new CreateTableCommand({
    TableName: 'sentinel-requests',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  })
  const { TableDescription } = await dynamodb.send(command)
  const TableName = TableDescription?.TableArn ?? ''
  await dynamodb.send(new PutItemCommand({ TableName, Item }))
  return TableName
}

const policyFor = (Resource: string, more: object = { Principal: { AWS: example.otherAccount } }) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource, ...more }],
  })

export const placeCases: readonly Case[] = [
  {
    name: 'DynamoDB takes the ARN of a table for its name, and answers a batch under it',
    async run(backend) {
      const TableName = await madeTable(backend)
      const { dynamodb } = backend.as()
      const one = await dynamodb.send(new GetItemCommand({ TableName, Key: Item }))
      const batch = new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Item] } } })
      const many = await dynamodb.send(batch)
      const query = new QueryCommand({
        TableName,
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': Item.id },
      })
      const found = await dynamodb.send(query)
      expect([one.Item, many.Responses, found.Items]).toEqual([Item, { [TableName]: [Item] }, [Item]])
    },
  },
  {
    name: "DynamoDB lets another account in by the table's own policy, for what that allows and no more",
    moto: laxer('evaluates no policies unless it is set up for it'),
    async run(backend) {
      const TableName = await madeTable(backend)
      const { dynamodb } = backend.as(example.erin.keys)
      const get = () => dynamodb.send(new GetItemCommand({ TableName, Key: Item }))
      expect(await refusalOf(get())).toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining('no resource-based policy allows'),
      })
      const put = new PutResourcePolicyCommand({ ResourceArn: TableName, Policy: policyFor(TableName) })
      await backend.as().dynamodb.send(put)
      expect((await get()).Item).toEqual(Item)
      const write = dynamodb.send(new PutItemCommand({ TableName, Item }))
      expect((await refusalOf(write)).name).toBe('AccessDeniedException')
    },
  },
  {
    name: "DynamoDB obeys a table's own policy that denies, also in its own account",
    moto: laxer('evaluates no policies unless it is set up for it'),
    async run(backend) {
      const TableName = await madeTable(backend)
      const Policy = policyFor(TableName, { Effect: 'Deny', Principal: { AWS: example.bob.arn } })
      const { dynamodb } = backend.as()
      await dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: TableName, Policy }))
      const get = (as: Backend['as'], keys: Parameters<Backend['as']>[0]) =>
        as(keys).dynamodb.send(new GetItemCommand({ TableName, Key: Item }))
      expect(await refusalOf(get(backend.as, example.bob.keys))).toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining('explicit deny in a resource-based policy'),
      })
      expect((await get(backend.as, example.carol.keys)).Item).toEqual(Item)
    },
  },
  {
    name: 'DynamoDB takes no policy that names nobody',
    moto: laxer('takes any text'),
    async run(backend) {
      const ResourceArn = await madeTable(backend)
      const Policy = policyFor(ResourceArn, {})
      const put = backend.as().dynamodb.send(new PutResourcePolicyCommand({ ResourceArn, Policy }))
      expect((await refusalOf(put)).name).toBe('ValidationException')
    },
  },
]
