// A DynamoDB all of whose replicas but one know nothing yet, which is what a read that does not ask to be consistent may
// meet. Whoever reads so finds nothing of what was written. Indexes are never consistent, and are left as they are.

import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A DynamoDB that was started for tests. */
export type Started = { readonly url: string; close(): Promise<void> }

/** Stands in front of a DynamoDB, and ends it when it is closed. */
export async function lagging(started: Started): Promise<Started> {
  const server = createServer(async (incoming, outgoing) => {
    const { headers, method, url = '/' } = incoming
    const body = await bytesOf(incoming)
    const action = String(headers['x-amz-target']).split('.').at(-1) ?? ''
    const stale = staleAnswer(action, body)
    if (stale !== undefined) {
      outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(stale))
      return
    }
    // With its own Host, which is a part of what was signed.
    const onward = request(new URL(url, started.url), { method, headers, agent: false })
    onward.end(body)
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(await bytesOf(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((closed) => server.close(() => closed()))
      await started.close()
    },
  }
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

type Asked = {
  readonly ConsistentRead?: boolean
  readonly IndexName?: string
  readonly RequestItems?: Readonly<Record<string, { readonly ConsistentRead?: boolean }>>
}

/** What a replica says that knows nothing; undefined where the one that knows everything was asked. */
function staleAnswer(action: string, body: Buffer): object | undefined {
  const reads = ['GetItem', 'BatchGetItem', 'Query', 'Scan']
  if (!reads.includes(action)) return undefined
  const { ConsistentRead, IndexName, RequestItems = {} } = JSON.parse(body.toString('utf8')) as Asked
  if (action === 'BatchGetItem') {
    const tables = Object.entries(RequestItems)
    if (tables.every(([, asked]) => asked.ConsistentRead === true)) return undefined
    return { Responses: Object.fromEntries(tables.map(([name]) => [name, []])), UnprocessedKeys: {} }
  }
  if (ConsistentRead === true || IndexName !== undefined) return undefined
  return action === 'GetItem' ? {} : { Items: [], Count: 0, ScannedCount: 0 }
}
