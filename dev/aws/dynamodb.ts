// DynamoDB: items and tables are dynalite's, one store for each account and Region, started when first asked
// for. What dynalite does not know is answered here: time to live, point-in-time recovery, deletion protection, encryption.
// Sources: API_UpdateTimeToLive, API_DescribeTimeToLive, API_UpdateContinuousBackups, API_CreateTable
// (DeletionProtectionEnabled) and API_DeleteTable in the DynamoDB API Reference.

import { once } from 'node:events'
import { type Server, request as send } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { type Ask, addIndex, indexToMake } from './dynamodb-index.ts'
import { asAsked, byName, placesOf, requireLeave } from './dynamodb-places.ts'
import { checkEncryption, checkOneChange } from './dynamodb-rules.ts'
import {
  createTableInput,
  listTablesInput,
  putResourcePolicyInput,
  tableInput,
  updateContinuousBackupsInput,
  updateTableInput,
  updateTimeToLiveInput,
} from './dynamodb-shapes.ts'
import { readPolicy } from './policy-document.ts'
import type { PolicyDocument } from './policy-types.ts'
import type { Answer, Call, Operation, Service, Stage } from './service.ts'
import { type Structure, structure } from './shapes.ts'
import { AwsError, booleanOf, type JsonObject, numberOf, structureOf, textOf } from './wire.ts'
import type { World } from './world-types.ts'

type TableExtras = {
  ttl?: string | undefined
  ttlChangedAtMs?: number
  recoveryDays?: number | undefined
  protectedFromDeletion?: boolean | undefined
  encrypted?: boolean | undefined
  /** Its resource-based policy. */
  policy?: PolicyDocument
}
/** As AWS's documentation writes it. */
const exampleKeyId = '1234abcd-12ab-34cd-56ef-1234567890ab'

type Store = { readonly server: Server; readonly port: number; readonly tables: Map<string, TableExtras> }

/** The stores of a world; they end with the local AWS that opened them. */
const stores = new WeakMap<World, Map<string, Promise<Store>>>()

/** The operations on tables, which are management events. */
const controlPlane: readonly (readonly [
  action: string,
  takes: Structure,
  readOnly: boolean,
  run: Operation['run'],
])[] = [
  ['CreateTable', createTableInput, false, passOn],
  ['UpdateTable', updateTableInput, false, passOn],
  ['DeleteTable', tableInput, false, deleteTable],
  ['DescribeTable', tableInput, true, passOn],
  ['ListTables', listTablesInput, true, passOn],
  ['UpdateTimeToLive', updateTimeToLiveInput, false, updateTimeToLive],
  ['DescribeTimeToLive', tableInput, true, describeTimeToLive],
  ['UpdateContinuousBackups', updateContinuousBackupsInput, false, updateContinuousBackups],
  ['DescribeContinuousBackups', tableInput, true, describeContinuousBackups],
  ['PutResourcePolicy', putResourcePolicyInput, false, putResourcePolicy],
]

/** The local DynamoDB. `*` stands for the operations on items: data events, passed on, and checked by dynalite. */
export const dynamodb: Service = {
  protocol: 'json',
  operations: new Map<string, Operation>([
    ...controlPlane.map(([action, takes, readOnly, run]): [string, Operation] => [
      action,
      { takes, run, trail: { readOnly, requestParameters: tableParameter } },
    ]),
    ['*', { takes: structure({}), run: passOn }],
  ]),
}

/** Ends the stores of a world. */
export async function closeStores(world: World): Promise<void> {
  const open = [...(stores.get(world)?.values() ?? [])]
  stores.delete(world)
  for (const store of await Promise.all(open)) {
    store.server.closeAllConnections()
    await new Promise<void>((done) => store.server.close(() => done()))
  }
}

function storeOf(stage: Stage, call: Call): Promise<Store> {
  const of = stores.get(stage.world) ?? new Map<string, Promise<Store>>()
  stores.set(stage.world, of)
  const name = `${placesOf(call)[0]?.account}/${call.region}`
  const store = of.get(name) ?? openStore()
  of.set(name, store)
  return store
}

async function openStore(): Promise<Store> {
  const require = createRequire(import.meta.url)
  const dynalite = require('dynalite') as (options: object) => Server
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port, tables: new Map() }
}

