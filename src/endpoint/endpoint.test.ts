import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Secret, type SentinelError, systemRandom } from '../base/index.ts'
import { type EndpointAnswer, type EndpointDeps, type OpenEndpoint, openEndpoint } from './index.ts'

const given: EndpointAnswer = {
  kind: 'credentials',
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
  sessionToken: new Secret('token'),
  expiresAtMs: Date.parse('2026-02-03T10:15:00Z'),
  roleArn: 'arn:aws:iam::111122223333:role/Dev',
  accountId: '111122223333',
}

/** Timers that run when the test says so. */
function timers() {
  const due: { readonly ms: number; readonly run: () => void }[] = []
  return {
    after(ms: number, run: () => void) {
      const timer = { ms, run }
      due.push(timer)
      return () => void due.splice(due.indexOf(timer), due.includes(timer) ? 1 : 0)
    },
    /** Lets so much time pass. */
    pass(ms: number) {
      for (const timer of due.filter((each) => each.ms <= ms)) timer.run()
    },
    count: () => due.length,
  }
}

async function open(authorize: EndpointDeps['authorize'] = async () => given, after = timers().after) {
  const endpoint = await openEndpoint({ random: systemRandom, after, authorize }, { port: 0 })
  onTestFinished(() => endpoint.close())
  return endpoint
}

type Asked = {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string | string[]>
  readonly body?: string
  /** Keeps connections; without, each request has its own. */
  readonly agent?: Agent
}

/** One request, with the right path and token unless others are given. */
function ask(endpoint: OpenEndpoint, { method = 'GET', path, headers = {}, body = '', agent }: Asked = {}) {
  const url = new URL(endpoint.url)
  return new Promise<{
    status: number
    headers: NodeJS.Dict<string | string[]>
    body: Record<string, string>
  }>((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: url.port,
        method,
        path: path ?? url.pathname,
        headers: { Authorization: endpoint.token.reveal(), ...headers },
        agent: agent ?? false,
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text === '' ? {} : JSON.parse(text),
          }),
        )
      },
    )
    sent.once('error', reject)
    sent.end(body)
  })
}

/** Bytes as they are, until the endpoint closes or has answered. */
function raw(endpoint: OpenEndpoint, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(endpoint.url).port), '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk
      if (/^\s*\}?$/.test(answer.slice(-1)) || /\r\n\r\n/.test(answer)) socket.end()
    })
    socket.once('close', () => resolve(answer))
    socket.once('error', reject)
  })
}

describe('a client with path and token', () => {
  it('gets what the container-credentials protocol has', async () => {
    const { status, headers, body } = await ask(await open())
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
    expect(body).toEqual({
      AccessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      Token: 'token',
      Expiration: '2026-02-03T10:15:00Z',
      RoleArn: 'arn:aws:iam::111122223333:role/Dev',
      AccountId: '111122223333',
    })
  })

  it('gets no members for what is not known', async () => {
    const endpoint = await open(async () => ({ ...given, roleArn: undefined, accountId: undefined }))
    expect(Object.keys((await ask(endpoint)).body)).toEqual([
      'AccessKeyId',
      'SecretAccessKey',
      'Token',
      'Expiration',
    ])
  })

  it('that is refused gets 403 and the reason, under the names that SDKs look for', async () => {
    const endpoint = await open(async () => ({
      kind: 'refused',
      code: 'POLICY_DENIED',
      message: 'no rule allows it',
    }))
    expect(await ask(endpoint)).toMatchObject({
      status: 403,
      body: {
        code: 'POLICY_DENIED',
        message: 'no rule allows it',
        Code: 'POLICY_DENIED',
        Message: 'no rule allows it',
      },
    })
  })

  it('is not told what went wrong inside', async () => {
    const failed = await ask(await open(async () => ({ kind: 'failed', code: 'SSM_ERROR' })))
    expect([failed.status, failed.body.code]).toEqual([503, 'SSM_ERROR'])
    const broken = await ask(await open(() => Promise.reject(new Error('secret detail'))))
    expect([broken.status, broken.body.code]).toEqual([503, 'INTERNAL'])
    expect(JSON.stringify(broken)).not.toContain('detail')
  })
})

