import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { bodies } from './body.ts'
import { readRequest } from './wire.ts'

const deps = { newId: () => 'id', readBody: bodies() }

/** A message as Node gives it. */
function message(
  method: string,
  url: string,
  headers: readonly (readonly [string, string])[] = [],
  body = '',
): IncomingMessage {
  const joined = new Map<string, string>()
  for (const [name, value] of headers) {
    const before = joined.get(name.toLowerCase())
    joined.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`)
  }
  return Object.assign(Readable.from(body === '' ? [] : [Buffer.from(body)]), {
    method,
    url,
    httpVersion: '1.1',
    rawHeaders: ['Host', 'x', ...headers.flat()],
    headers: { host: 'x', ...Object.fromEntries(joined) },
    socket: { remoteAddress: '127.0.0.1', remotePort: 4711 },
  }) as unknown as IncomingMessage
}

const read = async (...of: Parameters<typeof message>) => readRequest(deps, message(...of))

describe('what is sent is read once, however much it is', () => {
  const form = [['Content-Type', 'application/x-www-form-urlencoded']] as const
  const names = (count: number) => Array.from({ length: count }, (_, at) => `a${at}=${at}`).join('&')

  test('a form of 50,000 names, none of them looked for twice', async () => {
    const { data } = await read('POST', '/v1/a', form, `${names(49_998)}&a7=x&a7=y`)
    expect([Object.keys(data).length, data.a7]).toEqual([49_998, ['7', 'x', 'y']])
  })

  for (const [what, body, headers] of [
    ['a form of more', names(50_001), form],
    ['a list of more', `{"a":[${'"",'.repeat(50_000)}""]}`, []],
    [
      'an object of more',
      `{${names(50_001)
        .replace(/(a\d+)=(\d+)/g, '"$1":$2')
        .replaceAll('&', ',')}}`,
      [],
    ],
  ] as const)
    test(`${what} is refused`, async () => {
      await expect(read('POST', '/v1/a', headers, body)).rejects.toThrow(/more than 50000|too many values/)
    })
})

describe('the header for MFA', () => {
  for (const [text, complaint] of [
    [':x', 'missing method name or ID'],
    ['a:1, :x', 'missing method name or ID'],
    ['a:', 'missing value'],
  ] as const)
    test(`X-Vault-MFA \`${text}\``, async () => {
      const message = `failed to parse X-Vault-MFA header: invalid data in header "X-Vault-MFA"; ${complaint}`
      await expect(read('GET', '/v1/a', [['X-Vault-MFA', text]])).rejects.toThrow(message)
    })

  for (const text of ['my_duo', 'my_totp:695452', 'a:passcode=1', 'a:1, b'])
    test(`X-Vault-MFA \`${text}\` is taken`, async () => {
      expect((await read('GET', '/v1/a', [['X-Vault-MFA', text]])).headers.get('x-vault-mfa')).toBe(text)
    })
})

describe('a request is read', () => {
  test('with the token that it brings, whichever its connection brought before', async () => {
    const socket = { remoteAddress: '127.0.0.1', remotePort: 1 }
    const over = async (connection: object, text: string) => {
      const asked = message('GET', '/v1/a', [['X-Vault-Token', text]])
      return (await readRequest(deps, Object.assign(asked, { socket: connection }))).token
    }
    const first = await over(socket, 'hvs.a')
    expect(await over(socket, 'hvs.a')).toBe(first)
    for (const other of ['hvs.b', 'hvs.', 'hvs.aa', 'hvs.a']) {
      expect((await over(socket, other))?.reveal()).toBe(other)
    }
    expect(await over({ ...socket }, 'hvs.a')).not.toBe(await over(socket, 'hvs.a'))
  })

  test('with its token, whoever sent it, and none of its secret headers', async () => {
    const request = await read('GET', '/v1/secret/a?x=1', [
      ['X-Vault-Token', 'hvs.a'],
      ['X-Forwarded-For', '10.0.0.1'],
      ['Cookie', 'c'],
    ])
    expect(request.token?.reveal()).toBe('hvs.a')
    expect(request).toMatchObject({ operation: 'read', path: 'secret/a', data: { x: '1' } })
    expect(request.remote).toEqual({ address: '127.0.0.1', port: 4711 })
    expect([...request.headers]).toEqual([
      ['host', 'x'],
      ['x-forwarded-for', '10.0.0.1'],
    ])
  })

  for (const [name, method, url, operation, path] of [
    ['the verb LIST', 'LIST', '/v1/secret/a', 'list', 'secret/a/'],
    ['a list by the query', 'GET', '/v1/secret/a?list=true', 'list', 'secret/a/'],
    ['help', 'GET', '/v1/secret/a?help=1', 'help', 'secret/a'],
    ['PUT', 'PUT', '/v1/secret/a', 'update', 'secret/a'],
    ['HEAD of the health', 'HEAD', '/v1/sys/health', 'read', 'sys/health'],
  ] as const)
    test(name, async () => expect(await read(method, url)).toMatchObject({ operation, path }))

  for (const body of ['', ' ', 'null', '{}'])
    test(`without data: \`${body}\``, async () =>
      expect({ ...(await read('PUT', '/v1/a', [], body)).data }).toEqual({}))

  test('in a bearer header where there is no other', async () => {
    const request = await read('GET', '/v1/a', [['Authorization', 'Bearer hvs.b']])
    expect(request.token?.reveal()).toBe('hvs.b')
  })

  for (const namespace of ['', '/', 'root', 'root/'])
    test(`in the only namespace: \`${namespace}\``, async () =>
      expect(await read('GET', '/v1/a', [['X-Vault-Namespace', namespace]])).toMatchObject({ path: 'a' }))
})

