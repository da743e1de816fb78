import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type AuditDevices, openAuditDevices } from '../../audit/index.ts'
import { fakeClock } from '../../base/clock.fake.ts'
import { Secret, SentinelError, systemRandom } from '../../base/index.ts'
import { platforms } from '../../machine/index.ts'
import { freshFolder } from '../../machine/machine.fake.ts'
import { compileAcl, parseAcl, rootPolicy } from '../../policy/index.ts'
import { memoryKv } from '../../store/index.ts'
import type { TokenEntry } from '../../token/index.ts'
import { type Data, Numeral, type Request, type Response } from '../door.ts'
import { kvVersionOne } from '../mounts/kv/version-one.ts'
import { type MountType, path } from '../mounts/path.ts'
import { auditPaths } from '../mounts/sys/audit.ts'
import { auditRecorder } from './audit-entry.ts'
import { openMountTable } from './mount-table.ts'
import { type Entered, type RoadDeps, walk } from './road.ts'

const clock = fakeClock('2026-02-03T10:00:00Z')

const holder: TokenEntry = {
  key: 'stored-under',
  type: 'service',
  accessor: 'accessor-1',
  parent: undefined,
  policies: ['dev'],
  noDefaultPolicy: true,
  path: 'auth/userpass/login/bob',
  displayName: 'userpass-bob',
  meta: new Map([['username', 'bob']]),
  entityId: 'entity-1',
  role: undefined,
  usesLeft: 3,
  createdAtMs: clock.now(),
  ttlSeconds: 3600,
  maxSeconds: 0,
  explicitMaxSeconds: 0,
  periodSeconds: 0,
  renewable: true,
  expiresAtMs: undefined,
  renewedAtMs: undefined,
  boundCidrs: [],
}

const dev = parseAcl(
  { name: 'dev', text: 'path "secret/*" { capabilities = ["create", "read", "update", "list"] }' },
  'dev',
).policy

const holders = new Map<string, Entered>([
  [
    'hvs.root',
    {
      entry: { ...holder, key: 'root is stored under', policies: ['root'] },
      acl: compileAcl([rootPolicy], undefined, clock.now()),
      isEntityDisabled: false,
    },
  ],
  [
    'hvs.dev',
    {
      entry: holder,
      acl: compileAcl(dev === undefined ? [] : [dev], undefined, clock.now()),
      isEntityDisabled: false,
    },
  ],
])

const login = path({
  pattern: 'login',
  summary: 'Logs in',
  access: 'unauthenticated',
  fields: {},
  operations: { write: () => ({}) },
})

/** A server's road with audit devices, and nothing in front of it. */
async function road(parts: Partial<Pick<RoadDeps, 'wrapped' | 'admitted'>> = {}) {
  const folder = freshFolder()
  const kv = memoryKv()
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
  onTestFinished(() => devices.close())
  const table = await openMountTable({
    clock,
    random: systemRandom,
    kv,
    typeOf: typesWith(devices),
    typeNames: [],
  })
  const mount = { description: '', options: new Map(), defaultLeaseSeconds: 0, maxLeaseSeconds: 0 }
  await table.enable({ ...mount, path: 'secret/', type: 'kv' })
  const deps: RoadDeps = {
    clock,
    router: table.router,
    enter: async (token) => holders.get(token.reveal()),
    isAddressAllowed: () => true,
    leave: () => {},
    record: auditRecorder({ clock, devices }),
    admitted: async (_, response) => response,
    wrapped: async (_, response) => response,
    ...parts,
  }
  const ask = (operation: Request['operation'], at: string, rest: Partial<Request> = {}) =>
    walk(deps, { ...plainRequest, operation, path: at, ...rest }, new AbortController().signal)
  const file = join(folder, 'audit.log')
  const enable = { data: { type: 'file', options: { file_path: file } } }
  const written = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  return { ask, devices, folder, file, enable, written }
}

function typesWith(devices: AuditDevices): (type: string) => MountType | undefined {
  const stub = (type: string, kind: MountType['class'], paths: MountType['paths'] = []) =>
    [type, { type, class: kind, help: '', paths }] as const
  const types = new Map([
    stub('cubbyhole', 'secret'),
    stub('identity', 'secret'),
    stub('token', 'auth', [login]),
    stub('system', 'system', auditPaths({ devices })),
    ['kv', kvVersionOne] as const,
  ])
  return (type) => types.get(type)
}

