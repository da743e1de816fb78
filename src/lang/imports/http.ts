// import "http": it asks the host (decision 26), and is there only when the host switches it on. A request and a
// client are maps with methods; each `with_…` gives a new one.

import { type Context, Native, native } from '../run/native.ts'
import { type Bytes, bytesToText } from '../values/bytes.ts'
import { Dict } from '../values/dict.ts'
import { fail } from '../values/failure.ts'
import type { Int } from '../values/int.ts'
import { List } from '../values/list.ts'
import { collectionBytes, elementBytes, entryBytes } from '../values/prices.ts'
import { typeOf } from '../values/types.ts'
import { isInt, type Value } from '../values/value.ts'
import { base64 } from './base64.ts'
import { table } from './table.ts'

/** What the host is asked: one HTTP exchange. Its answer is `{ status_code, headers, body }`. */
export type HttpQuestion = {
  readonly import: 'http'
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  readonly timeoutSeconds: number
  readonly retries: number
  readonly verifiesCertificates: boolean
}

type Client = {
  readonly accepted: readonly Int[]
  readonly timeout: number
  readonly retries: number
  readonly verifies: boolean
}
type Request = { readonly url: Bytes; readonly headers: ReadonlyMap<Bytes, Bytes>; readonly body: Bytes }

const plain: Client = { accepted: [200], timeout: 10, retries: 1, verifies: true }
const [maxTimeout, maxRetries] = [30, 10]

/** A byte of what is asked, which becomes text twice: for the host, and for the key, in which it may be escaped. */
const questionBytes = 24

function payForQuestion({ meter }: Context, { url, headers, body }: Request): void {
  let length = url.length + body.length
  for (const [name, value] of headers) length += name.length + value.length
  meter.step(headers.size + (length >> 4))
  meter.pay(collectionBytes + 4 * headers.size * entryBytes + length * questionBytes)
}

function send(context: Context, client: Client, method: 'GET' | 'POST', request: Request): Value {
  payForQuestion(context, request)
  const question: HttpQuestion = {
    import: 'http',
    method,
    url: bytesToText(request.url),
    headers: new Map([...request.headers].map(([name, value]) => [bytesToText(name), bytesToText(value)])),
    body: bytesToText(request.body),
    timeoutSeconds: client.timeout,
    retries: client.retries,
    verifiesCertificates: client.verifies,
  }
  const key = JSON.stringify(['http', { ...question, headers: [...question.headers] }])
  const response = context.ask(key, question)
  const status = response instanceof Dict ? response.get('status_code') : undefined
  if (!isInt(status)) return fail('the host gave no HTTP response')
  if (!client.accepted.includes(status))
    return fail(`${method} ${question.url} was answered with status ${status}`)
  return response
}

function requestOf(value: Value): Request {
  if (typeof value === 'string') return { url: value, headers: new Map([['Accept', '*/*']]), body: '' }
  const isRequest = value instanceof Dict && value.methods === requestMethods
  return isRequest
    ? (value.hidden as Request)
    : fail(`cannot convert to request: ${typeOf(value).toUpperCase()}`)
}

function clientOf(value: Value): Client {
  const isClient = value instanceof Dict && value.methods === clientMethods
  return isClient
    ? (value.hidden as Client)
    : fail(`cannot convert to client: ${typeOf(value).toUpperCase()}`)
}

function statuses({ meter }: Context, list: List<Value>): readonly Int[] {
  meter.step(list.length)
  meter.pay(list.length * elementBytes)
  return list
    .elements()
    .map((one) => (isInt(one) ? one : fail(`cannot convert to int: ${typeOf(one).toUpperCase()}`)))
}

function limited(value: Int, max: number, what: string): number {
  return value >= 0 && value <= max ? Number(value) : fail(`the ${what} must be 0 to ${max}, not ${value}`)
}

const toMethod = (value: Bytes) =>
  value === 'GET' || value === 'POST' ? value : fail(`unknown method ${value}`)

function withHeader({ meter }: Context, request: Request, name: Bytes, value: Bytes): Request {
  meter.step(request.headers.size)
  meter.pay(request.headers.size * entryBytes)
  return { ...request, headers: new Map([...request.headers, [name, value]]) }
}