describe('a request is refused', () => {
  test('without a host', () => {
    const nowhere = message('GET', '/v1/a')
    delete nowhere.headers.host
    return expect((async () => readRequest(deps, nowhere))()).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    })
  })

  const big = String(33 * 1024 * 1024)
  for (const [name, of, code] of [
    [
      'a token twice',
      [
        'GET',
        '/v1/a',
        [
          ['X-Vault-Token', 'a'],
          ['x-vault-token', 'b'],
        ],
      ],
      'REQUEST_INVALID',
    ],
    [
      'the same token twice',
      [
        'GET',
        '/v1/a',
        [
          ['X-Vault-Token', 'a'],
          ['X-Vault-Token', 'a'],
        ],
      ],
      'REQUEST_INVALID',
    ],
    [
      'a bearer twice',
      [
        'GET',
        '/v1/a',
        [
          ['Authorization', 'Bearer a'],
          ['Authorization', 'Bearer b'],
        ],
      ],
      'REQUEST_INVALID',
    ],
    [
      'a namespace twice',
      [
        'GET',
        '/v1/a',
        [
          ['X-Vault-Namespace', 'root'],
          ['X-Vault-Namespace', 'a'],
        ],
      ],
      'REQUEST_INVALID',
    ],
    [
      'a time to wrap twice',
      [
        'GET',
        '/v1/a',
        [
          ['X-Vault-Wrap-TTL', '1'],
          ['X-Vault-Wrap-TTL', '2'],
        ],
      ],
      'REQUEST_INVALID',
    ],
    [
      'an override twice',
      [
        'GET',
        '/v1/a',
        [
          ['X-Vault-Policy-Override', '1'],
          ['X-Vault-Policy-Override', '0'],
        ],
      ],
      'REQUEST_INVALID',
    ],
    [
      'a type of body twice',
      [
        'POST',
        '/v1/a',
        [
          ['Content-Type', 'a/b'],
          ['Content-Type', 'c/d'],
        ],
      ],
      'REQUEST_INVALID',
    ],
    ['another namespace', ['GET', '/v1/a', [['X-Vault-Namespace', 'team']]], 'ROUTE_NOT_FOUND'],
    ['one below root', ['GET', '/v1/a', [['X-Vault-Namespace', 'root/x']]], 'ROUTE_NOT_FOUND'],
    ['a token with a blank', ['GET', '/v1/a', [['X-Vault-Token', 'a b']]], 'REQUEST_INVALID'],
    ['a token beyond ASCII', ['GET', '/v1/a', [['X-Vault-Token', 'h\u00e9']]], 'REQUEST_INVALID'],
    ['HEAD of anything else', ['HEAD', '/v1/secret/a'], 'OPERATION_UNSUPPORTED'],
    ['OPTIONS', ['OPTIONS', '/v1/secret/a'], 'REQUEST_INVALID'],
    ['LINK', ['LINK', '/v1/secret/a'], 'OPERATION_UNSUPPORTED'],
    ['another verb', ['PURGE', '/v1/secret/a'], 'OPERATION_UNSUPPORTED'],
    [
      'a secret that is sent as a form',
      ['POST', '/v1/a', [['Content-Type', 'application/x-www-form-urlencoded']], 's3cret'],
      'REQUEST_INVALID',
    ],
    ...[
      'Q0FOQVJZQg==',
      'Q0FOQVJZQg=',
      'eyJh.x.y=',
      '-----BEGIN KEY-----\nQQ==',
      '"s3cret=1"',
      'a=1&b==c',
    ].map(
      (secret) =>
        [
          `a secret that looks like a form: ${JSON.stringify(secret)}`,
          ['POST', '/v1/a', [['Content-Type', 'application/x-www-form-urlencoded']], secret],
          'REQUEST_INVALID',
        ] as const,
    ),
    [
      'one behind a form',
      ['POST', '/v1/a', [['Content-Type', 'application/x-www-form-urlencoded']], 'a=1&s3cret'],
      'REQUEST_INVALID',
    ],
    ['a list that is maybe one', ['GET', '/v1/a?list=maybe'], 'REQUEST_INVALID'],
    ['a list twice', ['GET', '/v1/a?list=true&list=false'], 'REQUEST_INVALID'],
    ['a body that says it is too large', ['POST', '/v1/a', [['Content-Length', big]]], 'BODY_TOO_LARGE'],
    ['a body that is too large', ['POST', '/v1/a', [], 'x'.repeat(Number(big))], 'BODY_TOO_LARGE'],
    ['a key twice', ['POST', '/v1/a', [], '{"a":1,"a":2}'], 'REQUEST_INVALID'],
    ['no object', ['POST', '/v1/a', [], '[1]'], 'REQUEST_INVALID'],
    ['a negative time to wrap', ['GET', '/v1/a', [['X-Vault-Wrap-TTL', '-1']]], 'REQUEST_INVALID'],
    ['no time to wrap', ['GET', '/v1/a', [['X-Vault-Wrap-TTL', 'soon']]], 'REQUEST_INVALID'],
    [
      'PATCH of another type',
      ['PATCH', '/v1/a', [['Content-Type', 'application/json']], '{}'],
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    ['encoded dots', ['GET', '/v1/secret/%2e%2e/a'], 'REQUEST_INVALID'],
    ['what is outside', ['GET', '/v2/a'], 'ROUTE_NOT_FOUND'],
  ] as const)
    test(name, () =>
      expect(read(...(of as unknown as Parameters<typeof message>))).rejects.toMatchObject({ code }),
    )
})