async function passOn(stage: Stage, call: Call): Promise<Answer> {
  const protection = booleanOf(call.params, 'DeletionProtectionEnabled')
  const encrypted = booleanOf(structureOf(call.params, 'SSESpecification') ?? {}, 'Enabled')
  checkEncryption(call)
  checkOneChange(call)
  const store = await touched(stage, call)
  const name = nameIn(call)
  const { DeletionProtectionEnabled: _, SSESpecification: __, ...known } = call.params
  const result = await changed(store, call, known)
  if (protection !== undefined) extrasOf(store, name).protectedFromDeletion = protection
  if (encrypted !== undefined) extrasOf(store, name).encrypted = encrypted
  return { result: tableAsAws(store, call, result) }
}

async function changed(store: Store, call: Call, known: JsonObject): Promise<JsonObject> {
  const index = indexToMake(call.action, known)
  if (index !== undefined) {
    const asked: Ask = (action, params) => ask(store, call, action, params)
    return { TableDescription: (await addIndex(asked, known, index)).Table }
  }
  if (!onlyExtras(call, known)) return ask(store, call, call.action, known)
  return { TableDescription: (await ask(store, call, 'DescribeTable', known)).Table }
}

/** An UpdateTable that changes nothing else, which dynalite would refuse as empty. */
function onlyExtras(call: Call, known: JsonObject): boolean {
  const asked = call.action === 'UpdateTable' && Object.keys(call.params).length > Object.keys(known).length
  return asked && Object.keys(known).every((name) => name === 'TableName')
}

/** API_DeleteTable: a protected table is not deleted. */
async function deleteTable(stage: Stage, call: Call): Promise<Answer> {
  const store = await touched(stage, call)
  const name = nameIn(call)
  if (store.tables.get(name)?.protectedFromDeletion === true) {
    throw new AwsError(
      'ValidationException',
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    )
  }
  const result = tableAsAws(store, call, await ask(store, call, call.action, call.params))
  store.tables.delete(name)
  return { result }
}

async function updateTimeToLive(stage: Stage, call: Call): Promise<Answer> {
  const asked = structureOf(call.params, 'TimeToLiveSpecification') ?? {}
  const enabled = booleanOf(asked, 'Enabled') === true
  const attribute = textOf(asked, 'AttributeName')
  const { store, name } = await existingTable(stage, call)
  const extras = extrasOf(store, name)
  const isOn = extras.ttl !== undefined
  if (isOn === enabled) {
    throw new AwsError('ValidationException', `TimeToLive is already ${isOn ? 'enabled' : 'disabled'}`)
  }
  // Switching off names the attribute that is active.
  if (isOn && extras.ttl !== attribute) {
    throw new AwsError(
      'ValidationException',
      `TimeToLive is active on a different AttributeName: ${extras.ttl}`,
    )
  }
  // A change takes up to an hour, and further ones are refused meanwhile.
  if (call.atMs - (extras.ttlChangedAtMs ?? Number.NEGATIVE_INFINITY) < 3_600_000) {
    throw new AwsError(
      'ValidationException',
      'Time to live has been modified multiple times within a fixed interval',
    )
  }
  extras.ttl = enabled ? attribute : undefined
  extras.ttlChangedAtMs = call.atMs
  return { result: { TimeToLiveSpecification: { Enabled: enabled, AttributeName: attribute } } }
}

async function describeTimeToLive(stage: Stage, call: Call): Promise<Answer> {
  const { store, name } = await existingTable(stage, call)
  const attribute = store.tables.get(name)?.ttl
  return {
    result: {
      TimeToLiveDescription: {
        TimeToLiveStatus: attribute === undefined ? 'DISABLED' : 'ENABLED',
        AttributeName: attribute,
      },
    },
  }
}

/** API_DescribeContinuousBackups, "Errors": they have a name of their own for a table that is not there. */
async function tableWithBackups(stage: Stage, call: Call): Promise<{ store: Store; name: string }> {
  try {
    return await existingTable(stage, call)
  } catch (thrown) {
    if (!(thrown instanceof AwsError) || thrown.code !== 'ResourceNotFoundException') throw thrown
    throw new AwsError('TableNotFoundException', `Table not found: ${nameIn(call)}`)
  }
}

