// The IAM documents of `init approvals|breakglass|sessions --generate-iam`: for whoever makes the table, for whoever uses
// it through Sentinel, and for whoever only looks. Nobody deletes rows: they are evidence.

import type { PolicyDocument } from './trust-policy.ts'

const provision = [
  'dynamodb:CreateTable',
  'dynamodb:DescribeTable',
  'dynamodb:UpdateTable',
  'dynamodb:DescribeTimeToLive',
  'dynamodb:UpdateTimeToLive',
  'dynamodb:DescribeContinuousBackups',
  'dynamodb:UpdateContinuousBackups',
]
const look = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query']
const use = [...look, 'dynamodb:PutItem', 'dynamodb:UpdateItem']

/**
 * What people need with a table.
 *
 * @param kind as the names of the documents have it: `Approval`, `BreakGlass`, `Session`
 */
export function tableAccessDocuments(kind: string, table: string): Readonly<Record<string, PolicyDocument>> {
  const arn = `arn:aws:dynamodb:*:*:table/${table}`
  const entries = [
    ['Provisioning', provision, [arn]],
    ['Operations', use, [arn, `${arn}/index/*`]],
    ['Audit', look, [arn, `${arn}/index/*`]],
  ] as const
  return Object.fromEntries(
    entries.map(([purpose, actions, resources]) => {
      const Sid = `Sentinel${kind}Table${purpose}`
      const statement = { Sid, Effect: 'Allow', Action: actions, Resource: resources } as const
      return [Sid, { Version: '2012-10-17', Statement: [statement] }]
    }),
  )
}
