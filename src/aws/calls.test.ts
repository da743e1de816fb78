import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { type Clock, Secret, SentinelError } from '../base/index.ts'
import {
  assumeRole,
  type CallDeps,
  type Connection,
  callerIdentity,
  connectionTo,
  getParameter,
  getSessionToken,
  lookAt,
  namedAuthorities,
  openDynamoDb,
  putParameter,
  type ServiceName,
  ssoRoleCredentials,
} from './index.ts'

// What AWS answers when all is well is tested against the local AWS; here are the answers that it never gives.

type Answer = { readonly status?: number; readonly body: string; readonly headers?: Record<string, string> }
type Seen = { readonly url: string; readonly body: string; readonly headers: IncomingMessage['headers'] }

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A server that gives these answers in turn, the last one for ever, and remembers what it was asked. */
async function answering(...answers: readonly Answer[]): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    seen.push({ url: request.url ?? '', body: Buffer.concat(chunks).toString(), headers: request.headers })
    const { status = 200, body, headers = {} } = answers[seen.length - 1] ?? answers.at(-1) ?? { body: '' }
    response.writeHead(status, { 'content-type': 'text/xml', ...headers }).end(body)
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const clock: Clock = { now: () => Date.parse('2026-01-24T10:00:00Z') }
const deps: CallDeps = { clock, signal: new AbortController().signal }
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: new Secret('wJalrXUtnFEMI') }

function connect(service: ServiceName, url: string, env: Record<string, string> = {}): Connection {
  const profile = { serviceUrls: new Map<string, string>() }
  return connectionTo(service, {
    env: { ...env, AWS_ENDPOINT_URL: url },
    profile,
    region: 'us-east-1',
    foreignEndpoints: 'accepted',
    authorities: namedAuthorities(env, profile).map((named) =>
      lookAt(named, { resolve, authorities: new Map() }),
    ),
  })
}

async function failure(run: Promise<unknown>): Promise<SentinelError> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof SentinelError) return error
  throw new Error(`not a SentinelError: ${String(error)}`)
}

const role = {
  roleArn: 'arn:aws:iam::111122223333:role/dev',
  roleSessionName: 'sentinel,alice,0011223344556677',
  sourceIdentity: 'sentinel,alice,0011223344556677',
  durationSeconds: 3600,
}
const operations = {
  identity: (url: string) => callerIdentity(deps, connect('sts', url), keys),
  assume: (url: string) => assumeRole(deps, connect('sts', url), keys, role),
  session: (url: string) => getSessionToken(deps, connect('sts', url), keys, { durationSeconds: 3600 }),
  get: (url: string) => getParameter(deps, connect('ssm', url), keys, '/sentinel/policies/dev'),
  put: (url: string) =>
    putParameter(deps, connect('ssm', url), keys, { name: '/p', value: 'v', type: 'String' }),
  sso: (url: string) =>
    ssoRoleCredentials(deps, connect('sso', url), {
      accessToken: new Secret('token'),
      accountId: '111122223333',
      roleName: 'dev',
    }),
  backups: async (url: string) => {
    const more = { credentials: async () => keys, timeoutMs: 10_000, pause: async () => {} }
    const dynamodb = await openDynamoDb({ ...deps, ...more }, connect('dynamodb', url))
    return dynamodb.pointInTimeRecovery('requests').finally(() => dynamodb.close())
  },
} as const

const sts = (action: string, result: string) =>
  `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result></${action}Response>`
const credentialsXml = (parts: string, stamp: string = role.sourceIdentity) =>
  sts('AssumeRole', `<Credentials>${parts}</Credentials><SourceIdentity>${stamp}</SourceIdentity>`)
const keyParts = '<AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>'
const whole = `${keyParts}<SessionToken>t</SessionToken><Expiration>2026-01-24T11:00:00Z</Expiration>`

