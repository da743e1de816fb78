// One call to a server that speaks Vault's API. What goes over the wire and what comes back is here; what it means is the
// business of whoever asks.

import type { IncomingMessage, RequestOptions } from 'node:http'
import { type Secret, SentinelError } from '../base/index.ts'
import { exactParse, exactStringify } from './exact-json.ts'

/** Which server, and as whom. */
export type VaultServer = {
  /** `https://127.0.0.1:8200`. */
  readonly address: string
  readonly token: Secret | undefined
  /** Beside the token: namespace, wrapping, what the person adds. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly tls: VaultTls
  readonly timeoutMs: number
  /** Goes on to where a server sends. */
  readonly followsRedirects: boolean
}

/** PEM, all of them. */
export type VaultTls = {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly serverName: string | undefined
  /** Nobody looks whether the server is the one it says it is. */
  readonly isUnchecked: boolean
}

export type VaultMethod = 'GET' | 'LIST' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'

export type VaultCall = {
  readonly method: VaultMethod
  /** Without `v1/`, not encoded. */
  readonly path: string
  readonly query?: ReadonlyMap<string, string>
  readonly body?: unknown
  /** What is only asked on the way is not to wait in a wrapping token. */
  readonly isOnTheWay?: true
}

/** What a server said. A 404 that has something to say is no failure. */
export type VaultAnswer = { readonly status: number; readonly body: VaultBody | undefined }
export type VaultBody = { readonly [name: string]: unknown }

/** How long an answer may wait in a wrapping token. */
export const wrapHeader = 'X-Vault-Wrap-TTL'

const maxRedirects = 3

/**
 * Asks a server.
 *
 * @returns undefined as `body` where there is none
 * @throws SentinelError VAULT_REFUSED, VAULT_NOT_FOUND where there is nothing, VAULT_UNREACHABLE, CONFIG_INVALID
 */
export async function askVault(server: VaultServer, call: VaultCall): Promise<VaultAnswer> {
  let url = urlOf(server, call)
  for (let left = maxRedirects; ; left--) {
    const { status, text, location } = await exchange(server, call, url)
    if ((status !== 307 && status !== 308) || location === undefined) return answerOf(call, status, text)
    const next = new URL(location, url)
    // The token goes with the request: never from a safe line to an open one, and not on for ever.
    if (left === 0 || !server.followsRedirects || (url.protocol === 'https:' && next.protocol !== 'https:'))
      throw new SentinelError(
        'VAULT_UNREACHABLE',
        `the server sends to \`${next.origin}\`, which is not followed`,
      )
    url = next
  }
}

/** Where a call goes. @throws SentinelError CONFIG_INVALID */
export function urlOf({ address }: VaultServer, { path, query }: VaultCall): URL {
  const base = URL.canParse(address) ? new URL(address) : undefined
  if (base === undefined || !/^https?:$/.test(base.protocol))
    throw new SentinelError('CONFIG_INVALID', `\`${address}\` is no address of a server`, {
      hint: 'write it like https://vault.example.com:8200, in VAULT_ADDR or as -address',
    })
  const segments = path.replace(/^\/+/, '').split('/').map(encodeURIComponent)
  const url = new URL(`${base.pathname.replace(/\/$/, '')}/v1/${segments.join('/')}`, base)
  for (const [name, value] of query ?? []) url.searchParams.set(name, value)
  return url
}

type Exchanged = { readonly status: number; readonly text: string; readonly location: string | undefined }

async function exchange(server: VaultServer, call: VaultCall, url: URL): Promise<Exchanged> {
  const body = call.body === undefined ? undefined : exactStringify(call.body, 0)
  const options: RequestOptions = {
    method: call.method,
    agent: false,
    timeout: server.timeoutMs,
    headers: headersOf(server, call, body),
  }
  const begin = url.protocol === 'https:' ? await overTls(server.tls) : (await import('node:http')).request
  return new Promise((resolve, reject) => {
    const request = begin(url, options, (response: IncomingMessage) => {
      collected(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, text, location: response.headers.location }),
        (cause) => reject(unreachable(url, cause)),
      )
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${server.timeoutMs / 1000} s`)))
    request.on('error', (cause: NodeJS.ErrnoException) => reject(unreachable(url, cause)))
    request.end(body)
  })
}

type Begin = typeof import('node:http').request

async function overTls({ ca, cert, key, serverName, isUnchecked }: VaultTls): Promise<Begin> {
  const { request } = await import('node:https')
  const secure = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { servername: serverName }),
    rejectUnauthorized: !isUnchecked,
  }
  return ((url: URL, options: RequestOptions, answered: (response: IncomingMessage) => void) =>
    request(url, { ...options, ...secure }, answered)) as Begin
}

/** What is sent beside the body. */
export function headersOf(
  { token, headers }: VaultServer,
  { method, isOnTheWay }: VaultCall,
  body: string | undefined,
) {
  const own = isOnTheWay === true ? headers.filter(([name]) => name !== wrapHeader) : headers
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  return {
    'X-Vault-Request': 'true',
    ...(token !== undefined && { 'X-Vault-Token': token.reveal() }),
    ...Object.fromEntries(own),
    ...(body !== undefined && { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }),
  }
}

async function collected(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const refusedCertificates = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|ISSUER/

function unreachable(url: URL, cause: NodeJS.ErrnoException): SentinelError {
  const code = cause.code ?? ''
  const isCertificate = refusedCertificates.test(code)
  const isWrongScheme = code === 'EPROTO' || code === 'ECONNRESET' || code.startsWith('HPE_')
  return new SentinelError(
    'VAULT_UNREACHABLE',
    `no answer from \`${url.origin}\` (${code || cause.message})`,
    {
      hint: isCertificate
        ? 'name the authority that signed its certificate: -ca-cert or VAULT_CACERT'
        : isWrongScheme
          ? `the server may speak ${url.protocol === 'https:' ? 'http' : 'https'}: look at VAULT_ADDR`
          : 'look whether it runs, and at VAULT_ADDR or -address',
      cause,
    },
  )
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
