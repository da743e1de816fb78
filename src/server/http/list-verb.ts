// Vault's clients send `LIST`, a verb that Node's parser refuses. So the first word of such a request is changed to `LINK`,
// a verb of the same length that the parser knows and nobody uses, and changed back when the request arrives.
//
// INVARIANT: a byte is changed only where a request provably begins: at the beginning of a connection, and behind a request
// whose end this file has counted itself. It reads only the plainest form of a head, and of chunks those without
// extensions and trailers; at anything else it stops reading that connection for good, and the parser refuses a later
// `LIST` by itself. So a body, a header value or a pipelined text can never be taken for a request (decision 16).
// INVARIANT: each LINK that the parser reads is told of once, in an event that takes one verb from the list. So the server
// must answer itself what has no Host or expects what nobody can do; Node would, and tell nobody.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const [list, link] = ['LIST ', 'LINK ']
/** Node's own limit for a head, with the request line. */
const maxHeadBytes = 16_384
const endOfHead = Buffer.from('\r\n\r\n')

/**
 * Where a connection is: in a head, of which these bytes came already; in a body; in a chunk of one, or in a line between
 * chunks; or somewhere that is not followed.
 */
type Place =
  | { readonly in: 'head'; readonly sofar: Buffer }
  | { readonly in: 'body' | 'chunk'; readonly left: number }
  | InLine
  | { readonly in: 'unknown' }

/** A line that tells how long the next chunk is, the line break behind a chunk, or the empty line behind the last. */
type InLine = { readonly in: 'length' | 'break' | 'last'; readonly sofar: string }

const start: Place = { in: 'head', sofar: Buffer.alloc(0) }
const unknown: Place = { in: 'unknown' }
const chunks: Place = { in: 'length', sofar: '' }

/** How a request came to be a LINK: by us, or as it was sent. In the order of the requests of a connection. */
type Verbs = ('LIST' | 'LINK')[]

/** What a server must be made with to be taught. */
export const listOptions = { requireHostHeader: false } as const

/**
 * Teaches a server the verb LIST. A request that was sent as LINK keeps its verb.
 *
 * @param event `connection`, or `secureConnection` for TLS
 */
export function acceptList(server: Server, event: 'connection' | 'secureConnection'): void {
  const verbs = new WeakMap<object, Verbs>()
  server.on(event, (socket: Socket) => {
    const seen: Verbs = []
    verbs.set(socket, seen)
    let place = start
    // Before the parser's own listener, and on the same bytes.
    socket.prependListener('data', (chunk: Buffer) => {
      place = follow(place, chunk, seen)
    })
  })
  const restore = (request: IncomingMessage) => {
    if (request.method !== 'LINK') return
    request.method = verbs.get(request.socket)?.shift() ?? 'LINK'
  }
  server.prependListener('request', restore)
  // RFC 9110 10.1.1: what is expected besides 100-continue, nobody can do.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    restore(request)
    response.writeHead(417, { Connection: 'close' }).end()
  })
}

/** Follows one chunk, changing what begins a LIST in it. */
function follow(place: Place, chunk: Buffer, seen: Verbs): Place {
  let [now, at]: [Place, number] = [place, 0]
  while (at < chunk.length && now.in !== 'unknown') {
    if (now.in === 'head') {
      const [next, end] = followHead(now.sofar, chunk, at, seen)
      now = next
      at = end
    } else if ('left' in now) {
      const taken = Math.min(now.left, chunk.length - at)
      at += taken
      now = now.left > taken ? { ...now, left: now.left - taken } : now.in === 'body' ? start : behindChunk
    } else {
      const [next, end] = followLine(now, chunk, at)
      now = next
      at = end
    }
  }
  return now
}

