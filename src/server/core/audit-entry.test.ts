import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type AuditDevices, openAuditDevices } from '../../audit/index.ts'
import { Secret, SentinelError, systemRandom } from '../../base/index.ts'
import { platforms } from '../../machine/index.ts'
import { freshFolder } from '../../machine/machine.fake.ts'
import { plainSettings } from '../../token/index.ts'
import { auditPaths } from '../mounts/sys/audit.ts'
import { roadKit } from '../road.fake.ts'
import { auditRecorder } from './audit-entry.ts'

/** A server's road with audit devices, and the entries of one of them. */
async function audited() {
  const folder = freshFolder()
  const file = join(folder, 'audit.log')
  const opened: AuditDevices[] = []
  const kit = await roadKit(async ({ kv, clock }) => {
    const devices = await openAuditDevices({
      clock,
      random: systemRandom,
      platform: platforms.linux,
      wait: { after: () => () => {} },
      store: kv,
      folders: [folder],
      durability: 'write',
      stdout: async () => {},
      report: () => {},
    })
    opened.push(devices)
    onTestFinished(() => devices.close())
    return { paths: auditPaths({ devices }), record: auditRecorder({ clock, devices, auditRequired: false }) }
  })
  const dev = 'path "secret/*" { capabilities = ["create", "read", "update", "list"] }'
  await kit.policies.write('dev', dev)
  const options = { file_path: file }
  const enable = () => kit.ask('update', 'sys/audit/file', { data: { type: 'file', options } })
  const written = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  const hash = (text: string) => opened[0]?.hash('file/', text)
  return { ...kit, folder, file, options, enable, written, hash }
}

