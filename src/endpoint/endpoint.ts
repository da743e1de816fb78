// The container-credentials endpoint: an HTTP server on the loopback that gives credentials to whoever knows its path
// and its token. Every request is a question to `authorize`; nothing is kept here, so nothing here can outlive a policy.
//
// Protocol: AWS SDKs and Tools Reference Guide, "Container credential provider". What it must stand: another user of the
// machine, a page in a browser (DNS rebinding: its requests carry the page's own Host), a client that sends slowly,
// much or nothing.
//
// INVARIANT: `authorize` is asked only for GET, with the right Host, path and token.

import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ErrorCode, type Random, Secret, SentinelError, toTimestamp } from '../base/index.ts'
import { type Answer, answerOf } from './answer.ts'
import { limitConnections } from './connections.ts'

/** Credentials for a client, or why it gets none. */
export type EndpointAnswer =
  | {
      readonly kind: 'credentials'
      readonly accessKeyId: string
      readonly secretAccessKey: Secret
      readonly sessionToken: Secret | undefined
      /** When the client is to come back, in milliseconds since the Unix epoch. */
      readonly expiresAtMs: number
      readonly roleArn: string | undefined
      readonly accountId: string | undefined
    }
  /** The client may be told why: it is whom the decision is about. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string }
  /** Something is wrong that is none of the client's business. */
  | { readonly kind: 'failed'; readonly code: ErrorCode }

export type EndpointDeps = {
  readonly random: Random
  /** Runs something later, unless it is called off by then. */
  after(ms: number, run: () => void): () => void
  /**
   * Decides about one request. The signal is aborted when the client has gone, or when no time is left: what is then
   * not known is not known.
   */
  authorize(signal: AbortSignal): Promise<EndpointAnswer>
}

/** An endpoint that listens. */
export type OpenEndpoint = {
  /** Where clients ask: `http://127.0.0.1:<port>/<path>`. */
  readonly url: string
  /** What they send as `Authorization`, as it is. */
  readonly token: Secret
  /** Stops listening and breaks all connections. */
  close(): Promise<void>
}

// botocore leaves after two seconds. The look-ups end first, so that there is time to record that they did.
const [lookUpMs, answerMs] = [1_300, 1_400]
const limits = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const
/** More than a child has, and few enough to hold. */
const mostConnections = 256

/**
 * Opens an endpoint on 127.0.0.1.
 *
 * @param port 0 to 65535; 0 lets the system choose one that is free
 * @throws SentinelError ENDPOINT_UNAVAILABLE when nothing can listen there
 */
export async function openEndpoint(
  deps: EndpointDeps,
  { port }: { readonly port: number },
): Promise<OpenEndpoint> {
  const text = (bytes: number) => Buffer.from(deps.random.bytes(bytes)).toString('base64url')
  const [path, token] = [`/${text(16)}`, new Secret(text(32))]
  const door = { path, token: token.reveal(), authority: '' }
  const server = createServer(limits, (request, response) => {
    const stranger = refusalOf(door, request)
    if (stranger !== undefined) return send(response, stranger)
    connections.serving(response)
    void serve(deps, response)
  })
  const connections = limitConnections(server, mostConnections)
  await listening(server, port)
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`
  Object.assign(door, { authority })
  return { url: `http://${authority}${path}`, token, close: () => closed(server) }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const busy = cause.code === 'EADDRINUSE'
      const where = `port ${port} of 127.0.0.1`
      reject(
        new SentinelError('ENDPOINT_UNAVAILABLE', `cannot listen on ${where} (${cause.code})`, {
          hint: busy ? 'leave out --server-port, and a free port is chosen' : 'choose another --server-port',
          cause,
        }),
      )
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

type Door = { readonly path: string; readonly token: string; readonly authority: string }

/** Why a request is not even a question. The order tells a stranger as little as possible. */
function refusalOf(door: Door, request: IncomingMessage): Answer | undefined {
  const { method = '', url = '', headers, headersDistinct } = request
  const hosts = headersDistinct.host ?? []
  if (hosts.length !== 1 || hosts[0] !== door.authority)
    return answerOf(421, 'WRONG_HOST', 'this is not the host of that name')
  if (method !== 'GET') return answerOf(405, 'WRONG_METHOD', 'only GET is understood', { Allow: 'GET' })
  if (headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0')
    return answerOf(413, 'BODY_REFUSED', 'a request for credentials has no body', { Connection: 'close' })
  if (!same(url, door.path)) return answerOf(404, 'NOT_FOUND', 'there is nothing here')
  const tokens = headersDistinct.authorization ?? []
  if (tokens.length !== 1 || !same(tokens[0] ?? '', door.token))
    return answerOf(403, 'WRONG_TOKEN', 'invalid Authorization token')
  return undefined
}

/** Compares without telling by the time it takes where two texts differ, or in length. */
function same(given: string, wanted: string): boolean {
  const [left, right] = [given, wanted].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}

async function serve(deps: EndpointDeps, response: ServerResponse): Promise<void> {
  const asker = new AbortController()
  const off = [deps.after(lookUpMs, () => asker.abort()), deps.after(answerMs, () => send(response, tooLate))]
  response.once('close', () => {
    asker.abort()
    for (const stop of off) stop()
  })
  try {
    send(response, told(await deps.authorize(asker.signal)))
  } catch {
    // `authorize` says what is wrong by its answer; whatever else happens gives nothing away.
    send(response, answerOf(503, 'INTERNAL', generic))
  }
}

const generic = 'no credentials just now; the terminal of `sentinel exec` says why'
const tooLate = answerOf(503, 'ABANDONED', 'the credentials were not ready in time; ask again')

function told(answer: EndpointAnswer): Answer {
  switch (answer.kind) {
    case 'refused':
      return answerOf(403, answer.code, answer.message)
    case 'failed':
      return answerOf(503, answer.code, generic)
    case 'credentials':
      return {
        status: 200,
        headers: {},
        body: {
          AccessKeyId: answer.accessKeyId,
          SecretAccessKey: answer.secretAccessKey.reveal(),
          ...(answer.sessionToken === undefined ? {} : { Token: answer.sessionToken.reveal() }),
          Expiration: toTimestamp(answer.expiresAtMs),
          ...(answer.roleArn === undefined ? {} : { RoleArn: answer.roleArn }),
          ...(answer.accountId === undefined ? {} : { AccountId: answer.accountId }),
        },
      }
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) return
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': bytes.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  })
  response.end(bytes)
}
