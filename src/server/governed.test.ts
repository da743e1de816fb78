// The order in which policies are asked, and what each says: the cases of the specification of governing policies, each
// named after its sentence.

import { describe, expect, test } from 'vitest'
import { type Level, levels } from '../policy/index.ts'
import type { Data } from './door.ts'
import { everything, governedKit } from './governed.fake.ts'

const pass = 'main = rule { true }'
const fail =
  '# nobody may\nprint("asked for", request.path)\nhelper = rule { request.path is not "x" }\nmain = rule { helper and false }'
const error = 'main = rule { 1 / length([]) > 0 }'

/** Somebody who may do anything, as far as ACLs are concerned. */
async function kitWithHolder(...more: readonly string[]) {
  const kit = await governedKit()
  await kit.acl('all', everything)
  await kit.ask('update', 'secret/data/a', kit.root, { data: { b: 'c' } })
  return { ...kit, holder: kit.holder, token: await kit.holder('all', ...more) }
}

const results = (entry: Data | undefined) =>
  ((entry?.sentinel_results ?? []) as readonly Data[]).map(({ policy, result }) => `${policy} ${result}`)

describe('the order ACL, role governing, endpoint governing is fixed', () => {
  test('where the ACL fails, no governing policy is consulted', async () => {
    const { see, write, holder, audited } = await kitWithHolder()
    await write('egp', 'deny', fail)
    await write('rgp', 'role', fail)
    const { status, error: text } = await see('read', 'secret/data/a', await holder('role'))
    expect([status, text]).toEqual([403, '1 error occurred:\n\t* permission denied\n\n'])
    expect(results(audited().at(-2))).toEqual([])
  })

  test('where an RGP fails, no EGP is run', async () => {
    const { see, write, audited, token } = await kitWithHolder('role')
    await write('egp', 'deny', fail)
    await write('rgp', 'role', fail)
    const { status, error: text } = await see('read', 'secret/data/a', token)
    expect(status).toBe(403)
    expect(text).toContain('rgp standard policy "root/role" evaluation resulted in denial.')
    expect(text).not.toContain('egp')
    expect(results(audited().at(-2))).toEqual(['role fail'])
  })

  test('all of a step are evaluated, also after one that failed', async () => {
    const { see, write, audited, token } = await kitWithHolder()
    await write('egp', 'a', fail)
    await write('egp', 'b', pass)
    await write('egp', 'c', error)
    const { error: text } = await see('read', 'secret/data/a', token)
    expect(text.startsWith('3 errors occurred:\n\t* egp standard policy "root/a"')).toBe(true)
    expect(text).toContain('root/c:1:15: division by zero')
    expect(results(audited().at(-2))).toEqual(['a fail', 'b pass', 'c error'])
  })
})

type Cell = readonly [kind: 'rgp' | 'egp', level: Level, outcome: string, policyOverride: boolean]

/** Every cell of the table, 18 for each kind. */
const cells: readonly Cell[] = (['rgp', 'egp'] as const).flatMap((kind) =>
  levels.flatMap((level) =>
    ['pass', 'fail', 'error'].flatMap((outcome) =>
      [false, true].map((policyOverride): Cell => [kind, level, outcome, policyOverride]),
    ),
  ),
)

describe('three levels, each with a policy that passes, fails or errs, with and without an override', () => {
  test.each(cells)('%s %s, %s, override %s', async (...[kind, level, outcome, policyOverride]) => {
    const isOverridden = outcome !== 'pass' && level === 'soft-mandatory' && policyOverride
    const isThrough = outcome === 'pass' || level === 'advisory' || isOverridden
    const { see, write, audited, token } = await kitWithHolder('governing')
    await write(kind, 'governing', { pass, fail, error }[outcome] ?? '', { level })
    const seen = await see('read', 'secret/data/a', token, {}, { policyOverride })
    expect(seen.status).toBe(isThrough ? 200 : 403)
    const warning = expect.stringContaining(`${kind} root/governing (${level}) did not pass`)
    expect(seen.body.warnings ?? null).toEqual(isThrough && outcome !== 'pass' ? [warning] : null)
    const said = { policy: 'governing', type: kind, enforcement_level: level, result: outcome }
    const overridden = isOverridden ? { overridden: true } : {}
    const override = policyOverride ? { policy_override: true } : {}
    const [entry, answer] = audited().slice(-2)
    expect(entry).toMatchObject({ sentinel_results: [{ ...said, ...overridden }], request: override })
    expect(answer).toMatchObject({ request: override, type: 'response' })
  })
})

