// A request of HTTP as a request of the server, and the answer back. Everything that comes from outside is read here,
// once: the path, the operation, the body, the headers that mean something.

import type { IncomingMessage } from 'node:http'
import { isSameText, Secret, SentinelError, type Soon } from '../../base/index.ts'
import type { Data, Json, Operation, Request } from '../door.ts'
import { textToBool, textToSeconds } from '../mounts/fields.ts'
import type { ReadBody } from './body.ts'
import { canonicalPath } from './canonical.ts'
import { isObject, textToJson } from './json.ts'
import { readMfaHeader } from './mfa-header.ts'

/**
 * Values in a body, at most: each of them costs time before anybody knows who asks (CVE-2025-6203 of the peers), and no
 * secret has so many.
 */
const maxValues = 50_000

const operations = new Map<string, Operation>([
  ['GET', 'read'],
  ['LIST', 'list'],
  ['POST', 'update'],
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
])

/** Whether a body comes with a message, or may come. RFC 9112 6.3. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined

export type WireDeps = {
  /** Another one for each request. */
  newId(): string
  readonly readBody: ReadBody
}

/**
 * Reads a request: at once where it has no body to wait for.
 *
 * @throws SentinelError REQUEST_INVALID, OPERATION_UNSUPPORTED, BODY_TOO_LARGE, RATE_LIMITED, MEDIA_TYPE_UNSUPPORTED, ROUTE_NOT_FOUND
 */
export function readRequest({ newId, readBody }: WireDeps, message: IncomingMessage): Soon<Request> {
  const { method = '', url = '', socket } = message
  if (message.httpVersion === '1.1' && message.headers.host === undefined)
    throw new SentinelError('REQUEST_INVALID', 'the header Host is missing')
  requireOnce(message)
  const path = canonicalPath(url)
  if (path === undefined) throw new SentinelError('ROUTE_NOT_FOUND', 'there is nothing outside /v1/')
  const query = queryOf(url)
  requireRootNamespace(message)
  // Only those who ask whether it is well may leave out the body.
  requireMfaForm(message)
  const operation = operationOf(method === 'HEAD' && path === 'sys/health' ? 'GET' : method, query)
  if (operation === 'patch') requireMergePatch(message)
  const request = (data: Data): Request => ({
    id: newId(),
    operation,
    path: operation === 'list' && !path.endsWith('/') ? `${path}/` : path,
    data,
    token: tokenOf(message),
    remote: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
    wrapSeconds: wrapSecondsOf(message),
    policyOverride: overrideOf(message),
    headers: headersOf(message),
  })
  const writes = operation === 'update' || operation === 'patch'
  return writes ? readBody(message).then((bytes) => request(bodyOf(message, bytes))) : request(query)
}

function operationOf(method: string, query: Data): Operation {
  const operation = operations.get(method)
  // As the peers answer it (spec/vault.md 11.4).
  if (method === 'OPTIONS') throw new SentinelError('REQUEST_INVALID', 'unsupported operation')
  if (operation === undefined) throw unsupported()
  if (operation !== 'read') return operation
  if (query.help !== undefined && flagOf(query.help)) return 'help'
  return query.list !== undefined && flagOf(query.list) ? 'list' : 'read'
}

const unsupported = () =>
  new SentinelError('OPERATION_UNSUPPORTED', '1 error occurred:\n\t* unsupported operation\n\n')

function flagOf(value: Json): boolean {
  const flag = typeof value === 'string' && value !== '' ? textToBool(value) : undefined
  if (flag !== undefined) return flag
  throw new SentinelError('REQUEST_INVALID', 'a flag of the query must be true or false')
}

/** Parameters of a query: one value is a text, several are a list. */
function queryOf(url: string): Data {
  const start = url.indexOf('?')
  const data: Record<string, Json> = Object.create(null)
  if (start === -1) return data
  const lists = new Map<string, Json[]>()
  let count = 0
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    if (++count > maxValues) throw new SentinelError('REQUEST_INVALID', `more than ${maxValues} parameters`)
    const before = data[name]
    const list = lists.get(name)
    if (list !== undefined) list.push(value)
    else if (before === undefined) data[name] = value
    else {
      const begun = [before, value]
      lists.set(name, begun)
      data[name] = begun
    }
  }
  return data
}

