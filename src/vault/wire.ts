// One exchange over HTTP: by TLS or without, through a proxy, or at a socket of this machine.

import type { IncomingMessage, RequestOptions } from 'node:http'
import { SentinelError } from '../base/index.ts'

/** PEM, all of them. */
export type VaultTls = {
  readonly ca: readonly string[] | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly serverName: string | undefined
  /** Nobody looks whether the server is the one it says it is. */
  readonly isUnchecked: boolean
}

/** By which way a server is reached. */
export type Place = {
  /** Path of a socket of this machine, in place of the host that the URL names. */
  readonly socket: string | undefined
  readonly proxy: string | undefined
  readonly tls: VaultTls
  readonly timeoutMs: number
}

export type Request = {
  readonly method: string
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: string | undefined
}

export type Exchanged = {
  readonly status: number
  readonly text: string
  readonly location: string | undefined
}

/** @throws SentinelError VAULT_UNREACHABLE, CONFIG_INVALID */
export async function exchange(
  place: Place,
  { method, headers, body }: Request,
  url: URL,
): Promise<Exchanged> {
  const options: RequestOptions = { method, agent: false, timeout: place.timeoutMs, headers }
  const begin = await way(place, url, options)
  return new Promise((resolve, reject) => {
    const request = begin((response) => {
      if (!isFromServer(url, response)) return reject(refusedByProxy(url, response))
      collected(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, text, location: response.headers.location }),
        (cause) => reject(unreachable(url, cause)),
      )
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${place.timeoutMs / 1000} s`)))
    request.on('error', (cause: NodeJS.ErrnoException) => reject(unreachable(url, cause)))
    request.end(body)
  })
}

type Answered = (response: IncomingMessage) => void
type Begin = (answered: Answered) => import('node:http').ClientRequest

async function way({ socket, proxy, tls }: Place, url: URL, options: RequestOptions): Promise<Begin> {
  if (url.protocol === 'https:') return overTls(tls, proxy, url, options)
  const { request } = await import('node:http')
  if (socket !== undefined) return (answered) => request(url, { ...options, socketPath: socket }, answered)
  if (proxy === undefined) return (answered) => request(url, options, answered)
  // RFC 9112 3.2.2: to a proxy the whole URL is sent.
  const at = proxyUrl(proxy)
  const login = loginOf(at)
  const headers = {
    ...(options.headers as Request['headers']),
    Host: url.host,
    ...(login !== undefined && { 'Proxy-Authorization': login }),
  }
  return (answered) => request(at.origin, { ...options, headers, path: url.href }, answered)
}

async function overTls(
  { ca, cert, key, serverName, isUnchecked }: VaultTls,
  proxy: string | undefined,
  url: URL,
  options: RequestOptions,
): Promise<Begin> {
  const { request } = await import('node:https')
  const secure = {
    ...(ca !== undefined && { ca: [...ca] }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { servername: serverName }),
    rejectUnauthorized: !isUnchecked,
  }
  if (proxy === undefined) return (answered) => request(url, { ...options, ...secure }, answered)
  const { HttpsProxyAgent } = await import('https-proxy-agent')
  const agent = new HttpsProxyAgent(proxyUrl(proxy), { keepAlive: false })
  return (answered) => request(url, { ...options, ...secure, agent }, answered)
}

/** @throws SentinelError CONFIG_INVALID */
function proxyUrl(proxy: string): URL {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined
  if (url?.protocol === 'http:') return url
  throw new SentinelError('CONFIG_INVALID', `\`${proxy}\` is no proxy that can be gone through`, {
    hint: 'write it like http://proxy.example.com:3128, in VAULT_PROXY_ADDR or VAULT_HTTP_PROXY',
  })
}

function loginOf({ username, password }: URL): string | undefined {
  if (username === '') return undefined
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(login).toString('base64')}`
}

/**
 * The agent of a proxy passes on what the proxy answers by itself as if the server had: only what came through TLS is
 * the server's.
 */
const isFromServer = (url: URL, { socket }: IncomingMessage) =>
  url.protocol !== 'https:' || (socket as { encrypted?: boolean }).encrypted === true

const refusedByProxy = (url: URL, { statusCode }: IncomingMessage) =>
  new SentinelError(
    'VAULT_UNREACHABLE',
    `the proxy does not let through to \`${url.origin}\` (${statusCode})`,
    {
      hint: 'look at VAULT_PROXY_ADDR and VAULT_HTTP_PROXY',
    },
  )

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