test('root tokens are not subject to governing policies, also where no token is needed', async () => {
  const { see, write, root } = await governedKit()
  await write('egp', 'deny', fail)
  expect((await see('read', 'secret/config', root)).status).toBe(200)
  expect((await see('update', 'sys/wrapping/lookup', root, { token: 'x' })).error).not.toContain('denial')
  expect((await see('update', 'sys/wrapping/lookup', '', { token: 'x' })).error).toContain('denial')
})

test('a login is governed by EGPs: 400, and an override lets it through', async () => {
  const { see, write, root, ask } = await governedKit()
  await ask('update', 'sys/auth/userpass', root, { type: 'userpass' })
  await ask('update', 'auth/userpass/users/bob', root, { password: 'secret words' })
  await write('egp', 'closed', 'main = rule { not request.unauthenticated }', { level: 'soft-mandatory' })
  const login = (more = {}) =>
    see('update', 'auth/userpass/login/bob', '', { password: 'secret words' }, more)
  const refused = await login()
  expect(refused.status).toBe(400)
  expect(refused.error).toContain('egp standard policy "root/closed" evaluation resulted in denial.')
  const admitted = await login({ policyOverride: true })
  expect(admitted.status).toBe(200)
  expect(admitted.body.auth).toMatchObject({ policies: ['default'] })
})

test('who is locked out by an EGP on * that always fails can still generate a root token', async () => {
  const { see, write, token } = await kitWithHolder()
  await write('egp', 'closed', fail)
  expect((await see('read', 'auth/token/lookup-self', token)).status).toBe(403)
  for (const path of ['sys/generate-root/attempt', 'sys/seal-status', 'sys/health', 'sys/init', 'sys/leader'])
    expect((await see('read', path)).status, path).toBe(200)
  const { body } = await see('update', 'sys/generate-root/attempt')
  expect(body).toMatchObject({ started: true })
})

test('EGPs of exactly the path, of every beginning of it, and of * are all run', async () => {
  const { see, write, audited, token } = await kitWithHolder()
  for (const [name, paths] of [
    ['exact', ['secret/data/a']],
    ['leading', ['/secret/data/a']],
    ['folder', ['secret/*']],
    ['part', ['secret/da*']],
    ['everywhere', ['*']],
    ['twice', ['*', 'secret/*', 'secret/data/a']],
    ['other', ['secret/data/b', 'secret/data/a/*', 'kv/*']],
  ] as const)
    expect((await write('egp', name, pass, { paths })).error).toBe('')
  await see('read', 'secret/data/a', token)
  const ran = ['everywhere', 'exact', 'folder', 'leading', 'part', 'twice']
  expect(results(audited().at(-2))).toEqual(ran.map((name) => `${name} pass`))
})

test('a glob is only allowed as the last character of a path', async () => {
  const { write } = await governedKit()
  for (const [paths, text] of [
    [['a*b'], 'glob character is only allowed as the last character of a path: "a*b"'],
    [['a', '**'], 'glob character is only allowed as the last character of a path: "**"'],
    [[], 'paths must be supplied'],
    ['a,b*c', 'glob character is only allowed as the last character of a path: "b*c"'],
  ] as const)
    expect(await write('egp', 'x', pass, { paths })).toMatchObject({ status: 400, error: text })
  expect((await write('egp', 'x', pass, { paths: 'a/b,c/*' })).status).toBe(200)
})

