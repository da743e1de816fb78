// What scripts for Vault's own client rely on: outputs, stdin, and what is sent or refused by flags and variables.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { selfSigned } from '../../../aws/tls.fake.ts'
import { home, vaultKit } from './vault.fake.ts'

describe('one field', () => {
  test('is in the format that was asked for, and `data` is all of the secret', async () => {
    const { ask } = await vaultKit()
    await ask('kv put secret/f -', '{"q":"1","n":12345678901234567890,"o":{"a":[1]}}')
    for (const [flags, want] of [
      ['-field=q', '1'],
      ['-format=json -field=q', '"1"'],
      ['-format=json -field=n', '12345678901234567890'],
      ['-format=yaml -field=o', 'a:\n  -\n    - 1'.replace('-\n    - 1', '- 1')],
      ['-field=o', '{"a":[1]}'],
    ] as const)
      expect([flags, (await ask(`kv get ${flags} secret/f`)).out]).toEqual([flags, want])
    const whole = await ask('kv get -format=json -field=data secret/f')
    expect([whole.status, JSON.parse(whole.out)]).toEqual([
      0,
      expect.objectContaining({ q: '1', o: { a: [1] } }),
    ])
    await ask('kv put secret/own data=mine')
    expect((await ask('kv get -field=data secret/own')).out).toBe('mine')
    expect(JSON.parse((await ask('read -format=json -field=data secret/data/f')).out).q).toBe('1')
    expect((await ask('read -field=lease_duration secret/data/f')).out).toBe('0')
    await ask('kv delete secret/f')
    expect(await ask('kv get -field=q secret/f')).toMatchObject({ status: 2, out: '' })
  })

  for (const [name, secret] of [
    ['request_id', { request_id: 'x', password: 'p' }],
    ['auth', { auth: { client_token: 'a' }, password: 'p' }],
    ['wrap_info', { wrap_info: { token: 'a' }, password: 'p' }],
    ['lease_id', { lease_id: 'x', password: 'p' }],
    ['__proto__', JSON.parse('{"__proto__":"x","password":"p"}')],
  ] as const)
    test(`is of the secret, whatever else that holds: ${name}`, async () => {
      const { ask } = await vaultKit()
      await ask('secrets enable -path=old kv')
      for (const at of ['secret/t', 'old/t']) {
        await ask(`kv put ${at} -`, JSON.stringify(secret))
        expect((await ask(`kv get -field=password ${at}`)).out).toBe('p')
        const own = (await ask(`kv get -format=json -field=${name} ${at}`)).out
        expect(JSON.parse(own)).toEqual(Object.entries(secret).find(([key]) => key === name)?.[1])
      }
      expect(await ask('kv get -field=nothing secret/t')).toMatchObject({
        status: 1,
        out: '',
        err: expect.stringContaining('VAULT_FIELD_MISSING'),
      })
    })
})