/** curl sends JSON as a form when it is told nothing else, so a form is one only if it does not look like JSON. */
function bodyOf(message: IncomingMessage, bytes: Buffer): Data {
  const text = bytes.toString()
  if (text.trim() === '') return Object.create(null)
  const type = (message.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/x-www-form-urlencoded' && !/^\s*[{[]/.test(text)) return formOf(text)
  if (!isUtf8(bytes, text))
    throw new SentinelError('REQUEST_INVALID', 'failed to decode JSON input: not UTF-8')
  const value = textToJson(text, maxValues)
  if (isObject(value)) return value
  // What a client in Go makes of no data at all.
  if (value === null) return Object.create(null)
  throw new SentinelError('REQUEST_INVALID', 'error parsing JSON', { hint: 'send a JSON object' })
}

/**
 * What is no `name=value` is no form but a secret as it is: as the name of something it would be written down in clear. So
 * is a name alone with nothing behind it: base64 and what is made of it often end so.
 */
function formOf(text: string): Data {
  const pairs = text.split('&', maxValues + 2).filter((pair) => pair !== '')
  const isLone = pairs.length === 1 && text.endsWith('=')
  if (!isLone && pairs.every((pair) => /^[\w.[\]%+-]+=(?!=)/.test(pair))) return queryOf(`?${text}`)
  throw new SentinelError('REQUEST_INVALID', 'the body is neither JSON nor a form', {
    hint: 'send a JSON object, or `name=value` pairs',
  })
}

const isUtf8 = (bytes: Buffer, text: string) => !text.includes('\ufffd') || Buffer.from(text).equals(bytes)

const mergePatch = 'application/merge-patch+json'

function requireMergePatch({ headers }: IncomingMessage): void {
  const type = headers['content-type'] ?? ''
  if (type.split(';', 1)[0]?.trim() === mergePatch) return
  throw new SentinelError(
    'MEDIA_TYPE_UNSUPPORTED',
    `PATCH requires Content-Type of ${mergePatch}, provided ${type}`,
  )
}

/**
 * The token that a connection brought last, as long as there is that connection: what is found out about a Secret (what it
 * is stored under) needs not be found out again while its connection brings the same.
 */
const lately = new WeakMap<object, Secret>()

function tokenOf({ headers, socket }: IncomingMessage): Secret | undefined {
  const text = headers['x-vault-token'] ?? /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  if (typeof text !== 'string' || text === '') return undefined
  const before = lately.get(socket)
  // Others may share the connection, behind a proxy.
  if (before !== undefined && isSameText(before.reveal(), text)) return before
  if (/^[!-~]+$/.test(text)) {
    const token = new Secret(text)
    lately.set(socket, token)
    return token
  }
  throw new SentinelError('REQUEST_INVALID', 'a token has neither blanks nor characters beyond ASCII')
}

/** Headers of which two readers could take different ones: Node joins some of them and drops others. */
const onlyOnce = [
  'host',
  'authorization',
  'content-type',
  'x-vault-token',
  'x-vault-namespace',
  'x-vault-wrap-ttl',
  'x-vault-policy-override',
] as const
const bits = new Map<string, number>(onlyOnce.map((name, at) => [name, 2 ** at]))

function requireOnce({ headers, rawHeaders }: IncomingMessage): void {
  // Mostly there are as many names as headers: then none is there twice.
  if (Object.keys(headers).length * 2 === rawHeaders.length) return
  let seen = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase()
    const bit = bits.get(name) ?? 0
    if ((seen & bit) !== 0)
      throw new SentinelError('REQUEST_INVALID', `the header ${name} is given twice`, {
        hint: 'send it once',
      })
    seen |= bit
  }
}

/** There is one namespace: whoever means another must not be answered from this one. */
function requireRootNamespace({ headers }: IncomingMessage): void {
  const text = headers['x-vault-namespace']
  if (text === undefined || ['', '/', 'root', 'root/'].includes(String(text))) return
  throw new SentinelError('ROUTE_NOT_FOUND', 'namespace not found')
}

function requireMfaForm({ headers }: IncomingMessage): void {
  const text = headers['x-vault-mfa']
  if (text === undefined) return
  const given = readMfaHeader(String(text))
  if (!('fault' in given)) return
  const message = `failed to parse X-Vault-MFA header: invalid data in header "X-Vault-MFA"; ${given.fault}`
  throw new SentinelError('REQUEST_INVALID', message)
}

function wrapSecondsOf({ headers }: IncomingMessage): number | undefined {
  const text = headers['x-vault-wrap-ttl']
  if (typeof text !== 'string' || text === '') return undefined
  const seconds = textToSeconds(text)
  if (seconds === undefined)
    throw new SentinelError('REQUEST_INVALID', 'error parsing X-Vault-Wrap-TTL header: this is no duration')
  if (seconds < 0) throw new SentinelError('REQUEST_INVALID', 'requested wrap ttl cannot be negative')
  return seconds === 0 ? undefined : seconds
}

function overrideOf({ headers }: IncomingMessage): boolean {
  const text = headers['x-vault-policy-override']
  return typeof text === 'string' && text !== '' && flagOf(text)
}

const secretHeaders = new Set(['authorization', 'x-vault-token', 'cookie'])

function headersOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  const kept = new Map<string, string>()
  for (const name of Object.keys(headers)) {
    if (secretHeaders.has(name)) continue
    const value = headers[name]
    kept.set(name, Array.isArray(value) ? value.join(', ') : (value ?? ''))
  }
  return kept
}
