// One call to a server that speaks Vault's API. What goes over the wire and what comes back is here; what it means is the
// business of whoever asks.

import { type Secret, SentinelError } from '../base/index.ts'
import { exactParse, exactStringify } from './exact-json.ts'
import { type Exchanged, exchange, type Place, type VaultTls } from './wire.ts'

/** Which server, and as whom. */
export type VaultServer = {
  /** `https://127.0.0.1:8200`, or `unix:///run/agent.sock`. */
  readonly address: string
  readonly token: Secret | undefined
  /** Beside the token: namespace, wrapping, what the person adds. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly tls: VaultTls
  readonly timeoutMs: number
  /** `http://proxy.example.com:3128`. */
  readonly proxy: string | undefined
  /** How often what may go well the next time is asked once more. */
  readonly retries: number
  readonly redirects: 'followed' | 'refused'
}

export type VaultMethod = 'GET' | 'LIST' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'

export type VaultCall = {
  readonly method: VaultMethod
  /** Without `v1/`, not encoded. */
  readonly path: string
  readonly query?: ReadonlyMap<string, string>
  readonly body?: unknown
  /** Asked on the way to what the person wants, so it is needed here and not shown in place of being asked. */
  readonly isOnTheWay?: true
  /** What is needed here is not to wait in a wrapping token; of what is only on the way that goes without saying. */
  readonly isNeeded?: true
}

/** What a server said. A 404 that has something to say is no failure. */
export type VaultAnswer = { readonly status: number; readonly body: VaultBody | undefined }
export type VaultBody = { readonly [name: string]: unknown }

/** How long an answer may wait in a wrapping token. */
export const wrapHeader = 'X-Vault-Wrap-TTL'

const maxRedirects = 3

/** What a call needs of this machine. */
export type VaultDeps = { readonly wait: { pause(ms: number): Promise<void> } }

/**
 * Asks a server.
 *
 * @returns undefined as `body` where there is none
 * @throws SentinelError VAULT_REFUSED, VAULT_NOT_FOUND where there is nothing, VAULT_UNREACHABLE, CONFIG_INVALID
 */
export async function askVault(deps: VaultDeps, server: VaultServer, call: VaultCall): Promise<VaultAnswer> {
  let url = urlOf(server, call)
  for (let left = maxRedirects; ; left--) {
    const { status, text, location } = await askedAgain(deps, server, call, url)
    if ((status !== 307 && status !== 308) || location === undefined) return answerOf(call, status, text)
    const next = new URL(location, url)
    // The token goes with the request: never from a safe line to an open one, and not on for ever.
    if (
      server.redirects === 'refused' ||
      left === 0 ||
      (url.protocol === 'https:' && next.protocol !== 'https:')
    )
      throw new SentinelError(
        'VAULT_UNREACHABLE',
        `the server sends to \`${next.origin}\`, which is not followed`,
      )
    url = next
  }
}

/** What failed and may go well the next time is asked again, as often as the server's description allows. */
async function askedAgain(
  deps: VaultDeps,
  server: VaultServer,
  call: VaultCall,
  url: URL,
): Promise<Exchanged> {
  for (let retry = 1; ; retry++) {
    const mayRetry = retry <= server.retries
    try {
      const said = await exchange(placeOf(server), requestOf(server, call), url)
      if (!mayRetry || !mayGoWell(said.status)) return said
    } catch (thrown) {
      if (!mayRetry || (thrown as SentinelError).code !== 'VAULT_UNREACHABLE') throw thrown
    }
    await deps.wait.pause(retry * 1000)
  }
}

/** As Vault's own client: too much at once, a state that is not there yet, and what went wrong but is known. */
const mayGoWell = (status: number) => status === 412 || status === 429 || (status >= 500 && status !== 501)

const placeOf = ({ address, proxy, tls, timeoutMs }: VaultServer): Place => ({
  socket: socketOf(address),
  proxy,
  tls,
  timeoutMs,
})

function requestOf(server: VaultServer, call: VaultCall) {
  const body = call.body === undefined ? undefined : exactStringify(call.body, 0)
  return { method: call.method, headers: headersOf(server, call, body), body }
}

/** The socket that an address names, where it does. */
export const socketOf = (address: string): string | undefined =>
  address.startsWith('unix://') ? address.slice('unix://'.length) : undefined

/** Where a call goes. @throws SentinelError CONFIG_INVALID */
export function urlOf({ address }: VaultServer, { path, query }: VaultCall): URL {
  const written = socketOf(address) === undefined ? address : 'http://localhost'
  const base = URL.canParse(written) ? new URL(written) : undefined
  if (base === undefined || !/^https?:$/.test(base.protocol))
    throw new SentinelError('CONFIG_INVALID', `\`${address}\` is no address of a server`, {
      hint: 'write it like https://vault.example.com:8200 or unix:///run/vault.sock, in VAULT_ADDR or as -address',
    })
  const segments = path.replace(/^\/+/, '').split('/').map(encodeURIComponent)
  const url = new URL(`${base.pathname.replace(/\/$/, '')}/v1/${segments.join('/')}`, base)
  for (const [name, value] of query ?? []) url.searchParams.set(name, value)
  return url
}

/** What is sent beside the body. */
export function headersOf(
  { token, headers }: VaultServer,
  { method, isOnTheWay, isNeeded }: VaultCall,
  body: string | undefined,
) {
  const own =
    isOnTheWay === true || isNeeded === true ? headers.filter(([name]) => name !== wrapHeader) : headers
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  return {
    'X-Vault-Request': 'true',
    ...(token !== undefined && { 'X-Vault-Token': token.reveal() }),
    ...Object.fromEntries(own),
    ...(body !== undefined && { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }),
  }
}

function answerOf(call: VaultCall, status: number, text: string): VaultAnswer {
  const body = bodyOf(text)
  if (status < 400 || (status === 404 && saysSomething(body))) return { status, body }
  const errors = Array.isArray(body?.errors) ? body.errors.map(String) : []
  const lines = errors.flatMap(linesOf)
  const what = `${call.method} ${call.path}`
  const [first = status === 404 ? 'there is nothing' : 'the server does not say why', ...more] = lines
  throw new SentinelError(
    status === 404 ? 'VAULT_NOT_FOUND' : 'VAULT_REFUSED',
    `${what}: ${first} (${status})`,
    {
      details: more,
      hint: hints.get(status),
    },
  )
}

const hints = new Map([
  [
    403,
    'log in with `sentinel vault login`; `sentinel vault token capabilities PATH` says what the token may do',
  ],
  [503, 'the server is sealed: `sentinel vault operator unseal`'],
])

function saysSomething(body: VaultBody | undefined): boolean {
  const { data, warnings } = body ?? {}
  return (typeof data === 'object' && data !== null) || (Array.isArray(warnings) && warnings.length > 0)
}

function bodyOf(text: string): VaultBody | undefined {
  if (text.trim() === '') return undefined
  try {
    const value = exactParse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as VaultBody)
      : undefined
  } catch {
    return undefined
  }
}

/** Several failures come as one text, with a head and a star before each. */
const linesOf = (error: string): readonly string[] =>
  error
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\d+ errors? occurred:$/.test(line))
    .map((line) => line.replace(/^\s*\* /, ''))
