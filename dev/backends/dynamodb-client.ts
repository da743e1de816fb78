// DynamoDB through our own room `aws`, at the URL of a local one.

import { type Connection, connectionTo, type DynamoDb, openDynamoDb } from '../../src/aws/index.ts'
import { Secret, systemClock } from '../../src/base/index.ts'
import { systemWait } from '../../src/machine/index.ts'
import { example } from '../aws/default-world.ts'

/** How a DynamoDB at a URL is reached. */
export const dynamoDbConnection = (url: string): Connection =>
  connectionTo('dynamodb', {
    env: { AWS_ENDPOINT_URL: url },
    profile: { serviceUrls: new Map() },
    region: example.region,
    foreignEndpoints: 'accepted',
    authorities: [],
  })

/** The parts that somebody may want otherwise. */
type Choice = {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  pause?(ms: number): Promise<void>
}

/** DynamoDB at a URL, with the keys of the local AWS's alice. Others take any. */
export function dynamoDbAt(url: string, choice: Choice = {}): Promise<DynamoDb> {
  const { timeoutMs = 60_000, signal = new AbortController().signal, pause = systemWait.pause } = choice
  const { accessKeyId, secretAccessKey } = example.alice.keys
  const credentials = async () => ({ accessKeyId, secretAccessKey: new Secret(secretAccessKey) })
  return openDynamoDb({ clock: systemClock, signal, timeoutMs, credentials, pause }, dynamoDbConnection(url))
}
