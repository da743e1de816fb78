// The local AWS: one loopback endpoint that speaks the wire protocols of STS, SSM, SSO, CloudTrail and DynamoDB
// and is as strict as AWS where Sentinel could be wrong. For development, the demo and tests; never shipped.
// Reached only through the SDK's own AWS_ENDPOINT_URL.
// Not covered, and laxer than AWS: whether a Region, or a service in an action or an ARN, exists (only its form is
// checked); the values of Bool, Null, Arn and BinaryEquals conditions; where in a policy a variable may be stored (one
// that is misplaced never allows); the packed size of session policies and tags; KMS keys beside Parameter Store's own,
// and a KeyId that is sent with what is no SecureString; an empty selector behind a parameter's name; quotas on the
// number of users, roles, parameters and tables.
// Stricter than AWS, so that a policy that works there may not work here: conditions on sets (`ForAnyValue:`,
// `ForAllValues:`) and every condition key beside those of trust.ts are stored, reported, and never allow; principals of
// other partitions (aws-cn, aws-us-gov) are refused.
// Strict by what was seen of AWS, where its documentation says nothing: the capitals of actions in a trust policy, and a
// bare `*` there (policy-document.ts); the null parameters of a refused call in CloudTrail (cloudtrail.ts); an empty value
// of a parameter (ssm-shapes.ts); a code of an MFA device that comes twice (sts.ts, by RFC 6238).

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, type Random, systemClock, systemRandom } from '../../src/base/index.ts'
import { defaultWorld } from './default-world.ts'
import { answer, recognise } from './dispatch.ts'
import { closeStores } from './dynamodb.ts'
import { type Fault, type FaultHandle, type FaultMatch, faultBoard } from './faults.ts'
import type { Stage } from './service.ts'
import type { Reply, ServiceName, WireRequest } from './wire.ts'
import type { World } from './world-types.ts'

export { defaultWorld, example, stampedOnly } from './default-world.ts'
export type { Fault, FaultHandle, FaultMatch } from './faults.ts'
export type { PolicyDocument } from './policy-types.ts'
export type { ServiceName } from './wire.ts'
export {
  addFederatedUser,
  addKey,
  addMfaDevice,
  addParameter,
  addPermissionSetRole,
  addRole,
  addRootKeys,
  addSsoSession,
  addUser,
  allowEverything,
  emptyWorld,
  rolePrincipal,
} from './world.ts'
export type { AccessKey, Role, TrailRecord, User, World } from './world-types.ts'

/** A call as it arrived, answered or not. */
export type ReceivedCall = {
  readonly service: ServiceName
  readonly action: string
  readonly region: string
  /** Absent when the request was not signed. */
  readonly accessKeyId: string | undefined
  /** Milliseconds since the Unix epoch, by the local AWS's clock. */
  readonly at: number
}

/** One request with its raw reply. */
export type Exchange = {
  readonly service: ServiceName
  readonly action: string
  readonly request: WireRequest
  readonly reply: Reply
}

export type LocalAws = {
  /** `http://127.0.0.1:<port>`, for AWS_ENDPOINT_URL. */
  readonly url: string
  readonly world: World
  /** Every call in the order of arrival. */
  readonly calls: readonly ReceivedCall[]
  /** What in policies was not understood, one sentence each. */
  readonly reports: readonly string[]
  /** Makes calls fail from now on. */
  fail(match: FaultMatch, fault: Fault): FaultHandle
  close(): Promise<void>
}

/**
 * Starts a local AWS on loopback.
 *
 * @param options.clock what it believes the time is, also in its `Date` header; default the machine's
 * @param options.port default 0: any free one
 * @param options.world default `defaultWorld`
 * @param options.observe sees every exchange
 */
export async function startLocalAws(
  options: {
    readonly clock?: Clock
    readonly port?: number
    readonly world?: World
    readonly random?: Random
    readonly observe?: (exchange: Exchange) => void
  } = {},
): Promise<LocalAws> {
  const { clock = systemClock, port = 0, random = systemRandom, observe = () => {} } = options
  const world = options.world ?? defaultWorld(clock.now())
  const calls: ReceivedCall[] = []
  const reports: string[] = []
  const faults = faultBoard()
  const stage: Stage = { world, clock, random, report: (problem) => void reports.push(problem) }

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const request = await readRequest(incoming)
    const asked = recognise(request)
    const { service, action, region } = asked
    const accessKeyId = asked.signed?.accessKeyId
    // Who asks for nothing is no client: other programs of this machine try every port that is open.
    if (action === '')
      return writeReply(outgoing, await answer(stage, asked, request, undefined), clock.now())
    calls.push({ service, action, region, accessKeyId, at: clock.now() })
    const { waits, fault } = faults.take({ service, action, accessKeyId })
    await Promise.allSettled(waits)
    if (fault?.kind === 'reset') return void incoming.socket.resetAndDestroy()
    const reply = await answer(stage, asked, request, fault)
    if (fault?.kind === 'lost') return void incoming.socket.resetAndDestroy()
    observe({ service, action, request, reply })
    writeReply(outgoing, reply, clock.now())
  }
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((bug: unknown) => {
      reports.push(`bug in the local AWS: ${bug instanceof Error ? bug.stack : String(bug)}`)
      incoming.socket.destroy()
    })
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', listening)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    world,
    calls,
    reports,
    fail: faults.add,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((closed) => server.close(() => closed()))
      await closeStores(world)
    },
  }
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?', 2)
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(',') : value)
  }
  return { method: incoming.method ?? 'GET', path, query, headers, body: Buffer.concat(chunks) }
}

function writeReply(outgoing: ServerResponse, reply: Reply, nowMs: number): void {
  outgoing.sendDate = false
  outgoing.writeHead(reply.status, {
    ...reply.headers,
    date: new Date(nowMs).toUTCString(),
    'content-length': Buffer.byteLength(reply.body),
  })
  outgoing.end(reply.body)
}
