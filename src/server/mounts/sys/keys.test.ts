import { describe, expect, onTestFinished, test } from 'vitest'
import { openBarrier } from '../../../barrier/index.ts'
import { systemRandom } from '../../../base/index.ts'
import { memoryKv } from '../../../store/index.ts'
import { codeOf, coreKit, requestOf } from '../../core.fake.ts'
import { isObject } from '../../http/json.ts'

/** An unsealed server, and a token with a policy of a test's own. */
async function unsealed() {
  const storage = { ...memoryKv(), close: async () => {} }
  const kit = await coreKit(storage)
  onTestFinished(() => kit.core.close())
  const { rootToken, share } = await kit.core.develop()
  const root = rootToken.reveal()
  const tokenWith = async (policy: string): Promise<string> => {
    await kit.ask('update', 'sys/policies/acl/some', root, { policy })
    const { auth } = await kit.ask('update', 'auth/token/create', root, { policies: ['some'] })
    return String(isObject(auth) ? auth.client_token : '')
  }
  return { ...kit, storage, root, key: Buffer.from(share).toString('hex'), tokenWith }
}

describe('sealing', () => {
  test('ends everything at once, and needs `sudo`', async () => {
    const { ask, root, key, tokenWith } = await unsealed()
    const mere = await tokenWith('path "sys/seal" { capabilities = ["update"] }')
    expect(await codeOf(ask('update', 'sys/seal', mere))).toBe('POLICY_DENIED')
    expect(await codeOf(ask('update', 'sys/seal'))).toBe('POLICY_DENIED')
    expect(await ask('update', 'sys/seal', root)).toEqual({})
    expect(await codeOf(ask('read', 'sys/mounts', root))).toBe('SERVER_SEALED')
    expect(await ask('read', 'sys/seal-status')).toMatchObject({ sealed: true })
    await ask('update', 'sys/unseal', '', { key })
    expect(await codeOf(ask('read', 'sys/mounts', root))).toBe('none')
  })

  test('stepping down does nothing, and needs `sudo` all the same', async () => {
    const { ask, root, tokenWith } = await unsealed()
    const mere = await tokenWith('path "sys/step-down" { capabilities = ["update"] }')
    expect(await codeOf(ask('update', 'sys/step-down', mere))).toBe('POLICY_DENIED')
    expect(await ask('update', 'sys/step-down', root)).toEqual({})
  })

  test('whoever waits for an answer then gets none', async () => {
    const { ask, root } = await unsealed()
    await ask('update', 'secret/data/a', root, { data: { b: 'c' } })
    const asked = Array.from({ length: 20 }, () =>
      codeOf(ask('update', 'secret/data/a', root, { data: { b: 'd' } })),
    )
    await ask('update', 'sys/seal', root)
    expect(new Set(await Promise.all(asked)).size).toBeGreaterThan(0)
    expect(await codeOf(ask('read', 'secret/data/a', root))).toBe('SERVER_SEALED')
  })
})

describe('the key that encrypts', () => {
  for (const path of ['sys/rotate', 'sys/rotate/keyring'])
    test(`is another after ${path}, and what was written before is still read`, async () => {
      const { ask, root } = await unsealed()
      await ask('update', 'secret/data/a', root, { data: { b: 'c' } })
      expect(await ask('read', 'sys/key-status', root)).toMatchObject({ term: 1, data: { term: 1 } })
      expect(await ask('update', path, root)).toEqual({})
      expect((await ask('read', 'sys/key-status', root)).data).toMatchObject({
        term: 2,
        install_time: expect.stringMatching(/^2026-03-01T00:00:00/),
      })
      expect((await ask('read', 'secret/data/a', root)).data).toMatchObject({ data: { b: 'c' } })
    })

  test('changes by itself after the time that was said', async () => {
    const { ask, core, clock, root } = await unsealed()
    await ask('update', 'sys/rotate/config', root, { interval: '48h' })
    expect((await ask('read', 'sys/rotate/config', root)).data).toEqual({
      enabled: true,
      interval: 172_800,
      max_operations: 3_865_470_566,
    })
    const term = async () => (await ask('read', 'sys/key-status', root)).term
    clock.advance(47 * 3_600_000)
    await core.tick()
    expect(await term()).toBe(1)
    clock.advance(3_600_000)
    await core.tick()
    await core.tick()
    expect(await term()).toBe(2)
    await ask('update', 'sys/rotate/config', root, { enabled: false })
    clock.advance(1000 * 3_600_000)
    await core.tick()
    expect(await term()).toBe(2)
  })

  for (const body of [
    { max_operations: 999_999 },
    { max_operations: 4_294_967_296 },
    { interval: '1h' },
    { interval: -1 },
  ])
    test(`cannot be told ${JSON.stringify(body)}`, async () => {
      const { ask, root } = await unsealed()
      expect(await codeOf(ask('update', 'sys/rotate/config', root, body))).toBe('REQUEST_INVALID')
    })
})