async function updateContinuousBackups(stage: Stage, call: Call): Promise<Answer> {
  const asked = structureOf(call.params, 'PointInTimeRecoverySpecification') ?? {}
  const enabled = booleanOf(asked, 'PointInTimeRecoveryEnabled')
  const days = numberOf(asked, 'RecoveryPeriodInDays') ?? 35
  const { store, name } = await tableWithBackups(stage, call)
  extrasOf(store, name).recoveryDays = enabled === true ? days : undefined
  return { result: backups(store, name) }
}

async function describeContinuousBackups(stage: Stage, call: Call): Promise<Answer> {
  const { store, name } = await tableWithBackups(stage, call)
  return { result: backups(store, name) }
}

function backups(store: Store, name: string): JsonObject {
  const days = store.tables.get(name)?.recoveryDays
  const recovery =
    days === undefined
      ? { PointInTimeRecoveryStatus: 'DISABLED' }
      : { PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: days }
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: recovery,
    },
  }
}

async function existingTable(stage: Stage, call: Call): Promise<{ store: Store; name: string }> {
  const store = await touched(stage, call)
  const name = nameIn(call)
  await ask(store, call, 'DescribeTable', { TableName: name })
  return { store, name }
}

/** The store of a call's tables, which the caller may touch. */
async function touched(stage: Stage, call: Call): Promise<Store> {
  const store = await storeOf(stage, call)
  for (const place of placesOf(call)) requireLeave(stage, call, place, store.tables.get(place.name)?.policy)
  return store
}

const nameIn = (call: Call) => placesOf(call)[0]?.name ?? ''

/** API_PutResourcePolicy: who may use the table besides, also from other accounts. */
async function putResourcePolicy(stage: Stage, call: Call): Promise<Answer> {
  const { store, name } = await existingTable(stage, call)
  try {
    extrasOf(store, name).policy = readPolicy('resource', textOf(call.params, 'Policy') ?? '')
  } catch (thrown) {
    throw new AwsError('ValidationException', `Invalid policy document: ${(thrown as Error).message}`)
  }
  return { result: { RevisionId: String(call.atMs) } }
}

function extrasOf(store: Store, name: string): TableExtras {
  const extras = store.tables.get(name) ?? {}
  store.tables.set(name, extras)
  return extras
}

/** What dynalite says of a table, put right where AWS says it otherwise, and with what it does not know. */
function tableAsAws(store: Store, call: Call, result: JsonObject): JsonObject {
  const described = (['Table', 'TableDescription'] as const).find((member) => result[member] !== undefined)
  if (described === undefined) return result
  const { TableThroughputModeSummary: _, ...table } = result[described] as JsonObject
  const name = textOf(table, 'TableName') ?? ''
  const { protectedFromDeletion = false, encrypted = false } = store.tables.get(name) ?? {}
  const owner = `arn:aws:dynamodb:${call.region}:${placesOf(call)[0]?.account}:`
  const arns = JSON.stringify(table).replace(/arn:aws:dynamodb:[^:"]*:\d{12}:/g, owner)
  // dynalite's ids are four characters short of a UUID.
  const id = `${textOf(table, 'TableId') ?? ''}0000`
  const kms = { KMSMasterKeyArn: `${owner.replace(':dynamodb:', ':kms:')}key/${exampleKeyId}` }
  const extras = {
    TableId: id,
    DeletionProtectionEnabled: protectedFromDeletion,
    ...(encrypted ? { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', ...kms } } : {}),
  }
  return { ...result, [described]: { ...JSON.parse(arns), ...extras } }
}

/** Asks dynalite, which wants a signature but does not check it. */
async function ask(store: Store, call: Call, action: string, params: JsonObject): Promise<JsonObject> {
  const body = JSON.stringify(byName(params))
  const outgoing = send({
    host: '127.0.0.1',
    port: store.port,
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': `DynamoDB_20120810.${action}`,
      'x-amz-date': call.request.headers.get('x-amz-date') ?? '',
      authorization: call.request.headers.get('authorization') ?? '',
    },
  })
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  const answered = JSON.parse(text) as JsonObject
  if (incoming.statusCode === 200) return asAsked(params, answered)
  const code = (textOf(answered, '__type') ?? 'InternalServerError').replace(/^.*#/, '')
  throw new AwsError(
    code,
    textOf(answered, 'message') ?? textOf(answered, 'Message') ?? '',
    incoming.statusCode ?? 500,
  )
}

function tableParameter(call: Call): JsonObject {
  return { tableName: textOf(call.params, 'TableName') }
}
