// Another reader of HTTP/1.1 requests, against which the verb LIST is fuzzed: it knows LIST, reads strictly as RFC 9112
// says, one byte after the other, and shares nothing with what it judges. At the first thing that is not strictly right
// it stops.

/** A request as it was sent; without a body where that cannot be read to its end. */
export type SentRequest = {
  readonly method: string
  readonly target: string
  /** Values of `X-A`. */
  readonly values: readonly string[]
  readonly body: string | undefined
}

/** The requests of a connection, as far as it can be read. `isWhole`: up to its end. */
export function requestsIn(stream: Buffer): {
  readonly requests: readonly SentRequest[]
  readonly isWhole: boolean
} {
  const requests: SentRequest[] = []
  const reader = new Bytes(stream)
  while (!reader.atEnd) {
    const request = requestAt(reader)
    if (request === undefined) return { requests, isWhole: false }
    requests.push(request)
    if (request.body === undefined) return { requests, isWhole: false }
  }
  return { requests, isWhole: true }
}

class Bytes {
  private readonly text: string
  private at = 0

  constructor(stream: Buffer) {
    this.text = stream.toString('latin1')
  }

  get atEnd(): boolean {
    return this.at === this.text.length
  }

  /** Up to the next line break, without it; undefined where there is none, or half of one comes first. */
  line(): string | undefined {
    let line = ''
    for (; this.at < this.text.length; this.at++) {
      const byte = this.text.charAt(this.at)
      if (byte === '\n') return undefined
      if (byte === '\r') {
        if (this.text.charAt(this.at + 1) !== '\n') return undefined
        this.at += 2
        return line
      }
      line += byte
    }
    return undefined
  }

  take(length: number): string | undefined {
    if (this.at + length > this.text.length) return undefined
    this.at += length
    return this.text.slice(this.at - length, this.at)
  }
}

type Fields = readonly (readonly [name: string, value: string])[]

/** Whether the connection is kept is not asked: a server that closes it reads fewer. */
function requestAt(reader: Bytes): SentRequest | undefined {
  const first = reader.line()
  const [, method = '', target = ''] = /^([A-Z]+) ([!-~]+) HTTP\/1\.[01]$/.exec(first ?? '') ?? []
  if (method === '') return undefined
  const fields = fieldsAt(reader)
  if (fields === undefined) return undefined
  const values = fields.filter(([name]) => name === 'x-a').map(([, value]) => value)
  return { method, target, values, body: bodyAt(reader, fields) }
}

function fieldsAt(reader: Bytes): Fields | undefined {
  const fields: [string, string][] = []
  for (;;) {
    const line = reader.line()
    if (line === undefined) return undefined
    if (line === '') return fields
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0))
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\t -~\x80-\xff]*$/.test(value)) return undefined
    fields.push([name.toLowerCase(), value])
  }
}

function bodyAt(reader: Bytes, fields: Fields): string | undefined {
  const lengths = fields.filter(([name]) => name === 'content-length')
  const codings = fields.filter(([name]) => name === 'transfer-encoding')
  if (codings.length > 0) {
    const isPlain =
      codings.length === 1 && codings[0]?.[1].toLowerCase() === 'chunked' && lengths.length === 0
    return isPlain ? chunksAt(reader) : undefined
  }
  if (lengths.length > 1) return undefined
  const length = lengths[0]?.[1] ?? '0'
  return /^\d{1,9}$/.test(length) ? reader.take(Number(length)) : undefined
}

function chunksAt(reader: Bytes): string | undefined {
  let body = ''
  for (;;) {
    const size = /^[0-9a-fA-F]{1,6}$/.exec(reader.line() ?? '')?.[0]
    if (size === undefined) return undefined
    const length = Number.parseInt(size, 16)
    if (length === 0) return fieldsAt(reader) === undefined ? undefined : body
    const chunk = reader.take(length)
    if (chunk === undefined || reader.line() !== '') return undefined
    body += chunk
  }
}
