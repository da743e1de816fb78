// Attacks on the door of a server, each over a connection of its own, byte by byte as it would be sent. What is checked
// of each: the answers, that nothing was let through, and that the server goes on.

import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Secret } from '../base/index.ts'
import { fakeMachine } from '../machine/machine.fake.ts'
import { startDevServer } from './index.ts'

const root = 'root-token'

/** A server with something to guard: `secret/prod/key`, and a token that is denied it and may read all else in `secret/`. */
async function guarded() {
  const logged: string[] = []
  const server = await startDevServer(
    {
      machine: fakeMachine(),
      temporary: [],
      stdout: async () => {},
      log: (message) => logged.push(message),
    },
    { host: '127.0.0.1', port: 0, rootToken: new Secret(root) },
  )
  onTestFinished(() => server.close())
  const { hostname, port } = new URL(server.urls[0] ?? '')
  /** Sends bytes, and gives all that comes back until the connection ends or is quiet. */
  const send = (...pieces: readonly (string | Buffer)[]): Promise<string> =>
    new Promise((resolve) => {
      let answer = ''
      const socket = connect(Number(port), hostname, () => {
        for (const piece of pieces)
          socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
        socket.end()
      })
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1')
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(answer))
    })
  const call = async (method: string, path: string, token: string, body?: unknown) => {
    const text = body === undefined ? '' : JSON.stringify(body)
    const answer = await send(requestText(method, `/v1/${path}`, { 'X-Vault-Token': token }, text))
    return JSON.parse(/\r\n\r\n([\s\S]*)$/.exec(answer)?.[1] || '{}')
  }
  await call('PUT', 'sys/mounts/kv', root, { type: 'kv' })
  await call('PUT', 'kv/prod/key', root, { value: canary })
  await call('PUT', 'kv/dev/key', root, { value: 'harmless' })
  await call('PUT', 'sys/mounts/two', root, { type: 'kv', options: { version: '2' } })
  await call('PUT', 'two/data/prod/key', root, { data: { value: canary } })
  await call('PUT', 'two/metadata/prod/key', root, { custom_metadata: { value: canary } })
  const policy = `
    path "two/*" { capabilities = ["create", "read", "update", "delete", "list"] }
    path "two/data/prod/*" { capabilities = ["deny"] }
    path "two/metadata/prod/*" { capabilities = ["deny"] }
    path "kv/*" { capabilities = ["create", "read", "update", "delete", "list"] }
    path "kv/prod/*" { capabilities = ["deny"] }
    path "kv/+/key" { capabilities = ["read"] }`
  await call('PUT', 'sys/policies/acl/dev', root, { policy })
  const { auth } = await call('PUT', 'auth/token/create', root, { policies: ['dev'] })
  const isWell = async () => {
    const [one, two] = [await call('GET', 'kv/prod/key', root), await call('GET', 'two/data/prod/key', root)]
    const { data, metadata } = two.data
    return [one.data.value, data.value, metadata.custom_metadata.value].every((value) => value === canary)
  }
  return { send, call, token: String(auth.client_token), isWell, hostname, port: Number(port), logged }
}

const canary = 'canary-3141592653'

function requestText(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): string {
  const all = {
    Host: 'h',
    Connection: 'close',
    ...headers,
    ...(body !== '' && { 'Content-Length': String(body.length) }),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

const statuses = (answer: string) =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))

// Twenty ways to write `kv/prod/key` for somebody who may not read it, and the ways to write that one might hope for.
const spellings = [
  'kv/prod/key',
  'kv/prod/key/',
  'kv//prod/key',
  'kv/./prod/key',
  'kv/dev/../prod/key',
  'kv/prod/./key',
  'kv/prod//key',
  '//kv/prod/key',
  'kv/%70rod/key',
  'kv/prod%2Fkey',
  'kv%2Fprod%2Fkey',
  'kv/dev/%2e%2e/prod/key',
  'kv/dev/%2E%2E/prod/key',
  'kv/dev/..%2fprod/key',
  'kv/dev/%252e%252e/prod/key',
  'kv/%2fprod/key',
  'kv/prod/key%00',
  'kv/prod/key%0a',
  'kv/prod%09/key',
  'kv/PROD/key',
  'kv/prod/key?list=false',
  'kv/prod/key#x',
  'kv/prod/key%3flist=true',
  'kv/dev\\..\\prod/key',
  'kv/dev;/../prod/key',
  '../v1/kv/prod/key',
  'sys/../kv/prod/key',
  'kv/prod/%C0%AEkey',
  'kv/pr\u00f6d/key',
]