const withBasicAuth = (context: Context, request: Request, user: Bytes, password: Bytes): Request => {
  const token = functionIn(base64, 'encode').run(context, [`${user}:${password}`])
  return withHeader(context, request, 'Authorization', `Basic ${String(token)}`)
}

// biome-ignore format: table
const requestMethods = table(
  native('with_header', ['any', 'string', 'string'], (context, request, name, value) =>
    requestToDict(withHeader(context, requestOf(request), name, value))),
  native('with_body', ['any', 'string'], (_, request, body) => requestToDict({ ...requestOf(request), body })),
  native('with_basic_auth', ['any', 'string', 'string'], (context, request, user, password) =>
    requestToDict(withBasicAuth(context, requestOf(request), user, password))),
)

// biome-ignore format: table
const clientMethods = table(
  native('get', ['any', 'any'], (context, client, request) => send(context, clientOf(client), 'GET', requestOf(request))),
  native('post', ['any', 'any'], (context, client, request) => send(context, clientOf(client), 'POST', requestOf(request))),
  native('send', ['any', 'any', 'string'], (context, client, request, method = 'GET') => send(context, clientOf(client), toMethod(method), requestOf(request)), 1),
  native('accept_status_codes', ['any', 'list'], (context, client, codes) => clientToDict({ ...clientOf(client), accepted: statuses(context, codes) })),
  native('with_timeout', ['any', 'int'], (_, client, seconds) => clientToDict({ ...clientOf(client), timeout: limited(seconds, maxTimeout, 'timeout') })),
  native('with_retries', ['any', 'int'], (_, client, count) => clientToDict({ ...clientOf(client), retries: limited(count, maxRetries, 'number of retries') })),
  native('without_certificate_verification', ['any'], (_, client) => clientToDict({ ...clientOf(client), verifies: false })),
)

function requestToDict(request: Request): Dict<Value> {
  const fields: readonly (readonly [string, Value])[] = [
    ...([
      ['url', request.url],
      ['headers', new Dict<Value>(request.headers)],
      ['body', request.body],
    ] as const),
  ]
  return new Dict<Value>(fields, request, requestMethods)
}

function clientToDict(client: Client): Dict<Value> {
  const fields: readonly (readonly [string, Value])[] = [
    ['accepted_status_codes', new List<Value>(client.accepted)],
    ...([
      ['retries', client.retries],
      ['timeout', client.timeout],
      ['certificate_verification', client.verifies],
    ] as const),
  ]
  return new Dict<Value>(fields, client, clientMethods)
}

const ofPlainClient = () => clientToDict(plain)

/** A function of a table. */
function functionIn(members: ReadonlyMap<string, unknown>, name: string): Native {
  const found = members.get(name)
  if (!(found instanceof Native)) throw new Error(`there is no function ${name}`)
  return found
}

/** A function that builds a client from the plain one. */
const build = (context: Context, name: string, ...values: Value[]) =>
  functionIn(clientMethods, name).run(context, [ofPlainClient(), ...values])

/** The members of the import. The builders of a client stand at the top as well. */
export const http: ReadonlyMap<string, Value> = table(
  native('request', ['string'], (_, url) => requestToDict(requestOf(url))),
  ['client', ofPlainClient()],
  ...([
    ['methodGet', 'GET'],
    ['methodPost', 'POST'],
  ] as const),
  native('get', ['any'], (context, request) => send(context, plain, 'GET', requestOf(request))),
  native('post', ['any'], (context, request) => send(context, plain, 'POST', requestOf(request))),
  native(
    'send',
    ['any', 'string'],
    (context, request, method = 'GET') => send(context, plain, toMethod(method), requestOf(request)),
    1,
  ),
  native('accept_status_codes', ['any'], (context, codes) => build(context, 'accept_status_codes', codes)),
  native('with_timeout', ['any'], (context, seconds) => build(context, 'with_timeout', seconds)),
  native('with_retries', ['any'], (context, count) => build(context, 'with_retries', count)),
  native('without_certificate_verification', [], (context) =>
    build(context, 'without_certificate_verification'),
  ),
)
