import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createPlain, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { selfSigned } from '../../../aws/tls.fake.ts'
import { home, vaultKit } from './vault.fake.ts'

describe('sentinel vault', () => {
  test('reads, writes, lists and deletes what is at a path', async () => {
    const { ask, json, file } = await vaultKit()
    await ask('secrets enable -path=old kv')
    file('doc.json', '{"n":12345678901234567890,"a":"from file"}')
    expect(await ask('write old/app @doc.json b=two')).toEqual({
      status: 0,
      out: 'Success! Data written to: old/app\n',
      err: '',
    })
    expect((await ask('read old/app')).out).toBe(
      'Key               Value\n---               -----\nrefresh_interval  768h\na                 from file\n' +
        'b                 two\nn                 12345678901234567890\n',
    )
    expect((await ask('read -field=a old/app')).out).toBe('from file')
    expect((await json('read old/app')).data).toMatchObject({ b: 'two' })
    expect((await ask('read -format=json old/app')).out).toContain('"n": 12345678901234567890')
    expect((await ask('list old')).out).toBe('Keys\n----\napp\n')
    expect((await ask('delete old/app')).status).toBe(0)
    expect(await ask('read old/app')).toMatchObject({ status: 2, out: '' })
  })

  test('exits with 2 where the server refuses, and with 1 where the command line is wrong', async () => {
    const { ask, run } = await vaultKit()
    const refused = await run('read secret/data/x', { env: { VAULT_TOKEN: 'hvs.wrong' } })
    expect([refused.status, refused.err]).toEqual([2, expect.stringContaining('permission denied')])
    expect(refused.err).not.toContain('hvs.wrong')
    for (const line of ['write secret/data/x', 'write secret/data/x a', 'read', 'kv', 'read -field=x'])
      expect([line, (await ask(line)).status]).toEqual([line, 1])
    const wrongField = await ask('read -field=nothing sys/mounts')
    expect(wrongField).toMatchObject({ status: 1, out: '', err: expect.stringContaining('there are') })
    expect(wrongField.err).toContain('sys/')
    const nowhere = home('http://127.0.0.1:1')
    for (const line of ['read a', 'kv get secret/a', 'write a b=c', 'list a', 'token lookup'])
      expect([line, (await nowhere.run(line)).status]).toEqual([line, 2])
    expect(await nowhere.run('status')).toMatchObject({ status: 1, out: '' })
    expect((await home('vault.example.com').run('status')).err).toContain('is no address of a server')
  })

  test('exits with 127 where there is no such command, and knows -h and version in all their forms', async () => {
    const { run } = home('http://127.0.0.1:1')
    for (const line of [['nothing'], ['nothing', 'at', 'all'], []])
      expect([line, (await run(line)).status]).toEqual([line, 127])
    expect((await run('nothing')).err).toContain('unknown command `nothing` [COMMAND_NOT_FOUND]')
    expect((await run('kv nothing')).status).toBe(1)
    for (const line of ['-h', '-help', '--help', 'kv -h', 'kv metadata -help', 'kv get -h', 'read --help'])
      expect(await run(line)).toMatchObject({ status: 0, err: '', out: expect.stringContaining('Usage: ') })
    for (const line of ['version', '-version', '--version', '-v'])
      expect(await run(line)).toMatchObject({ status: 0, out: expect.stringMatching(/^sentinel /) })
    expect((await run('read --help')).out).toMatch(/^Environment:\n {2}VAULT_TOKEN +the token; else/m)
  })

  test('takes flags with one dash and with two, before and behind the path', async () => {
    const { server, run, ask } = await vaultKit()
    await ask('write cubbyhole/x a=b')
    const lines = ['read -field=a cubbyhole/x', 'read --field=a cubbyhole/x', 'read cubbyhole/x -field a']
    for (const line of lines) expect((await ask(line)).out).toBe('b')
    const env = { VAULT_ADDR: '', VAULT_TOKEN: 'root', VAULT_CLIENT_TIMEOUT: '30', VAULT_SKIP_VERIFY: '1' }
    expect((await run(`read -address=${server.urls[0]} -field=a cubbyhole/x`, { env })).out).toBe('b')
    expect((await run('read sys/seal-status', { env: { VAULT_FORMAT: 'json' } })).out).toMatch(/^\{/)
  })

  test('logs in, keeps the token for itself alone, and forgets one that does not count', async () => {
    const { folder, run } = await vaultKit()
    expect((await run('login -', { stdin: 'hvs.wrong\n' })).status).toBe(2)
    expect((await run('token lookup')).status).toBe(2)
    const { status, out } = await run('login -', { stdin: 'root\n' })
    expect([status, out]).toEqual([0, expect.stringContaining('token_policies')])
    expect(readFileSync(join(folder, '.vault-token'), 'utf8')).toBe('root')
    expect(statSync(join(folder, '.vault-token')).mode & 0o777).toBe(0o600)
    expect((await run('token lookup -field=display_name')).status).toBe(0)
  })

  test('makes tokens, renews them, looks at them and ends them', async () => {
    const { ask, run } = await vaultKit()
    const token = (await ask('token create -policy=default -ttl=1h -metadata=who=me -field=token')).out
    const env = { VAULT_TOKEN: token }
    expect((await run('token lookup -field=meta', { env })).out).toBe('{"who":"me"}')
    expect((await run('token renew -increment=30m -field=token_duration', { env })).out).toBe('1800')
    expect((await ask('token lookup -field=policies -', token)).out).toBe('["default"]')
    expect((await run('token revoke -self', { env })).status).toBe(0)
    expect((await run('token lookup', { env })).status).toBe(2)
    expect((await ask('token revoke')).status).toBe(1)
  })

  test('writes, reads, lists and deletes policies', async () => {
    const { ask, file, json } = await vaultKit()
    file('app.hcl', 'path "secret/*" { capabilities = ["read"] }\n')
    expect((await ask('policy write app app.hcl')).out).toBe('Success! Uploaded policy: app\n')
    expect((await ask('policy read app')).out).toBe('path "secret/*" { capabilities = ["read"] }\n')
    expect(await json('policy list')).toEqual(['app', 'default', 'root'])
    const wrong = await ask('policy write bad -', 'path "x" { capabilities = ["raed"] }')
    expect([wrong.status, wrong.err]).toEqual([2, expect.stringContaining('raed')])
    expect((await ask('policy delete app')).status).toBe(0)
    expect((await ask('policy read app')).status).toBe(2)
  })

  test('keeps secrets with their versions, wherever they lie', async () => {
    const { ask, json } = await vaultKit()
    expect((await ask('kv put secret/app user=app password=-', 'one')).status).toBe(0)
    await ask('kv put -mount=secret -cas=1 app password=two')
    expect((await ask('kv put -cas=1 secret/app a=b')).err).toContain('did not match the current version')
    expect((await ask('kv get secret/app')).out).toMatch(
      /^== Secret Path ==\nsecret\/data\/app\n\n== Metadata ==\n[\s\S]*\nversion +2\n\n== Data ==\n[\s\S]*\npassword +two\n$/,
    )
    expect((await ask('kv get -version=1 -field=password secret/app')).out).toBe('one')
    await ask('kv patch secret/app user=x -remove-data=password')
    await ask('kv patch -method=rw secret/app more=y')
    expect((await json('kv get secret/app')).data).toMatchObject({ data: { user: 'x', more: 'y' } })
    await ask('kv delete secret/app')
    expect((await ask('kv get secret/app')).out).toMatch(/deletion_time +20/)
    await ask('kv undelete -versions=4 secret/app')
    await ask('kv destroy -versions=1,2 secret/app')
    await ask('kv rollback -version=3 secret/app')
    expect((await ask('kv metadata get -field=current_version secret/app')).out).toBe('5')
    expect((await ask('kv rollback -version=1 secret/app')).status).toBe(2)
    await ask('kv metadata put -max-versions=3 -custom-metadata=owner=team secret/app')
    await ask('kv metadata patch -custom-metadata=n=1 -remove-custom-metadata=owner secret/app')
    expect((await json('kv metadata get secret/app')).data).toMatchObject({
      max_versions: 3,
      custom_metadata: { n: '1' },
    })
    expect((await ask('kv list secret')).out).toBe('Keys\n----\napp\n')
    await ask('kv metadata delete secret/app')
    expect((await ask('kv get secret/app')).status).toBe(2)
  })

  test('tells a mount that keeps no versions apart', async () => {
    const { ask } = await vaultKit()
    await ask('secrets enable -path=deep/old kv')
    await ask('kv put deep/old/a/b x=1')
    expect((await ask('kv get -field=x deep/old/a/b')).out).toBe('1')
    expect((await ask('kv undelete -versions=1 deep/old/a/b')).err).toContain('enable-versioning')
    await ask('kv enable-versioning deep/old')
    expect((await ask('kv get -version=1 -field=x deep/old/a/b')).out).toBe('1')
  })

  test('lets people and programs log in', async () => {
    const { ask, run, file } = await vaultKit()
    await ask('auth enable userpass')
    await ask('write auth/userpass/users/alice password=horse')
    file('password.txt', 'horse')
    const line = 'login -method=userpass -token-only username=alice password=@password.txt'
    expect((await run(line)).out).toMatch(/^hvs\./)
    expect((await run('login -method=userpass username=alice password=wrong')).status).toBe(2)
    expect((await run('login -method=userpass username=alice')).err).toContain('TERMINAL_REQUIRED')
  })

  test('formats policies, and leaves what is none as it is', async () => {
    const { folder, ask, file } = await vaultKit()
    file('app.hcl', 'path "a"{\ncapabilities=["read"]\n}')
    expect((await ask('policy fmt app.hcl')).status).toBe(0)
    expect(readFileSync(join(folder, 'app.hcl'), 'utf8')).toBe('path "a" {\n  capabilities = ["read"]\n}\n')
    file('bad.hcl', 'path "a" { capabilities=["raed"] }')
    expect(await ask('policy fmt bad.hcl')).toMatchObject({ status: 1, err: expect.stringContaining('raed') })
    expect(readFileSync(join(folder, 'bad.hcl'), 'utf8')).toBe('path "a" { capabilities=["raed"] }')
  })

  test('leaves an answer in a wrapping token, and gives it out once', async () => {
    const { ask, run } = await vaultKit()
    await ask('write cubbyhole/x a=b')
    const token = (await ask('read -wrap-ttl=5m -field=wrapping_token cubbyhole/x')).out
    expect((await run('unwrap -field=a -', { stdin: token })).out).toBe('b')
    expect((await run('unwrap -', { stdin: token })).status).toBe(2)
    const own = (await ask('read -wrap-ttl=5m -field=wrapping_token cubbyhole/x')).out
    expect(await run('unwrap', { env: { VAULT_TOKEN: own } })).toMatchObject({ status: 0, err: '' })
    expect((await run('unwrap', { env: { VAULT_TOKEN: own } })).status).toBe(2)
    expect((await run('unwrap')).err).toContain('TERMINAL_REQUIRED')
    expect((await ask('read -wrap-ttl=5m -field=wrapping_token_ttl cubbyhole/x')).out).toBe('300')
    expect((await ask('list -wrap-ttl=5m sys/policies/acl')).out).toMatch(/^wrapping_token +hvs\./m)
  })

  test('mounts, lists, tunes, moves and takes away', async () => {
    const { ask, json } = await vaultKit()
    await ask('secrets enable -path=team -description=ours -version=2 kv')
    expect((await json('secrets list'))['team/']).toMatchObject({ type: 'kv', options: { version: '2' } })
    expect((await ask('secrets list')).out).toMatch(/^team\/ +kv +kv_[0-9a-f]{8} +ours$/m)
    await ask('secrets tune -default-lease-ttl=1h team')
    expect((await json('read sys/mounts/team/tune')).data.default_lease_ttl).toBe(3600)
    await ask('secrets move team other')
    expect((await ask('secrets disable other')).status).toBe(0)
    expect(Object.keys(await json('secrets list'))).not.toContain('other/')
    expect(Object.keys(await json('auth list'))).toEqual(['token/'])
  })

  test('tells by its exit status whether the server is sealed', async () => {
    const { ask, server } = await vaultKit()
    expect((await ask('status')).status).toBe(0)
    expect((await ask('status')).out).toMatch(/^Sealed +false$/m)
    const key = Buffer.from(server.share).toString('base64')
    expect((await ask('operator unseal -', key)).status).toBe(0)
    expect((await ask('operator generate-root -init -format=json')).status).toBe(0)
    const encoded = JSON.parse((await ask('operator generate-root -format=json -', key)).out)
    expect(encoded.complete).toBe(true)
    await ask('operator seal')
    expect(await ask('status')).toMatchObject({ status: 2, out: expect.stringMatching(/^Sealed +true$/m) })
  })
})

test('a token that is hidden under a password is made readable without a server', async () => {
  const { run } = home('http://127.0.0.1:1')
  const [token, otp] = ['hvs.ABCDEFGHIJKLMNOPQRSTUVWX', '0123456789012345678901234567']
  const hidden = Buffer.from(Buffer.from(token).map((byte, at) => byte ^ otp.charCodeAt(at))).toString(
    'base64',
  )
  const line = `operator generate-root -tls-skip-verify -decode ${hidden.replace(/=+$/, '')} -otp ${otp}`
  expect((await run(line)).out).toBe(`${token}\n`)
  expect((await run('operator generate-root -decode aaaa -otp b')).status).toBe(1)
  expect((await run('operator generate-root -generate-otp')).out).toMatch(/^[A-Za-z0-9]{28}\n$/)
})

async function listening(server: Server, scheme: 'http' | 'https'): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('what goes over the wire', () => {
  /** A server that answers with what it was asked. */
  async function mirror(answer: { status: number; location?: string }) {
    const asked: (readonly [string, string, string | undefined])[] = []
    const server = createServer((request, response) => {
      asked.push([
        request.method ?? '',
        request.url ?? '',
        request.headers['x-vault-token'] as string | undefined,
      ])
      response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location })
      response.end(JSON.stringify({ data: { headers: request.headers } }))
    })
    return { asked, url: await listening(server, 'http') }
  }

  test('has the headers that flags and variables ask for', async () => {
    const { url } = await mirror({ status: 200 })
    const env = { VAULT_TOKEN: 'hvs.x', VAULT_NAMESPACE: 'team', VAULT_WRAP_TTL: '5m' }
    const line = 'read -policy-override -mfa=totp:123 -header=x-more=yes -format=json a/b'
    const { headers } = JSON.parse((await home(url).run(line, { env })).out).data
    expect(headers).toMatchObject({
      'x-vault-token': 'hvs.x',
      'x-vault-namespace': 'team',
      'x-vault-wrap-ttl': '5m',
      'x-vault-policy-override': 'true',
      'x-vault-mfa': 'totp:123',
      'x-vault-request': 'true',
      'x-more': 'yes',
    })
  })

  test('has a path whose odd characters are encoded, and the verb LIST', async () => {
    const lines: string[] = []
    const server = createPlain((socket) => {
      socket.once('data', (bytes) => {
        lines.push(bytes.toString().split('\r\n')[0] ?? '')
        socket.end('HTTP/1.1 204 No Content\r\n\r\n')
      })
    })
    const url = await listening(server, 'http')
    await home(url).run('list /a#b/ü?/')
    expect(lines).toEqual(['LIST /v1/a%23b/%C3%BC%3F/ HTTP/1.1'])
  })

  test('is for the server alone whose certificate somebody vouches for', async () => {
    const { cert, key } = selfSigned()
    const server = createTlsServer({ cert, key }, (_, response) => response.end('{"sealed":false,"t":1}'))
    const { folder, run } = home(await listening(server, 'https'))
    writeFileSync(join(folder, 'ca.pem'), cert)
    mkdirSync(join(folder, 'authorities'))
    writeFileSync(join(folder, 'authorities', 'ours.pem'), cert)
    writeFileSync(join(folder, 'authorities', 'README'), 'not one')
    const stranger = await run('status')
    expect([stranger.status, stranger.err]).toEqual([1, expect.stringContaining('VAULT_CACERT')])
    for (const line of ['status -ca-cert=ca.pem', 'status -tls-skip-verify', 'status -ca-path=authorities'])
      expect([line, (await run(line)).status]).toEqual([line, 0])
    for (const env of [
      { VAULT_CACERT: 'ca.pem' },
      { VAULT_CACERT: 'ca.pem', VAULT_CAPATH: 'nowhere' },
      { VAULT_CACERT_BYTES: cert },
      { VAULT_CAPATH: 'authorities' },
      ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((yes) => ({ VAULT_SKIP_VERIFY: yes })),
    ])
      expect([env, (await run('status', { env })).status]).toEqual([env, 0])
    for (const [env, why] of [
      [{ VAULT_SKIP_VERIFY: 'f' }, 'SELF_SIGNED'],
      [{ VAULT_SKIP_VERIFY: 'maybe' }, 'must be 1 or 0'],
      [{ VAULT_CAPATH: 'nowhere' }, 'is no folder'],
      [{ VAULT_CACERT_BYTES: 'no pem' }, 'holds no certificate'],
      [{ VAULT_CACERT: 'ca.pem', VAULT_CLIENT_CERT: 'ca.pem' }, 'one of them is not named'],
      [{ VAULT_CACERT: 'ca.pem', VAULT_CLIENT_KEY: 'ca.pem' }, 'one of them is not named'],
    ] as const)
      expect(await run('status', { env })).toMatchObject({ status: 1, err: expect.stringContaining(why) })
  })

  test('is not sent from server to server for ever', async () => {
    const loop = await mirror({ status: 307, location: '/v1/again' })
    expect((await home(loop.url).run('read a')).status).toBe(2)
    expect(loop.asked.length).toBe(4)
    await home(loop.url).run('read a', { env: { VAULT_DISABLE_REDIRECTS: 'T' } })
    await home(loop.url).run('read -disable-redirects a')
    expect(loop.asked.length).toBe(6)
  })
})