const root = new Secret('hvs.root')
const plainRequest: Request = {
  id: 'id-1',
  operation: 'read',
  path: '',
  data: {},
  token: root,
  remote: { address: '127.0.0.1', port: 4711 },
  wrapSeconds: undefined,
  policyOverride: false,
  headers: new Map(),
}

describe('the road with audit devices', () => {
  it('writes down the request before, and the response after, who asked and what granted it', async () => {
    const { ask, devices, enable, written } = await road()
    await ask('update', 'sys/audit/file', enable)
    const token = new Secret('hvs.dev')
    await ask('update', 'secret/a', { token, data: { password: 'hunter2', n: new Numeral('1.10') } })
    await ask('read', 'secret/a', { token, policyOverride: true })
    const hash = (text: string) => devices.hash('file/', text)
    const [, enabled, ...rest] = written()
    expect(enabled).toMatchObject({
      type: 'response',
      request: { path: 'sys/audit/file', mount_type: 'system' },
    })
    expect(rest.map(({ type, request }) => [type, request.operation])).toEqual([
      ['request', 'create'],
      ['response', 'create'],
      ['request', 'read'],
      ['response', 'read'],
    ])
    expect(rest[0]).toMatchObject({
      auth: {
        client_token: hash('hvs.dev'),
        accessor: hash('accessor-1'),
        display_name: 'userpass-bob',
        policies: ['dev'],
        no_default_policy: true,
        metadata: { username: 'bob' },
        entity_id: 'entity-1',
        remaining_uses: 3,
        token_type: 'service',
        token_ttl: 3600,
        policy_results: {
          allowed: true,
          granting_policies: [{ name: 'dev', namespace_id: 'root', type: 'acl' }],
        },
      },
      request: {
        client_token: hash('hvs.dev'),
        client_id: 'entity-1',
        mount_point: 'secret/',
        mount_class: 'secret',
        namespace: { id: 'root' },
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
    const { ask, enable, written } = await road()
    await ask('update', 'sys/audit/file', enable)
    expect(written().at(-1).auth.policy_results).toEqual({
      allowed: true,
      granting_policies: [{ name: 'root', namespace_id: 'root', type: 'acl' }],
    })
  })

  for (const [name, request, want] of [
    [
      'a refusal, with its reason',
      { path: 'other/x', token: new Secret('hvs.dev') },
      {
        type: 'request',
        auth: { policy_results: { allowed: false } },
        error: 'permission denied: no path of the policies matches',
      },
    ],
    [
      'a token that nobody knows',
      { path: 'secret/a', token: new Secret('hvs.forged') },
      { type: 'request', error: 'permission denied: the token is unknown or has ended' },
    ],
    [
      'no token',
      { path: 'secret/a', token: undefined },
      { type: 'request', error: 'permission denied: no token' },
    ],
    [
      'a handler that fails',
      { path: 'nowhere/x' },
      { type: 'response', error: 'no handler for route "nowhere/x". route entry not found.' },
    ],
  ] as const) {
    it(`writes down ${name}`, async () => {
      const { ask, enable, written } = await road()
      await ask('update', 'sys/audit/file', enable)
      await expect(ask('read', request.path, request)).rejects.toBeInstanceOf(SentinelError)
      expect(written().at(-1)).toMatchObject(want)
    })
  }

  it('writes down a token that nobody knows only as its hash', async () => {
    const { ask, devices, enable, written } = await road()
    await ask('update', 'sys/audit/file', enable)
    await expect(ask('read', 'secret/a', { token: new Secret('hvs.forged') })).rejects.toThrow()
    expect(written().at(-1).request.client_token).toBe(devices.hash('file/', 'hvs.forged'))
    expect(written().at(-1)).not.toHaveProperty('auth')
  })

  it('writes down who has logged in, and where a response waits, without what is in it', async () => {
    const auth: NonNullable<Response['auth']> = {
      clientToken: new Secret('hvs.new'),
      accessor: 'accessor-2',
      policies: ['default'],
      tokenPolicies: ['default'],
      identityPolicies: [],
      metadata: null,
      leaseSeconds: 60,
      renewable: true,
      entityId: 'entity-2',
      tokenType: 'service',
      orphan: true,
      numUses: 0,
    }
    const wrap: NonNullable<Response['wrap']> = {
      token: new Secret('hvs.wrap'),
      accessor: 'accessor-3',
      ttlSeconds: 60,
      createdAtMs: clock.now(),
      creationPath: 'secret/a',
      wrappedAccessor: undefined,
    }
    const { ask, devices, enable, written } = await road({
      admitted: async (request, response) => (request.path.endsWith('login') ? { auth } : response),
      wrapped: async ({ wrapSeconds }, response) =>
        wrapSeconds === undefined ? response : { ...response, wrap },
    })
    await ask('update', 'sys/audit/file', enable)
    const hash = (text: string) => devices.hash('file/', text)
    await ask('update', 'auth/token/login', { token: undefined, data: { password: 'hunter2' } })
    expect(written().at(-1)).toMatchObject({
      auth: { client_token: hash('hvs.new'), entity_id: 'entity-2' },
      request: { data: { password: hash('hunter2') }, mount_class: 'auth' },
      response: { auth: { client_token: hash('hvs.new'), accessor: hash('accessor-2'), token_ttl: 60 } },
    })
    await ask('update', 'secret/a', { data: { password: 'hunter2' } })
    await ask('read', 'secret/a', { wrapSeconds: 60 })
    expect(written().at(-1)).toMatchObject({
      request: { wrap_ttl: 60 },
      response: { wrap_info: { token: hash('hvs.wrap'), accessor: hash('accessor-3'), ttl: 60 } },
    })
    expect(written().at(-1).response).not.toHaveProperty('data')
  })

  it('releases nothing, and does nothing, where no device can write', async () => {
    const { ask, devices, enable, file, folder } = await road()
    await ask('update', 'sys/audit/file', enable)
    rmSync(file)
    mkdirSync(file)
    const failed = { code: 'AUDIT_FAILED', message: 'internal error' }
    await expect(ask('update', 'secret/a', { data: { a: 'x' } })).rejects.toMatchObject(failed)
    rmSync(file, { recursive: true })
    expect(await ask('read', 'secret/a')).toEqual({ status: 404 })
    await devices.close()
    expect(readdirSync(folder)).toEqual(['audit.log'])
  })

  it('has no secret in its files, in any spelling', async () => {
    const { ask, enable, file } = await road()
    await ask('update', 'sys/audit/file', enable)
    const canary = 'Canary-5f0c2a9b'
    const data: Data = { [`key`]: canary, list: [canary, { deep: `${canary} and more` }] }
    await ask('update', 'secret/a', { data })
    await ask('read', 'secret/a')
    await ask('read', 'secret/a', { token: new Secret(canary) }).catch(() => undefined)
    const bytes = readFileSync(file)
    const text = Buffer.from(canary)
    const base64 = [0, 1, 2].map((at) => text.subarray(at, at + 12).toString('base64'))
    for (const spelling of [canary, text.toString('hex'), ...base64, Buffer.from(canary, 'utf16le')])
      expect(bytes.includes(spelling)).toBe(false)
  })
})

describe('the paths of audit devices', () => {
  it('list, hash and disable them', async () => {
    const { ask, devices, enable, file } = await road()
    await ask('update', 'sys/audit/a/b', enable)
    expect(await ask('read', 'sys/audit')).toEqual({
      data: {
        'a/b/': { path: 'a/b/', type: 'file', description: '', local: false, options: { file_path: file } },
      },
      isAlsoTopLevel: true,
    })
    expect(await ask('update', 'sys/audit-hash/a/b', { data: { input: 'x' } })).toMatchObject({
      data: { hash: devices.hash('a/b/', 'x') },
    })
    await ask('delete', 'sys/audit/a/b')
    expect(await ask('read', 'sys/audit')).toMatchObject({ data: {} })
  })

  it('name and forget headers', async () => {
    const { ask } = await road()
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
      const { ask } = await road()
      await expect(ask('update', at, { data })).rejects.toMatchObject({ code: 'REQUEST_INVALID', message })
    })
  }

  it('need sudo, but for the hash', async () => {
    const { ask } = await road()
    const token = new Secret('hvs.dev')
    for (const at of ['sys/audit', 'sys/audit/x', 'sys/config/auditing/request-headers/x'])
      await expect(ask('read', at, { token })).rejects.toMatchObject({ code: 'POLICY_DENIED' })
  })
})