// What names something in each mount, and a body that would change it.
const named = [
  ['sys/policies/acl/vip', { policy: 'path "*" { capabilities = ["sudo", "read"] }' }],
  ['sys/policy/vip', { policy: 'path "*" { capabilities = ["sudo", "read"] }' }],
  ['auth/userpass/users/vip', { password: 'changed', token_policies: ['changed'] }],
  ['auth/userpass/users/vip/password', { password: 'changed' }],
  ['auth/userpass/users/vip/policies', { token_policies: ['changed'] }],
  ['auth/approle/role/vip', { token_policies: ['changed'] }],
  ['auth/approle/role/vip/policies', { token_policies: ['changed'] }],
  ['auth/approle/role/vip/secret-id', {}],
  ['auth/approle/role/vip/custom-secret-id', { secret_id: 'changed' }],
  ['identity/entity/name/vip', { policies: ['changed'] }],
] as const

// Here a name in another case is another name.
const namedExactly = [
  ['auth/token/roles/vip', { allowed_policies: ['changed'] }],
  ['sys/mounts/vip', { type: 'kv' }],
  ['sys/auth/vip', { type: 'userpass' }],
  ['sys/audit/vip', { type: 'file', options: { file_path: '/tmp/x' } }],
] as const

const spellingsOf = (path: string) => [path, `${path}/`]
const namings = [
  ...named.map(([path, body]) => {
    const others = [path.replace('vip', 'VIP'), path.replace('vip', 'Vip')]
    return { path, body, spellings: [path, ...others].flatMap(spellingsOf) }
  }),
  ...namedExactly.map(([path, body]) => ({ path, body, spellings: spellingsOf(path) })),
]

describe('no spelling of a name gets past a policy that denies it', { timeout: 60_000 }, () => {
  test(`${namings.length} paths, in other cases and with a slash at the end, three verbs each`, async () => {
    const { call } = await guarded()
    for (const type of ['userpass', 'approle']) await call('PUT', `sys/auth/${type}`, root, { type })
    for (const [at, { path, body, spellings }] of namings.entries()) {
      const policy = `
        path "${path.replace(/vip.*$/, '*')}" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }
        path "${path}" { capabilities = ["deny"] }`
      await call('PUT', `sys/policies/acl/p${at}`, root, { policy })
      const { auth } = await call('PUT', 'auth/token/create', root, { policies: [`p${at}`] })
      for (const spelling of spellings) {
        expect(await call('GET', spelling, auth.client_token), spelling).toMatchObject(refused)
        expect(await call('POST', spelling, auth.client_token, body), spelling).toMatchObject(refused)
        expect(await call('DELETE', spelling, auth.client_token), spelling).toMatchObject(refused)
      }
    }
  })
})

describe('a policy that denies a name denies it however either of them is spelt', { timeout: 60_000 }, () => {
  test(`${named.length} paths whose rule is written in capitals`, async () => {
    const { call } = await guarded()
    for (const type of ['userpass', 'approle']) await call('PUT', `sys/auth/${type}`, root, { type })
    for (const [at, [path, body]] of named.entries()) {
      const policy = `
        path "${path.replace(/vip.*$/, '*')}" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }
        path "${path.replace('vip', 'VIP')}" { capabilities = ["deny"] }`
      await call('PUT', `sys/policies/acl/c${at}`, root, { policy })
      const { auth } = await call('PUT', 'auth/token/create', root, { policies: [`c${at}`] })
      for (const spelling of [path, path.replace('vip', 'VIP'), path.replace('vip', 'vIp')])
        expect(await call('POST', spelling, auth.client_token, body), spelling).toMatchObject(refused)
    }
  })

  test('and one that grants a name grants it', async () => {
    const { call } = await guarded()
    const policy = 'path "identity/entity/name/Carl" { capabilities = ["create", "update", "read"] }'
    await call('PUT', 'sys/policies/acl/carl', root, { policy })
    const { auth } = await call('PUT', 'auth/token/create', root, { policies: ['carl'] })
    for (const name of ['Carl', 'carl', 'CARL']) {
      await call('POST', `identity/entity/name/${name}`, auth.client_token, { metadata: { name } })
      const found = await call('GET', `identity/entity/name/${name}`, auth.client_token)
      expect(found.data?.metadata, name).toEqual({ name })
    }
    expect(await call('GET', 'Identity/entity/name/carl', auth.client_token)).toMatchObject(refused)
  })
})

const refused = { errors: expect.anything() }