describe('an answer of 200 that is empty, half or garbage is an error, never a crash', () => {
  for (const [name, operation, body, code, text] of [
    ['STS says nothing', 'identity', '', 'STS_ERROR', ''],
    ['STS says {}', 'identity', '{}', 'STS_ERROR', ''],
    ['STS says something else', 'identity', '<html><p>log in', 'STS_ERROR', ''],
    ['an identity without ARN', 'identity', sts('GetCallerIdentity', ''), 'STS_ERROR', 'an ARN'],
    [
      'an identity without account',
      'identity',
      sts('GetCallerIdentity', '<Arn>arn:aws:iam::111122223333:user/alice</Arn>'),
      'STS_ERROR',
      'an account',
    ],
    ['a session without credentials', 'assume', sts('AssumeRole', ''), 'STS_ERROR', 'without credentials'],
    ['credentials without a key', 'assume', credentialsXml(''), 'STS_ERROR', ''],
    ['credentials without a token', 'assume', credentialsXml(keyParts), 'STS_ERROR', 'a session token'],
    [
      'credentials that do not expire',
      'assume',
      credentialsXml(whole.replace(/<Expiration>.*/, '')),
      'STS_ERROR',
      'an expiry',
    ],
    [
      'credentials that have expired',
      'assume',
      credentialsXml(whole.replace('2026-01-24T11', '2019-01-24T11')),
      'STS_ERROR',
      'an expiry in the future',
    ],
    ['a user session of nothing', 'session', sts('GetSessionToken', ''), 'STS_ERROR', 'without credentials'],
    ['SSM says nothing', 'get', '', 'SSM_ERROR', 'a parameter'],
    ['SSM says {}', 'get', '{}', 'SSM_ERROR', 'a parameter'],
    ['SSM says null', 'get', '{"Parameter":null}', 'SSM_ERROR', 'a parameter'],
    ['a parameter whose value is null', 'get', '{"Parameter":{"Value":null}}', 'SSM_ERROR', 'a value'],
    ['a parameter without a version', 'get', '{"Parameter":{"Value":"v"}}', 'SSM_ERROR', 'a version'],
    ['SSM says half a document', 'get', '{"Parameter":', 'SSM_ERROR', ''],
    ['a written parameter without a version', 'put', '{}', 'SSM_ERROR', 'a version'],
    ['SSO says {}', 'sso', '{}', 'SSO_ERROR', 'credentials'],
    ['SSO says half', 'sso', '{"roleCredentials":{"accessKeyId":"A"}}', 'SSO_ERROR', 'a secret access key'],
  ] as const) {
    it(name, async () => {
      const { url } = await answering({ body, headers: { date: 'Sat, 24 Jan 2026 10:00:00 GMT' } })
      const error = await failure(operations[operation](url))
      expect(error.code).toBe(code)
      expect(error.message).toContain(text)
    })
  }
})