describe('whoever lacks something is refused, and nobody is asked', () => {
  for (const [name, status, asked] of [
    ['the token', 403, { headers: { Authorization: '' } }],
    ['the right token', 403, { headers: { Authorization: 'x'.repeat(43) } }],
    ['the token without a word before it', 403, { headers: { Authorization: 'Bearer TOKEN' } }],
    ['the path', 404, { path: '/' }],
    ['the whole path', 404, { path: 'PATH/' }],
    ['the path without a query', 404, { path: 'PATH?a=1' }],
    ['the Host', 421, { headers: { Host: 'rebound.example' } }],
    ['the port in the Host', 421, { headers: { Host: '127.0.0.1' } }],
    ['the number in the Host', 421, { headers: { Host: 'localhost:PORT' } }],
    ['the method GET', 405, { method: 'POST' }],
    ['the method GET, in HEAD', 405, { method: 'HEAD' }],
    [
      'the method GET, in OPTIONS of a browser',
      405,
      { method: 'OPTIONS', headers: { Origin: 'http://rebound.example' } },
    ],
    ['an empty body', 413, { headers: { 'Content-Length': '2' }, body: '{}' }],
    ['a body that ends', 413, { headers: { 'Transfer-Encoding': 'chunked' }, body: '{}' }],
  ] as const satisfies readonly (readonly [string, number, Asked])[]) {
    it(name, async () => {
      let decisions = 0
      const endpoint = await open(async () => {
        decisions++
        return given
      })
      const { port, pathname } = new URL(endpoint.url)
      const filled = JSON.parse(
        JSON.stringify(asked)
          .replace('TOKEN', endpoint.token.reveal())
          .replace('PATH', pathname)
          .replace('PORT', port),
      ) as Asked
      const answer = await ask(endpoint, filled)
      expect([answer.status, decisions]).toEqual([status, 0])
      expect(JSON.stringify(answer)).not.toContain(given.accessKeyId)
    })
  }

  for (const [name, lines] of [
    ['two Hosts', ['Host: AUTHORITY', 'Host: rebound.example', 'Authorization: TOKEN']],
    ['two tokens', ['Host: AUTHORITY', 'Authorization: TOKEN', 'Authorization: TOKEN2']],
    ['no Host', ['Authorization: TOKEN']],
    ['an endless header', ['Host: AUTHORITY', 'Authorization: TOKEN', `X: ${'x'.repeat(20_000)}`]],
  ] as const) {
    it(name, async () => {
      const endpoint = await open()
      const { host, pathname } = new URL(endpoint.url)
      const text = [`GET ${pathname} HTTP/1.1`, ...lines, '', '']
        .join('\r\n')
        .replaceAll('AUTHORITY', host)
        .replaceAll('TOKEN', endpoint.token.reveal())
      expect(await raw(endpoint, text)).toMatch(/^HTTP\/1.1 4\d\d /)
    })
  }

  it('an address in the request line that is not this one', async () => {
    const endpoint = await open()
    const { host, pathname } = new URL(endpoint.url)
    const text = `GET http://rebound.example${pathname} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${endpoint.token.reveal()}\r\n\r\n`
    expect(await raw(endpoint, text)).toMatch(/^HTTP\/1.1 404 /)
  })
})

it('path and token are new each time, and not short', async () => {
  const [one, two] = [await open(), await open()]
  expect(one.token.reveal()).toHaveLength(43)
  expect(new URL(one.url).pathname).toHaveLength(23)
  expect([one.token.reveal(), new URL(one.url).pathname]).not.toContain(two.token.reveal())
  expect(new URL(one.url).pathname).not.toBe(new URL(two.url).pathname)
  expect(new URL(one.url).hostname).toBe('127.0.0.1')
})

