// Load on one server, in a process of its own: for each line of JSON on stdin one round, and a line of JSON back. It writes
// requests that were made beforehand and counts bytes, so that it costs less than whoever answers; every response must be a
// good one, and as long as the first for its path (others write times with as many digits as they need).

import { connect } from 'node:net'
import { createInterface } from 'node:readline'

for await (const line of createInterface({ input: process.stdin })) {
  try {
    process.stdout.write(`${JSON.stringify(await round(JSON.parse(line)))}\n`)
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: error.message })}\n`)
  }
}

/** @param asked port, headers, paths, connections, ms; `least`: how many requests at least, however long they take */
async function round({ port, headers, paths, connections, ms, least }) {
  const requests = paths.map((path) => Buffer.from(`GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`))
  const lengths = []
  for (const request of requests) lengths.push(await lengthOf(port, request))
  const took = []
  const begun = performance.now()
  await Promise.all(Array.from({ length: connections }, (_, at) => client(at)))
  const elapsed = performance.now() - begun
  took.sort((a, b) => a - b)
  return { requests: took.length, ms: elapsed, p99: took[Math.floor(took.length * 0.99)] }

  function client(offset) {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      socket.setNoDelay(true)
      let [at, sent, received, length] = [offset * 7, 0, 0, 0]
      const ask = () => {
        const which = at++ % requests.length
        ;[sent, received, length] = [performance.now(), 0, lengths[which]]
        socket.write(requests[which])
      }
      socket.once('connect', ask).once('error', reject)
      socket.on('data', (bytes) => {
        requireGood(bytes, received)
        received += bytes.length
        if (received < length) return
        if (received > length)
          return void reject(new Error('a response is longer than the first of its path'))
        const now = performance.now()
        took.push(now - sent)
        if (now - begun < ms || took.length < least) ask()
        else socket.end(resolve)
      })
      socket.once('close', () => reject(new Error('the server hung up')))
    })
  }
}

/** Ends it all where a response begins as a bad one. */
function requireGood(bytes, received) {
  if (received > 0 || bytes.latin1Slice(0, 12) === 'HTTP/1.1 200') return
  throw new Error(`this is no answer: ${bytes.toString('latin1', 0, 300)}`)
}

/** How long a whole response is; it must be a good one. */
function lengthOf(port, request) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.once('connect', () => socket.write(request)).once('error', reject)
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      const head = text.indexOf('\r\n\r\n')
      if (head === -1) return
      const [, size] = /^content-length: (\d+)$/im.exec(text.slice(0, head)) ?? []
      if (!text.startsWith('HTTP/1.1 200') || size === undefined) reject(new Error(text.slice(0, 300)))
      else if (text.length >= head + 4 + Number(size)) {
        resolve(text.length)
        socket.destroy()
      }
    })
  })
}