describe('errors of AWS are told apart by their name', () => {
  const xml = (name: string, message = 'no') =>
    `<ErrorResponse><Error><Code>${name}</Code><Message>${message}</Message></Error></ErrorResponse>`
  const json = (name: string, message = 'no') => JSON.stringify({ __type: name, message })
  for (const [name, operation, status, body, code, hint] of [
    ['STS denies', 'assume', 403, xml('AccessDenied'), 'STS_ACCESS_DENIED', 'sts:SetSourceIdentity'],
    [
      'STS denies a caller',
      'identity',
      403,
      xml('AccessDenied'),
      'STS_ACCESS_DENIED',
      'sts:GetCallerIdentity',
    ],
    [
      'a wrong MFA code',
      'session',
      403,
      xml('AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.'),
      'MFA_FAILED',
      'next code',
    ],
    ['expired keys', 'identity', 403, xml('ExpiredToken'), 'STS_EXPIRED_CREDENTIALS', 'new base credentials'],
    ['unknown keys', 'identity', 403, xml('InvalidClientTokenId'), 'STS_EXPIRED_CREDENTIALS', 'not valid'],
    [
      'a wrong secret',
      'identity',
      403,
      xml('SignatureDoesNotMatch', 'differs'),
      'STS_EXPIRED_CREDENTIALS',
      'secret',
    ],
    [
      'too long',
      'assume',
      400,
      xml('ValidationError', 'The requested DurationSeconds exceeds'),
      'DURATION_INVALID',
      'less',
    ],
    ['anything else', 'assume', 400, xml('RegionDisabledException'), 'STS_ERROR', 'refused again'],
    [
      'no parameter',
      'get',
      400,
      json('ParameterNotFound'),
      'SSM_PARAMETER_NOT_FOUND',
      'the name, the region',
    ],
    ['SSM denies', 'get', 400, json('AccessDeniedException', 'ssm'), 'SSM_ACCESS_DENIED', 'ssm:GetParameter'],
    [
      'KMS denies',
      'get',
      400,
      json('AccessDeniedException', 'kms:Decrypt'),
      'SSM_KMS_ACCESS_DENIED',
      'kms:Decrypt',
    ],
    ['no key', 'get', 400, json('InvalidKeyId'), 'SSM_KMS_ACCESS_DENIED', 'kms:Decrypt'],
    ['a bad name', 'get', 400, json('ValidationException'), 'SSM_INVALID_PARAMETER', 'refused again'],
    ['it is there already', 'put', 400, json('ParameterAlreadyExists'), 'SSM_PARAMETER_EXISTS', ''],
    ['the SSO login has ended', 'sso', 401, json('UnauthorizedException'), 'SSO_EXPIRED_TOKEN', ''],
    ['SSO denies', 'sso', 403, json('ForbiddenException'), 'SSO_ACCESS_DENIED', 'sso_role_name'],
    ['SSO fails', 'sso', 404, json('ResourceNotFoundException'), 'SSO_ERROR', ''],
    ['no table', 'backups', 400, json('ResourceNotFoundException'), 'STORE_NOT_FOUND', 'the region'],
    ['no table to back up', 'backups', 400, json('TableNotFoundException'), 'STORE_NOT_FOUND', 'the region'],
  ] as const) {
    it(name, async () => {
      const { url, seen } = await answering({ status, body, headers: errorType(body) })
      const error = await failure(operations[operation](url))
      expect(error.code).toBe(code)
      expect(error.hint ?? '').toContain(hint)
      expect(error.message).not.toMatch(/\n|wJalr/)
      expect(seen.length).toBe(1)
    })
  }

  // SSO (rest-json) names the error in a header.
  const errorType = (body: string): Record<string, string> =>
    body.startsWith('{') ? { 'x-amzn-errortype': JSON.parse(body).__type } : {}

  it('what is kept of the error holds no header of the request', async () => {
    const { url } = await answering({ status: 403, body: xml('AccessDenied') })
    const credentials = { ...keys, sessionToken: new Secret('the-session-token') }
    const error = await failure(callerIdentity(deps, connect('sts', url), credentials))
    expect(inspect(error, { depth: 12, showHidden: true })).not.toContain('the-session-token')
    expect(error.cause).toMatchObject({ name: 'AccessDenied', message: 'no' })
  })

  it('escape sequences and line breaks of a message do not reach the terminal', async () => {
    const { url } = await answering({ status: 403, body: xml('AccessDenied', 'a\u009b31m&#xA;b') })
    expect((await failure(operations.assume(url))).message).not.toMatch(/[\u009b\n]/)
  })
})