describe('no spelling of a path gets past a policy that denies it', { timeout: 60_000 }, () => {
  for (const [place, from, to] of [
    ['KV version 1', 'kv/', 'kv/'],
    ['the data of KV version 2', 'kv/', 'two/data/'],
    ['the metadata of KV version 2', 'kv/', 'two/metadata/'],
  ] as const)
    test(`${spellings.length} spellings in ${place}, four verbs each`, () =>
      tried(spellings.map((spelling) => spelling.replaceAll(from, to))))

  async function tried(all: readonly string[]): Promise<void> {
    const { send, token, isWell } = await guarded()
    for (const spelling of all) {
      for (const [method, body] of [
        ['GET', ''],
        ['LIST', ''],
        ['POST', '{"value":"changed"}'],
        ['DELETE', ''],
      ] as const) {
        const answer = await send(requestText(method, `/v1/${spelling}`, { 'X-Vault-Token': token }, body))
        const [status = 0, ...more] = statuses(answer)
        expect(more, spelling).toEqual([])
        expect([200, 204, 307, 400, 403, 404, 405], `${method} ${spelling}: ${answer}`).toContain(status)
        expect(answer).not.toContain(canary)
        expect(await isWell(), `${method} ${spelling}`).toBe(true)
      }
    }
  }
})

