// The shapes that pass over the wire: requests as received, answers, errors, and how each protocol writes them.
// Sources: the protocol pages of the Smithy documentation ("AWS Query protocol", "AWS JSON 1.1 protocol",
// "AWS restJson1 protocol") and "Common Errors" in each service's API reference.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json | undefined }

export type ServiceName = 'sts' | 'ssm' | 'sso' | 'cloudtrail' | 'dynamodb'
export type Protocol = 'query' | 'json' | 'rest'

/** A request as it came in, before anybody asked who sent it. */
export type WireRequest = {
  readonly method: string
  /** Path as sent, still percent-encoded, without the query. */
  readonly path: string
  /** Query as sent, without the question mark. */
  readonly query: string
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

/** A reply ready to be written. */
export type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A refusal in AWS's own words; the protocol decides how it is written. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** What an action was asked with: text for the query protocol, JSON for the others. */
export type Params = JsonObject

// By now shapes.ts has refused what is of a wrong type, but for what dynalite alone checks.
// `null` is what was not sent ("AWS JSON 1.1 protocol").

/** A text parameter, or undefined when it was not sent. */
export function textOf(params: Params, name: string): string | undefined {
  const value = params[name] ?? undefined
  if (value === undefined || typeof value === 'string') return value
  throw wrongType(name, value, 'String')
}

/** A whole number in JSON, or undefined when it was not sent. */
export function numberOf(params: Params, name: string): number | undefined {
  const value = params[name] ?? undefined
  if (value === undefined || (typeof value === 'number' && Number.isInteger(value))) return value
  throw wrongType(name, value, 'Integer')
}

/** A whole number in a form, where everything is text, or undefined when it was not sent. */
export function numberInForm(params: Params, name: string): number | undefined {
  const text = textOf(params, name)
  return text === undefined ? undefined : Number(text)
}

/** A truth value in JSON, or undefined when it was not sent. */
export function booleanOf(params: Params, name: string): boolean | undefined {
  const value = params[name] ?? undefined
  if (value === undefined || typeof value === 'boolean') return value
  throw wrongType(name, value, 'Boolean')
}

/** A structure, or undefined when it was not sent. */
export function structureOf(params: Params, name: string): JsonObject | undefined {
  const value = params[name] ?? undefined
  if (value === undefined || isStructure(value)) return value
  throw wrongType(name, value, 'Structure')
}

/** The texts of a list parameter; empty when it was not sent. */
export function textsOf(params: Params, name: string): readonly string[] {
  return listOf(params, name).map((item) => {
    if (typeof item === 'string') return item
    throw wrongType(name, item, 'String')
  })
}

/** The structures of a list parameter; empty when it was not sent. */
export function structuresOf(params: Params, name: string): readonly JsonObject[] {
  return listOf(params, name).map((item) => {
    if (isStructure(item)) return item
    throw wrongType(name, item, 'Structure')
  })
}

/** The key and value of each tag, in both services that take some; empty when none were sent. */
export function tagsOf(params: Params): readonly (readonly [key: string, value: string])[] {
  return structuresOf(params, 'Tags').map((tag) => [textOf(tag, 'Key') ?? '', textOf(tag, 'Value') ?? ''])
}

function listOf(params: Params, name: string): readonly Json[] {
  const value = params[name] ?? undefined
  // boto3 sends an empty list in a form as an empty text.
  if (value === undefined || value === '') return []
  if (Array.isArray(value)) return value
  throw wrongType(name, value, 'List')
}

const isStructure = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function wrongType(name: string, value: Json, wanted: string): AwsError {
  return new AwsError('SerializationException', `${name}: ${JSON.stringify(value)} is no ${wanted}`)
}

const stsNamespace = 'https://sts.amazonaws.com/doc/2011-06-15/'

/** A successful answer in the given protocol. */
export function writeResult(
  protocol: Protocol,
  action: string,
  result: JsonObject,
  requestId: string,
  contentType: string,
): Reply {
  const headers = { 'content-type': contentType, 'x-amzn-requestid': requestId }
  if (protocol !== 'query') return { status: 200, headers, body: JSON.stringify(result) }
  const body =
    `<${action}Response xmlns="${stsNamespace}"><${action}Result>${xmlMembers(result)}</${action}Result>` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`
  return { status: 200, headers, body }
}

/** A refusal in the given protocol. */
export function writeError(
  protocol: Protocol,
  error: AwsError,
  requestId: string,
  contentType: string,
): Reply {
  const headers = { 'content-type': contentType, 'x-amzn-requestid': requestId }
  const { status, code, message } = error
  if (protocol === 'query') {
    const type = status >= 500 ? 'Receiver' : 'Sender'
    const body =
      `<ErrorResponse xmlns="${stsNamespace}"><Error><Type>${type}</Type><Code>${escapeXml(code)}</Code>` +
      `<Message>${escapeXml(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`
    return { status, headers, body }
  }
  // Parameter Store's ParameterNotFound has no message at all: an empty one is left out.
  const said = message === '' ? {} : { message }
  if (protocol === 'rest') {
    return { status, headers: { ...headers, 'x-amzn-errortype': code }, body: JSON.stringify(said) }
  }
  return { status, headers, body: JSON.stringify({ __type: code, ...said }) }
}

/** The content type that a protocol answers with. */
export function contentTypeOf(protocol: Protocol, service: ServiceName): string {
  if (protocol === 'query') return 'text/xml'
  if (protocol === 'rest') return 'application/json'
  return service === 'dynamodb' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1'
}

/** Parameters of the query protocol: `A.member.1.B=x` becomes `{ A: [{ B: 'x' }] }`. */
export function parseForm(form: string): Params {
  const root: Tree = new Map()
  const seen = new Set<string>()
  for (const [name, value] of new URLSearchParams(form)) {
    // "Common Errors": which of two would count is nowhere said.
    if (seen.has(name)) {
      throw new AwsError('MalformedQueryString', 'The query string contains a syntax error', 404)
    }
    seen.add(name)
    const steps = name.split('.')
    const last = steps.pop() ?? name
    let node = root
    for (const step of steps) node = childOf(node, step)
    node.set(last, value)
  }
  return Object.fromEntries([...root].map(([name, value]) => [name, treeToJson(value)]))
}

type Tree = Map<string, string | Tree>

function childOf(node: Tree, step: string): Tree {
  const child = node.get(step)
  if (child instanceof Map) return child
  const made: Tree = new Map()
  node.set(step, made)
  return made
}

function treeToJson(node: string | Tree): Json {
  if (typeof node === 'string') return node
  const members = node.get('member')
  if (members instanceof Map) {
    const inOrder = [...members].sort(([a], [b]) => Number(a) - Number(b))
    return inOrder.map(([, value]) => treeToJson(value))
  }
  return Object.fromEntries([...node].map(([name, value]) => [name, treeToJson(value)]))
}

/** Parameters of a JSON body; an empty body is an empty object. */
export function parseJson(body: Buffer): Params {
  if (body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Params
  } catch {
    // Falls through to AWS's own answer for a body that cannot be read.
  }
  throw new AwsError('SerializationException', 'Unable to parse the request body')
}

function xmlMembers(value: JsonObject): string {
  return Object.entries(value)
    .map(([name, member]) =>
      member === undefined || member === null ? '' : `<${name}>${xmlValue(member)}</${name}>`,
    )
    .join('')
}

function xmlValue(value: Json): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${xmlValue(item)}</member>`).join('')
  if (typeof value === 'object' && value !== null) return xmlMembers(value as JsonObject)
  return escapeXml(String(value))
}

// XML 1.0, 2.2 "Characters": some cannot be written at all, not even as a reference, and a message may quote one. What
// STS puts in their place is not documented; here it is what Unicode has for it. 2.11: a carriage return that is not
// written as a reference is read as a line feed.
function escapeXml(text: string): string {
  const names = new Map([
    ['&', '&amp;'],
    ['<', '&lt;'],
    ['>', '&gt;'],
    ['"', '&quot;'],
    ['\r', '&#13;'],
  ])
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\r]/g, (character) => names.get(character) ?? character)
}
