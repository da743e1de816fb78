// Kills a server while clients change secrets of KV version 2, again and again, and looks each time through the API of its
// next life: everything that was acknowledged is there, a change that was under way is there whole or not at all, metadata
// agrees with versions, and the audit log has what was answered.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { machine } from '../machine.ts'
import { numbers } from '../numbers.ts'
import { type Client, clientOf, doDeed, look } from './kv-client.ts'
import { afterDeed, type Deed, drawDeed, type Secret, secretText } from './kv-secrets.ts'
import { type Keys, opened, placeIn, type Server, started } from './lives.ts'
import { search } from './search.ts'
import { type Found, inLife, newCanary, secretOf, type Trial } from './victim.ts'

/** What came of it. */
export type KvWreckage = Found & {
  /** Versions that were looked at. */
  readonly versions: number
}

/** Clients at once. Each has secrets of its own, so that it knows what they are. */
const clients = 4
const secretsOfEach = 4
/** Milliseconds: several changes take as long. */
const longestPauseMs = 25

/** What the server has from the first life on. */
const mounts = (auditFile: string) =>
  [
    ['sys/mounts/kv', { type: 'kv', options: { version: '2' } }],
    ['sys/audit/file', { type: 'file', options: { file_path: auditFile } }],
  ] as const

/** What is known of a secret: what was acknowledged, and what may be true instead. */
type Known = { readonly secret: Secret | undefined; readonly underWay?: Deed }

/** Kills so often. */
export async function kvCrash({ kills, seed, folder }: Trial): Promise<KvWreckage> {
  const place = await placeIn(folder)
  const auditFile = join(place.job.audit, 'audit.log')
  const canary = newCanary()
  const draw = numbers(seed)
  const known = new Map<string, Known>()
  const ids: string[] = []
  const found = { acknowledged: 0, done: 0, undone: 0, versions: 0, faults: [] as string[] }
  let keys: Keys | undefined
  // The last life only looks.
  for (let life = 1; life <= kills + 1; life++) {
    const server = await started(place)
    try {
      keys = await opened(server.url, keys, mounts(auditFile))
      const ask = clientOf(server.url, keys.token)
      const looked = await lookAtAll(ask, known)
      add(found, life, looked)
      if (life > kills) break
      const wanted = Math.floor(draw() * 60)
      const lived = await lifeOf({ server, ask, draw, canary, life, wanted }, known)
      ids.push(...lived.ids)
      add(found, life, lived)
    } finally {
      await server.kill()
    }
  }
  for (const id of missingIn(auditFile, ids)) found.faults.push(`the audit log has no answer ${id}`)
  const secrets = [canary, keys?.token ?? ''].map((text) => Buffer.from(text))
  const shares = (keys?.shares ?? []).map((share) => secretOf(Buffer.from(share, 'hex')))
  const { bytes, found: leaks } = search(folder, [...secrets, ...shares])
  const { done, undone, ...rest } = found
  return {
    kills,
    ...rest,
    undecided: { done, undone },
    searchedBytes: bytes,
    faults: [...found.faults, ...leaks],
  }
}

type Sums = { acknowledged: number; done: number; undone: number; versions: number; faults: string[] }

function add(
  found: Sums,
  life: number,
  { faults, ...more }: Partial<Sums> & { readonly faults: readonly string[] },
) {
  found.faults.push(...inLife(life, faults))
  for (const name of ['acknowledged', 'done', 'undone', 'versions'] as const) found[name] += more[name] ?? 0
}

/** Every secret as it is now, which is what is known of it from here on. */
async function lookAtAll(ask: Client, known: Map<string, Known>) {
  const found = { done: 0, undone: 0, versions: 0, faults: [] as string[] }
  for (const [name, each] of known) {
    const seen = await look(ask, name)
    found.versions += seen?.versions.size ?? 0
    const truth = judged(each, seen)
    if (truth === undefined)
      found.faults.push(`${name} is ${secretText(seen)} and not ${secretText(each.secret)}`)
    else if (each.underWay !== undefined) found[truth.outcome]++
    // What a deleted version said cannot be seen, and can be had back.
    known.set(name, { secret: truth === undefined ? seen : truth.secret })
  }
  return found
}

type Life = {
  readonly server: Server
  readonly ask: Client
  readonly draw: () => number
  readonly canary: string
  readonly life: number
  /** After so many acknowledged deeds it is killed. */
  readonly wanted: number
}

/** Lets clients work until the server is killed. */
async function lifeOf({ server, ask, draw, canary, life, wanted }: Life, known: Map<string, Known>) {
  const lived = { acknowledged: 0, ids: [] as string[], faults: [] as string[] }
  let isKilled = false
  const kill = () => {
    isKilled = true
    server.child.kill('SIGKILL')
  }
  const step = async (name: string, deedName: string) => {
    const { secret } = known.get(name) ?? { secret: undefined }
    const deed = drawDeed(draw, canary, deedName, secret)
    known.set(name, { secret, underWay: deed })
    const id = await doDeed(ask, name, deed)
    known.set(name, { secret: afterDeed(secret, deed) })
    if (id !== undefined) lived.ids.push(id)
    // Some time later: right behind an answer little is under way.
    if (++lived.acknowledged === wanted) machine.wait.after(draw() * longestPauseMs, kill)
  }
  const work = async (client: number) => {
    for (let at = 0; !isKilled; at++) {
      const name = `c${client}/s${Math.floor(draw() * secretsOfEach)}`
      await step(name, `${life}-${client}-${at}`).catch((thrown: unknown) => {
        // What a killed server does not answer is what this is about.
        if (!isKilled) lived.faults.push(String(thrown))
        kill()
      })
    }
  }
  if (wanted === 0) machine.wait.after(draw() * longestPauseMs, kill)
  await Promise.all(Array.from({ length: clients }, (_, client) => work(client)))
  return lived
}

/** Which of the two that may be true is; undefined where what is seen is neither. */
function judged({ secret, underWay }: Known, seen: Secret | undefined) {
  const text = secretText(seen)
  const after = underWay === undefined ? secret : afterDeed(secret, underWay)
  if (underWay !== undefined && text === secretText(after)) return { outcome: 'done', secret: after } as const
  return text === secretText(secret) ? ({ outcome: 'undone', secret } as const) : undefined
}

/** What was answered, and is not in the log. A line that a kill has torn is nobody's answer. */
function missingIn(file: string, ids: readonly string[]): readonly string[] {
  const there = new Set(
    [...readFileSync(file, 'utf8').matchAll(/"type":"response".*?"request":\{"id":"([^"]+)"/g)].map(
      ([, id = '']) => id,
    ),
  )
  return ids.filter((id) => !there.has(id))
}