describe('what goes wrong on the way', () => {
  it('throttling is tried three times, then told', async () => {
    const body = '<ErrorResponse><Error><Code>Throttling</Code><Message>x</Message></Error></ErrorResponse>'
    const { url, seen } = await answering({ status: 400, body })
    expect((await failure(operations.assume(url))).code).toBe('STS_THROTTLED')
    expect(seen.length).toBe(3)
  })

  it('a fault that passes is not noticed', async () => {
    const headers = { date: 'Sat, 24 Jan 2026 10:00:00 GMT' }
    const { url, seen } = await answering({ status: 500, body: '' }, { body: credentialsXml(whole), headers })
    expect((await operations.assume(url)).credentials.accessKeyId).toBe('ASIAIOSFODNN7EXAMPLE')
    expect(seen.length).toBe(2)
  })

  it('nobody listens', async () => {
    const { url } = await answering({ body: '' })
    servers.splice(0).forEach((server) => {
      server.close()
    })
    const error = await failure(operations.identity(url))
    expect(error).toMatchObject({ code: 'AWS_UNREACHABLE' })
    expect(error.message).toContain('ECONNREFUSED')
  })

  it('an aborted call is cancelled', async () => {
    const { url } = await answering({ body: '' })
    const signal = AbortSignal.abort()
    const call = callerIdentity({ clock, signal }, connect('sts', url), keys)
    expect((await failure(call)).code).toBe('CANCELLED')
  })

  it('a file of authorities that is not there', async () => {
    const connection = connect('sts', 'https://127.0.0.1:1', { AWS_CA_BUNDLE: '/nowhere/ca.pem' })
    expect((await failure(callerIdentity(deps, connection, keys))).code).toBe('FILE_UNREADABLE')
  })
})

