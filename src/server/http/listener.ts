// The server's HTTP: connections in, requests to the core, replies back. HTTP/1.1, with and without TLS (decision 16).

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { asSentinelError, type Random, SentinelError } from '../../base/index.ts'
import type { Answered, Request } from '../door.ts'
import { errorToReply, type Reply, responseToReply } from './envelope.ts'
import { acceptList } from './list-verb.ts'
import { readRequest } from './wire.ts'

export type ListenerDeps = {
  readonly random: Random
  /** Answers a request. Throws a SentinelError, which the client is told. */
  answer(request: Request, signal: AbortSignal): Promise<Answered>
}

export type ListenerOptions = {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly tls: { readonly cert: string; readonly key: string } | undefined
}

/** A listener that listens. */
export type Listener = {
  readonly address: { readonly host: string; readonly port: number }
  /** Takes no more connections, waits for the answers that are under way, then closes all. */
  close(): Promise<void>
}

const limits = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 90_000,
  keepAliveTimeout: 60_000,
  connectionsCheckingInterval: 1_000,
} as const

/**
 * Listens.
 *
 * @throws SentinelError SERVER_UNAVAILABLE when nothing can listen there
 */
export async function listen(deps: ListenerDeps, { host, port, tls }: ListenerOptions): Promise<Listener> {
  const handle = (message: IncomingMessage, response: ServerResponse) => void serve(deps, message, response)
  const server =
    tls === undefined
      ? createServer(limits, handle)
      : // Certificate logins ask for a certificate and check it themselves (spec/vault.md 8.7).
        createTlsServer({ ...limits, ...tls, requestCert: true, rejectUnauthorized: false }, handle)
  acceptList(server, tls === undefined ? 'connection' : 'secureConnection')
  await bound(server, host, port)
  const bind = server.address() as AddressInfo
  return { address: { host: bind.address, port: bind.port }, close: () => closed(server) }
}

async function serve(deps: ListenerDeps, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const asker = new AbortController()
  response.once('close', () => asker.abort())
  send(response, await replyTo(deps, message, asker.signal))
}

async function replyTo(deps: ListenerDeps, message: IncomingMessage, signal: AbortSignal): Promise<Reply> {
  try {
    const request = await readRequest(deps.random, message)
    const { response, mountType } = await deps.answer(request, signal)
    return responseToReply(request, response, mountType)
  } catch (thrown) {
    return errorToReply(asSentinelError(thrown))
  }
}

function send(response: ServerResponse, { status, text }: Reply): void {
  if (text === undefined) {
    response.writeHead(status, { 'Cache-Control': 'no-store', 'Content-Type': 'application/json' }).end()
    return
  }
  response
    .writeHead(status, {
      'Cache-Control': 'no-store',
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
    })
    .end(text)
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

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
