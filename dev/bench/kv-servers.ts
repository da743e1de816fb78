// The servers whose reads of a secret are measured, each a process of its own: bare node:http that answers as much, ours
// over LMDB, and OpenBao over raft where its binary is given. They are set up over their API, with the same words.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { type ServerProcess, startSealed } from '../interop/server-process.ts'
import { check } from './figures.ts'

/** A server that runs, and how to ask it for secrets. */
export type Reads = {
  readonly port: number
  readonly pid: number
  /** Whose token has the policy `default` beside the one that lets it read, and whose has not. */
  readonly tokens: { readonly withDefault: string; readonly without: string }
  stop(): Promise<void>
}

export type Setting = {
  readonly keys: number
  /** Whether there is a file audit device, and what has to have its lines before an answer goes out. */
  readonly audit: 'none' | 'write' | 'fsync'
}

export const pathOf = (key: number) => `/v1/kv/data/app/k${String(key).padStart(5, '0')}`
const secret = { username: 'application', password: 'a'.repeat(40), host: 'db.example.com', port: '5432' }

/** As many bytes as a read of a secret, without a thought. */
export async function startBare(length: number): Promise<Reads> {
  const program = `
    const body = Buffer.alloc(${length}, 'x')
    const head = { 'Cache-Control': 'no-store', 'Content-Type': 'application/json', 'Content-Length': ${length} }
    const server = require('node:http').createServer((_, answer) => answer.writeHead(200, head).end(body))
    server.listen(0, '127.0.0.1', () => console.log(server.address().port))`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((done) => child.stdout.once('data', (text) => done(Number(text))))
  return { port, ...processOf(child), tokens: { withDefault: '', without: '' } }
}

/** Ours, as it is shipped. */
export async function startOurs(folder: string, setting: Setting): Promise<Reads> {
  mkdirSync(folder, { recursive: true })
  const durability = setting.audit === 'none' ? '' : `audit_durability = "${setting.audit}"`
  const server: ServerProcess = await startSealed(folder, durability)
  const tokens = await setUp(server.url, setting, join(folder, 'audit', 'audit.log'))
  return { port: Number(new URL(server.url).port), pid: server.pid, tokens, stop: () => server.stop() }
}

/** OpenBao, with its own storage for one machine. */
export async function startBao(binary: string, folder: string, setting: Setting): Promise<Reads> {
  mkdirSync(join(folder, 'raft'), { recursive: true })
  const [port, cluster] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const config = {
    storage: { raft: { path: join(folder, 'raft'), node_id: 'bench' } },
    listener: {
      tcp: { address: `127.0.0.1:${port}`, cluster_address: `127.0.0.1:${cluster}`, tls_disable: true },
    },
    api_addr: url,
    cluster_addr: `http://127.0.0.1:${cluster}`,
    disable_mlock: true,
    log_level: 'error',
    unsafe_allow_api_audit_creation: true,
  }
  writeFileSync(join(folder, 'bao.json'), JSON.stringify(config))
  const child = spawn(binary, ['server', `-config=${join(folder, 'bao.json')}`], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: 'ignore',
  })
  await until(async () => (await fetch(`${url}/v1/sys/init`)).ok)
  return { port, ...processOf(child), tokens: await setUp(url, setting, join(folder, 'audit.log')) }
}

function processOf(child: ChildProcess): Pick<Reads, 'pid' | 'stop'> {
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  return { pid: child.pid ?? 0, stop }
}

/** Initialises, unseals, and writes what is to be read. */
async function setUp(url: string, { keys, audit }: Setting, auditFile: string): Promise<Reads['tokens']> {
  let token = ''
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${url}/v1/${path}`, {
      method,
      headers: { 'X-Vault-Token': token, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    check(answer.ok, `${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? {} : JSON.parse(text)
  }
  const made = await ask('PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 })
  await ask('PUT', 'sys/unseal', { key: made.keys_base64[0] })
  await until(async () => (await fetch(`${url}/v1/sys/health`)).status === 200)
  token = made.root_token
  await ask('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '2' } })
  await until(async () => (await ask('POST', 'kv/config', { max_versions: 2 })) !== undefined)
  const all = Array.from({ length: keys }, (_, key) => key)
  const writer = async () => {
    for (let key = all.pop(); key !== undefined; key = all.pop())
      await ask('POST', pathOf(key).slice('/v1/'.length), { data: secret })
  }
  await Promise.all(Array.from({ length: 32 }, writer))
  await ask('PUT', 'sys/policies/acl/app', { policy: 'path "kv/data/app/*" { capabilities = ["read"] }' })
  if (audit !== 'none')
    await ask('PUT', 'sys/audit/file', { type: 'file', options: { file_path: auditFile } })
  const create = async (more: object) =>
    (await ask('POST', 'auth/token/create', { policies: ['app'], ttl: '8h', ...more })).auth.client_token
  return { withDefault: await create({}), without: await create({ no_default_policy: true }) }
}

/** Asks until the answer is yes, or it is too late. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let left = 300; ; left--) {
    const [done] = await Promise.allSettled([isSo()])
    if (done.status === 'fulfilled' && done.value) return
    if (left === 0)
      throw new Error(`the server is not ready${done.status === 'rejected' ? `: ${done.reason}` : ''}`)
    await new Promise((go) => setTimeout(go, 100))
  }
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => done(port))
    })
  })
}
