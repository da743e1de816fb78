// Where the contracts run on DynamoDB: the local AWS always, the others where they are installed.

import { onTestFinished } from 'vitest'
import { startLocalAws } from '../../dev/aws/index.ts'
import { dynamoDbAt } from '../../dev/backends/dynamodb-client.ts'
import { dynamoDbLocal, startDynamoDbLocal } from '../../dev/backends/dynamodb-local.ts'
import { pythonWith, startMoto } from '../../dev/backends/python.ts'
import type { DynamoDb } from '../aws/index.ts'
import { lagging, type Started } from './lagging.fake.ts'

/** Why a case of a contract is not run on a DynamoDB; absent where it is. */
export type Gaps = Partial<Record<BackendName, string>>

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
  // Its reads are always of what was written last, so one stands in front of it whose reads are not.
  { name: 'dynalite', start: async () => lagging(await startLocalAws()) },
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

/** DynamoDB at a URL, closed when the test is over. It waits for nobody. */
export async function dynamoAt(
  url: string,
  choice: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<DynamoDb> {
  const db = await dynamoDbAt(url, { timeoutMs: 20_000, pause: async () => {}, ...choice })
  onTestFinished(() => db.close())
  return db
}
