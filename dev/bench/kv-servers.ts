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
  /** How many EGPs there are beside an RGP of who reads; 0: there is no governing policy. Two of them govern the reads. */
  readonly egps?: number
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
async function setUp(
  url: string,
  { keys, audit, egps = 0 }: Setting,
  auditFile: string,
): Promise<Reads['tokens']> {
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
  if (egps > 0) for (const [path, body] of governing(egps)) await ask('PUT', `sys/policies/${path}`, body)
  const policies = egps > 0 ? ['app', 'p1'] : ['app']
  const create = async (more: object) =>
    (await ask('POST', 'auth/token/create', { policies, ttl: '8h', ...more })).auth.client_token
  return { withDefault: await create({}), without: await create({ no_default_policy: true }) }
}

/** P1 to P3 of the benchmark of the language on what requests have: one of a role, two of paths; and EGPs of other paths. */
function governing(egps: number): readonly (readonly [path: string, body: object])[] {
  const level = { enforcement_level: 'hard-mandatory' }
  const others = Array.from({ length: Math.max(0, egps - 2) }, (_, at) => {
    const paths = [at % 2 === 0 ? `kv/data/other/k${at}` : `kv/data/others/k${at}/*`]
    return [`egp/o${at}`, { policy: comparisons, paths, ...level }] as const
  })
  return [
    ['rgp/p1', { policy: comparisons, ...level }],
    ['egp/p2', { policy: membership, paths: ['kv/*'], ...level }],
    ['egp/p3', { policy: network, paths: ['*'], ...level }],
    ...others,
  ]
}

const comparisons = `
main = rule {
  request.operation is "read" and
  request.wrapping.ttl_seconds < 1024 and
  token.creation_ttl_seconds >= 60 and
  token.display_name is not "root" and
  token.num_uses < 3
}`
const membership = `
import "time"
weekday = rule { time.now.weekday >= 0 and time.now.weekday <= 6 }
working_hours = rule { weekday and time.now.hour >= 0 and time.now.hour < 24 }
known_kind = rule { token.type in ["service", "batch"] }
known_operation = rule { request.operation in ["create", "read", "update", "list"] }
main = rule { known_kind and known_operation and working_hours }`
const network = `
import "sockaddr"
inside = rule { sockaddr.is_contained("127.0.0.0/8", request.connection.remote_addr) }
confirmed = rule when request.operation is "delete" { false }
owned = rule when token.metadata.owner is defined { token.metadata.owner is "platform" }
named = rule when request.operation is not "list" { request.path matches "^kv/data/[a-z]+/k[0-9]+$" }
main = rule { inside and confirmed and owned and named }`

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
