// How this room makes one call. Loaded lazily, with the SDK. The SDK is told everything: region, endpoint,
// credentials, retries, so that it looks for nothing in the environment or in ~/.aws by itself.

import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, IncomingMessage } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { TLSSocket } from 'node:tls'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { SentinelError, systemClock } from '../base/index.ts'
import { type Authority, markOfContent } from './authorities.ts'
import type { Connection } from './connection.ts'
import { awsFailure, type Operation } from './failures.ts'
import type { AwsCredentials, CallDeps } from './types.ts'

const attempts = 3
const connectTimeoutMs = 5_000
const answerTimeoutMs = 15_000

/** A call: what to send through which client, and for whom. */
export type Call<Client, Output> = {
  readonly connection: Connection
  readonly operation: Operation
  /** None where the call is not signed. */
  readonly credentials: AwsCredentials | undefined
  readonly client: (settings: ClientSettings) => Client
  readonly send: (client: Client, options: { readonly abortSignal: AbortSignal }) => Promise<Output>
}

/** What every SDK client is made with. */
export type ClientSettings = ReturnType<typeof clientSettings>

/**
 * Makes one call, with at most three attempts.
 *
 * @returns the SDK's output, not looked at yet, and the `Date` of the answer in milliseconds
 * @throws SentinelError for whatever failed
 */
export async function callAws<Client extends { destroy(): void }, Output>(
  deps: CallDeps,
  { connection, operation, credentials, client: make, send }: Call<Client, Output>,
): Promise<{ readonly output: Output; readonly serverTimeMs: number | undefined }> {
  const seen: { date?: string } = {}
  const client = make(clientSettings(deps, connection, sdkCredentials(credentials), seen, 'closed'))
  try {
    const output = await send(client, { abortSignal: deps.signal })
    return { output, serverTimeMs: seen.date === undefined ? undefined : Date.parse(seen.date) }
  } catch (thrown) {
    throw awsFailure(operation, connection, thrown)
  } finally {
    client.destroy()
  }
}

/** One client for many calls. */
export type KeptClient<Client> = {
  /**
   * Makes one call, which ends when it has taken `timeoutMs`, all its attempts together.
   *
   * @throws SentinelError for whatever failed
   */
  call<Output>(
    operation: Operation,
    send: (client: Client, options: { readonly abortSignal: AbortSignal }) => Promise<Output>,
  ): Promise<Output>
  /** Closes its connections. */
  close(): void
}

/** What such a client is made for. */
export type KeptClientDeps = CallDeps & {
  /** Asked for again when those that it gave have expired. */
  readonly credentials: () => Promise<AwsCredentials>
  readonly timeoutMs: number
}

/** Makes a client that keeps its connections until it is closed. */
export function keepClient<Client extends { destroy(): void }>(
  deps: KeptClientDeps,
  connection: Connection,
  make: (settings: ClientSettings) => Client,
): KeptClient<Client> {
  const credentials = async () => {
    const found = await deps.credentials()
    const { expiresAtMs } = found
    const expiration = expiresAtMs === undefined ? {} : { expiration: new Date(expiresAtMs) }
    return { ...sdkCredentials(found), ...expiration }
  }
  const client = make(clientSettings(deps, connection, credentials, {}, 'kept'))
  return {
    async call(operation, send) {
      const timeout = AbortSignal.timeout(deps.timeoutMs)
      try {
        return await send(client, { abortSignal: AbortSignal.any([deps.signal, timeout]) })
      } catch (thrown) {
        const late = timeout.aborted && !deps.signal.aborted
        throw awsFailure(operation, connection, late ? lateError(deps.timeoutMs) : thrown)
      }
    },
    close: () => client.destroy(),
  }
}

function lateError(timeoutMs: number): Error {
  const error = new Error(`no answer within ${timeoutMs} ms`)
  error.name = 'TimeoutError'
  return error
}

type SdkCredentials = ReturnType<typeof sdkCredentials>

