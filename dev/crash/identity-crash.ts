// Kills a server while entities are merged and groups change, again and again, and looks each time through the API of its
// next life: a merge that was acknowledged is there with all that it moves, one that was under way is there whole or not
// at all, and every group has whom it had.

import { machine } from '../machine.ts'
import { numbers } from '../numbers.ts'
import { type Client, clientOf } from './kv-client.ts'
import { type Keys, opened, placeIn, type Server, started } from './lives.ts'
import { inLife, type Trial } from './victim.ts'

/** What came of it. */
export type Mergers = {
  readonly kills: number
  /** Merges that were answered, and all there. */
  readonly acknowledged: number
  /** What was under way when it was killed and is there, and what is not. */
  readonly undecided: { readonly done: number; readonly undone: number }
  readonly faults: readonly string[]
}

/** Clients at once. */
const clients = 4
/** Milliseconds: several changes take as long. */
const longestPauseMs = 25

/** Pairs that each life looks at. */
const lookedAt = 60

/** Two who are to be one: each has an alias, a policy, and a group that names them. */
type Pair = {
  readonly from: string
  readonly to: string
  readonly group: string
  state: 'apart' | 'merging' | 'merged'
}

/** Kills so often. */
export async function identityCrash({ kills, seed, folder }: Trial): Promise<Mergers> {
  const place = await placeIn(folder)
  const draw = numbers(seed)
  const pairs: Pair[] = []
  const found: Sums = { acknowledged: 0, done: 0, undone: 0, faults: [] }
  let keys: Keys | undefined
  // The last life only looks.
  for (let life = 1; life <= kills + 1; life++) {
    const server = await started(place)
    try {
      keys = await opened(server.url, keys, [['sys/auth/userpass', { type: 'userpass' }]])
      const ask = clientOf(server.url, keys.token)
      add(found, life, await lookAtAll(ask, pairs))
      // What has been there for some lives is left alone.
      pairs.splice(0, Math.max(0, pairs.length - lookedAt))
      if (life > kills) break
      add(found, life, await lifeOf(server, ask, pairs, draw, life))
    } finally {
      await server.kill()
    }
  }
  const { done, undone, ...rest } = found
  return { kills, ...rest, undecided: { done, undone } }
}

type Sums = { acknowledged: number; done: number; undone: number; faults: string[] }

function add(found: Sums, life: number, more: Partial<Sums>): void {
  found.faults.push(...inLife(life, more.faults ?? []))
  for (const name of ['acknowledged', 'done', 'undone'] as const) found[name] += more[name] ?? 0
}

/** Every pair as it is now, which is what is known of it from here on. */
async function lookAtAll(ask: Client, pairs: readonly Pair[]) {
  const seen = { done: 0, undone: 0, faults: [] as string[] }
  for (const pair of pairs) {
    const { outcome, fault } = await judged(ask, pair)
    if (fault !== undefined) seen.faults.push(fault)
    else if (pair.state === 'merging') seen[outcome === 'merged' ? 'done' : 'undone']++
    pair.state = outcome
  }
  return seen
}

/** Lets clients make pairs and merge them until the server is killed. */
async function lifeOf(server: Server, ask: Client, pairs: Pair[], draw: () => number, life: number) {
  const lived = { acknowledged: 0, faults: [] as string[] }
  const wanted = 1 + Math.floor(draw() * 12)
  const { body: auth } = await ask('GET', 'sys/auth')
  const accessor = String(auth.data['userpass/'].accessor)
  let isKilled = false
  const kill = () => {
    isKilled = true
    server.child.kill('SIGKILL')
  }
  const work = async (client: number) => {
    for (let at = 0; !isKilled; at++) {
      try {
        const pair = await newPair(ask, accessor, `${life}-${client}-${at}`)
        pairs.push(pair)
        pair.state = 'merging'
        await done(ask, 'identity/entity/merge', { from_entity_ids: [pair.from], to_entity_id: pair.to })
        pair.state = 'merged'
        if (++lived.acknowledged === wanted) machine.wait.after(draw() * longestPauseMs, kill)
      } catch (thrown) {
        // What a killed server does not answer is what this is about.
        if (!isKilled) lived.faults.push(String(thrown))
        kill()
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => work(client)))
  return lived
}

async function newPair(ask: Client, accessor: string, name: string): Promise<Pair> {
  const made = async (path: string, body: object) => String((await done(ask, path, body)).data.id)
  const from = await made('identity/entity', { name: `from ${name}`, policies: ['of-from'] })
  const to = await made('identity/entity', { name: `to ${name}`, policies: ['of-to'] })
  await made('identity/entity-alias', { name, canonical_id: from, mount_accessor: accessor })
  const group = await made('identity/group', { name, member_entity_ids: [from] })
  return { from, to, group, state: 'apart' }
}

async function done(ask: Client, path: string, body: object) {
  const answer = await ask('PUT', path, body)
  if (answer.status === 200 || answer.status === 204) return answer.body
  throw new Error(`${path} was answered with ${answer.status}: ${JSON.stringify(answer.body)}`)
}

/** What two who are apart look like, and what they look like as one. Nothing else may be seen. */
async function judged(ask: Client, { from, to, group, state }: Pair) {
  const [left, kept, members] = await Promise.all(
    [`entity/id/${from}`, `entity/id/${to}`, `group/id/${group}`].map((at) => ask('GET', `identity/${at}`)),
  )
  const { policies, aliases, merged_entity_ids: ids, direct_group_ids: groups } = kept?.body.data ?? {}
  const seen = JSON.stringify([
    left?.status,
    [left?.body.data?.policies, left?.body.data?.aliases.length, left?.body.data?.direct_group_ids],
    [policies, aliases?.length, ids, groups],
    members?.body.data?.member_entity_ids,
  ])
  const gone = [null, null, null]
  const merged = JSON.stringify([404, gone, [['of-from', 'of-to'], 1, [from], [group]], [to]])
  const apart = JSON.stringify([200, [['of-from'], 1, [group]], [['of-to'], 0, null, []], [from]])
  const outcome = seen === merged ? ('merged' as const) : ('apart' as const)
  const isPossible = seen === merged ? state !== 'apart' : seen === apart && state !== 'merged'
  return { outcome, fault: isPossible ? undefined : `${state}, but seen as ${seen}` }
}
