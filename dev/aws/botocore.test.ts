// The contract and the walk let botocore read what passes over the wire. Here it is given replies that AWS would never
// send, one thing wrong with each, and must say so of every one.

import { describe, expect, it } from 'vitest'
import { pythonWith } from '../backends/python.ts'
import type { Recorded } from './contract-recorder.ts'
import { readByBotocore } from './read-by-botocore.ts'

const json = (service: string, operation: string, result: object, status = 200): Recorded => ({
  service,
  operation,
  input: {},
  status,
  headers: { 'x-amzn-requestid': 'r', 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify(result),
})
const xml = (operation: string, result: string): Recorded => ({
  ...json('sts', operation, {}),
  headers: { 'x-amzn-requestid': 'r' },
  body: `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${operation}Result>${result}</${operation}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${operation}Response>`,
})
const asked = (exchange: Recorded, input: object): Recorded => ({ ...exchange, input })

const table = (more: object) => json('dynamodb', 'DescribeTable', { Table: { TableName: 'abc', ...more } })
const describeTable = (more: object) => asked(table(more), { TableName: 'abc' })
const backups = (more: object) =>
  asked(
    json('dynamodb', 'DescribeContinuousBackups', {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: more,
      },
    }),
    { TableName: 'abc' },
  )
const parameter = (more: object) => asked(json('ssm', 'GetParameter', { Parameter: more }), { Name: 'n' })
const assumed = (result: string) =>
  asked(xml('AssumeRole', result), { RoleArn: 'a'.repeat(20), RoleSessionName: 'ab' })
const capacity = { ReadCapacityUnits: 0, WriteCapacityUnits: 0 }
const key = { AttributeName: 'id', KeyType: 'HASH' }

const right: readonly Recorded[] = [
  describeTable({ KeySchema: [key], ProvisionedThroughput: capacity }),
  backups({ PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 35 }),
  parameter({ Name: 'n', Version: 1 }),
  assumed('<PackedPolicySize>0</PackedPolicySize>'),
]

const wrong: readonly (readonly [what: string, reply: Recorded, said: RegExp])[] = [
  [
    'a number below its range',
    describeTable({ ProvisionedThroughput: { ...capacity, ReadCapacityUnits: -3 } }),
    /ReadCapacityUnits: -3/,
  ],
  [
    'a number above its range',
    backups({ PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 9999 }),
    /RecoveryPeriodInDays: 9999/,
  ],
  [
    'a number below its range, in XML',
    assumed('<PackedPolicySize>-1</PackedPolicySize>'),
    /PackedPolicySize: -1/,
  ],
  ['an empty list of at least one', describeTable({ KeySchema: [] }), /KeySchema: 0 members/],
  [
    'a list that is too long',
    describeTable({ LocalSecondaryIndexes: [{ Projection: { NonKeyAttributes: Array(21).fill('a') } }] }),
    /NonKeyAttributes: 21 members/,
  ],
  [
    'a text that is too short',
    describeTable({ KeySchema: [{ ...key, AttributeName: '' }] }),
    /AttributeName: 0 characters/,
  ],
  [
    'a value that is not on the list',
    describeTable({ TableStatus: 'ASLEEP' }),
    /TableStatus: 'ASLEEP' is not one/,
  ],
  ['a text that is no number', parameter({ Version: '1' }), /Version: str is no long/],
  ['a truth value that is no number', parameter({ Version: true }), /Version: bool is no long/],
  ['a member that does not exist', parameter({ Versoin: 1 }), /unknown member Versoin/],
  ['a member that is missing', describeTable({ KeySchema: [{ AttributeName: 'id' }] }), /KeyType is missing/],
  [
    'XML with a sign that it cannot hold',
    assumed('<SourceIdentity>a\u0007</SourceIdentity>'),
    /invalid token/,
  ],
  [
    'an error that it does not have',
    json('ssm', 'GetParameter', { __type: 'NoSuchThing' }, 400),
    /NoSuchThing/,
  ],
  ['an input that it does not take', json('ssm', 'GetParameter', {}), /Missing required parameter/],
]

const python = pythonWith('botocore')
if (python === undefined) {
  it.skip('botocore is not installed: what it notices is not known (dev/backends/install.sh)', () => {})
} else {
  describe('botocore notices', () => {
    const read = readByBotocore(
      python,
      wrong.map(([, reply]) => reply),
    )
    for (const [what, , said] of wrong) it(what, () => expect(read.problems).toMatch(said))

    it('nothing where nothing is wrong', () => {
      expect(readByBotocore(python, right)).toEqual({
        verdict: 'botocore: 4 exchanges of 4 operations, 0 problems',
        problems: '',
        status: 0,
      })
    })

    it('as many problems as there are', () => {
      expect(read.verdict).toContain(` ${wrong.length} problems`)
      expect(read.status).toBe(1)
    })
  })
}
