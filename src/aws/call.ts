// How this room makes one call. Loaded lazily, with the SDK. The SDK is told everything: region, endpoint,
// credentials, retries, so that it looks for nothing in the environment or in ~/.aws by itself.

import { NodeHttpHandler } from '@smithy/node-http-handler'
import { SentinelError, systemClock } from '../base/index.ts'
import type { Connection } from './connection.ts'
import { awsFailure, type Operation } from './failures.ts'
import { agentsOf, requireEncrypted } from './trust.ts'
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
    // Or it would read AWS_ACCOUNT_ID_ENDPOINT_MODE: a table's own account would be part of the host's name.
    accountIdEndpointMode: 'disabled',
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
    ...agentsOf(connection, connections === 'kept'),
    connectionTimeout: connectTimeoutMs,
    requestTimeout: answerTimeoutMs,
    throwOnRequestTimeout: true,
  })
  const handle = handler.handle.bind(handler)
  handler.handle = async (...args) => {
    requireWay(connection, args[0])
    const answer = await handle(...args)
    if (args[0].protocol === 'https:') requireEncrypted(answer.response)
    if (answer.response.headers.date !== undefined) seen.date = answer.response.headers.date
    return answer
  }
  return handler
}

// What the SDK calls in the end is the SDK's own choice. INVARIANT: nothing is sent another way than the record names.
function requireWay(connection: Connection, request: Called): void {
  const { protocol, hostname, port } = request
  const url = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`
  if (connection.proxyTo(url) === connection.proxy) return
  const isProxied = connection.proxy === undefined ? 'only' : 'not'
  throw new SentinelError('CONFIG_INVALID', `\`${hostname}\` is ${isProxied} reached through the proxy`, {
    hint: `let NO_PROXY name either both or neither of \`${hostname}\` and the endpoint of ${connection.region}`,
  })
}

type Called = { readonly protocol: string; readonly hostname: string; readonly port?: number | undefined }

// A call that is not signed gets keys all the same, or the SDK would go and look for some.
function sdkCredentials(credentials: AwsCredentials | undefined) {
  if (credentials === undefined) return { accessKeyId: 'unsigned', secretAccessKey: 'unsigned' }
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const token = sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }
  return { accessKeyId, secretAccessKey: secretAccessKey.reveal(), ...token }
}