function clientSettings(
  { clock }: CallDeps,
  connection: Connection,
  credentials: SdkCredentials | (() => Promise<SdkCredentials>),
  seen: { date?: string },
  connections: Connections,
) {
  return {
    region: connection.region,
    ...(connection.endpoint.url === undefined ? {} : { endpoint: connection.endpoint.url }),
    ignoreConfiguredEndpointUrls: true,
    useFipsEndpoint: connection.useFips,
    useDualstackEndpoint: connection.useDualstack,
    credentials,
    // Requests are signed by the clock that was given, as far as the SDK lets one choose.
    systemClockOffset: clock.now() - systemClock.now(),
    maxAttempts: attempts,
    retryMode: 'standard',
    defaultsMode: 'standard',
    userAgentAppId: 'sentinel',
    authSchemePreference: [] as string[],
    sigv4aSigningRegionSet: [] as string[],
    requestHandler: handlerTo(connection, seen, connections),
  } as const
}

/** Whether connections stay open for further calls; most programs make one or two. */
type Connections = 'closed' | 'kept'

/** Node's own HTTP. Notes each answer's date. */
function handlerTo(
  connection: Connection,
  seen: { date?: string },
  connections: Connections,
): NodeHttpHandler {
  const handler = new NodeHttpHandler({
    ...agents(connection, connections === 'kept'),
    connectionTimeout: connectTimeoutMs,
    requestTimeout: answerTimeoutMs,
    throwOnRequestTimeout: true,
  })
  const handle = handler.handle.bind(handler)
  handler.handle = async (...args) => {
    const answer = await handle(...args)
    if (args[0].protocol === 'https:') requireEncrypted(answer.response)
    if (answer.response.headers.date !== undefined) seen.date = answer.response.headers.date
    return answer
  }
  return handler
}

// The proxy's agent passes a proxy's own refusal on as if the endpoint had answered. A hostile proxy could so be AWS,
// with no certificate at all: only what came through TLS counts.
function requireEncrypted({
  body,
  statusCode,
}: {
  readonly body?: unknown
  readonly statusCode: number
}): void {
  if (body instanceof IncomingMessage && body.socket instanceof TLSSocket) return
  const refusal = new Error(`the proxy answered ${statusCode} by itself`)
  refusal.name = 'ProxyError'
  throw refusal
}

function agents({ caBundle, proxy }: Connection, keepAlive: boolean) {
  const tls = caBundle === undefined ? checked : { ...checked, ca: readCa(caBundle) }
  if (proxy !== undefined) {
    const agent = new HttpsProxyAgent(proxy, { ...tls, keepAlive })
    // Its own options are for the proxy; these are for the endpoint behind it.
    Object.assign(agent.options, tls)
    return { httpAgent: agent, httpsAgent: agent }
  }
  return {
    httpAgent: new HttpAgent({ keepAlive }),
    httpsAgent: new HttpsAgent({ ...tls, keepAlive }),
  }
}

// INVARIANT: said with every connection, or Node asks the environment (NODE_TLS_REJECT_UNAUTHORIZED, and
// `--tls-min-v1.0` in NODE_OPTIONS), and whoever sets that could be STS.
const checked = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const

// INVARIANT: the authority that vouches is the one that the record and the keys of the cache name.
function readCa({ path, mark }: Authority): Buffer {
  const content = readOrFail(path)
  if (markOfContent(content) === mark) return content
  throw new SentinelError('CONFIG_INVALID', `the certificate authorities in \`${path}\` changed meanwhile`, {
    hint: 'run it again: what was got through the former ones is not used with these',
  })
}

function readOrFail(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new SentinelError('FILE_UNREADABLE', `cannot read the certificate authorities in \`${path}\``, {
      hint: 'check AWS_CA_BUNDLE and ca_bundle',
      cause,
    })
  }
}

// A call that is not signed gets keys all the same, or the SDK would go and look for some.
function sdkCredentials(credentials: AwsCredentials | undefined) {
  if (credentials === undefined) return { accessKeyId: 'unsigned', secretAccessKey: 'unsigned' }
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const token = sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }
  return { accessKeyId, secretAccessKey: secretAccessKey.reveal(), ...token }
}