test('ACL policies and RGPs cannot share a name, whichever was there first', async () => {
  const { see, write, acl, root } = await governedKit()
  await acl('first', everything)
  expect(await write('rgp', 'First', pass)).toMatchObject({
    status: 400,
    error: 'policy "first" already exists with type "acl"',
  })
  await write('rgp', 'second', pass)
  expect(await see('update', 'sys/policies/acl/second', root, { policy: everything })).toMatchObject({
    status: 400,
    error: 'policy "second" already exists with type "rgp"',
  })
  for (const name of ['root', 'default', 'response-wrapping'])
    expect((await write('rgp', name, pass)).status, name).toBe(400)
  expect((await write('egp', 'first', pass, { paths: ['x'] })).status).toBe(200)
})

test('an RGP applies to whatever a token, or the entity behind it, asks for', async () => {
  const { see, write, token, holder, ask, root } = await kitWithHolder('role')
  await write('rgp', 'role', 'main = rule { request.path is not "secret/data/a" }')
  expect((await see('read', 'secret/data/a', token)).status).toBe(403)
  expect((await see('read', 'auth/token/lookup-self', token)).status).toBe(200)
  expect((await see('read', 'secret/data/a', await holder('all'))).status).toBe(200)
  await ask('update', 'sys/auth/userpass', root, { type: 'userpass' })
  await ask('update', 'auth/userpass/users/bob', root, { password: 'secret words', token_policies: ['all'] })
  const login = async () =>
    String(
      (
        ((await ask('update', 'auth/userpass/login/bob', '', { password: 'secret words' })).auth ??
          {}) as Data
      ).client_token,
    )
  const bob = await login()
  expect((await see('read', 'secret/data/a', bob)).status).toBe(200)
  const { keys } = (await ask('list', 'identity/entity/id/', root)).data as {
    readonly keys: readonly string[]
  }
  await ask('update', `identity/entity/id/${keys[0]}`, root, { policies: ['role'] })
  expect((await see('read', 'secret/data/a', bob)).status).toBe(403)
})

test('overrides are visible in the audit log, and as two warnings in the log of the server', async () => {
  const { see, write, token, logged } = await kitWithHolder()
  const override = { policyOverride: true }
  await write('egp', 'soft', fail, { level: 'soft-mandatory', paths: ['secret/*'] })
  await see('read', 'secret/data/a', token, {}, override)
  const [requested, outcome] = logged.slice(-2)
  expect(requested).toMatch(
    /^\[WARN\] sentinel: policy override requested: request_id=\S+ path="secret\/data\/a" policies=\[egp root\/soft \(soft-mandatory\)\]$/,
  )
  expect(outcome).toMatch(
    /override result: .* required=true allowed=true overridden=\[egp root\/soft \(soft-mandatory\)\]$/,
  )
  await see('read', 'auth/token/lookup-self', token, {}, override)
  expect(logged.slice(-2).join('\n')).toMatch(
    /override requested: .*\n.*required=false allowed=true overridden=\[\]$/,
  )
})

test('what is written is in force with the next request', async () => {
  const { see, write, token, ask, root } = await kitWithHolder('role')
  const status = async () => (await see('read', 'secret/data/a', token)).status
  expect(await status()).toBe(200)
  await write('egp', 'x', fail)
  expect(await status()).toBe(403)
  await write('egp', 'x', pass)
  expect(await status()).toBe(200)
  await write('egp', 'x', fail, { paths: ['other'] })
  expect(await status()).toBe(200)
  await write('rgp', 'role', fail)
  expect(await status()).toBe(403)
  await ask('delete', 'sys/policies/rgp/role', root)
  expect(await status()).toBe(200)
})

test('a policy that was deleted and is still named by a token is an empty one', async () => {
  const { see, write, token, ask, root } = await kitWithHolder('role')
  await write('rgp', 'role', fail)
  expect((await see('read', 'secret/data/a', token)).status).toBe(403)
  await ask('delete', 'sys/policies/rgp/role', root)
  expect((await see('read', 'secret/data/a', token)).status).toBe(200)
})
