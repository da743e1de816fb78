import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptList } from './list-verb.ts'
import { limits } from './listener.ts'
import { requestsIn, type SentRequest } from './second-parser.fake.ts'

type ReadRequest = Omit<SentRequest, 'body'> & { body: string }

/** A server that says what it read; no port is opened. */
function listening() {
  const read = new WeakMap<object, ReadRequest[]>()
  const server = createServer({ ...limits, connectionsCheckingInterval: 2 ** 30 }, taken)
  function taken(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', socket, headersDistinct } = request
    const mine = { method, target: url, values: headersDistinct['x-a'] ?? [], body: '' }
    read.get(socket)?.push(mine)
    request.on('data', (chunk: Buffer) => {
      mine.body += chunk.toString('latin1')
    })
    request.on('end', () => response.end())
    request.on('error', () => {})
  }
  acceptList(server, 'connection')
  server.on('checkExpectation', taken)
  return async (pieces: readonly Buffer[]): Promise<readonly ReadRequest[]> => {
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
    const mine: ReadRequest[] = []
    read.set(socket, mine)
    const closed = new Promise<void>((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    server.emit('connection', socket)
    for (const piece of pieces) {
      if (socket.destroyed) break
      // The bytes are changed where they lie.
      socket.push(Buffer.from(piece))
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (!socket.destroyed) socket.push(null)
    await closed
    return mine
  }
}

const feed = listening()
const one = (text: string) => feed([Buffer.from(text, 'latin1')])
const verbs = async (text: string) => (await one(text)).map(({ method, target }) => `${method} ${target}`)
const head = (line: string, ...fields: readonly string[]) => [line, 'Host: h', ...fields, '', ''].join('\r\n')
const smuggled = head('LIST /v1/secret HTTP/1.1')
const inChunks = head('POST /v1/a HTTP/1.1', 'Transfer-Encoding: chunked')

describe('LIST is read', () => {
  for (const [name, text, wanted] of [
    ['alone', head('LIST /v1/a HTTP/1.1'), ['LIST /v1/a']],
    [
      'behind another request',
      head('GET /v1/a HTTP/1.1') + head('LIST /v1/b HTTP/1.1'),
      ['GET /v1/a', 'LIST /v1/b'],
    ],
    [
      'behind a body',
      `${head('POST /v1/a HTTP/1.1', 'Content-Length: 3')}abc${head('LIST /v1/b HTTP/1.1')}`,
      ['POST /v1/a', 'LIST /v1/b'],
    ],
    [
      'behind a body in chunks',
      `${inChunks}3\r\nabc\r\n0000a\r\n0123456789\r\n0\r\n\r\n${head('LIST /v1/b HTTP/1.1')}${smuggled}`,
      ['POST /v1/a', 'LIST /v1/b', 'LIST /v1/secret'],
    ],
    [
      'with a body of its own in chunks',
      `${head('LIST /v1/a HTTP/1.1', 'transfer-encoding:Chunked')}${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n${smuggled}`,
      ['LIST /v1/a', 'LIST /v1/secret'],
    ],
    ['many in a row', head('LIST /v1/a HTTP/1.1').repeat(5), Array(5).fill('LIST /v1/a')],
    [
      'with a body of its own',
      `${head('LIST /v1/a HTTP/1.1', 'Content-Length: 5')}LIST ${smuggled}`,
      ['LIST /v1/a', 'LIST /v1/secret'],
    ],
    ['without a host', `LIST /v1/a HTTP/1.1\r\n\r\n${smuggled}`, ['LIST /v1/a', 'LIST /v1/secret']],
    ['expecting to go on', head('LIST /v1/a HTTP/1.1', 'Expect: 100-continue'), ['LIST /v1/a']],
    ['expecting more than there is', head('LIST /v1/a HTTP/1.1', 'Expect: tea'), ['LIST /v1/a']],
  ] as const)
    test(name, async () => expect(await verbs(text)).toEqual(wanted))
})

describe('LINK stays LINK', () => {
  for (const [name, text, wanted] of [
    ['alone', head('LINK /v1/a HTTP/1.1'), ['LINK /v1/a']],
    [
      'between two LISTs',
      `${smuggled}${head('LINK /v1/a HTTP/1.1')}${smuggled}`,
      ['LIST /v1/secret', 'LINK /v1/a', 'LIST /v1/secret'],
    ],
    [
      'behind a LIST that nobody answers as usual',
      `LIST /v1/a HTTP/1.1\r\n\r\n${head('LINK /v1/b HTTP/1.1')}`,
      ['LIST /v1/a', 'LINK /v1/b'],
    ],
    [
      'where requests are no longer followed',
      `${head('POST /v1/a HTTP/1.1', 'Transfer-Encoding: chunked')}0;x\r\n\r\n${head('LINK /v1/b HTTP/1.1')}`,
      ['POST /v1/a', 'LINK /v1/b'],
    ],
  ] as const)
    test(name, async () => expect(await verbs(text)).toEqual(wanted))
})

describe('what only looks like a LIST is left as it is', () => {
  for (const [name, text, body] of [
    [
      'in a body',
      `${head('POST /v1/a HTTP/1.1', `Content-Length: ${smuggled.length}`)}${smuggled}`,
      smuggled,
    ],
    [
      'in a chunk',
      `${head('POST /v1/a HTTP/1.1', 'Transfer-Encoding: chunked')}${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
      smuggled,
    ],
  ] as const)
    test(name, async () =>
      expect(await one(text)).toEqual([{ method: 'POST', target: '/v1/a', values: [], body }]),
    )

  for (const [name, text] of [
    ['behind a head that ends with line feeds', `GET /v1/a HTTP/1.1\nHost: h\n\n${smuggled}`],
    [
      'behind a body of two lengths',
      `${head('POST /v1/a HTTP/1.1', 'Content-Length: 0', 'Content-Length: 3')}abc${smuggled}`,
    ],
    [
      'behind a body whose length is no number',
      `${head('POST /v1/a HTTP/1.1', 'Content-Length: 0x3')}abc${smuggled}`,
    ],
    [
      'behind a body that is chunked and has a length',
      `${head('POST /v1/a HTTP/1.1', 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled}`,
    ],
    ['behind a folded header', `GET /v1/a HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n${smuggled}`],
    ['behind a blank in a name', `GET /v1/a HTTP/1.1\r\nHost: h\r\nContent-Length : 5\r\n\r\n${smuggled}`],
    [
      'behind a coding of two',
      `${head('POST /v1/a HTTP/1.1', 'Transfer-Encoding: gzip, chunked')}0\r\n\r\n${smuggled}`,
    ],
    ['behind a chunk with an extension', `${inChunks}3;a=b\r\nabc\r\n0\r\n\r\n${smuggled}`],
    ['behind trailers', `${inChunks}0\r\nX-B: b\r\n\r\n${smuggled}`],
    ['behind a chunk that is longer than it says', `${inChunks}3\r\nabcd\r\n0\r\n\r\n${smuggled}`],
    ['behind a chunk that is shorter than it says', `${inChunks}5\r\nabc\r\n0\r\n\r\n${smuggled}`],
    ['behind a chunk whose length is none', `${inChunks}0x3\r\nabc\r\n0\r\n\r\n${smuggled}`],
    ['behind a chunk whose length ends with a line feed', `${inChunks}3\nabc\r\n0\r\n\r\n${smuggled}`],
    ['behind a chunk whose length has a blank', `${inChunks}3 \r\nabc\r\n0\r\n\r\n${smuggled}`],
    ['behind chunks that are followed by a line feed', `${inChunks}0\r\n\n${smuggled}`],
    ['behind the first chunk', `${inChunks}3\r\nabc\r\n${smuggled}`],
    [
      'behind chunks of HTTP/1.0',
      `${head('POST /v1/a HTTP/1.0', 'Connection: keep-alive', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled}`,
    ],
    [
      'behind chunks that are told of twice',
      `${head('POST /v1/a HTTP/1.1', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled}`,
    ],
  ] as const)
    test(name, async () => expect((await verbs(text)).filter((line) => line.startsWith('LIST'))).toEqual([]))

  test('in a header that came in two pieces', async () => {
    const text = head('GET /v1/a HTTP/1.1', 'X-A: LIST /v1/secret HTTP/1.1')
    const at = text.indexOf('LIST')
    const pieces = [text.slice(0, at), text.slice(at)].map((piece) => Buffer.from(piece))
    const values = ['LIST /v1/secret HTTP/1.1']
    expect(await feed(pieces)).toEqual([{ method: 'GET', target: '/v1/a', values, body: '' }])
  })
})

test('LIST is read behind chunks, wherever their bytes are cut', async () => {
  const text = `${inChunks}3\r\nabc\r\n0\r\n\r\n`
  // The first word comes in one piece.
  for (let at = 5; at < text.length; at++) {
    const pieces = [text.slice(0, at), text.slice(at), smuggled].map((piece) => Buffer.from(piece))
    const found = (await feed(pieces)).map(({ method, body }) => [method, body])
    expect(found, `cut at ${at}`).toEqual([
      ['POST', 'abc'],
      ['LIST', ''],
    ])
  }
})

// What a stream may consist of, well-formed and not.
const method = fc.constantFrom('LIST', 'LIST', 'LIST', 'LINK', 'GET', 'POST', 'PUT', 'LOCK', 'DELETE')
const inside = fc.constantFrom(
  '',
  'a',
  smuggled,
  'LIST ',
  'LINK /v1/x HTTP/1.1\r\n\r\n',
  '\r\n',
  '0\r\n\r\n',
  '\r\n\r\nLIST /v1/y HTTP/1.1\r\nHost: h\r\n\r\n',
)
const field = fc.constantFrom(
  'X-A: LIST /v1/z HTTP/1.1',
  'X-B: b',
  'Expect: 100-continue',
  'Expect: tea',
  'Connection: keep-alive',
  'Connection: close',
  'Content-Length: 0',
  'content-length: 7',
  'Content-Length : 3',
  'Content-Length: 3, 3',
  'Content-Length: +3',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: gzip, chunked',
  'Upgrade: h2c',
  ' folded: yes',
  'X-C:\u00e9',
  'X-D: a\u0000b',
  'LIST /v1/w HTTP/1.1',
)
const usualField = fc.constantFrom(
  'X-A: LIST /v1/z HTTP/1.1',
  'X-B: b',
  'Connection: keep-alive',
  'Expect: 100-continue',
)
const line = fc
  .tuple(
    method,
    fc.constantFrom('/v1/a', '/v1/b?list=true', '*', '/'),
    fc.constantFrom('1.1', '1.1', '1.1', '1.1', '1.0', '1.2'),
  )
  .map(([verb, target, version]) => `${verb} ${target} HTTP/${version}`)
const plain = fc
  .tuple(line, fc.array(usualField, { maxLength: 3 }), inside)
  .map(
    ([first, fields, body]) =>
      `${head(first, ...fields, ...(body === '' ? [] : [`Content-Length: ${body.length}`]))}${body}`,
  )
const chunked = fc.tuple(line, fc.array(inside, { maxLength: 3 })).map(([first, chunks]) => {
  const written = [...chunks.filter((each) => each !== ''), ''].map(
    (each) => `${each.length.toString(16)}\r\n${each}\r\n`,
  )
  return `${head(first, 'Transfer-Encoding: chunked')}${written.join('')}`
})
const oddChunks = fc
  .tuple(
    line,
    fc.constantFrom('Transfer-Encoding: chunked', 'transfer-encoding:chunked', 'Transfer-Encoding: chunked '),
    fc.array(
      fc.tuple(
        fc.constantFrom('', '', '', ';a', ';a=LIST /v1/x', ' ', '0', 'g'),
        fc.constantFrom('\r\n', '\r\n', '\r\n', '\n'),
        inside,
        fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', ''),
      ),
      { maxLength: 3 },
    ),
    fc.constantFrom(
      '0\r\n\r\n',
      '0\r\n\r\n',
      '00\r\n\r\n',
      '0\r\nX-A: LIST /v1/t\r\n\r\n',
      '0\r\n',
      '0\n\n',
      '',
    ),
  )
  .map(([first, coding, parts, end]) => {
    const written = parts.map(
      ([extra, broken, each, behind]) => `${each.length.toString(16)}${extra}${broken}${each}${behind}`,
    )
    return `${head(first, coding)}${written.join('')}${end}`
  })
const odd = fc
  .tuple(line, fc.array(field, { maxLength: 4 }), fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r'), inside)
  .map(([first, fields, end, body]) => `${[first, 'Host: h', ...fields, '', ''].join(end)}${body}`)
const scrap = fc.constantFrom(
  '\r\n',
  '\n',
  ' ',
  'LIST',
  'LIST ',
  'L',
  smuggled.slice(0, 20),
  '\u0000',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
)
const stream = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: plain },
      { weight: 4, arbitrary: chunked },
      { weight: 2, arbitrary: oddChunks },
      { weight: 2, arbitrary: odd },
      scrap,
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'))
// Cut where it hurts as often as anywhere.
const cut = fc.tuple(stream, fc.array(fc.nat(400), { maxLength: 4 })).map(([bytes, numbers]) => {
  const marks = [...bytes.toString('latin1').matchAll(/LI|ST |\n/g)].map(({ index }) => index)
  const places = numbers.map((number) =>
    number % 2 === 0 ? number : (marks[number % (marks.length || 1)] ?? 0),
  )
  const inside = places.filter((at) => at > 0 && at < bytes.length).toSorted((a, b) => a - b)
  const ends = [...inside, bytes.length]
  return { bytes, pieces: ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end)) }
})

const runs = Number(process.env.LIST_RUNS ?? 1_000)

test(`two readers agree on ${runs} streams of bytes: each LIST is one that was sent, and nothing else was changed`, async () => {
  const tried = { lists: 0, whole: 0, links: 0 }
  await fc.assert(
    fc.asyncProperty(cut, async ({ bytes, pieces }) => {
      const [ours, { requests, isWhole }] = [await feed(pieces), requestsIn(bytes)]
      const known = ours.slice(0, requests.length)
      // A body may come to an end for one of the two only.
      const expected = requests.slice(0, known.length).map(({ body, ...request }, at) => {
        const isCut = body === undefined || at === known.length - 1
        return { ...request, body: isCut ? known[at]?.body : body }
      })
      expect(known).toEqual(expected)
      // What the strict reader does not take for a request is no LIST.
      expect(ours.slice(requests.length).filter(({ method }) => method === 'LIST')).toEqual([])
      tried.lists += ours.filter(({ method }) => method === 'LIST').length
      tried.links += ours.filter(({ method }) => method === 'LINK').length
      if (isWhole && ours.length === requests.length) tried.whole++
    }),
    { seed: Number(process.env.LIST_SEED ?? 6), numRuns: runs, endOnFailure: false },
  )
  expect(tried.lists).toBeGreaterThan(runs / 4)
  expect(tried.links).toBeGreaterThan(runs / 20)
  expect(tried.whole).toBeGreaterThan(runs / 10)
}, 3_600_000)
