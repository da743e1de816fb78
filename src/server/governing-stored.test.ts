// How governing policies are written, listed, read, kept and lost.

import { describe, expect, test } from 'vitest'
import { memoryKv } from '../store/index.ts'
import { openGoverning } from './core/governing.ts'
import { codeOf, coreKit } from './core.fake.ts'
import { everything, governedKit } from './governed.fake.ts'

const pass = 'main = rule { true }'

test('what is written is read, listed and deleted, in the forms that clients know', async () => {
  const { see, write, root } = await governedKit()
  const text = '# Text as it is.\n\nmain = rule { true }\n'
  for (const kind of ['rgp', 'egp'] as const) {
    expect((await see('list', `sys/policies/${kind}/`, root)).body).toEqual({ errors: [] })
    await write(kind, 'x', text, { paths: ['/Test', 'a/*'] })
    const paths = kind === 'egp' ? { paths: ['/Test', 'a/*'] } : {}
    expect((await see('read', `sys/policies/${kind}/X`, root)).body.data).toEqual({
      name: 'x',
      policy: text,
      enforcement_level: 'hard-mandatory',
      ...paths,
    })
    expect((await see('list', `sys/policies/${kind}/`, root)).body.data).toMatchObject({ keys: ['x'] })
    expect((await see('delete', `sys/policies/${kind}/x`, root)).status).toBe(200)
    expect((await see('read', `sys/policies/${kind}/x`, root)).body).toEqual({ errors: [] })
  }
  const coded = Buffer.from(text).toString('base64')
  await write('rgp', 'Coded', coded)
  expect((await see('read', 'sys/policies/rgp/coded', root)).body.data).toMatchObject({ policy: text })
})

describe('what is refused is refused whole', () => {
  for (const [name, body, error] of [
    ['no policy', { enforcement_level: 'advisory' }, "'policy' parameter not supplied or empty"],
    ['no level', { policy: pass }, 'missing enforcement level'],
    ['another level', { policy: pass, enforcement_level: 'strict' }, 'invalid enforcement level "strict"'],
    ['no paths', { policy: pass, enforcement_level: 'advisory' }, 'paths must be supplied'],
  ] as const)
    test(name, async () => {
      const { see, root } = await governedKit()
      expect(await see('update', 'sys/policies/egp/x', root, body)).toMatchObject({ status: 400, error })
    })

  test('a policy with mistakes: the one before stays, and neither log nor audit gets its lines', async () => {
    const { see, write, root, logged, audited } = await governedKit()
    await write('egp', 'x', pass, { paths: ['a'] })
    const seen = await write('egp', 'x', 'main = rule { hunter2 is requst.path }', { paths: ['b'] })
    expect(seen.status).toBe(400)
    expect(seen.error).toContain('nothing is called `requst` (line 1, column 26)')
    expect(seen.error).toContain('nothing is called `hunter2` (line 1, column 15)')
    expect((await see('read', 'sys/policies/egp/x', root)).body.data).toMatchObject({
      paths: ['a'],
      policy: pass,
    })
    expect(JSON.stringify([logged, audited()])).not.toContain('hunter2')
  })
})

test('who writes an EGP for what no policy governs is told so', async () => {
  const { write } = await governedKit()
  const about = 'no policy governs sys/generate-root/attempt'
  for (const [path, count] of [
    ['sys/generate-root/attempt', 1],
    ['/sys/generate-root/*', 2],
    ['*', 0],
    ['sys/*', 0],
    ['secret/*', 0],
  ] as const) {
    const { warnings } = (await write('egp', 'x', pass, { paths: [path] })).body
    const told = (warnings ?? []) as readonly string[]
    expect([path, told.length]).toEqual([path, count])
    if (count > 0) expect(told[0]).toContain(about)
  }
})

test('after a restart policies govern as before', async () => {
  const storage = memoryKv()
  const first = await coreKit({ ...storage, close: async () => {} })
  const { rootToken, share } = await first.core.develop()
  const root = rootToken.reveal()
  const policy = 'main = rule { request.path is not "secret/data/a" }'
  await first.ask('update', 'sys/policies/acl/all', root, { policy: everything })
  for (const [path, paths] of [
    ['egp/x', { paths: ['secret/*'] }],
    ['rgp/x', {}],
  ] as const)
    await first.ask('update', `sys/policies/${path}`, root, {
      policy,
      enforcement_level: 'hard-mandatory',
      ...paths,
    })
  const made = await first.ask('update', 'auth/token/create', root, { policies: ['all'] })
  await first.core.close()
  const { ask } = await coreKit(storage)
  await ask('update', 'sys/unseal', '', { key: Buffer.from(share).toString('hex') })
  const token = String((made.auth as { readonly client_token?: unknown } | null)?.client_token)
  expect(await codeOf(ask('read', 'secret/data/a', token))).toBe('POLICY_DENIED')
  expect(await codeOf(ask('read', 'secret/data/b', token))).toBe('none')
})

describe('a policy that is stored and cannot be read lets nothing through', () => {
  for (const [name, stored, path] of [
    ['what is no JSON, wherever it applied', '{', 'anything'],
    ['an unknown level', '{"text":"main = true","level":"strict","paths":["a"]}', 'anything'],
    ['paths that are none', '{"text":"main = true","level":"advisory","paths":["a*b"]}', 'anything'],
    ['a text that is no policy any more', '{"text":"main =","level":"hard-mandatory","paths":["a"]}', 'a'],
  ] as const)
    test(name, async () => {
      const kv = memoryKv()
      await kv.batch([{ kind: 'put', key: 'egp/x', value: Buffer.from(stored), expected: 'anything' }])
      const policies = await openGoverning({ kv, http: false })
      const [found] = policies.ofPath(path, false)
      expect(found).toMatchObject({ name: 'x', level: 'hard-mandatory' })
      expect(found?.program().evaluate().status).not.toBe('pass')
      expect(policies.unreadable()).toEqual(path === 'anything' ? ['egp x'] : [])
    })
})
