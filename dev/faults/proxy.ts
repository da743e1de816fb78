// A counting proxy in front of AWS: it names every call before it is made, and lets one of them go wrong. A call is what
// Sentinel makes; the SDK's further attempts at it belong to it and have its fate.
//
// A timeout is shown as what a program sees when its waiting is over, a connection that ends without an answer; how long
// it waits is not what is tried here.

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What goes wrong with one call. Before: it was not carried out. After: it was, and nobody is told. */
export const faults = [
  'error',
  'throttle',
  'timeout before',
  'timeout after',
  'kill before',
  'kill after',
] as const
export type Fault = (typeof faults)[number]

/** A call of a journey: in which step, and the how-manieth of its name there. */
export type Call = { readonly step: number; readonly action: string; readonly nth: number }

export type FaultProxy = {
  readonly url: string
  /** The calls so far, in the order in which they came. */
  readonly calls: readonly Call[]
  /** Calls belong to this step from now on, or are let through and not counted. */
  enter(step: number | undefined): void
  /** Lets a call go wrong when it comes; `kill` ends whoever makes it. */
  strike(call: Call, fault: Fault, kill: () => void): void
  /** Whether it came. */
  hasStruck(): boolean
  close(): Promise<void>
}

type Asked = {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly method: string
  readonly path: string
}
type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }
type Strike = { readonly call: Call; readonly fault: Fault; readonly kill: () => void; invocation?: string }

/** What answers behind a proxy. */
export type Upstream = {
  readonly aws: string
  /** What answers for DynamoDB where that is another one: then its calls alone are counted. */
  readonly dynamoDb: string | undefined
}

/** Opens a proxy. */
export async function openProxy({ aws, dynamoDb }: Upstream): Promise<FaultProxy> {
  const calls: Call[] = []
  const seen = new Set<string>()
  let step: number | undefined
  let armed: Strike | undefined

  /** The fault of this attempt, if it is one of the call that is to go wrong. */
  const fateOf = (asked: Asked): Strike | undefined => {
    if (dynamoDb !== undefined && !isOfDynamoDb(asked)) return undefined
    const invocation = String(asked.headers['amz-sdk-invocation-id'] ?? randomUUID())
    if (step !== undefined && !seen.has(invocation)) {
      seen.add(invocation)
      const action = actionOf(asked)
      const nth = calls.filter((call) => call.step === step && call.action === action).length
      const call = { step, action, nth }
      calls.push(call)
      if (armed !== undefined && armed.invocation === undefined && isSame(armed.call, call))
        armed.invocation = invocation
    }
    return armed?.invocation === invocation ? armed : undefined
  }
  const upstreamOf = (asked: Asked) => (isOfDynamoDb(asked) ? (dynamoDb ?? aws) : aws)
  const server = createServer(async (incoming, outgoing) => {
    const asked = await read(incoming)
    const fate = fateOf(asked)
    const cut = () => void incoming.socket.resetAndDestroy()
    if (fate?.fault === 'error' || fate?.fault === 'throttle') {
      const { status, headers, body } = failure(asked, fate.fault)
      outgoing.writeHead(status, headers).end(body)
      return
    }
    if (fate?.fault === 'kill before') fate.kill()
    if (fate?.fault === 'kill before' || fate?.fault === 'timeout before') return cut()
    const answer = await forwarded(upstreamOf(asked), asked).catch(() => undefined)
    if (fate?.fault === 'kill after') fate.kill()
    if (fate !== undefined || answer === undefined) return cut()
    outgoing.writeHead(answer.status, answer.headers).end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    enter: (now) => {
      step = now
    },
    strike: (call, fault, kill) => {
      armed = { call, fault, kill }
    },
    hasStruck: () => armed?.invocation !== undefined,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

const isSame = (left: Call, right: Call) =>
  left.step === right.step && left.action === right.action && left.nth === right.nth

async function read(incoming: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const { headers, method = 'GET', url: path = '/' } = incoming
  return { headers, body: Buffer.concat(chunks), method, path }
}

const isOfDynamoDb = ({ headers }: Asked) => String(headers['x-amz-target']).startsWith('DynamoDB_')

/** `DynamoDB_20120810.GetItem` in a header, or `Action=AssumeRole` in the body. */
function actionOf({ headers, body }: Asked): string {
  const target = headers['x-amz-target']
  if (typeof target === 'string') return target.split('.').at(-1) ?? target
  return new URLSearchParams(body.toString('utf8')).get('Action') ?? 'unknown'
}

/** With its own Host, which is a part of what was signed. */
async function forwarded(upstream: string, { headers, body, method, path }: Asked): Promise<Answer> {
  const outgoing = send(new URL(path, upstream), { method, headers, agent: false })
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  const { body: answer } = await read(incoming)
  return { status: incoming.statusCode ?? 502, headers: incoming.headers, body: answer }
}

/** As AWS says it: STS in XML, the others in JSON. */
function failure({ headers }: Asked, fault: 'error' | 'throttle'): Answer {
  const isJson = headers['x-amz-target'] !== undefined
  const [status, code] =
    fault === 'throttle'
      ? [400, isJson ? 'ThrottlingException' : 'Throttling']
      : [500, isJson ? 'InternalServerError' : 'InternalFailure']
  const body = isJson
    ? JSON.stringify({ __type: code, message: 'A fault on demand' })
    : `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>A fault on demand</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`
  const type = isJson ? 'application/x-amz-json-1.0' : 'text/xml'
  return { status, headers: { 'content-type': type }, body: Buffer.from(body) }
}
