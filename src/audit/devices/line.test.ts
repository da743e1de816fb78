import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../base/index.ts'
import { concealer, raw } from './concealer.ts'
import type { AuditEntry } from './entry.ts'
import { authOf, entryOf } from './kit.fake.ts'
import { entriesToLines, type LineStyle } from './line.ts'

const salt = Buffer.alloc(32, 7)
const hmac = (text: string) => `hmac-sha256:${createHmac('sha256', salt).update(text).digest('hex')}`
const hiding: LineStyle = {
  concealer: concealer(salt, { hmacAccessor: true }),
  prefix: '',
  elidesLists: false,
}
const entryToLine = (style: LineStyle, headers: Map<string, { hmac: boolean }>, entry: AuditEntry) =>
  entriesToLines(style, headers, [entry])
const written = (entry: AuditEntry, style = hiding, headers = new Map<string, { hmac: boolean }>()) =>
  JSON.parse(entryToLine(style, headers, entry))

const canary = 'Canary-8f3a Größe "q"\\n'
const response = {
  mount: undefined,
  auth: undefined,
  data: undefined,
  leaseId: '',
  warnings: [],
  wrap: undefined,
} as const

describe('a line of an audit device', () => {
  it('says of a request what Vault says', () => {
    const entry = entryOf(
      {
        operation: 'update',
        token: { secret: new Secret('hvs.CAESIexample'), key: 'key-1' },
        accessor: 'accessor-1',
        entityId: 'entity-1',
        data: { json: '{"password":"hunter2","ttl":12345678901234567890}', plainKeys: [] },
        policyOverride: true,
        wrapSeconds: 60,
      },
      {
        auth: authOf({
          metadata: { username: 'bob' },
          entityId: 'entity-1',
          results: {
            allowed: true,
            granting: [{ name: 'dev', namespaceId: 'root', namespacePath: '', type: 'acl' }],
          },
        }),
      },
    )
    expect(entryToLine(hiding, new Map(), entry)).toBe(
      `{"time":"2026-02-03T10:00:00.123000000Z","type":"request","auth":{"client_token":"${hmac('hvs.CAESIexample')}",` +
        `"accessor":"${hmac('accessor-1')}","display_name":"userpass-bob","policies":["default","dev"],` +
        `"token_policies":["default","dev"],"policy_results":{"allowed":true,` +
        `"granting_policies":[{"name":"dev","namespace_id":"root","type":"acl"}]},"metadata":{"username":"bob"},` +
        `"entity_id":"entity-1","token_type":"service","token_ttl":3600,` +
        `"token_issue_time":"2026-02-03T09:00:00.000000000Z"},"request":{"id":"id-1","client_id":"entity-1",` +
        `"operation":"update","mount_point":"secret/","mount_type":"kv","mount_accessor":"kv_0a1b2c3d",` +
        `"mount_class":"secret","client_token":"${hmac('hvs.CAESIexample')}",` +
        `"client_token_accessor":"${hmac('accessor-1')}","namespace":{"id":"root"},"path":"secret/a",` +
        `"policy_override":true,"remote_address":"127.0.0.1","remote_port":4711,"wrap_ttl":60,` +
        `"data":{"password":"${hmac('hunter2')}","ttl":12345678901234567890}}}\n`,
    )
  })

  it('says of a response what it gave, and of a wrapped one where it waits', () => {
    const wrap = {
      token: new Secret('hvs.wrapping'),
      accessor: 'accessor-2',
      ttlSeconds: 60,
      createdAtMs: Date.parse('2026-02-03T10:00:00Z'),
      creationPath: 'secret/a',
      wrappedAccessor: 'accessor-3',
    }
    const entry = entryOf(
      {},
      {
        type: 'response',
        response: { ...response, leaseId: 'aws/creds/x/1', warnings: ['old'], wrap, auth: authOf() },
        error: 'no',
      },
    )
    expect(written(entry)).toMatchObject({
      type: 'response',
      error: 'no',
      response: {
        auth: { client_token: hmac('hvs.CAESIexample'), accessor: hmac('accessor-1') },
        secret: { lease_id: 'aws/creds/x/1' },
        warnings: ['old'],
        wrap_info: {
          token: hmac('hvs.wrapping'),
          accessor: hmac('accessor-2'),
          ttl: 60,
          creation_time: '2026-02-03T10:00:00.000000000Z',
          creation_path: 'secret/a',
          wrapped_accessor: hmac('accessor-3'),
        },
      },
    })
  })

  it('says of several entries what it says of each', () => {
    const read = entryOf(
      { token: { secret: new Secret('hvs.CAESIexample'), key: 'key-1' } },
      { auth: authOf() },
    )
    const answer: AuditEntry = { ...read, type: 'response', response: { ...response, warnings: ['old'] } }
    const all = [read, answer, entryOf({ id: 'id-2' }), { ...answer, auth: undefined }]
    expect(entriesToLines(hiding, new Map(), all)).toBe(
      all.map((entry) => entryToLine(hiding, new Map(), entry)).join(''),
    )
  })

  it('says of a refusal that nothing granted it', () => {
    const entry = entryOf({}, { auth: authOf({ results: { allowed: false, granting: [] } }), error: 'why' })
    expect(written(entry)).toMatchObject({ auth: { policy_results: { allowed: false } }, error: 'why' })
    expect(written(entry).auth.policy_results).toEqual({ allowed: false })
  })

  it('names the namespace of a policy that is not of the root namespace', () => {
    const granting = [{ name: 'p', namespaceId: 'a1b2c', namespacePath: 'team/', type: 'egp' as const }]
    const entry = entryOf({}, { auth: authOf({ results: { allowed: true, granting } }) })
    expect(written(entry).auth.policy_results.granting_policies).toEqual([
      { name: 'p', namespace_id: 'a1b2c', namespace_path: 'team/', type: 'egp' },
    ])
  })

  it('leaves accessors where that was asked for, and never tokens', () => {
    const style = { ...hiding, concealer: concealer(salt, { hmacAccessor: false }) }
    const { auth } = written(entryOf({}, { auth: authOf() }), style)
    expect(auth).toMatchObject({ accessor: 'accessor-1', client_token: hmac('hvs.CAESIexample') })
  })

  it('hides nothing where that was asked for', () => {
    const data = { json: '{"a":"x"}', plainKeys: [] }
    const line = written(entryOf({ data }, { auth: authOf() }), { ...hiding, concealer: raw() })
    expect(line).toMatchObject({
      auth: { client_token: 'hvs.CAESIexample', accessor: 'accessor-1' },
      request: { data: { a: 'x' } },
    })
  })

  it('begins with its prefix', () => {
    expect(entryToLine({ ...hiding, prefix: '@cee: ' }, new Map(), entryOf())).toMatch(/^@cee: \{"time":/)
  })

  it('says of a list how long it is, where that was asked for', () => {
    const data = { json: '{"keys":["a","b"],"key_info":{"a":{},"b":{}},"other":"x"}', plainKeys: [] }
    const list = entryOf({ operation: 'list' }, { type: 'response', response: { ...response, data } })
    expect(written(list, { ...hiding, elidesLists: true }).response.data).toEqual({
      keys: 2,
      key_info: 2,
      other: hmac('x'),
    })
    expect(written(list).response.data.keys).toEqual([hmac('a'), hmac('b')])
    const read = entryOf({ operation: 'read' }, { type: 'response', response: { ...response, data } })
    expect(written(read, { ...hiding, elidesLists: true }).response.data.keys).toEqual([hmac('a'), hmac('b')])
  })

  it('has of the headers only those that are audited, hashed where that was asked for', () => {
    const headers = new Map([
      ['user-agent', 'curl/8'],
      ['x-correlation-id', 'c-1'],
      ['x-other', 'no'],
    ])
    const audited = new Map([
      ['user-agent', { hmac: false }],
      ['x-correlation-id', { hmac: true }],
      ['x-missing', { hmac: false }],
    ])
    expect(written(entryOf({ headers }), hiding, audited).request.headers).toEqual({
      'user-agent': ['curl/8'],
      'x-correlation-id': [hmac('c-1')],
    })
    expect(written(entryOf({ headers })).request).not.toHaveProperty('headers')
  })

  it('holds no secret in any spelling', () => {
    const json = JSON.stringify({ a: canary, b: { c: [canary] }, d: `around ${canary} around` })
    const data = { json, plainKeys: [] }
    const token = { secret: new Secret(canary), key: undefined }
    const line = entryToLine(
      hiding,
      new Map([['x-h', { hmac: true }]]),
      entryOf(
        { data, token, accessor: canary, headers: new Map([['x-h', canary]]) },
        {
          type: 'response',
          auth: authOf({ token, accessor: canary }),
          response: {
            ...response,
            data,
            auth: authOf({ token, accessor: canary }),
            wrap: {
              token: token.secret,
              accessor: canary,
              ttlSeconds: 1,
              createdAtMs: 0,
              creationPath: 'a',
              wrappedAccessor: canary,
            },
          },
        },
      ),
    )
    const bytes = Buffer.from(line)
    const seed = Buffer.from('Canary-8f3a')
    for (const spelling of [
      seed,
      seed.toString('hex'),
      seed.subarray(0, 9).toString('base64'),
      Buffer.from('Canary-8f3a', 'utf16le'),
    ]) {
      expect(bytes.includes(spelling)).toBe(false)
    }
  })
})
