import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { HttpQuestion } from '../lang/index.ts'
import { answerHttp } from './http-answer.ts'

const question: HttpQuestion = {
  import: 'http',
  method: 'GET',
  url: '',
  headers: new Map([['Accept', '*/*']]),
  body: '',
  timeoutSeconds: 10,
  retries: 1,
  verifiesCertificates: true,
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** Asks, without any waiting; gives what was answered and for how long it would have waited. */
async function ask(asked: Partial<HttpQuestion>, left = () => Number.POSITIVE_INFINITY) {
  const pauses: number[] = []
  const wait = {
    block: () => {},
    pause: async (ms: number) => {
      pauses.push(ms)
    },
    after: () => () => {},
  }
  const answer = await answerHttp(wait, { key: 'k', ask: { ...question, ...asked } }, left)
  return { answer, pauses }
}

describe('a server that fails', () => {
  for (const [name, statuses, retries, want, pauses] of [
    ['is asked again', [503, 200], 1, 200, [1000]],
    ['is asked as often as the policy wants', [500, 502, 503, 504], 2, 503, [1000, 2000]],
    ['is left alone with 501', [501, 200], 5, 501, []],
    ['is left alone where the policy wants no second time', [500, 200], 0, 500, []],
    [
      'is asked ever less often',
      [500, 500, 500, 500, 500, 500, 500, 200],
      10,
      200,
      [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000],
    ],
  ] as const) {
    it(name, async () => {
      const left: number[] = [...statuses]
      const url = await serve((_, response) => response.writeHead(left.shift() ?? 0).end())
      const ended = await ask({ url, retries })
      expect(ended.answer).toMatchObject({ value: expect.any(Map) })
      expect('value' in ended.answer && (ended.answer.value as Map<string, unknown>).get('status_code')).toBe(
        want,
      )
      expect(ended.pauses).toEqual(pauses)
    })
  }

  it('is given up when the time for all is over', async () => {
    const url = await serve((_, response) => response.writeHead(500).end())
    const times = [1000, 0]
    const { pauses } = await ask({ url, retries: 5 }, () => times.shift() ?? 0)
    expect(pauses).toEqual([])
  })
})

it('a server that says nothing is a timeout', async () => {
  const url = await serve(() => {})
  const { answer } = await ask({ url, retries: 0 }, () => 1)
  expect(answer).toEqual({ error: `GET ${url} failed: no answer within 1 seconds` })
})

it('a response that is too large is refused', async () => {
  const url = await serve((_, response) => response.end(Buffer.alloc(16 * 1024 * 1024 + 1)))
  expect((await ask({ url })).answer).toEqual({
    error: `GET ${url} failed: the response is larger than 16 MiB`,
  })
})

it('a POST becomes a GET behind 303, and stays what it is behind 307', async () => {
  const seen: (string | undefined)[] = []
  const url = await serve((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    if (request.url === '/') response.writeHead(307, { Location: '/a' }).end()
    else if (request.url === '/a') response.writeHead(303, { Location: '/b' }).end()
    else response.end()
  })
  await ask({ url, method: 'POST', body: 'x' })
  expect(seen).toEqual(['POST /', 'POST /a', 'GET /b'])
})

it('an address that is none is an error', async () => {
  expect((await ask({ url: 'nonsense' })).answer).toEqual({ error: 'GET nonsense failed: Invalid URL' })
})