describe('ceremonies with a token', () => {
  test('make a root token, in an envelope, for those who have shares and leave', async () => {
    const { ask, root, key } = await unsealed()
    expect(await codeOf(ask('update', 'sys/generate-root-token/attempt'))).toBe('POLICY_DENIED')
    const begun = (await ask('update', 'sys/generate-root-token/attempt', root)).data
    if (!isObject(begun)) throw new Error('no data')
    expect(begun).toMatchObject({ started: true, required: 1, otp_length: 28 })
    const done = (await ask('update', 'sys/generate-root-token/update', root, { key, nonce: begun.nonce }))
      .data
    const encoded = isObject(done) ? String(done.encoded_token) : ''
    const token = Buffer.from(
      Buffer.from(encoded, 'base64').map((byte, at) => byte ^ String(begun.otp).charCodeAt(at)),
    ).toString()
    expect(await ask('read', 'auth/token/lookup-self', token)).toMatchObject({ data: { policies: ['root'] } })
  })

  test('make another key, which opens the server from then on', async () => {
    const { ask, root, key } = await unsealed()
    const wanted = { secret_shares: 3, secret_threshold: 2 }
    const begun = (await ask('update', 'sys/rotate/root/init', root, wanted)).data
    const nonce = isObject(begun) ? begun.nonce : ''
    const done = (await ask('update', 'sys/rotate/root/update', root, { key, nonce })).data
    const keys = isObject(done) ? (done.keys as readonly string[]) : []
    expect(keys.length).toBe(3)
    await ask('update', 'sys/seal', root)
    for (const each of keys.slice(1)) await ask('update', 'sys/unseal', '', { key: each })
    expect(await codeOf(ask('read', 'sys/mounts', root))).toBe('none')
  })
})

describe('the metrics', () => {
  test('are for whoever may read them, as JSON', async () => {
    const { ask, root, tokenWith } = await unsealed()
    expect(await codeOf(ask('read', 'sys/metrics'))).toBe('POLICY_DENIED')
    expect(await codeOf(ask('read', 'sys/metrics', await tokenWith('path "x" {}')))).toBe('POLICY_DENIED')
    expect(await ask('read', 'sys/metrics', root)).toMatchObject({
      Gauges: expect.arrayContaining([expect.objectContaining({ Name: 'vault.core.unsealed', Value: 1 })]),
      Counters: expect.arrayContaining([
        expect.objectContaining({ Name: 'sentinel.requests.denied', Count: 2 }),
      ]),
    })
    expect(await codeOf(ask('read', 'sys/metrics', root, { format: 'yaml' }))).toBe('REQUEST_INVALID')
  })

  test('are text for Prometheus', async () => {
    const { core, root } = await unsealed()
    const request = requestOf('read', 'sys/metrics', root, { format: 'prometheus' })
    const { response } = await core.answer(request, new AbortController().signal)
    expect(response.contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(response.plain).toMatchObject({
      text: expect.stringMatching(
        /^# TYPE vault_core_unsealed gauge\nvault_core_unsealed 1\n[\s\S]*_count \d+\n$/,
      ),
    })
  })
})

test('a stored policy that cannot be read stops no server: its holders may do nothing, and the log and the health tell', async () => {
  const { ask, core, storage, root, key, tokenWith } = await unsealed()
  const token = await tokenWith('path "sys/mounts" { capabilities = ["read"] }')
  expect(await codeOf(ask('read', 'sys/mounts', token))).toBe('none')
  await core.close()
  const barrier = await openBarrier({ kv: storage, random: systemRandom, clock: { now: () => 0 } })
  await barrier.unseal(Buffer.from(key, 'hex'))
  await barrier.kv.batch([
    { kind: 'put', key: 'sys/policy/acl/some', value: Buffer.from('path {'), expected: 'anything' },
  ])
  const again = await coreKit(storage)
  onTestFinished(() => again.core.close())
  await again.ask('update', 'sys/unseal', '', { key })
  expect(again.logged).toContainEqual(expect.stringMatching(/^the policy some cannot be read/))
  expect(await again.ask('read', 'sys/health')).toMatchObject({
    unreadable_policies: 1,
    audit_enabled: false,
  })
  expect(await codeOf(again.ask('read', 'sys/mounts', token))).toBe('POLICY_DENIED')
  expect(await codeOf(again.ask('read', 'auth/token/lookup-self', token))).toBe('POLICY_DENIED')
  expect((await again.ask('read', 'sys/policies/acl/some', root)).data).toEqual({
    name: 'some',
    policy: 'path {',
  })
  await again.ask('update', 'sys/policies/acl/some', root, {
    policy: 'path "sys/mounts" { capabilities = ["read"] }',
  })
  expect(await codeOf(again.ask('read', 'sys/mounts', token))).toBe('none')
  expect(await again.ask('read', 'sys/health')).toMatchObject({ unreadable_policies: 0 })
})
