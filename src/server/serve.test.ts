import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { request } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { selfSigned } from '../aws/tls.fake.ts'
import { fakeMachine, freshFolder } from '../machine/machine.fake.ts'
import { type RunningServer, readServerConfiguration, startDevServer, startServer } from './index.ts'

function deps(logged: string[] = []) {
  return {
    machine: fakeMachine(),
    temporary: [],
    stdout: async () => {},
    log: (message: string) => logged.push(message),
  }
}

/** A folder with a certificate, and what starts a server in it. */
function place() {
  const folder = freshFolder()
  const { cert, key } = selfSigned()
  writeFileSync(join(folder, 'cert.pem'), cert)
  writeFileSync(join(folder, 'key.pem'), key)
  mkdirSync(join(folder, 'audit'))
  const text = `
    listener "tcp" {
      address = "127.0.0.1:0"
      tls_cert_file = "cert.pem"
      tls_key_file = "key.pem"
    }
    storage "lmdb" { path = "storage" }
    audit_dirs = ["audit"]`
  const start = async (given = text, logged: string[] = []): Promise<RunningServer> => {
    const configuration = await readServerConfiguration({ name: 'server.hcl', text: given }, (path) =>
      join(folder, path),
    )
    const running = await startServer(deps(logged), configuration)
    onTestFinished(() => running.close())
    return running
  }
  return { folder, cert, text, start }
}

type Answer = { readonly status: number; readonly body: Record<string, unknown>; readonly cert: string }

/** Asks over TLS as somebody who trusts a certificate. */
function asking({ urls: [url = ''] }: RunningServer, ca: string) {
  return (method: string, path: string, token = '', body: unknown = undefined): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = token === '' ? {} : { 'X-Vault-Token': token }
      const sent = request(`${url}/v1/${path}`, { method, ca, headers, agent: false }, (response) => {
        const cert = String(
          (
            response.socket as unknown as { getPeerCertificate(): { fingerprint256: string } }
          ).getPeerCertificate().fingerprint256,
        )
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text), cert }),
        )
      })
      sent.on('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
}