describe('the road with audit devices', () => {
  it('writes down the request before, and the response after, who asked and what granted it', async () => {
    const { ask, made, enable, written, hash } = await audited()
    const meta = { username: 'bob' }
    const of = {
      policies: ['dev'],
      no_default_policy: true,
      meta,
      display_name: 'bob',
      ttl: '1h',
      num_uses: 9,
    }
    const { token, auth } = await made(of)
    await enable()
    await ask('update', 'secret/a', { token, data: '{"password":"hunter2","n":1.10}' })
    await ask('read', 'secret/a', { token, policyOverride: true })
    const [, enabled, ...rest] = written()
    expect(enabled).toMatchObject({
      type: 'response',
      request: { path: 'sys/audit/file', mount_point: 'sys/', mount_type: 'system' },
    })
    expect(rest.map(({ type, request }) => [type, request.operation])).toEqual([
      ['request', 'create'],
      ['response', 'create'],
      ['request', 'read'],
      ['response', 'read'],
    ])
    expect(rest[0]).toMatchObject({
      auth: {
        client_token: hash(token.reveal()),
        accessor: hash(auth.accessor),
        display_name: 'token-bob',
        policies: ['dev'],
        token_policies: ['dev'],
        no_default_policy: true,
        metadata: meta,
        remaining_uses: 8,
        token_type: 'service',
        token_ttl: 3600,
        token_issue_time: '2026-03-01T00:00:00.000000000Z',
        policy_results: {
          allowed: true,
          granting_policies: [{ name: 'dev', namespace_id: 'root', type: 'acl' }],
        },
      },
      request: {
        client_token: hash(token.reveal()),
        client_token_accessor: hash(auth.accessor),
        mount_point: 'secret/',
        mount_class: 'secret',
        namespace: { id: 'root' },
        remote_address: '127.0.0.1',
        data: { password: hash('hunter2'), n: 1.1 },
      },
    })
    expect(rest[0].request).not.toHaveProperty('policy_override')
    expect(rest[3]).toMatchObject({
      request: { policy_override: true },
      response: { mount_type: 'kv', data: { password: hash('hunter2') } },
    })
  })

  it('lists root as what granted root everything', async () => {
    const { enable, written } = await audited()
    await enable()
    expect(written().at(-1).auth.policy_results).toEqual({
      allowed: true,
      granting_policies: [{ name: 'root', namespace_id: 'root', type: 'acl' }],
    })
  })

  for (const [name, at, who, want] of [
    [
      'a refusal, with its reason',
      'other/x',
      'dev',
      ['request', 'response'].map((type) => ({
        type,
        auth: { policy_results: { allowed: false } },
        error: 'permission denied: no path of the policies matches',
      })),
    ],
    [
      'a token that nobody knows',
      'secret/a',
      'stranger',
      ['request', 'response'].map((type) => ({
        type,
        error: 'permission denied: the token is unknown or has ended',
      })),
    ],
    [
      'no token',
      'secret/a',
      'nobody',
      ['request', 'response'].map((type) => ({ type, error: 'permission denied: no token' })),
    ],
    [
      'what failed after it was allowed',
      'nowhere/x',
      'root',
      [
        { type: 'request' },
        { type: 'response', error: 'no handler for route "nowhere/x". route entry not found.' },
      ],
    ],
  ] as const) {
    it(`writes down ${name}`, async () => {
      const { ask, made, root, enable, written } = await audited()
      const { token: dev } = await made({ policies: ['dev'], no_default_policy: true })
      await enable()
      const token = { dev, root, stranger: new Secret('hvs.forged'), nobody: undefined }[who]
      await expect(ask('read', at, { token })).rejects.toBeInstanceOf(SentinelError)
      expect(written().slice(-2)).toMatchObject(want)
    })
  }

  it('writes down a token that nobody knows only as its hash', async () => {
    const { ask, enable, written, hash } = await audited()
    await enable()
    await expect(ask('read', 'secret/a', { token: new Secret('hvs.forged') })).rejects.toThrow()
    expect(written().at(-1).request.client_token).toBe(hash('hvs.forged'))
    expect(written().at(-1)).not.toHaveProperty('auth')
  })

  it('writes down who has logged in, and what their entity adds', async () => {
    const kit = await audited()
    const { ask, logins, enable, written, hash } = kit
    const settings = { ...plainSettings, policies: ['dev'] }
    const alias = { name: 'alice', metadata: new Map() }
    logins.set('alice', { alias, displayName: 'alice', metadata: new Map(), settings })
    await enable()
    const login = { token: undefined, data: { password: 'hunter2' } }
    const { auth } = await ask('update', 'auth/door/login/alice', login)
    const token = auth?.clientToken ?? new Secret('')
    const given = { client_token: hash(token.reveal()), accessor: hash(auth?.accessor ?? '') }
    expect(written().at(-1)).toMatchObject({
      auth: { ...given, entity_id: kit.alice },
      request: { data: { password: hash('hunter2') }, mount_class: 'auth' },
      response: { auth: given },
    })
    expect(written().at(-2)).not.toHaveProperty('auth')
    await ask('read', 'secret/a', { token })
    expect(written().at(-1).auth).toMatchObject({
      token_policies: ['default', 'dev'],
      identity_policies: ['team'],
    })
  })

  it('writes down where a response waits, and what is in it when it is unwrapped', async () => {
    const { ask, enable, written, hash } = await audited()
    await enable()
    await ask('update', 'secret/a', { data: { password: 'hunter2' } })
    const { wrap } = await ask('read', 'secret/a', { wrapSeconds: 60 })
    const token = wrap?.token ?? new Secret('')
    const waiting = { token: hash(token.reveal()), accessor: hash(wrap?.accessor ?? ''), ttl: 60 }
    expect(written().at(-1)).toMatchObject({ request: { wrap_ttl: 60 }, response: { wrap_info: waiting } })
    expect(written().at(-1).response).not.toHaveProperty('data')
    await ask('update', 'sys/wrapping/unwrap', { token })
    expect(written().at(-1)).toMatchObject({ response: { data: { password: hash('hunter2') } } })
  })

  it('releases nothing, and does nothing, where no device can write', async () => {
    const { ask, enable, file, folder } = await audited()
    await enable()
    rmSync(file)
    mkdirSync(file)
    const failed = { code: 'AUDIT_FAILED', message: 'internal error' }
    await expect(ask('update', 'secret/a', { data: { a: 'x' } })).rejects.toMatchObject(failed)
    await expect(ask('read', 'secret/a')).rejects.toMatchObject(failed)
    rmSync(file, { recursive: true })
    expect(await ask('read', 'secret/a')).toEqual({ status: 404 })
    expect(readdirSync(folder)).toEqual(['audit.log'])
  })

  it('has no secret in its files, in any spelling', async () => {
    const { ask, made, enable, file } = await audited()
    await enable()
    const canary = 'Canary-5f0c2a9b'
    await ask('update', 'secret/a', { data: { key: canary, list: [canary, { deep: `${canary} and more` }] } })
    await ask('read', 'secret/a')
    const { wrap } = await ask('read', 'secret/a', { wrapSeconds: 60 })
    await ask('update', 'sys/wrapping/unwrap', { token: wrap?.token })
    await ask('read', 'secret/a', { token: new Secret(canary) }).catch(() => undefined)
    const { auth } = await made({ policies: ['dev'] })
    const bytes = readFileSync(file)
    for (const secret of [canary, wrap?.token.reveal() ?? '', auth.clientToken.reveal(), auth.accessor]) {
      const text = Buffer.from(secret)
      const base64 = [0, 1, 2].map((at) => text.subarray(at, at + 12).toString('base64'))
      for (const spelling of [secret, text.toString('hex'), ...base64, Buffer.from(secret, 'utf16le')])
        expect(bytes.includes(spelling)).toBe(false)
    }
  })
})

