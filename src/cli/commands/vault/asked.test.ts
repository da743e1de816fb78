import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { home, vaultKit } from './vault.fake.ts'

describe('-output-curl-string', () => {
  /** A server that keeps what it was asked. */
  async function listener() {
    const asked: unknown[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      request.on('end', () => {
        const { 'x-vault-token': token, 'x-more': more, 'x-vault-wrap-ttl': wrap } = request.headers
        asked.push([request.method, request.url, token, more, wrap, body])
        response.end('{"data":{}}')
      })
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  /** What a shell makes of a line: the words that a program would get. */
  const wordsOf = (line: string, token: string) =>
    execFileSync(
      'sh',
      ['-c', `sentinel() { printf %s "$TOKEN"; }; set -- ${line.trimEnd()}; printf '%s\\0' "$@"`],
      {
        env: { TOKEN: token },
      },
    )
      .toString()
      .split('\0')
      .slice(0, -1)

  for (const [name, line] of [
    ['a read', ['read', 'a/b c', 'x=1 2']],
    ['a write', ['write', 'a/b', "text=it's $HOME `id` \\ !", 'and=<&">']],
    ['a patch', ['patch', 'a', 'b=c']],
    ['headers', ['read', '-header=x-more=it\'s "so"', '-wrap-ttl=5m', 'a']],
  ] as const)
    test(`shows what ${name} would ask, in words that a shell takes for the same`, async () => {
      const { asked, url } = await listener()
      const world = { env: { VAULT_TOKEN: 'hvs.x' } }
      const { run } = home(url)
      const shown = await run([...line, '-output-curl-string'], world)
      expect([shown.status, shown.err, asked]).toEqual([0, '', []])
      expect(shown.out).not.toContain('hvs.x')
      const words = wordsOf(shown.out, 'hvs.x')
      expect(words[0]).toBe('curl')
      const behind = (flag: string) => words.flatMap((word, at) => (words[at - 1] === flag ? [word] : []))
      const headers = new Map(behind('-H').map((header) => header.split(/: (.*)/s, 2) as [string, string]))
      await run(line, world)
      const address = new URL(words.at(-1) ?? '')
      const shownAs = [
        behind('-X')[0] ?? 'GET',
        address.pathname + address.search,
        headers.get('X-Vault-Token'),
        headers.get('x-more'),
        headers.get('X-Vault-Wrap-TTL'),
        behind('-d')[0] ?? '',
      ]
      expect(asked).toEqual([shownAs])
    })

  test('finds the way first, and shows neither the token nor one that is given', async () => {
    const { ask, run } = await vaultKit()
    const shown = await ask('kv put -output-curl-string secret/app a=b')
    expect(shown.out).toMatch(
      /-d '\{"data":\{"a":"b"\},"options":\{\}\}' 'http:.*\/v1\/secret\/data\/app'\n$/,
    )
    expect((await ask('kv get secret/app')).status).toBe(2)
    expect(shown.out).toContain('"X-Vault-Token: $(sentinel vault print token)"')
    expect((await ask('print token')).out).toBe('root\n')
    expect((await ask('kv list -output-curl-string secret')).out).toMatch(
      /^curl -X LIST .* 'http:.*\/v1\/secret\/metadata\/'\n$/,
    )
    const wrapping = await run('unwrap -output-curl-string -', { stdin: 'hvs.wrapping' })
    expect(wrapping.out).toContain('"X-Vault-Token: $TOKEN"')
    expect(wrapping.out).not.toContain('hvs.wrapping')
    expect((await run('print token')).status).toBe(1)
  })

  test('names the certificates by their files', async () => {
    const { folder, run } = home('https://127.0.0.1:1')
    writeFileSync(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n')
    const env = { VAULT_CACERT: 'ca.pem', VAULT_SKIP_VERIFY: '1', VAULT_PROXY_ADDR: 'http://127.0.0.1:2' }
    expect((await run('status -output-curl-string', { env })).out).toBe(
      "curl -H 'X-Vault-Request: true' --insecure --proxy 'http://127.0.0.1:2' --cacert 'ca.pem' " +
        "'https://127.0.0.1:1/v1/sys/seal-status'\n",
    )
  })
})

describe('path-help', () => {
  test('shows what a path is for, of a mount all of them, and what needs no token to anybody', async () => {
    const { ask, run, json } = await vaultKit()
    expect((await ask('path-help sys/mounts/secret')).out).toContain('    type (string)\n')
    const whole = (await ask('path-help sys/')).out
    for (const path of ['mounts', 'unseal', 'seal']) expect(whole).toContain(`    ${path}\n`)
    expect((await run('path-help sys/health')).out).toContain('Needs:          no token\n')
    expect((await json('path-help sys/health')).help).toContain('Says how the server is')
    expect((await run('path-help sys/mounts')).status).toBe(2)
    expect(await ask('path-help nowhere')).toMatchObject({ status: 2, out: '' })
  })
})

test('a mount is told and tuned all that the server knows of it', async () => {
  const { ask, json } = await vaultKit()
  await ask('auth enable -token-type=batch -path=people userpass')
  await ask(
    'auth tune -listing-visibility=unauth -audit-non-hmac-request-keys=a -audit-non-hmac-request-keys=b -user-lockout-threshold=3 people',
  )
  expect((await json('read sys/auth/people/tune')).data).toMatchObject({
    listing_visibility: 'unauth',
    token_type: 'batch',
    audit_non_hmac_request_keys: ['a', 'b'],
    user_lockout_threshold: 3,
  })
  await ask('secrets enable -listing-visibility=unauth -version=2 -path=team kv')
  await ask('secrets tune -audit-non-hmac-response-keys=c -listing-visibility=hidden team')
  expect((await json('read sys/mounts/team/tune')).data).toMatchObject({
    listing_visibility: 'hidden',
    audit_non_hmac_response_keys: ['c'],
    options: { version: '2' },
  })
  expect((await ask('auth tune -listing-visibility=everybody people')).status).toBe(1)
})

test('whoever mounts what lets nobody in is told so', async () => {
  const { ask } = await vaultKit()
  const { status, out, err } = await ask('auth enable github')
  expect([status, out]).toEqual([0, 'Success! Enabled the github auth method at: github/\n'])
  expect(err).toContain('lets nobody in')
  expect((await ask('path-help auth/github')).out).toContain('lets nobody in')
})