describe('a server that a file configures', () => {
  test('begins sealed, speaks TLS, and has after a restart what was written before', async () => {
    const { cert, start, folder } = place()
    const first = await start()
    const ask = asking(first, cert)
    expect((await ask('GET', 'sys/health')).status).toBe(501)
    const { body } = await ask('PUT', 'sys/init', '', { secret_shares: 1, secret_threshold: 1 })
    const [[key], root] = [body.keys as string[], String(body.root_token)]
    expect((await ask('GET', 'sys/health')).status).toBe(503)
    expect((await ask('GET', 'sys/mounts', root)).status).toBe(503)
    await ask('PUT', 'sys/unseal', '', { key })
    await ask('POST', 'sys/mounts/secret', root, { type: 'kv' })
    const options = { file_path: join(folder, 'audit', 'audit.log') }
    expect((await ask('PUT', 'sys/audit/file', root, { type: 'file', options })).status).toBe(204)
    expect((await ask('PUT', 'secret/a', root, { b: 'canary value' })).status).toBe(204)
    await first.close()
    const again = asking(await start(), cert)
    expect((await again('GET', 'secret/a', root)).status).toBe(503)
    await again('PUT', 'sys/unseal', '', { key })
    expect(await again('GET', 'secret/a', root)).toMatchObject({
      status: 200,
      body: { data: { b: 'canary value' } },
    })
    for (const file of ['storage/data.mdb', 'audit/audit.log'])
      expect(readFileSync(join(folder, file), 'latin1')).not.toContain('canary value')
  })

  test('has its storage to itself', async () => {
    const { start } = place()
    const first = await start()
    await expect(start()).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' })
    await first.close()
    await start()
  })

  test('goes on with a new certificate when it is told, and keeps the old one where the new is none', async () => {
    const { cert, folder, start, text } = place()
    const logged: string[] = []
    const running = await start(text, logged)
    const before = (await asking(running, cert)('GET', 'sys/health')).cert
    writeFileSync(join(folder, 'cert.pem'), 'no certificate')
    await running.reopen()
    expect((await asking(running, cert)('GET', 'sys/health')).cert).toBe(before)
    expect(logged).toEqual([expect.stringMatching(/^the certificate of https:\S+ stays as it was/)])
    const next = selfSigned()
    writeFileSync(join(folder, 'cert.pem'), next.cert)
    writeFileSync(join(folder, 'key.pem'), next.key)
    await running.reopen()
    expect((await asking(running, next.cert)('GET', 'sys/health')).cert).not.toBe(before)
  })

  for (const [name, change, code] of [
    [
      'no certificate',
      (folder: string) => renameSync(join(folder, 'cert.pem'), join(folder, 'x')),
      'FILE_UNREADABLE',
    ],
    [
      'a key of another certificate',
      (folder: string) => writeFileSync(join(folder, 'key.pem'), selfSigned().key),
      'CONFIG_INVALID',
    ],
    [
      'a storage that is none',
      (folder: string) => {
        mkdirSync(join(folder, 'storage'), { mode: 0o700 })
        writeFileSync(join(folder, 'storage', 'data.mdb'), 'my notes', { mode: 0o600 })
      },
      'STORE_UNAVAILABLE',
    ],
  ] as const)
    test(`does not begin with ${name}`, async () => {
      const { folder, start } = place()
      change(folder)
      await expect(start()).rejects.toMatchObject({ code })
    })

  test('does not begin where one of its addresses is taken, and lets go of the rest', async () => {
    const { text, start } = place()
    const first = await startDevServer(deps(), { host: '127.0.0.1', port: 0, rootToken: undefined })
    onTestFinished(() => first.close())
    const taken = first.urls[0]?.replace('http://', '')
    const more = `${text}\nlistener "tcp" { address = "${taken}"\n tls_disable = true }`
    await expect(start(more)).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' })
    await start()
  })

  test('ends when the answers under way are given, and takes nothing new', async () => {
    const server = await startDevServer(deps(), { host: '127.0.0.1', port: 0, rootToken: undefined })
    const { hostname, port } = new URL(server.urls[0] ?? '')
    const answered = new Promise<{ status: number; connection: string | undefined }>((resolve, reject) => {
      const path = '/v1/sys/capabilities-self'
      const sent = plainRequest({ hostname, port, path, method: 'POST', agent: false }, (response) =>
        resolve({ status: response.statusCode ?? 0, connection: response.headers.connection }),
      )
      sent.on('error', reject)
      sent.flushHeaders()
      sent.on('socket', (socket) =>
        socket.once('connect', () => setImmediate(() => void begun.then(() => sent.end('{}')))),
      )
    })
    let begin = () => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    // A request of which the head has come, and a connection that says nothing.
    const idle = connect(Number(port), hostname)
    idle.on('error', () => {})
    await new Promise((resolve) => idle.once('connect', resolve))
    // Answered after both have come.
    await fetch(`${server.urls[0]}/v1/sys/health`)
    const closing = server.close()
    begin()
    expect(await answered).toEqual({ status: 403, connection: 'close' })
    await closing
    await expect(fetch(`${server.urls[0]}/v1/sys/health`)).rejects.toThrow()
  })

  for (const begun of ['', 'GET /v1/sys/hea', 'GET /v1/sys/health HTTP/1.1\r\nHost: x\r\n'])
    test(`does not wait at all for who has asked no more than ${JSON.stringify(begun)}`, async () => {
      // Time stands still: whoever is waited for is waited for for ever.
      const wait = { ...fakeMachine().wait, after: () => () => {} }
      const server = await startDevServer(
        { ...deps(), machine: fakeMachine(undefined, { wait }) },
        { host: '127.0.0.1', port: 0, rootToken: undefined },
      )
      const { hostname, port } = new URL(server.urls[0] ?? '')
      const socket = connect(Number(port), hostname)
      const gone = new Promise((resolve) => socket.once('close', resolve))
      socket.on('error', () => {})
      await new Promise((resolve) => socket.once('connect', resolve))
      socket.write(begun)
      // Another request is answered, so the server has seen the first connection.
      await fetch(`${server.urls[0]}/v1/sys/health`, { headers: { Connection: 'close' } })
      await server.close()
      await gone
    })

  test('does not wait for ever for somebody who does not go on', async () => {
    const timers = new Map<number, () => void>()
    const wait = {
      ...fakeMachine().wait,
      after(ms: number, run: () => void) {
        timers.set(ms, run)
        return () => {}
      },
    }
    const server = await startDevServer(
      { ...deps(), machine: fakeMachine(undefined, { wait }) },
      { host: '127.0.0.1', port: 0, rootToken: undefined },
    )
    const { hostname, port } = new URL(server.urls[0] ?? '')
    const slow = connect(Number(port), hostname)
    slow.on('error', () => {})
    await new Promise((resolve) => slow.once('connect', resolve))
    const head =
      'POST /v1/sys/unseal HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n'
    slow.write(head)
    await new Promise((resolve) => slow.once('data', resolve))
    const closing = server.close()
    timers.get(30_000)?.()
    await closing
    expect(timers.has(30_000)).toBe(true)
  })
})
