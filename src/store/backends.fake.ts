// Where the contracts run on DynamoDB: the local AWS always, the others where they are installed.

import { onTestFinished } from 'vitest'
import { example, startLocalAws } from '../../dev/aws/index.ts'
import { dynamoDbLocal, startDynamoDbLocal } from '../../dev/backends/dynamodb-local.ts'
import { pythonWith, startMoto } from '../../dev/backends/python.ts'
import { type Connection, connectionTo, type DynamoDb, openDynamoDb } from '../aws/index.ts'
import { Secret, systemClock } from '../base/index.ts'

/** Why a case of a contract is not run on a DynamoDB; absent where it is. */
export type Gaps = Partial<Record<BackendName, string>>

/** A DynamoDB that was started for tests. */
export type Started = { readonly url: string; close(): Promise<void> }

export type BackendName = 'dynalite' | 'DynamoDB Local' | 'moto'

export type Backend = {
  readonly name: BackendName
  /** Why it cannot be started here. */
  readonly missing?: string
  start(): Promise<Started>
}

const local = dynamoDbLocal()
const python = pythonWith('moto', 'flask')

export const backends: readonly Backend[] = [
  { name: 'dynalite', start: () => startLocalAws() },
  'missing' in local
    ? { name: 'DynamoDB Local', missing: local.missing, start: unstartable }
    : { name: 'DynamoDB Local', start: () => startDynamoDbLocal(local.folder) },
  python === undefined
    ? { name: 'moto', missing: 'moto_server is not installed (dev/backends/install.sh)', start: unstartable }
    : { name: 'moto', start: () => startMoto(python) },
]

function unstartable(): never {
  throw new Error('it is not installed')
}

/** How a DynamoDB at a URL is reached. */
export const dynamoConnection = (url: string): Connection =>
  connectionTo('dynamodb', {
    env: { AWS_ENDPOINT_URL: url },
    profile: { serviceUrls: new Map() },
    region: 'us-east-1',
    foreignEndpoints: 'accepted',
  })

/** DynamoDB at a URL with alice's keys, closed when the test is over. */
export async function dynamoAt(url: string, timeoutMs = 20_000): Promise<DynamoDb> {
  const credentials = async () => ({
    accessKeyId: example.alice.keys.accessKeyId,
    secretAccessKey: new Secret(example.alice.keys.secretAccessKey),
  })
  const signal = new AbortController().signal
  const db = await openDynamoDb(
    { clock: systemClock, signal, timeoutMs, credentials, pause: async () => {} },
    dynamoConnection(url),
  )
  onTestFinished(() => db.close())
  return db
}