describe('nothing is smuggled behind a request', () => {
  const inner = (token: string) => requestText('GET', '/v1/kv/prod/key', { 'X-Vault-Token': token })
  const post = 'POST /v1/kv/dev/x HTTP/1.1\r\nHost: h\r\n'
  for (const [name, before, after, most] of [
    ['two lengths', `${post}Content-Length: 0\r\nContent-Length: 5\r\n\r\n`, '', 1],
    ['a length and chunks', `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, '', 1],
    ['chunks and a length', `${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`, '', 1],
    ['an unknown coding', `${post}Transfer-Encoding: x, chunked, x\r\n\r\n0\r\n\r\n`, '', 1],
    ['a coding in disguise', `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, '', 1],
    [
      'a coding with a tab',
      `${post}Transfer-Encoding:\tchunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
      '',
      1,
    ],
    ['a negative length', `${post}Content-Length: -1\r\n\r\n`, '', 1],
    ['a length in hexadecimal', `${post}Content-Length: 0x10\r\n\r\n`, '', 1],
    ['a length with a plus', `${post}Content-Length: +5\r\n\r\n`, '', 1],
    ['a length beyond measure', `${post}Content-Length: 99999999999999999999\r\n\r\n`, '', 1],
    [
      'a size of a chunk beyond measure',
      `${post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`,
      '',
      1,
    ],
    ['a size of a chunk with a sign', `${post}Transfer-Encoding: chunked\r\n\r\n-1\r\n`, '', 1],
    ['a folded header', `${post}X: a\r\n Content-Length: 0\r\n\r\n`, '', 1],
    ['a line feed in a header', `${post}X: a\nContent-Length: 0\r\n\r\n`, '', 1],
    ['a carriage return in a header', `${post}X: a\rContent-Length: 0\r\n\r\n`, '', 1],
    ['a zero byte in a header', `${post}X: a\0b\r\n\r\n`, '', 1],
    ['a header without a name', `${post}: a\r\n\r\n`, '', 1],
    ['another protocol', 'GET /v1/kv/dev/key HTTP/2.0\r\nHost: h\r\n\r\n', '', 1],
    ['no protocol', 'GET /v1/kv/dev/key\r\n\r\n', '', 1],
    ['an upgrade', `${post}Upgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n`, '', 1],
    ['a tunnel', 'CONNECT kv:1 HTTP/1.1\r\nHost: h\r\n\r\n', '', 1],
    [
      'a body that no GET has',
      'GET /v1/sys/health HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nGET ',
      '',
      2,
    ],
  ] as const)
    test(name, async () => {
      const { send, token, isWell } = await guarded()
      for (const mine of [token, 'hvs.unknown']) {
        const answer = await send(before, inner(mine), after)
        expect(answer).not.toContain(canary)
        expect(answer).not.toMatch(/"errors":\["unexpected/)
        expect(statuses(answer).length).toBeLessThanOrEqual(most)
        for (const status of statuses(answer))
          expect([200, 400, 403, 404, 405, 413, 431, 501]).toContain(status)
      }
      expect(await isWell()).toBe(true)
    })

  test('what is pipelined is answered in order, each with its own token', async () => {
    const { send, token } = await guarded()
    const keep = { Connection: 'keep-alive' }
    const answer = await send(
      requestText('GET', '/v1/kv/dev/key', { ...keep, 'X-Vault-Token': root }),
      requestText('GET', '/v1/kv/prod/key', keep),
      requestText('LIST', '/v1/kv/', { ...keep, 'X-Vault-Token': token }),
      requestText('GET', '/v1/kv/prod/key', { 'X-Vault-Token': token }),
    )
    expect(statuses(answer)).toEqual([200, 403, 200, 403])
  })
})

describe('a header says nothing that it may not say', () => {
  for (const [name, headers] of [
    ['where a client is', { 'X-Forwarded-For': '10.1.2.3' }],
    [
      'where a client is, in another way',
      { Forwarded: 'for=10.1.2.3', 'X-Real-IP': '10.1.2.3', 'True-Client-IP': '10.1.2.3' },
    ],
  ] as const)
    test(name, async () => {
      const { send, call } = await guarded()
      await call('PUT', 'auth/token/roles/bound', root, {
        token_bound_cidrs: '10.0.0.0/8',
        allowed_policies: 'dev',
      })
      const { auth } = await call('PUT', 'auth/token/create/bound', root, { policies: ['dev'] })
      const token = String(auth.client_token)
      const answer = await send(requestText('GET', '/v1/kv/dev/key', { ...headers, 'X-Vault-Token': token }))
      expect(statuses(answer)).toEqual([403])
    })

  test('a token twice, the same or another, in either header', async () => {
    const { send, token } = await guarded()
    const twice = `GET /v1/kv/prod/key HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Vault-Token: ${token}\r\nX-Vault-Token: ${root}\r\n\r\n`
    const bearers = twice.replaceAll('X-Vault-Token: ', 'Authorization: Bearer ')
    for (const text of [twice, bearers]) expect(statuses(await send(text))).toEqual([400])
  })

  test('another namespace', async () => {
    const { send } = await guarded()
    for (const namespace of ['team', 'root/team', '../root', 'Root'])
      expect(
        statuses(
          await send(
            requestText('GET', '/v1/kv/dev/key', { 'X-Vault-Token': root, 'X-Vault-Namespace': namespace }),
          ),
        ),
      ).toEqual([404])
  })

  test('a verb in place of another', async () => {
    const { send, token, isWell } = await guarded()
    for (const header of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
      const answer = await send(
        requestText('GET', '/v1/kv/dev/key', { 'X-Vault-Token': token, [header]: 'DELETE' }),
      )
      expect(statuses(answer)).toEqual([200])
    }
    expect(await isWell()).toBe(true)
  })
})

describe('too much is refused, and the server goes on', () => {
  for (const [name, text, wanted] of [
    ['a header', requestText('GET', '/v1/kv/dev/key', { 'X-A': 'a'.repeat(20_000) }), [431]],
    [
      'many headers',
      requestText(
        'GET',
        '/v1/kv/dev/key',
        Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`X-${at}`, 'a'])),
      ),
      [431],
    ],
    ['a path', requestText('GET', `/v1/kv/${'a'.repeat(20_000)}`), [431]],
    [
      'a path that a storage cannot have',
      requestText('GET', `/v1/kv/${'a'.repeat(2_000)}`, { 'X-Vault-Token': root }),
      [400],
    ],
    [
      'a body, by what it says',
      `POST /v1/kv/a HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999\r\n\r\n`,
      [413],
    ],
    ['a token', requestText('GET', '/v1/kv/dev/key', { 'X-Vault-Token': 'a'.repeat(15_000) }), [403]],
    [
      'nesting',
      requestText('POST', '/v1/kv/a', { 'X-Vault-Token': root }, `{"a":${'['.repeat(100_000)}`),
      [400],
    ],
  ] as const)
    test(name, async () => {
      const { send, isWell } = await guarded()
      expect(statuses(await send(text))).toEqual(wanted)
      expect(await isWell()).toBe(true)
    })

  test('a body without an end that is said', async () => {
    const { send, isWell } = await guarded()
    const chunk = `100000\r\n${'a'.repeat(0x100000)}\r\n`
    const head = 'POST /v1/kv/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n'
    const answer = await send(head, ...Array.from({ length: 40 }, () => chunk), '0\r\n\r\n')
    // Whoever is refused in the middle of a body may find the connection gone before the answer.
    expect([[413], []]).toContainEqual(statuses(answer))
    expect(await isWell()).toBe(true)
  })
})

test('a connection that says nothing, or half of something, keeps nobody else waiting', async () => {
  const { isWell, hostname, port } = await guarded()
  const slow = Array.from({ length: 200 }, (_, at) => {
    const socket = connect(port, hostname, () =>
      socket.write('POST /v1/kv/a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n'.slice(0, at)),
    )
    socket.on('error', () => {})
    return socket
  })
  await Promise.all(slow.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
  expect(await isWell()).toBe(true)
  for (const socket of slow) socket.destroy()
})
