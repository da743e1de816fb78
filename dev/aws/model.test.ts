// Every operation that the local AWS answers itself is held against botocore's model of its input, member for member:
// what the model forbids is refused, by a message that names the member; the extremes that it allows are not refused
// for them. What the documentation says beyond the model, the contract says.

import { join } from 'node:path'
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { DescribeParametersCommand } from '@aws-sdk/client-ssm'
import { ListAccountsCommand } from '@aws-sdk/client-sso'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, describe, expect, it } from 'vitest'
import { pythonWith, runPython } from '../backends/python.ts'
import { closingLine } from '../closing-line.ts'
import { cloudtrail } from './cloudtrail.ts'
import { clientsOf, type Refusal, refusalOf, rewriting, type Written } from './contract-driver.ts'
import { type Recorded, recordOf } from './contract-recorder.ts'
import { dynamodb } from './dynamodb.ts'
import { example, type LocalAws, startLocalAws } from './index.ts'
import { type Input, type Tree, type Try, walk } from './model-walk.ts'
import { readByBotocore } from './read-by-botocore.ts'
import { ssm } from './ssm.ts'
import { portalActions } from './sso.ts'
import { sts } from './sts.ts'

type Named = readonly [service: keyof typeof targets, operation: string]

const Name = '/sentinel/policies/dev'
const TableName = 'sentinel-requests'
const ResourceArn = `arn:aws:dynamodb:us-east-1:${example.account}:table/${TableName}`
const tablePolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'dynamodb:GetItem', Resource: '*' }],
})
const accessToken = example.sso.accessToken
const newTable = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
}
const parameter: readonly Before[] = [['ssm', 'PutParameter', { Name, Value: 'v', Type: 'String' }]]
const table: readonly Before[] = [
  ['dynamodb', 'CreateTable', newTable],
  // The table is made on the next turns of the event loop; asking is all the waiting that it needs.
  ...Array.from({ length: 5 }, (): Before => ['dynamodb', 'DescribeTable', { TableName }]),
]

type Before = readonly [...Named, Input]

