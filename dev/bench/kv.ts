// A read of a secret of KV 2 over HTTP: beside bare node:http, with and without an audit device, with and without the
// policy `default`, with many and with few secrets, and beside OpenBao where BAO names its binary. Rounds in turn; servers
// on one core and the load on another, where the machine has two and a program that can say so.

import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { removeTemporary, temporaryFolder } from '../temporary.ts'
import { check, type Figure, quantile } from './figures.ts'
import { pathOf, type Reads, startBao, startBare, startOurs } from './kv-servers.ts'

export type KvOptions = {
  /** At least 10 for a figure that says something. */
  readonly rounds: number
  readonly msPerRound: number
  /** Requests that each gets before anything counts. */
  readonly beforehand: number
  /** How many secrets are many. */
  readonly many: number
  /** How many EGPs are many. */
  readonly egps: number
}

const [few, connections, readTogether] = [10, 16, 256]

type Variant = {
  readonly name: string
  readonly server: Reads
  readonly token: string
  readonly keys: number
}
type Round = { readonly perSecond: number; readonly p99: number; readonly cpuMicros: number }

/** What was measured, as a table of figures and lines of what they are made of. */
export type KvFigures = { readonly figures: readonly Figure[]; readonly lines: readonly string[] }

export async function kvFigures(options: KvOptions): Promise<KvFigures> {
  const folder = temporaryFolder('sentinel-bench-kv-')
  const load = startLoad()
  const variants = await startAll(folder, options)
  try {
    const pinned = pin(load.pid, '1') && variants.every(({ server }) => pin(server.pid, '0'))
    const rounds = new Map<string, Round[]>(variants.map(({ name }) => [name, []]))
    // Whoever compiles while it runs has done so.
    for (const variant of variants) await measure(load, variant, { ms: 0, least: options.beforehand })
    for (let number = 0; number < options.rounds; number++) {
      // Who goes first changes.
      const turn = number % 2 === 0 ? variants : variants.toReversed()
      for (const variant of turn)
        rounds.get(variant.name)?.push(await measure(load, variant, { ms: options.msPerRound, least: 0 }))
    }
    return { figures: figuresOf(rounds), lines: linesOf(rounds, pinned) }
  } finally {
    load.stop()
    for (const server of new Set(variants.map((variant) => variant.server))) await server.stop()
    removeTemporary(folder)
  }
}

const names = {
  bare: 'bare node:http',
  acl: 'ACL only',
  aclAlone: 'ACL only, token without default',
  many: 'ACL only, many secrets',
  audited: 'file audit device',
  governed: 'file audit device, an RGP and two EGPs',
  crowded: 'the same among many EGPs',
  synced: 'file audit device, fsync per group',
  bao: 'OpenBao, raft, file audit device',
  baoAlone: 'OpenBao, the same, token without default',
} as const

async function startAll(folder: string, { many, egps }: KvOptions): Promise<readonly Variant[]> {
  const plain = await startOurs(join(folder, 'few'), { keys: few, audit: 'none' })
  const full = await startOurs(join(folder, 'many'), { keys: many, audit: 'none' })
  const audited = await startOurs(join(folder, 'audited'), { keys: few, audit: 'write' })
  const governed = await startOurs(join(folder, 'governed'), { keys: few, audit: 'write', egps: 10 })
  const crowded = await startOurs(join(folder, 'crowded'), { keys: few, audit: 'write', egps })
  const synced = await startOurs(join(folder, 'synced'), { keys: few, audit: 'fsync' })
  const bare = await startBare(await lengthOf(plain))
  const variants: Variant[] = [
    { name: names.bare, server: bare, token: 'none', keys: few },
    { name: names.acl, server: plain, token: plain.tokens.withDefault, keys: few },
    { name: names.aclAlone, server: plain, token: plain.tokens.without, keys: few },
    { name: names.many, server: full, token: full.tokens.withDefault, keys: many },
    { name: names.audited, server: audited, token: audited.tokens.withDefault, keys: few },
    { name: names.governed, server: governed, token: governed.tokens.withDefault, keys: few },
    { name: names.crowded, server: crowded, token: crowded.tokens.withDefault, keys: few },
    { name: names.synced, server: synced, token: synced.tokens.withDefault, keys: few },
  ]
  const binary = process.env.BAO
  if (binary === undefined || binary === '') return variants
  const bao = await startBao(binary, join(folder, 'bao'), { keys: few, audit: 'write' })
  variants.push({ name: names.bao, server: bao, token: bao.tokens.withDefault, keys: few })
  variants.push({ name: names.baoAlone, server: bao, token: bao.tokens.without, keys: few })
  return variants
}

/** Bytes of the body of a read. */
async function lengthOf({ port, tokens }: Reads): Promise<number> {
  const headers = { 'X-Vault-Token': tokens.withDefault }
  const text = await (await fetch(`http://127.0.0.1:${port}${pathOf(0)}`, { headers })).text()
  check(text.includes('db.example.com'), `a secret is read: ${text}`)
  return Buffer.byteLength(text)
}

