// The server's HTTP: connections in, requests to the core, replies back. HTTP/1.1, with and without TLS (decision 16).

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions, type Server as TlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { asSentinelError, rescued, SentinelError, type Soon, soon } from '../../base/index.ts'
import type { Wait } from '../../machine/index.ts'
import type { Answered, Request } from '../door.ts'
import { bodies } from './body.ts'
import { cleanedTarget } from './canonical.ts'
import { errorToReply, type Reply, responseToReply } from './envelope.ts'
import { acceptList, listOptions } from './list-verb.ts'
import { hasBody, readRequest, type WireDeps } from './wire.ts'

export type ListenerDeps = {
  readonly newId: WireDeps['newId']
  readonly wait: Pick<Wait, 'after'>
  /** Answers a request. Throws a SentinelError, which the client is told. */
  answer(request: Request, signal: AbortSignal): Soon<Answered>
}

export type ListenerOptions = {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** undefined: in the clear. */
  readonly tls: TlsOptions | undefined
  /** How long those who are slow are waited for. Missing: `limits`. */
  readonly patience?: Partial<
    Record<'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval', number>
  >
}

/** Certificate and key as texts, versions, and what is done with certificates of clients. */
export type TlsOptions = Pick<
  SecureContextOptions & ServerOptions,
  'cert' | 'key' | 'ca' | 'minVersion' | 'maxVersion' | 'requestCert' | 'rejectUnauthorized'
>

/** A listener that listens. */
export type Listener = {
  readonly address: { readonly host: string; readonly port: number }
  /** Goes on with another certificate; connections that are there keep theirs. @throws where it is none */
  renew(tls: TlsOptions): void
  /** Takes no more connections, waits a while for the answers that are under way, then closes all. */
  close(): Promise<void>
}

export const limits = {
  ...listOptions,
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 90_000,
  /** Milliseconds in which nothing comes or goes: nobody reads the answer. */
  timeout: 120_000,
  handshakeTimeout: 10_000,
  keepAliveTimeout: 60_000,
  connectionsCheckingInterval: 1_000,
} as const

/**
 * Listens.
 *
 * @throws SentinelError SERVER_UNAVAILABLE when nothing can listen there
 */
export async function listen(
  deps: ListenerDeps,
  { host, port, tls, patience }: ListenerOptions,
): Promise<Listener> {
  let isClosing = false
  const askers = new Map<Socket, Asker>()
  const wire = { newId: deps.newId, readBody: bodies() }
  const headers = tls === undefined ? usualHeaders : [...usualHeaders, ...secureHeaders]
  const lastHeaders = [...headers, 'Connection', 'close']
  const handle = (message: IncomingMessage, response: ServerResponse) => {
    const asker = askerOn(askers, message.socket)
    asker.underWay++
    const reply = replyTo(() => readRequest(wire, message), deps, message, asker.left)
    if (hasBody(message)) void answerAfterBody(message, response, reply, asker)
    else
      void soon(reply, (ready) => {
        asker.underWay--
        send(response, ready, isClosing ? lastHeaders : headers)
      })
  }
  const answerAfterBody = async (
    message: IncomingMessage,
    response: ServerResponse,
    reply: Soon<Reply>,
    asker: Asker,
  ) => {
    const ready = await reply
    asker.underWay--
    // What was sent of a body that nobody read must not be taken for the next request.
    send(response, ready, isClosing || !message.complete ? lastHeaders : headers)
  }
  const options = { ...limits, ...patience }
  const server =
    tls === undefined ? createServer(options, handle) : createTlsServer({ ...options, ...tls }, handle)
  acceptList(server, tls === undefined ? 'connection' : 'secureConnection')
  const sockets = socketsOf(server)
  await bound(server, host, port)
  const bind = server.address() as AddressInfo
  return {
    address: { host: bind.address, port: bind.port },
    renew: (next) => (server as TlsServer).setSecureContext(next),
    close() {
      isClosing = true
      // Whoever has asked nothing yet, or half of it, waits for no answer; `closeIdleConnections` forgets them.
      const busy = new Set([...askers].filter(isWaitedFor).map(([socket]) => nameOf(socket)))
      for (const socket of sockets) if (!busy.has(nameOf(socket))) socket.destroy()
      return closed(deps, server, sockets)
    },
  }
}

/** The same for a connection and for TLS within it. */
const nameOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`

/** Whoever asks on a connection. */
type Asker = {
  /** They are there as long as their connection is: one signal for all that they ask on it. */
  readonly left: AbortSignal
  /** What they asked and were not answered. */
  underWay: number
}

function askerOn(askers: Map<Socket, Asker>, socket: Socket): Asker {
  const before = askers.get(socket)
  if (before !== undefined) return before
  const leaving = new AbortController()
  const asker = { left: leaving.signal, underWay: 0 }
  askers.set(socket, asker)
  socket.once('close', () => {
    askers.delete(socket)
    leaving.abort()
  })
  return asker
}

/** They are not answered yet, or not all of the answer is on its way. */
const isWaitedFor = ([socket, { underWay }]: readonly [Socket, Asker]) =>
  underWay > 0 || socket.writableLength > 0

function replyTo(
  read: () => Soon<Request>,
  { answer }: ListenerDeps,
  message: IncomingMessage,
  signal: AbortSignal,
): Soon<Reply> {
  const reply = (): Soon<Reply> => {
    const location = cleanedTarget(message.url ?? '')
    if (location !== undefined) return { status: 307, text: undefined, location }
    return soon(read(), (request) =>
      soon(answer(request, signal), ({ response, mountType }) =>
        responseToReply(request, response, mountType),
      ),
    )
  }
  return rescued(reply, (thrown) => errorToReply(asSentinelError(thrown)))
}

/** Names and values in turn: Node takes them as they are. */
type Headers = readonly string[]

const usualHeaders: Headers = ['Cache-Control', 'no-store']
const secureHeaders: Headers = ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains']

/** Load balancers may ask for these in place of others. */
const bodiless = new Set([204, 205, 304])

function send(
  response: ServerResponse,
  { status, text, contentType = 'application/json', location }: Reply,
  usual: Headers,
): void {
  const headers = [...usual, 'Content-Type', contentType]
  if (location !== undefined) headers.push('Location', location)
  if (text === undefined || bodiless.has(status)) response.writeHead(status, headers).end()
  else {
    const length = Buffer.byteLength(text)
    headers.push('Content-Length', String(length))
    // Where no character takes more than a byte, nothing has to be encoded.
    response.writeHead(status, headers).end(text, length === text.length ? 'latin1' : 'utf8')
  }
}

function bound(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new SentinelError('SERVER_UNAVAILABLE', `cannot listen on ${host}:${port} (${cause.code})`, {
          hint:
            cause.code === 'EADDRINUSE'
              ? 'something listens there already: choose another address'
              : undefined,
          cause,
        }),
      )
    })
    server.listen(port, host, resolve)
  })
}

/** Connections as they are, also those that are still shaking hands. */
function socketsOf(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

/** Milliseconds that answers may still take when the server stops. */
const graceMs = 30_000

function closed({ wait }: ListenerDeps, server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const forget = wait.after(graceMs, () => {
      for (const socket of sockets) socket.destroy()
    })
    server.close(() => {
      forget()
      resolve()
    })
    server.closeIdleConnections()
  })
}