describe('JSON', () => {
  test('of a list of nothing is an empty object', async () => {
    const { ask } = await vaultKit()
    for (const line of ['list -format=json secret/metadata', 'kv list -format=json secret'])
      expect(await ask(line)).toMatchObject({ status: 2, out: '{}\n', err: expect.stringContaining('404') })
    expect(await ask('list secret/metadata')).toMatchObject({ status: 2, out: '' })
  })

  test('is JSON or nothing, whatever the command', async () => {
    const { ask } = await vaultKit()
    await ask('kv put secret/a x=y')
    for (const line of [
      'kv put secret/a x=z',
      'kv delete secret/a',
      'kv undelete -versions=2 secret/a',
      'kv destroy -versions=1 secret/a',
      'kv metadata put -max-versions=3 secret/a',
      'kv metadata delete secret/a',
      'policy write p -',
      'policy delete p',
      'secrets enable -path=k kv',
      'secrets tune -default-lease-ttl=1h k',
      'secrets move k l',
      'secrets disable l',
      'write cubbyhole/x a=b',
      'delete cubbyhole/x',
      'token revoke -accessor nope',
      'audit list',
      'audit disable nope',
      'operator generate-root -cancel',
    ]) {
      const { out } = await ask(`${line} -format=JSON`, 'path "a" { capabilities = ["read"] }')
      expect([line, out === '' || typeof JSON.parse(out) === 'object']).toEqual([line, true])
    }
  })

  test('is asked for by VAULT_FORMAT in any case', async () => {
    const { server, run } = await vaultKit()
    for (const VAULT_FORMAT of ['json', 'JSON', 'Json'])
      expect((await run('status', { env: { VAULT_FORMAT } })).out).toMatch(/^\{/)
    expect((await run('status', { env: { VAULT_FORMAT: 'xml' } })).status).toBe(1)
    expect(server.urls).toHaveLength(1)
  })
})

test('whether audit devices are there is told by the exit status', async () => {
  const { ask } = await vaultKit()
  expect(await ask('audit list')).toMatchObject({ status: 2, out: 'No audit devices are enabled.\n' })
})

test('a switch is a switch, and what is not said of it is not sent', async () => {
  const { ask, json } = await vaultKit()
  await ask('kv put secret/f a=b')
  const required = async () => (await json('kv metadata get secret/f')).data.cas_required
  for (const [flag, want] of [
    ['-cas-required', true],
    ['-max-versions=4', true],
    ['-cas-required=false', false],
    ['-cas-required=t', true],
  ] as const) {
    expect((await ask(`kv metadata put ${flag} secret/f`)).status).toBe(0)
    expect([flag, await required()]).toEqual([flag, want])
  }
  await ask('auth enable userpass')
  expect((await ask('auth tune -user-lockout-disable userpass')).status).toBe(0)
  expect((await json('read sys/auth/userpass/tune')).data.user_lockout_disable).toBe(true)
})

describe('what comes from stdin and files', () => {
  test('is taken as it is, with its last line break', async () => {
    const { ask, file, json } = await vaultKit()
    file('nl.txt', 'x\n')
    await ask('kv put secret/nl a=- b=@nl.txt', 'x\n')
    expect((await json('kv get secret/nl')).data.data).toEqual({ a: 'x\n', b: 'x\n' })
    await ask(['kv', 'put', 'secret/at', '@name=v'])
    expect((await json('kv get secret/at')).data.data).toEqual({ '@name': 'v' })
  })

  for (const line of ['kv put secret/two a=- b=-', 'kv put secret/two - b=-', 'write secret/data/two - -'])
    test(`is read once: ${line}`, async () => {
      const { ask } = await vaultKit()
      expect(await ask(line, '{"data":{"a":"b"}}')).toMatchObject({
        status: 1,
        err: expect.stringContaining('stdin can be read only once'),
      })
      expect((await ask('kv get secret/two')).status).toBe(2)
    })

  for (const line of [
    'kv put secret/a novalue',
    'kv put -cas=x secret/a b=c',
    'kv patch secret/a novalue',
    'kv get -version=x secret/a',
  ])
    test(`wrong input is named before a server is asked: ${line}`, async () =>
      expect(await home('http://127.0.0.1:1').run(line)).toMatchObject({
        status: 1,
        err: expect.stringContaining('USAGE'),
      }))
})

test('what is written is told with its version, below its path', async () => {
  const { ask } = await vaultKit()
  for (const line of ['kv put secret/a x=y', 'kv patch secret/a x=z', 'kv rollback -version=1 secret/a'])
    expect((await ask(line)).out).toMatch(
      /^== Secret Path ==\nsecret\/data\/a\n\n== Metadata ==\n[\s\S]*\nversion +\d\n/,
    )
  expect((await ask('kv put -field=version secret/a x=y')).out).toBe('4')
})

describe('a token', () => {
  for (const [name, token] of [
    ['of two lines', 'a\nb'],
    ['with a letter beyond ASCII', 'tökén'],
  ] as const)
    test(`${name} is refused by the name of where it is from`, async () => {
      const { folder, run } = home('http://127.0.0.1:1')
      const refused = { status: 1, err: expect.stringContaining('CONFIG_INVALID') }
      const byVariable = await run('kv list secret', { env: { VAULT_TOKEN: token } })
      expect([byVariable, byVariable.err]).toEqual([
        expect.objectContaining(refused),
        expect.stringContaining('VAULT_TOKEN'),
      ])
      writeFileSync(join(folder, '.vault-token'), token)
      const byFile = await run('token lookup')
      expect([byFile, byFile.err]).toEqual([
        expect.objectContaining(refused),
        expect.stringContaining('.vault-token'),
      ])
      expect(await run(['unwrap', token], { env: { VAULT_TOKEN: 'root' } })).toMatchObject(refused)
    })

  test('that was kept is said to count for nothing while VAULT_TOKEN is set', async () => {
    const { run, folder } = await vaultKit()
    const warned = await run('login -', { stdin: 'root', env: { VAULT_TOKEN: 'other' } })
    expect([warned.status, warned.err]).toEqual([0, expect.stringContaining('warning: VAULT_TOKEN is set')])
    expect(readFileSync(join(folder, '.vault-token'), 'utf8')).toBe('root')
    expect((await run('login -', { stdin: 'root' })).err).toBe('')
    expect((await run('login -no-store -', { stdin: 'root', env: { VAULT_TOKEN: 'other' } })).err).toBe('')
  })

  test('is kept in a home folder that is there, or not at all', async () => {
    const { folder, run } = await vaultKit()
    const login = await run('login -', { stdin: 'root', env: { HOME: join(folder, 'nowhere') } })
    expect(login).toMatchObject({ status: 1, err: expect.stringContaining('FILE_UNWRITABLE') })
    expect((await run('login -', { stdin: 'root', env: { HOME: '' } })).status).toBe(0)
    expect(readFileSync(join(folder, '.vault-token'), 'utf8')).toBe('root')
  })

  test('of a method that nobody knows is not asked for', async () => {
    const { err, status } = await home('http://127.0.0.1:1').run('login -method=nope')
    expect([status, err]).toEqual([1, expect.stringContaining('must be one of token, userpass')])
  })

  test('is not asked for at the terminal where nobody is there', async () => {
    const { run } = home('http://127.0.0.1:1')
    expect((await run('login -non-interactive')).err).toContain('TERMINAL_REQUIRED')
  })
})

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

describe('variables', () => {
  test('say how often what failed is asked again', async () => {
    const statuses: (number | 'reset')[] = []
    const server = createServer((request, response) => {
      const next = statuses.shift() ?? 200
      if (next === 'reset') return void request.socket.destroy()
      response.writeHead(next).end('{"request_id":"r","data":{"a":"b"}}')
    })
    const url = `http://127.0.0.1:${await listening(server)}`
    for (const [retries, answers, status, paused] of [
      [undefined, [500], 2, []],
      ['0', [500], 2, []],
      ['2', [500, 503], 0, [1000, 2000]],
      ['2', [500, 'reset', 502], 2, [1000, 2000]],
      ['1', ['reset'], 0, [1000]],
      ['1', [412], 0, [1000]],
      ['1', [429], 0, [1000]],
      ['3', [501], 2, []],
      ['3', [403], 2, []],
    ] as const) {
      statuses.splice(0, statuses.length, ...answers)
      const { run, pauses } = home(url)
      const env: Record<string, string> = retries === undefined ? {} : { VAULT_MAX_RETRIES: retries }
      const ended = await run('read a', { env })
      expect([retries, answers, ended.status, pauses]).toEqual([retries, answers, status, paused])
    }
    for (const VAULT_MAX_RETRIES of ['x', '-1', '1.5'])
      expect((await home(url).run('read a', { env: { VAULT_MAX_RETRIES } })).status).toBe(1)
  })

  test('lead through a proxy, for TLS and without, and what it answers by itself is not the server’s', async () => {
    const { cert, key } = selfSigned()
    const secret = JSON.stringify({ request_id: 'r', data: { a: 'b' } })
    const tls = await listening(createTlsServer({ cert, key }, (_, response) => response.end(secret)))
    const asked: string[] = []
    const proxy = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`)
      response.end(secret)
    })
    proxy.on('connect', (request, socket) => {
      asked.push(`${request.method} ${request.headers['proxy-authorization']}`)
      if (request.url === 'closed.test:443')
        return void socket.end('HTTP/1.1 200 OK\r\n\r\n'.replace('200', '403'))
      const through = connect(tls, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
      through.on('error', () => socket.destroy())
      socket.on('error', () => through.destroy())
      socket.pipe(through).pipe(socket)
    })
    const at = `http://who:it@127.0.0.1:${await listening(proxy)}`
    const env = { VAULT_HTTP_PROXY: at, VAULT_SKIP_VERIFY: '1' }
    expect((await home('http://vault.test:8200').run('read -field=a x', { env })).out).toBe('b')
    expect((await home('https://vault.test').run('read -field=a x', { env })).out).toBe('b')
    const basic = `Basic ${Buffer.from('who:it').toString('base64')}`
    expect(asked).toEqual([`GET http://vault.test:8200/v1/x ${basic}`, `CONNECT ${basic}`])
    expect(await home('https://closed.test').run('read x', { env })).toMatchObject({
      status: 2,
      err: expect.stringContaining('the proxy does not let through'),
    })
    const over = { VAULT_HTTP_PROXY: 'http://127.0.0.1:1', VAULT_PROXY_ADDR: at }
    expect((await home('http://vault.test').run('read -field=a x', { env: over })).out).toBe('b')
    const wrong = { VAULT_PROXY_ADDR: 'socks5://127.0.0.1:1' }
    expect((await home('http://vault.test').run('read x', { env: wrong })).status).toBe(1)
  })

  test('name an agent in place of the server, and a socket of this machine', async () => {
    const { folder, run } = home('http://127.0.0.1:1')
    const server = createServer((_, response) => response.end('{"request_id":"r","data":{"a":"b"}}'))
    mkdirSync(join(folder, 's'))
    const socket = join(folder, 's', 'x')
    await new Promise<void>((resolve) => void server.listen(socket, resolve))
    onTestFinished(() => void server.close())
    for (const env of [{ VAULT_AGENT_ADDR: `unix://${socket}` }, { VAULT_ADDR: `unix://${socket}` }])
      expect([env, (await run('read -field=a x', { env })).out]).toEqual([env, 'b'])
    expect((await run(`read -output-curl-string -address=unix://${socket} x`)).out).toContain(
      `--unix-socket '${socket}' 'http://localhost/v1/x'`,
    )
  })

  test('add headers, but none that are Vault’s own', async () => {
    const server = createServer(({ headers }, response) =>
      response.end(JSON.stringify({ request_id: 'r', data: { headers } })),
    )
    const { run } = home(`http://127.0.0.1:${await listening(server)}`)
    const env = { VAULT_HEADERS: '{"x-one":"1","x-two":"2"}', VAULT_NAMESPACE: 'team' }
    expect(JSON.parse((await run('read -header=x-two=3 -field=headers x', { env })).out)).toMatchObject({
      'x-one': '1',
      'x-two': '3',
      'x-vault-namespace': 'team',
    })
    for (const [VAULT_HEADERS, line] of [
      ['{"X-Vault-Token":"x"}', 'read x'],
      ['x=y', 'read x'],
      ['{"x":1}', 'read x'],
      ['[]', 'read x'],
      ['{"a b":"c"}', 'read x'],
      ['{"a":"b\\nc"}', 'read x'],
      ['{}', 'read -header=x-vault-token=y x'],
      ['{}', 'read -header=x=ü x'],
      ['{}', 'read -namespace=ü x'],
    ] as const)
      expect([line, await run(line, { env: { VAULT_HEADERS } })]).toEqual([
        line,
        expect.objectContaining({ status: 1, err: expect.stringContaining('USAGE') }),
      ])
  })

  test('that do nothing here are said to do nothing', async () => {
    const { run } = await vaultKit()
    for (const [line, env] of [
      ['status', { VAULT_SRV_LOOKUP: 'true' }],
      ['status -output-policy', {}],
      ['status -unlock-key=x', {}],
    ] as const)
      expect(await run(line, { env })).toMatchObject({
        status: 1,
        err: expect.stringContaining('not supported'),
      })
    expect(await run('status', { env: { VAULT_RATE_LIMIT: '10' } })).toMatchObject({
      status: 0,
      err: expect.stringContaining('warning: VAULT_RATE_LIMIT'),
    })
    expect((await run('status', { env: { VAULT_SRV_LOOKUP: 'F' } })).status).toBe(0)
  })
})
