// Vault's clients send `LIST`, a verb that Node's parser refuses. So the first word of such a request is changed to `LINK`,
// a verb of the same length that the parser knows and nobody uses, and changed back when the request arrives.
//
// INVARIANT: a byte is changed only where a request provably begins: at the beginning of a connection, and behind a request
// whose end this file has counted itself. It reads only the plainest form of a head; at anything else it stops reading
// that connection for good, and the parser refuses a later `LIST` by itself. So a body, a header value or a pipelined
// text can never be taken for a request (decision 16).
// INVARIANT: each LINK that the parser reads is told of once, in an event that takes one verb from the list. So the server
// must answer itself what has no Host or expects what nobody can do; Node would, and tell nobody.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const [list, link] = ['LIST ', 'LINK ']
/** Node's own limit for a head, with the request line. */
const maxHeadBytes = 16_384
const endOfHead = Buffer.from('\r\n\r\n')

/** Where a connection is: in a head, of which these bytes came already; in a body; or somewhere that is not followed. */
type Place =
  | { readonly in: 'head'; readonly sofar: Buffer }
  | { readonly in: 'body'; readonly left: number }
  | { readonly in: 'unknown' }

const start: Place = { in: 'head', sofar: Buffer.alloc(0) }

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
    if (now.in === 'body') {
      const taken = Math.min(now.left, chunk.length - at)
      at += taken
      now = now.left === taken ? start : { in: 'body', left: now.left - taken }
    } else {
      const [next, end] = followHead(now.sofar, chunk, at, seen)
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
    return [isPlain ? { in: 'head', sofar: Buffer.from(head) } : { in: 'unknown' }, chunk.length]
  }
  const length = bodyLength(head.toString('latin1', 0, end))
  const next: Place =
    length === undefined ? { in: 'unknown' } : length === 0 ? start : { in: 'body', left: length }
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

/** Bytes of the body behind a head; undefined where the head is not of the plainest form. */
function bodyLength(head: string): number | undefined {
  if (!ofTheEnd.test(head)) return plainHead.test(head) ? 0 : undefined
  const [first = '', ...lines] = head.split('\r\n')
  if (!requestLine.test(first)) return undefined
  let length: number | undefined
  for (const line of lines) {
    const name = header.exec(line)?.[1]?.toLowerCase()
    if (name === undefined || name === 'transfer-encoding' || name === 'upgrade') return undefined
    if (name !== 'content-length') continue
    const digits = /^[^:]*: *(\d{1,15}) *$/.exec(line)?.[1]
    if (digits === undefined || length !== undefined) return undefined
    length = Number(digits)
  }
  return length ?? 0
}