function followHead(sofar: Buffer, chunk: Buffer, at: number, seen: Verbs): readonly [Place, number] {
  if (sofar.length === 0) rewriteVerb(chunk, at, seen)
  const rest = at === 0 ? chunk : chunk.subarray(at)
  const head = sofar.length === 0 ? rest : Buffer.concat([sofar, rest])
  const end = head.indexOf(endOfHead)
  if (end === -1) {
    // The first word must come in one piece to be changed; what is too long to be a head is none.
    const isPlain = head.length <= maxHeadBytes && (sofar.length > 0 || rest.length >= list.length)
    return [isPlain ? { in: 'head', sofar: Buffer.from(head) } : unknown, chunk.length]
  }
  const next = behindHead(head.toString('latin1', 0, end))
  return [next, at + end + endOfHead.length - sofar.length]
}

const firstByte = list.charCodeAt(0)

function rewriteVerb(chunk: Buffer, at: number, seen: Verbs): void {
  if (chunk[at] !== firstByte) return
  const word = chunk.toString('latin1', at, at + list.length)
  if (word === list) {
    chunk.write(link, at, 'latin1')
    seen.push('LIST')
  } else if (word === link) seen.push('LINK')
}

const requestLine = /^[A-Z]+ [!-~]+ HTTP\/1\.[01]$/
const header = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t\x20-\x7e\x80-\xff]*$/

/** Of most requests, in one look: the same form, without any header that tells where the body ends. */
const plainHead = /^[A-Z]+ [!-~]+ HTTP\/1\.[01](?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*)*$/
const ofTheEnd = /\r\n(?:content-length|transfer-encoding|upgrade):/i

/** What lies behind a head; `unknown` where that is not of the plainest form. */
function behindHead(head: string): Place {
  if (!ofTheEnd.test(head)) return plainHead.test(head) ? start : unknown
  const [first = '', ...lines] = head.split('\r\n')
  if (!requestLine.test(first)) return unknown
  const names = lines.map((line) => header.exec(line)?.[1]?.toLowerCase())
  if (names.some((name) => name === undefined || name === 'upgrade')) return unknown
  const at = names.findIndex(tellsTheEnd)
  // Only one header may say where the end is, and only once.
  if (at !== names.findLastIndex(tellsTheEnd)) return unknown
  const line = lines[at] ?? ''
  return names[at] === 'content-length' ? body(line) : at === -1 ? start : chunked(first, line)
}

const tellsTheEnd = (name: string | undefined) => name === 'content-length' || name === 'transfer-encoding'

function body(line: string): Place {
  const digits = /^[^:]*: *(\d{1,15}) *$/.exec(line)?.[1]
  if (digits === undefined) return unknown
  return Number(digits) === 0 ? start : { in: 'body', left: Number(digits) }
}

/** HTTP/1.0 knows no chunks (RFC 9112 6.1). */
const chunked = (first: string, line: string): Place =>
  first.endsWith('1.1') && /^[^:]*: ?chunked$/i.test(line) ? chunks : unknown

const behindChunk: Place = { in: 'break', sofar: '' }
/** Eight digits and a line break. */
const maxLineBytes = 10

function followLine(place: InLine, chunk: Buffer, at: number): readonly [Place, number] {
  const piece = chunk.toString('latin1', at, at + maxLineBytes - place.sofar.length)
  const length = piece.indexOf('\n') + 1
  if (length > 0) return [behindLine(place, place.sofar + piece.slice(0, length)), at + length]
  const sofar = place.sofar + piece
  return [sofar.length < maxLineBytes ? { ...place, sofar } : unknown, at + piece.length]
}

function behindLine({ in: kind }: InLine, line: string): Place {
  if (kind !== 'length') return line !== '\r\n' ? unknown : kind === 'last' ? start : chunks
  const digits = /^([0-9a-fA-F]{1,8})\r\n$/.exec(line)?.[1]
  if (digits === undefined) return unknown
  const left = Number.parseInt(digits, 16)
  return left === 0 ? { in: 'last', sofar: '' } : { in: 'chunk', left }
}
