import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { selfSigned } from '../../../aws/tls.fake.ts'
import { home, vaultKit } from './vault.fake.ts'

describe('for a program', () => {
  test('a field is JSON where that is asked for, and `data` is all of a secret', async () => {
    const { ask } = await vaultKit()
    await ask('kv put secret/f q=1 data=own')
    await ask(['kv', 'put', 'secret/g', 'q=1'])
    expect((await ask('kv get -field=q secret/f')).out).toBe('1')
    expect((await ask('kv get -format=json -field=q secret/f')).out).toBe('"1"\n')
    expect((await ask('kv get -field=data secret/f')).out).toBe('own')
    expect(JSON.parse((await ask('kv get -format=json -field=data secret/g')).out)).toEqual({ q: '1' })
    expect((await ask('read -format=json -field=sealed sys/seal-status')).out).toBe('false\n')
  })

  test('a field of a secret is there whatever the others are called', async () => {
    const { ask } = await vaultKit()
    for (const odd of [
      '{"request_id":"x","password":"p"}',
      '{"auth":{"a":1},"wrap_info":{},"password":"p"}',
    ]) {
      await ask('kv put secret/odd -', odd)
      expect((await ask('kv get -field=password secret/odd')).out).toBe('p')
    }
  })

  test('nothing is an empty object, and what was done is told by the exit status', async () => {
    const { ask } = await vaultKit()
    for (const line of ['list cubbyhole', 'kv list secret'])
      expect(await ask(`${line} -format=json`)).toMatchObject({ status: 2, out: '{}\n' })
    expect(await ask('audit list -format=json')).toMatchObject({ status: 2, out: '{}\n' })
    expect(await ask('audit list')).toMatchObject({ status: 2, out: 'No audit devices are enabled.\n' })
    await ask('kv put secret/a b=c')
    for (const line of [
      'kv delete secret/a',
      'kv undelete -versions=1 secret/a',
      'kv destroy -versions=1 secret/a',
    ])
      expect(await ask(`${line} -format=json`)).toEqual({ status: 0, out: '', err: '' })
  })

  test('a sealed server is told by the exit status', async () => {
    const { ask } = await vaultKit()
    await ask('operator seal')
    expect((await ask('status')).status).toBe(2)
    expect((await ask('status -format=json')).out).toContain('"sealed": true')
  })
})

describe('what is given', () => {
  test('switches that may be unsaid take no path for their value', async () => {
    const { ask, json } = await vaultKit()
    await ask('kv metadata put -cas-required secret/f')
    expect((await json('kv metadata get secret/f')).data.cas_required).toBe(true)
    await ask('kv metadata patch -max-versions=3 secret/f')
    expect((await json('kv metadata get secret/f')).data).toMatchObject({
      cas_required: true,
      max_versions: 3,
    })
    await ask('kv metadata patch -cas-required=false secret/f')
    expect((await json('kv metadata get secret/f')).data.cas_required).toBe(false)
  })

  test('stdin is taken once, and as it is', async () => {
    const { ask } = await vaultKit()
    const twice = await ask('kv put secret/two a=- b=-', 'v1')
    expect([twice.status, twice.err]).toEqual([1, expect.stringContaining('stdin is asked for twice')])
    expect((await ask('kv get secret/two')).status).toBe(2)
    await ask('kv put secret/nl a=-', 'x\n')
    expect((await ask('kv get -field=a secret/nl')).out).toBe('x\n')
  })

  test('what is wrong with it is said before anybody is asked', async () => {
    const { run } = home('http://127.0.0.1:1')
    for (const line of ['kv put secret/a novalue', 'kv put -cas=x secret/a b=c', 'kv patch secret/a novalue'])
      expect([line, (await run(line)).status]).toEqual([line, 1])
  })

  test('a wrapping token may be the own one', async () => {
    const { ask, run } = await vaultKit()
    await ask('write cubbyhole/x a=b')
    const VAULT_TOKEN = (await ask('read -wrap-ttl=5m -field=wrapping_token cubbyhole/x')).out
    expect((await run('unwrap -field=a', { env: { VAULT_TOKEN } })).out).toBe('b')
  })
})

describe('the environment', () => {
  for (const [name, env, said] of [
    ['a token with a line break', { VAULT_TOKEN: 'a\nb' }, '`VAULT_TOKEN` holds no token'],
    ['a token beyond ASCII', { VAULT_TOKEN: 'hvs.ü' }, '`VAULT_TOKEN` holds no token'],
    ['a proxy', { VAULT_PROXY_ADDR: 'http://127.0.0.1:2' }, '`VAULT_PROXY_ADDR` is not supported'],
    ['a certificate without a key', { VAULT_CLIENT_CERT: '/dev/null' }, 'needs its key'],
    ['a header with a line break', { VAULT_NAMESPACE: 'a\nb' }, 'X-Vault-Namespace'],
  ] as const)
    test(`${name} is refused by name`, async () => {
      const { status, err } = await home('http://127.0.0.1:1').run('read a', { env })
      expect([status, err]).toEqual([1, expect.stringContaining(said)])
      expect(err).not.toContain('INTERNAL')
    })

  test('a token file of two lines is refused by its name', async () => {
    const { folder, run } = home('http://127.0.0.1:1')
    writeFileSync(join(folder, '.vault-token'), 'hvs.a\nhvs.b\n')
    expect((await run('read a')).err).toContain('.vault-token` holds no token')
  })

  test('a login says that VAULT_TOKEN goes over what it keeps', async () => {
    const { ask, run } = await vaultKit()
    expect((await ask('login -', 'root')).err).toContain('VAULT_TOKEN is set')
    expect((await run('login -', { stdin: 'root' })).err).toBe('')
  })

  test('authorities come from a file, a folder, or the variable itself', async () => {
    const { cert, key } = selfSigned()
    const server = createTlsServer({ cert, key }, (_, response) => response.end('{"sealed":false,"t":1}'))
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { folder, run } = home(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
    mkdirSync(join(folder, 'authorities', 'more'), { recursive: true })
    writeFileSync(join(folder, 'authorities', 'ca.pem'), cert)
    for (const env of [
      { VAULT_CAPATH: 'authorities' },
      { VAULT_CACERT_BYTES: cert },
      { VAULT_SKIP_VERIFY: 't' },
    ])
      expect((await run('status', { env })).status).toBe(0)
    expect((await run('status -ca-path=nowhere')).err).toContain('nowhere')
  })

  test('a server that sends elsewhere is not followed where nobody wants that', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/v1/there') response.end('{"data":{"a":"b"}}')
      else response.writeHead(307, { location: '/v1/there' }).end()
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { run } = home(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    expect((await run('read here')).status).toBe(0)
    for (const world of [{ env: { VAULT_DISABLE_REDIRECTS: 'true' } }, {}])
      expect((await run(`read${'env' in world ? '' : ' -disable-redirects'} here`, world)).status).toBe(2)
  })
})