describe('the paths of audit devices', () => {
  it('list, hash and disable them', async () => {
    const { ask, enable, options, hash } = await audited()
    await enable()
    expect(await ask('read', 'sys/audit')).toEqual({
      data: { 'file/': { path: 'file/', type: 'file', description: '', local: false, options } },
      isAlsoTopLevel: true,
    })
    expect(await ask('update', 'sys/audit-hash/file', { data: { input: 'x' } })).toMatchObject({
      data: { hash: hash('x') },
    })
    await ask('delete', 'sys/audit/file')
    expect(await ask('read', 'sys/audit')).toMatchObject({ data: {} })
  })

  it('name and forget headers', async () => {
    const { ask } = await audited()
    const at = 'sys/config/auditing/request-headers'
    await ask('update', `${at}/X-Trace`, { data: { hmac: true } })
    expect(await ask('read', at)).toMatchObject({ data: { headers: { 'x-trace': { hmac: true } } } })
    expect(await ask('read', `${at}/X-Trace`)).toMatchObject({ data: { 'x-trace': { hmac: true } } })
    await ask('delete', `${at}/x-trace`)
    await expect(ask('read', `${at}/x-trace`)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: 'Could not find header in config',
    })
  })

  for (const [name, at, data, message] of [
    [
      'the hash of a device that nobody knows',
      'sys/audit-hash/x',
      { input: 'y' },
      'unknown audit backend "x/"',
    ],
    ['the hash of nothing', 'sys/audit-hash/x', {}, 'the "input" parameter is empty'],
    ['a device of no type', 'sys/audit/x', {}, 'unknown backend type: ""'],
    ['a device without a file', 'sys/audit/x', { type: 'file' }, 'file_path is required'],
  ] as const) {
    it(`refuse ${name}`, async () => {
      const { ask } = await audited()
      await expect(ask('update', at, { data })).rejects.toMatchObject({ code: 'REQUEST_INVALID', message })
    })
  }

  it('need sudo', async () => {
    const { ask, made, policies } = await audited()
    await policies.write('most', 'path "sys/*" { capabilities = ["read", "update", "delete"] }')
    const { token } = await made({ policies: ['most'] })
    for (const at of ['sys/audit', 'sys/audit/x', 'sys/config/auditing/request-headers/x'])
      await expect(ask('read', at, { token })).rejects.toMatchObject({ code: 'POLICY_DENIED' })
    await expect(ask('update', 'sys/audit-hash/x', { token, data: { input: 'y' } })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    })
  })
})