type Load = {
  readonly pid: number
  round(asked: object): Promise<{ readonly requests: number; readonly ms: number; readonly p99: number }>
  stop(): void
}

function startLoad(): Load {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kv-load.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    pid: child.pid ?? 0,
    async round(asked) {
      child.stdin.write(`${JSON.stringify(asked)}\n`)
      const { value } = await lines.next()
      const found = JSON.parse(value ?? '{"error":"the load ended"}')
      check(found.error === undefined, `every read was answered: ${found.error}`)
      return found
    },
    stop: () => void child.kill(),
  }
}

type Length = { readonly ms: number; readonly least: number }

async function measure(load: Load, { server, token, keys }: Variant, length: Length): Promise<Round> {
  // Spread over all of them, so that many are not read as if they were few.
  const step = Math.max(1, Math.floor(keys / readTogether))
  const paths = Array.from({ length: Math.min(keys, readTogether) }, (_, at) => pathOf(at * step))
  const headers = ['Host: 127.0.0.1', 'X-Vault-Request: true', `X-Vault-Token: ${token}`]
  const before = cpuMicros(server.pid)
  const {
    requests,
    ms: took,
    p99,
  } = await load.round({
    port: server.port,
    headers,
    paths,
    connections,
    ...length,
  })
  return {
    perSecond: (requests * 1000) / took,
    p99,
    cpuMicros: (cpuMicros(server.pid) - before) / requests,
  }
}

/** What all threads of a process have used, as Linux counts it; NaN elsewhere. */
function cpuMicros(pid: number): number {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`)
    const used = tasks.map((task) =>
      Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
    )
    return used.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1000
  } catch {
    return Number.NaN
  }
}

/** Keeps a process, with all its threads, on one core. */
const pin = (pid: number, core: string): boolean =>
  cpus().length > 1 && spawnSync('taskset', ['-acp', core, String(pid)], { stdio: 'ignore' }).status === 0

type Rounds = ReadonlyMap<string, readonly Round[]>

function figuresOf(rounds: Rounds): readonly Figure[] {
  const figure = (
    name: string,
    beside: string,
    by: keyof Round,
    more: Pick<Figure, 'target' | 'atLeast'>,
    words: string,
  ): Figure => {
    const [measured, other] = [rounds.get(name) ?? [], rounds.get(beside) ?? []]
    const ratios = measured.map((round, at) => {
      const [mine, theirs] = [round[by], other[at]?.[by] ?? Number.NaN]
      // Of times the smaller is the better: turned round, more is better of both.
      return by === 'perSecond' ? mine / theirs : theirs / mine
    })
    return {
      name: `a read, ${name}`,
      ratio: quantile(ratios, 0.5),
      spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      beside: `${words} ${beside}`,
      ...more,
      ms: 1000 / medianOf(measured, 'perSecond'),
    }
  }
  const [often, cheap] = ['as many a second as', 'as many per CPU second as']
  return [
    figure(names.acl, names.bare, 'perSecond', { atLeast: 0.5 }, often),
    figure(names.acl, names.bare, 'cpuMicros', {}, cheap),
    figure(names.audited, names.bare, 'perSecond', {}, often),
    figure(names.governed, names.audited, 'cpuMicros', { atLeast: 1 / 1.1 }, cheap),
    figure(names.crowded, names.governed, 'cpuMicros', { atLeast: 1 / 1.2 }, cheap),
    figure(names.synced, names.bare, 'perSecond', {}, often),
    figure(names.acl, names.aclAlone, 'perSecond', { atLeast: 0.95 }, often),
    figure(names.many, names.acl, 'perSecond', { atLeast: 0.9 }, often),
    ...(rounds.has(names.bao)
      ? [
          figure(names.audited, names.bao, 'cpuMicros', { atLeast: 5 }, cheap),
          figure(names.audited, names.baoAlone, 'cpuMicros', { atLeast: 2.5 }, cheap),
        ]
      : []),
  ]
}

const medianOf = (rounds: readonly Round[], by: keyof Round) =>
  quantile(
    rounds.map((round) => round[by]),
    0.5,
  )

function linesOf(rounds: Rounds, pinned: boolean): readonly string[] {
  const rows = [...rounds].map(([name, measured]) => {
    const rates = measured.map(({ perSecond }) => perSecond)
    const spread = `${quantile(rates, 0.25).toFixed(0)} to ${quantile(rates, 0.75).toFixed(0)}`
    const [p99, cpu] = [medianOf(measured, 'p99').toFixed(1), medianOf(measured, 'cpuMicros').toFixed(0)]
    const rate = `${medianOf(measured, 'perSecond').toFixed(0)}/s (${spread})`
    return `  ${name.padEnd(42)}${rate.padEnd(28)}p99 ${p99} ms, ${cpu} us of CPU a request`
  })
  const where = pinned ? 'the server on one core, the load on another' : 'nobody kept to a core of its own'
  const bao = rounds.has(names.bao) ? [] : ['  not measured: OpenBao (BAO=/path/to/bao names its binary)']
  return [`${connections} connections, ${where}:`, ...rows, ...bao]
}