describe('time', () => {
  it('is up for look-ups before it is up for the answer, which then comes as it was decided', async () => {
    const clock = timers()
    const endpoint = await open(
      (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ kind: 'failed', code: 'FACT_TIMEOUT' }))
          clock.pass(1_300)
        }),
      clock.after,
    )
    const { status, body } = await ask(endpoint)
    expect([status, body.code]).toEqual([503, 'FACT_TIMEOUT'])
    // Nothing waits on.
    expect(clock.count()).toBe(0)
  })

  it('that is up gives 503, and what comes later is given to nobody', async () => {
    const clock = timers()
    let finish = (_: EndpointAnswer) => {}
    const endpoint = await open(() => {
      queueMicrotask(() => clock.pass(1_400))
      return new Promise((resolve) => {
        finish = resolve
      })
    }, clock.after)
    const { status, body } = await ask(endpoint)
    expect([status, body.code]).toEqual([503, 'ABANDONED'])
    finish(given)
  })

  it('a client that goes aborts its request', async () => {
    let heard = () => {}
    const aborted = new Promise<void>((resolve) => {
      heard = resolve
    })
    const endpoint = await open(
      (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            heard()
            resolve(given)
          })
          client.destroy()
        }),
    )
    const { port, pathname } = new URL(endpoint.url)
    const client = request({
      host: '127.0.0.1',
      port,
      path: pathname,
      headers: { Authorization: endpoint.token.reveal() },
    })
    client.once('error', () => {})
    client.end()
    await aborted
  })
})

/** Connections on which nothing is ever said; how many of them the endpoint has broken. */
async function idle(endpoint: OpenEndpoint, count: number) {
  const port = Number(new URL(endpoint.url).port)
  let broken = 0
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.once('close', () => broken++)
      await new Promise((connected) => socket.once('connect', connected))
      return socket
    }),
  )
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  return { broken: () => broken }
}

describe('many connections on which nobody says anything', () => {
  it('keep no client out: the oldest of them are broken', async () => {
    const endpoint = await open()
    const strangers = await idle(endpoint, 600)
    for (let time = 0; time < 5; time++) expect((await ask(endpoint)).status).toBe(200)
    await vi.waitUntil(() => strangers.broken() >= 600 - 256)
  })

  it('break no answer that is being given', async () => {
    let decide = () => {}
    const decided = new Promise<EndpointAnswer>((resolve) => (decide = () => resolve(given)))
    let begun = () => {}
    const asked = new Promise<void>((resolve) => (begun = resolve))
    const endpoint = await open(() => {
      begun()
      return decided
    })
    const answer = ask(endpoint)
    await asked
    const strangers = await idle(endpoint, 600)
    await vi.waitUntil(() => strangers.broken() >= 600 - 256)
    decide()
    expect((await answer).status).toBe(200)
  })

  it('are joined by one whose answer was given, which then waits like them', async () => {
    const endpoint = await open()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    expect((await ask(endpoint, { agent })).status).toBe(200)
    const [kept] = Object.values(agent.freeSockets).flat()
    const closed = new Promise((done) => kept?.once('close', done))
    await idle(endpoint, 600)
    await closed
    expect((await ask(endpoint, { agent })).status).toBe(200)
  })
})

it('a port that is taken is an error that says what to do', async () => {
  const first = await open()
  const port = Number(new URL(first.url).port)
  const error = await openEndpoint(
    { random: systemRandom, after: timers().after, authorize: async () => given },
    { port },
  ).catch((thrown: SentinelError) => thrown)
  expect(error).toMatchObject({
    code: 'ENDPOINT_UNAVAILABLE',
    hint: expect.stringContaining('--server-port'),
  })
})

it('once closed nobody answers, also on connections that are open', async () => {
  const endpoint = await open()
  await ask(endpoint)
  await endpoint.close()
  await expect(ask(endpoint)).rejects.toThrow(/ECONNREFUSED/)
})