describe('a good answer', () => {
  const headers = { date: 'Sat, 24 Jan 2026 10:00:07 GMT' }

  it('brings the credentials and the clock of AWS', async () => {
    const { url, seen } = await answering({ body: credentialsXml(whole), headers })
    const session = await operations.assume(url)
    expect(session.serverTimeMs).toBe(Date.parse('2026-01-24T10:00:07Z'))
    expect(session.credentials.expiresAtMs).toBe(Date.parse('2026-01-24T11:00:00Z'))
    expect(session.credentials.sessionToken.reveal()).toBe('t')
    const sent = new URLSearchParams(seen[0]?.body)
    expect(Object.fromEntries(sent)).toEqual({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: role.roleArn,
      RoleSessionName: role.roleSessionName,
      SourceIdentity: role.sourceIdentity,
      DurationSeconds: '3600',
    })
  })

  it('comes through a proxy', async () => {
    const { url } = await answering({ body: credentialsXml(whole), headers })
    const tunnel = createServer()
    const asked: string[] = []
    const { connect: dial } = await import('node:net')
    tunnel.on('connect', (request, socket, head) => {
      asked.push(request.url ?? '')
      const upstream = dial(Number(new URL(url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        upstream.write(head)
        upstream.pipe(socket)
        socket.pipe(upstream)
      })
    })
    servers.push(tunnel)
    await new Promise<void>((done) => tunnel.listen(0, '127.0.0.1', done))
    const proxy = `http://127.0.0.1:${(tunnel.address() as AddressInfo).port}`
    const connection = connect('sts', 'http://sts.test:8', { HTTP_PROXY: proxy })
    const session = await assumeRole(deps, connection, keys, role)
    expect(session.credentials.accessKeyId).toBe('ASIAIOSFODNN7EXAMPLE')
    expect(asked).toEqual(['sts.test:8'])
  })

  it('does not come from the proxy itself: what did not come through TLS is not AWS’s', async () => {
    const body = sts(
      'GetCallerIdentity',
      '<Arn>arn:aws:iam::111122223333:user/carol</Arn><Account>111122223333</Account><UserId>AIDA</UserId>',
    )
    const hostile = createServer()
    hostile.on('connect', (_, socket) => {
      const head = `HTTP/1.1 201 Created\r\ncontent-type: text/xml\r\ncontent-length: ${body.length}\r\n`
      socket.end(`${head}date: Sat, 24 Jan 2026 10:00:00 GMT\r\n\r\n${body}`)
    })
    servers.push(hostile)
    await new Promise<void>((done) => hostile.listen(0, '127.0.0.1', done))
    const proxy = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`
    const connection = connectionTo('sts', {
      env: { HTTPS_PROXY: proxy },
      profile: { serviceUrls: new Map() },
      region: 'us-east-1',
      foreignEndpoints: 'refused',
      authorities: [],
    })
    const error = await failure(callerIdentity(deps, connection, keys))
    expect(error.code).toBe('AWS_UNREACHABLE')
    expect(error.message).toContain('through the proxy')
  })

  it('overwrites no parameter', async () => {
    const { url, seen } = await answering({ body: '{"Version":1}', headers })
    expect(await operations.put(url)).toEqual({ version: 1 })
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      Name: '/p',
      Value: 'v',
      Type: 'String',
      Overwrite: false,
    })
  })

  it('SSO is asked with the token alone', async () => {
    const expiration = Date.parse('2026-01-24T12:00:00Z')
    const parts = { accessKeyId: 'A', secretAccessKey: 's', sessionToken: 't', expiration }
    const { url, seen } = await answering({ body: JSON.stringify({ roleCredentials: parts }), headers })
    const session = await operations.sso(url)
    expect(session.credentials.expiresAtMs).toBe(expiration)
    expect(seen[0]?.headers['x-amz-sso_bearer_token']).toBe('token')
    expect(seen[0]?.headers.authorization).toBeUndefined()
  })
})

describe('a proxy', () => {
  const arn = 'arn:aws:dynamodb:us-east-1:111122223333:table/notes'
  const ends = { pause: async () => {}, timeoutMs: 10_000, credentials: async () => keys }

  /** What a proxy is asked for while a table is. */
  async function connects(except: string, change: Partial<Connection> = {}) {
    const asked: string[] = []
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
    servers.push(proxy)
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const connection = connectionTo('dynamodb', {
      env: { HTTPS_PROXY: url, NO_PROXY: except },
      profile: { serviceUrls: new Map() },
      region: 'us-east-1',
      foreignEndpoints: 'refused',
      authorities: [],
    })
    const db = await openDynamoDb({ ...deps, ...ends }, { ...connection, ...change })
    const { code } = await failure(db.get(arn, { id: 'n1' }))
    db.close()
    return [code, [...new Set(asked)]]
  }

  it('is asked for the host that the record is made for, also where a table is named by its ARN', async () => {
    const host = ['dynamodb.us-east-1.amazonaws.com:443']
    expect(await connects('111122223333.ddb.us-east-1.amazonaws.com')).toEqual(['STORE_UNAVAILABLE', host])
  })

  it('is held against the very host that is called: nothing is sent another way than was recorded', async () => {
    const straight = { proxyTo: () => undefined }
    expect(await connects('', straight)).toEqual(['CONFIG_INVALID', []])
  })
})

describe('the SDK is told, and looks for nothing by itself', () => {
  it('an endpoint that was told to be ignored is not called, whatever the process’s own environment says', async () => {
    const { url, seen } = await answering({ body: '' })
    const proxy = createServer()
    const asked: string[] = []
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
    servers.push(proxy)
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
    const env = {
      AWS_ENDPOINT_URL: url,
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    }
    const program = `
      import { callerIdentity, connectionTo } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
      import { Secret, systemClock } from ${JSON.stringify(join(import.meta.dirname, '../base/index.ts'))}
      const env = ${JSON.stringify(env)}
      const settings = { env, profile: { serviceUrls: new Map() }, region: 'us-east-1', foreignEndpoints: 'refused', authorities: [] }
      const deps = { clock: systemClock, signal: new AbortController().signal }
      const keys = { accessKeyId: 'A', secretAccessKey: new Secret('s') }
      await callerIdentity(deps, connectionTo('sts', settings), keys).catch((error) => console.log(error.code))`
    // What an attacker could set in the environment: the SDK itself would follow this one.
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      env: { AWS_ENDPOINT_URL: url, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
      cwd: join(import.meta.dirname, '../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [output] = await Promise.all([text(child.stdout), once(child, 'close')])
    expect(seen).toEqual([])
    expect(new Set(asked)).toEqual(new Set(['sts.us-east-1.amazonaws.com:443']))
    expect(output.trim()).toBe('AWS_UNREACHABLE')
  })
})