/** An input that is answered, for each operation, and what must have been called before. */
const bases: readonly (readonly [...Named, base: Input, before?: readonly Before[]])[] = [
  ['sts', 'GetCallerIdentity', {}],
  ['sts', 'AssumeRole', { RoleArn: example.roles.sandbox, RoleSessionName: 'alice' }],
  ['sts', 'GetSessionToken', {}],
  ['ssm', 'GetParameter', { Name }, parameter],
  ['ssm', 'GetParameters', { Names: [Name] }, parameter],
  ['ssm', 'GetParametersByPath', { Path: '/sentinel' }, parameter],
  ['ssm', 'PutParameter', { Name, Value: 'v', Type: 'String' }],
  ['ssm', 'DeleteParameter', { Name }, parameter],
  ['ssm', 'DescribeParameters', {}, parameter],
  [
    'sso',
    'GetRoleCredentials',
    { accessToken, accountId: example.account, roleName: example.sso.permissionSet },
  ],
  ['sso', 'ListAccounts', { accessToken }],
  ['sso', 'ListAccountRoles', { accessToken, accountId: example.account }],
  ['cloudtrail', 'LookupEvents', {}],
  ['dynamodb', 'CreateTable', newTable],
  ['dynamodb', 'UpdateTable', { TableName, DeletionProtectionEnabled: true }, table],
  ['dynamodb', 'DeleteTable', { TableName }, table],
  ['dynamodb', 'DescribeTable', { TableName }, table],
  ['dynamodb', 'ListTables', {}],
  [
    'dynamodb',
    'UpdateTimeToLive',
    { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' } },
    table,
  ],
  ['dynamodb', 'DescribeTimeToLive', { TableName }, table],
  [
    'dynamodb',
    'UpdateContinuousBackups',
    { TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
    table,
  ],
  ['dynamodb', 'DescribeContinuousBackups', { TableName }, table],
  ['dynamodb', 'PutResourcePolicy', { ResourceArn, Policy: tablePolicy }, table],
]

const targets = {
  sts: '',
  sso: '',
  ssm: 'AmazonSSM.',
  cloudtrail: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.',
  dynamodb: 'DynamoDB_20120810.',
} as const

/**
 * Sends inputs of an operation as they are: the SDK writes an envelope of any call of the service, and its content is
 * replaced before it is signed.
 */
function sender(aws: Recording, [service, operation]: Named, tree: Tree): (input: Input) => Promise<unknown> {
  let input: Input = {}
  const inJson = (request: Written) => {
    request.body = JSON.stringify(input)
    request.headers['x-amz-target'] = `${targets[service]}${operation}`
  }
  const inForm = (request: Written) => {
    const written = { Action: operation, Version: '2011-06-15', ...Object.fromEntries(flat('', input)) }
    request.body = new URLSearchParams(written).toString()
  }
  const inQuery = (request: Written) => {
    request.path = portalActions.find(([, action]) => action === operation)?.[0] ?? ''
    request.query = queryOf(tree, input)
  }
  const clients = clientsOf(aws.url)
  const edits = { sts: inForm, sso: inQuery, ssm: inJson, cloudtrail: inJson, dynamodb: inJson }
  rewriting(clients[service], edits[service])
  const calls = {
    sts: () => clients.sts.send(new GetCallerIdentityCommand({})),
    sso: () => clients.sso.send(new ListAccountsCommand({ accessToken })),
    ssm: () => clients.ssm.send(new DescribeParametersCommand({})),
    cloudtrail: () => clients.cloudtrail.send(new LookupEventsCommand({})),
    dynamodb: () => clients.dynamodb.send(new ListTablesCommand({})),
  }
  const got = (answer: unknown) => {
    const { httpStatusCode } = (answer as Answer).$metadata
    answers.push(`${service} ${operation} ${httpStatusCode}`)
  }
  return async (next) => {
    input = next
    aws.sends(next)
    try {
      const answer = await calls[service]()
      got(answer)
      return answer
    } catch (thrown) {
      got(thrown)
      throw thrown
    }
  }
}

type Answer = { readonly $metadata: { readonly httpStatusCode?: number } }

/** What whoever sent the walk's inputs got for each: service, operation, status. */
const answers: string[] = []

/** How often each comes. */
function tally(texts: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return Object.fromEntries([...counts].sort())
}

function queryOf(tree: Tree, input: Input): Record<string, string> {
  const inQuery = Object.entries(tree.members ?? {}).filter(([, { location }]) => location === 'querystring')
  const sent = inQuery.flatMap(([name, { locationName = '' }]) =>
    input[name] === undefined ? [] : [[locationName, String(input[name])]],
  )
  return Object.fromEntries(sent)
}

/** `{ Tags: [{ Key: 'k' }] }` as `Tags.member.1.Key=k`. */
function flat(before: string, value: unknown): readonly (readonly [name: string, text: string])[] {
  if (Array.isArray(value)) {
    return value.length === 0
      ? [[before, '']]
      : value.flatMap((item, i) => flat(`${before}.member.${i + 1}`, item))
  }
  if (typeof value !== 'object' || value === null) return [[before, String(value)]]
  return Object.entries(value).flatMap(([name, inner]) =>
    flat(before === '' ? name : `${before}.${name}`, inner),
  )
}

const python = pythonWith('botocore')
const operations = bases.map(([service, operation]) => [service, operation] as const)
const counted = { refused: 0, allowed: 0 }

const noTree: Tree = { type: 'structure', required: false }
/** A local AWS that keeps what passes over the wire, for botocore to read. */
type Recording = LocalAws & { sends(input: Input): void }

const passed: Recorded[] = []

async function startRecording(): Promise<Recording> {
  let sent: Input = {}
  const aws = await startLocalAws({ observe: (exchange) => passed.push(recordOf(exchange, sent)) })
  return {
    ...aws,
    sends(input) {
      sent = input
    },
  }
}

const named = ({ at, what }: Try) => `${at}: ${what}`
const saysItOf = (refusal: Refusal, { at }: Try) => refusal.message.includes(`'${at}'`)
const refusalIfAny = (call: Promise<unknown>) => refusalOf(call).catch(() => undefined)

/** What is forbidden and yet answered, or refused for another reason. Then nothing was done, and what is right is answered. */
async function refused(aws: Recording, of: Named, tree: Tree, base: Input, tries: readonly Try[]) {
  const wrong: string[] = []
  const send = sender(aws, of, tree)
  for (const one of tries) {
    counted.refused++
    const refusal = await refusalIfAny(send(one.input))
    if (refusal === undefined) wrong.push(`${named(one)} is answered`)
    else if (refusal.$metadata.httpStatusCode !== 400 || !saysItOf(refusal, one)) {
      wrong.push(`${named(one)} is refused as ${refusal.name}: ${refusal.message}`)
    }
  }
  await send(base)
  return wrong
}

/** What is allowed and yet refused for what it is. */
async function allowed(aws: Recording, of: Named, tree: Tree, tries: readonly Try[]) {
  const wrong: string[] = []
  const send = sender(aws, of, tree)
  for (const one of tries) {
    counted.allowed++
    const refusal = await refusalIfAny(send(one.input))
    if (refusal !== undefined && refusal.name !== 'NotImplemented' && saysItOf(refusal, one)) {
      wrong.push(`${named(one)} is allowed, but ${refusal.message}`)
    }
  }
  return wrong
}

async function walked(of: Named, tree: Tree, base: Input, before: readonly Before[]) {
  const tries = walk(tree, base, { isText: of[0] === 'sts' || of[0] === 'sso' })
  const [strict, loose] = [await startRecording(), await startRecording()]
  try {
    for (const [service, operation, input] of before)
      await sender(strict, [service, operation], noTree)(input)
    const forbidden = tries.filter(({ legal }) => !legal)
    const legal = tries.filter((one) => one.legal)
    return [
      ...(await refused(strict, of, tree, base, forbidden)),
      ...(await allowed(loose, of, tree, legal)),
      ...strict.reports,
      ...loose.reports,
    ]
  } finally {
    await Promise.all([strict.close(), loose.close()])
  }
}

describe('the walk', () => {
  it('goes through every operation that the local AWS answers itself', () => {
    const own = (service: string, names: Iterable<string>) => [...names].map((name) => `${service} ${name}`)
    const answered = [
      ...own('sts', sts.operations.keys()),
      ...own('ssm', ssm.operations.keys()),
      ...own(
        'sso',
        portalActions.map(([, action]) => action),
      ),
      ...own('cloudtrail', cloudtrail.operations.keys()),
      ...own('dynamodb', dynamodb.operations.keys()),
    ]
    expect(operations.map((named) => named.join(' ')).sort()).toEqual(
      answered.filter((name) => !name.endsWith('*')).sort(),
    )
  })
})

if (python === undefined) {
  it.skip('botocore is not installed: no input was held against its models (dev/backends/install.sh)', () => {})
} else {
  describe("botocore's models", () => {
    const script = join(import.meta.dirname, '../backends/botocore_model.py')
    const printed = runPython(python, script, JSON.stringify(operations))
    const trees = JSON.parse(printed.stdout) as readonly Tree[]
    for (const [i, [service, operation, base, before = []]] of bases.entries()) {
      it(`${service} ${operation} takes what its model allows, and nothing else`, async () => {
        const tree = trees[i]
        if (tree === undefined) throw new Error(printed.stderr)
        expect(await walked([service, operation], tree, base, before)).toEqual([])
      })
    }

    it('read every exchange of the walk', () => {
      // As many of each operation and status as were got by whoever asked: none may be missing.
      const seen = passed.map(({ service, operation, status }) => `${service} ${operation} ${status}`)
      expect(tally(seen)).toEqual(tally(answers))
      expect(answers.length).toBeGreaterThan(counted.refused + counted.allowed)
      const { verdict, problems, status } = readByBotocore(python, passed)
      expect(problems).toBe('')
      expect(verdict).toBe(
        `botocore: ${passed.length} exchanges of ${operations.length} operations, 0 problems`,
      )
      expect(status).toBe(0)
      closingLine(verdict)
    })
  })
}

afterAll(() => {
  if (python === undefined) return
  const count = `${counted.refused} breaches refused and ${counted.allowed} extremes taken`
  closingLine(`model: ${count}, in ${bases.length} operations of the local AWS`)
})
