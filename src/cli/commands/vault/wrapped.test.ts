import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { home, vaultKit } from './vault.fake.ts'

describe('with -wrap-ttl the wrapping token is what is printed, whatever the command makes of answers', () => {
  for (const line of [
    'read sys/mounts',
    'write auth/token/create ttl=5m',
    'list sys/policies/acl',
    'kv list secret',
    'kv get secret/app',
    'kv put secret/app a=c',
    'kv metadata get secret/app',
    'secrets list',
    'auth list',
    'audit list',
    'policy list',
    'policy read default',
    'token create',
    'token lookup',
    'token capabilities secret/data/app',
    'operator key-status',
  ])
    test(line, async () => {
      const { ask, run } = await vaultKit()
      await ask('kv put secret/app a=b')
      const { out, status } = await ask(`${line} -wrap-ttl=5m`)
      expect([status, out]).toEqual([0, expect.stringMatching(/^wrapping_token +hvs\.\S+$/m)])
      const token = /^wrapping_token +(\S+)$/m.exec(out)?.[1] ?? ''
      expect((await run('unwrap -', { stdin: token })).status).toBe(0)
      const wrapped = JSON.parse((await ask(`${line} -wrap-ttl=5m -format=json`)).out)
      expect(wrapped.wrap_info.ttl).toBe(300)
    })

  test('and for a field that is not in there it is not lost', async () => {
    const { ask } = await vaultKit()
    const { out, err, status } = await ask('token create -wrap-ttl=5m -field=token')
    expect([status, out, err]).toEqual([
      1,
      expect.stringMatching(/^wrapping_token +hvs\./m),
      expect.stringContaining('there is no field `token`'),
    ])
  })
})

describe('login -wrap-ttl', () => {
  async function kit() {
    const vault = await vaultKit()
    await vault.ask('auth enable userpass')
    await vault.ask('write auth/userpass/users/alice password=horse')
    const login = (flags: string, env: Record<string, string> = {}) =>
      vault.run(`login -method=userpass -wrap-ttl=5m ${flags} username=alice password=horse`.split(/ +/), {
        env,
      })
    const kept = () => readFileSync(join(vault.folder, '.vault-token'), 'utf8')
    return { ...vault, login, kept }
  }

  for (const [name, flags, out] of [
    ['takes the token out and keeps it', '', /^token +hvs\.\S+$/m],
    ['prints a field of what was taken out', '-field=token', /^hvs\.\S+$/],
    ['keeps it although nothing is printed', '-no-print', /^$/],
  ] as const)
    test(name, async () => {
      const { login, kept, run } = await kit()
      expect(await login(flags)).toMatchObject({ status: 0, err: '', out: expect.stringMatching(out) })
      expect(kept()).toMatch(/^hvs\./)
      expect((await run('token lookup -field=display_name')).out).toBe('userpass-alice')
    })

  for (const [name, flags, out] of [
    ['prints the wrapping token where nothing is to be kept', '-no-store', /^wrapping_token +(\S+)$/m],
    ['which is so although nothing is to be printed', '-no-store -no-print', /^wrapping_token +(\S+)$/m],
    ['prints it alone where one token is asked for', '-token-only', /^(\S+)$/],
    ['prints it alone where it is the field', '-no-store -field=wrapping_token', /^(\S+)$/],
  ] as const)
    test(name, async () => {
      const { login, kept, run } = await kit()
      const said = await login(flags)
      expect([said.status, said.err]).toEqual([0, ''])
      expect(kept).toThrow('ENOENT')
      const token = out.exec(said.out)?.[1] ?? ''
      expect((await run('unwrap -field=token -', { stdin: token })).out).toMatch(/^hvs\./)
    })

  test('looks a token up as without it', async () => {
    const { run, kept } = await kit()
    const { status, out } = await run('login -wrap-ttl=5m -', { stdin: 'root' })
    expect([status, out, kept()]).toEqual([0, expect.stringMatching(/^token +root$/m), 'root'])
  })

  test('asks for no token that nobody could keep', async () => {
    const { login, folder, ask } = await kit()
    const { status, out } = await login('', { HOME: join(folder, 'nowhere') })
    expect([status, out]).toEqual([1, ''])
    expect((await ask('list auth/token/accessors')).out.split('\n')).toHaveLength(4)
  })

  test('shows a token that could not be kept after all', async () => {
    const { login, folder } = await kit()
    mkdirSync(join(folder, '.vault-token'))
    const { status, out } = await login('-no-print', { VAULT_TOKEN: 'root' })
    expect([status, out]).toEqual([1, expect.stringMatching(/^token +hvs\./m)])
  })

  for (const [name, accessor, said] of [
    ['that holds no login', '', 'is no login'],
    ['that cannot be taken out', 'x', 'too late'],
  ] as const)
    test(`shows a wrapping token ${name}`, async () => {
      const wrapped = { wrap_info: { token: 'hvs.w', ttl: 300, wrapped_accessor: accessor } }
      const server = createServer(({ url }, response) => {
        const isLogin = url?.includes('/login/') === true
        response.statusCode = isLogin ? 200 : 400
        response.end(JSON.stringify(isLogin ? wrapped : { errors: ['too late'] }))
      })
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => void server.close())
      const { run } = home(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      const { out, err, status } = await run('login -method=userpass -no-print username=a password=b')
      expect([status, out, err]).toEqual([
        2,
        expect.stringMatching(/^wrapping_token +hvs\.w$/m),
        expect.stringContaining(said),
      ])
    })
})
