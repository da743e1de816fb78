// Random requests against random policies: what the server decides is what the reference model decides, which somebody
// wrote from the specification who had not seen the server. `REFERENCE_REQUESTS=20000` for the whole.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { governedKit } from './governed.fake.ts'
import {
  type Decision,
  decide,
  type Egp,
  type Governing,
  type Operation,
  type Rule,
  type World,
} from './reference.fake.ts'

type Judgement = { readonly text: string; readonly verdict: Governing['verdict'] }

/** The same judgement twice: in the language, and for the model. */
const judgements: readonly Judgement[] = [
  { text: 'main = rule { true }', verdict: true },
  { text: 'main = rule { false }', verdict: false },
  { text: 'main = rule { 1 / length([]) > 0 }', verdict: 'error' },
  {
    text: 'main = rule { request.operation in ["read", "list"] }',
    verdict: (at) => /read|list/.test(at.operation),
  },
  { text: 'main = rule { request.operation is not "delete" }', verdict: (at) => at.operation !== 'delete' },
  {
    text: 'main = rule { request.path matches "^kv/(a|b)" }',
    verdict: (at) => /^kv\/[ab]/.test(at.path),
  },
  { text: 'main = rule { request.unauthenticated }', verdict: (at) => at.unauthenticated },
  { text: 'main = rule { request.policy_override }', verdict: (at) => at.override },
]
const pass = judgements[0]!

const segment = fc.constantFrom('a', 'b', 'c', 'ab')
const below = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `kv/${parts.join('/')}`)
const pattern = fc.oneof(
  { weight: 2, arbitrary: below },
  { weight: 3, arbitrary: below.map((path) => `${path}*`) },
  { weight: 2, arbitrary: below.map((path) => `${path}/`) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('kv/*', '*', 'kv/+', 'kv/+/*', 'kv/+/a', 'kv/a/+', 'sys/*'),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom('a', 'b', '+'), { minLength: 1, maxLength: 3 })
      .map((parts) => `kv/${parts.join('/')}`),
  },
)
const capability = fc.constantFrom<string[]>('create', 'read', 'update', 'delete', 'list', 'sudo')
const capabilities = fc.oneof(
  { weight: 8, arbitrary: fc.uniqueArray(capability, { minLength: 2, maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constant<string[]>(['deny']) },
)
const rules: fc.Arbitrary<Rule[]> = fc
  .uniqueArray(fc.record({ path: pattern, capabilities }), {
    minLength: 1,
    maxLength: 5,
    selector: (one) => one.path,
  })
  .map((some) => [...some, { path: 'kv/*', capabilities: ['create', 'read', 'update', 'delete', 'list'] }])
  .map((some) => [...new Map(some.map((one) => [one.path, one])).values()])
const level = fc.constantFrom('advisory' as const, 'soft-mandatory' as const, 'hard-mandatory' as const)
const judgement = fc.oneof(
  { weight: 2, arbitrary: fc.constant(pass) },
  { weight: 3, arbitrary: fc.constantFrom(...judgements) },
)
const governing = fc.record({ level, judgement })
const entry = fc.oneof(
  below,
  below.map((path) => `${path}*`),
  fc.constantFrom('kv/a/*', 'sys/*', 'auth/userpass/login/*', 'sys/internal/ui/mounts'),
)

const names = {
  acl: ['one', 'two', 'three'],
  rgp: ['role-a', 'role-b'],
  egp: ['end-a', 'end-b', 'end-c'],
} as const
const change = fc.oneof(
  fc.record({ kind: fc.constant('acl' as const), name: fc.constantFrom(...names.acl), rules }),
  fc.record({ kind: fc.constant('rgp' as const), name: fc.constantFrom(...names.rgp), of: governing }),
  fc.record({
    kind: fc.constant('egp' as const),
    name: fc.constantFrom(...names.egp),
    of: governing,
    paths: fc.uniqueArray(entry, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('none' as const), of: fc.constantFrom('rgp', 'egp'), at: fc.nat(2) }),
)
const asked = fc.record({
  what: fc.constantFrom('read', 'write', 'delete', 'list'),
  path: fc.oneof(
    { weight: 12, arbitrary: below },
    { weight: 1, arbitrary: fc.constantFrom('sys/internal/ui/mounts', 'auth/userpass/login/nobody') },
    { weight: 1, arbitrary: fc.constantFrom('sys/audit', 'sys/policies/acl/none', 'sys/rotate/none') },
  ),
  token: fc.constantFrom(0, 1, 2, 3, undefined),
  override: fc.boolean(),
})
const holders = fc.tuple(
  ...Array.from({ length: 3 }, () => fc.subarray([...names.acl, ...names.rgp], { minLength: 1 })),
)
const round = fc.record({
  change,
  asks: fc.array(asked, { minLength: 25, maxLength: 25 }),
})
const game = fc.record({
  first: fc.tuple(rules, rules, rules),
  holders,
  rounds: fc.array(round, { minLength: 10, maxLength: 10 }),
})

const wanted = Number(process.env.REFERENCE_REQUESTS ?? 1_000)
const requestsOfGame = 250

type Kit = Awaited<ReturnType<typeof governedKit>>
type Change = typeof change extends fc.Arbitrary<infer One> ? One : never
type Ask = typeof asked extends fc.Arbitrary<infer One> ? One : never
const count = { all: 0, allowed: 0, overridden: 0, elsewhere: 0, list: 0, acl: 0, rgp: 0, egp: 0 }

const asHcl = (blocks: readonly Rule[]) =>
  blocks
    .map(({ path, capabilities: some }) => `path "${path}" { capabilities = ${JSON.stringify(some)} }`)
    .join('\n')

async function makeChange(kit: Kit, world: World, one: Change): Promise<void> {
  if (one.kind === 'acl') {
    await kit.acl(one.name, asHcl(one.rules))
    world.aclPolicies = [
      ...world.aclPolicies.filter(({ name }) => name !== one.name),
      { namespace: '', name: one.name, rules: one.rules },
    ]
  } else if (one.kind === 'none') {
    const all = names[one.of]
    const name = all[one.at % all.length]!
    await kit.see('delete', `sys/policies/${one.of}/${name}`, kit.root)
    if (one.of === 'rgp') world.rgps = world.rgps.filter((each) => each.name !== name)
    else world.egps = world.egps.filter((each) => each.name !== name)
  } else {
    const { level: of, judgement: judged } = one.of
    const paths = one.kind === 'egp' ? one.paths : []
    const { status, error } = await kit.write(one.kind, one.name, judged.text, { level: of, paths })
    expect(error).toBe('')
    expect(status).toBe(200)
    const policy: Egp = { namespace: '', name: one.name, level: of, verdict: judged.verdict, paths }
    const others = <P extends Governing>(all: P[]) => all.filter(({ name }) => name !== one.name)
    if (one.kind === 'rgp') world.rgps = [...others(world.rgps), policy]
    else world.egps = [...others(world.egps), policy]
  }
}

/** Whose word it was, by the text of the refusal. */
function decidedBy({ status, error }: { readonly status: number; readonly error: string }) {
  const failed = [...error.matchAll(/(rgp|egp) standard policy "([^"]+)" evaluation resulted in denial/g)]
  if (failed.length > 0)
    return { by: failed[0]?.[1], failed: failed.map(([, kind, name]) => `${kind} ${name}`) }
  const isRefused = status === 403 && error.includes('permission denied')
  return { by: isRefused ? 'refused' : 'let through', failed: [] }
}

const through = (by: string) =>
  by === 'rgp' || by === 'egp' ? by : by === 'all' || by === 'root' ? 'let through' : 'refused'

/** A write makes what is not there, and changes what is. */
function operationOf({ what, path }: Ask, kept: ReadonlySet<string>): Operation {
  if (what !== 'write') return what
  return isOfKv(path) && !kept.has(path) ? 'create' : 'update'
}

const isOfKv = (path: string) => path.startsWith('kv/')

async function ask(kit: Kit, world: World, kept: Set<string>, tokens: readonly string[], one: Ask) {
  const path = one.what === 'list' ? `${one.path}/` : one.path
  const operation = operationOf(one, kept)
  const sent = one.token === undefined ? {} : { token: String(one.token) }
  const expected = decide(world, { path, operation, override: one.override, ...sent })
  const seen = await kit.see(
    operation === 'create' ? 'update' : operation,
    path,
    one.token === undefined ? '' : tokens[one.token],
    one.what === 'write' ? { value: 'x' } : {},
    { policyOverride: one.override },
  )
  const what = `${operation} ${path} as ${one.token}${one.override ? ', overriding' : ''}: ${seen.status} ${seen.error}`
  expect(decidedBy(seen), `${what}\n${JSON.stringify(world)}`).toEqual({
    by: through(expected.by),
    failed: expected.failed,
  })
  note(expected, one)
  if (!expected.allowed) return
  if (one.what === 'write') kept.add(one.path)
  if (one.what === 'delete') kept.delete(one.path)
}

function note({ allowed, by, overridden }: Decision, { what, path }: Ask): void {
  count.all++
  if (allowed) count.allowed++
  if (overridden.length > 0) count.overridden++
  if (what === 'list') count.list++
  if (!isOfKv(path)) count.elsewhere++
  if (by === 'acl' || by === 'rgp' || by === 'egp') count[by]++
}

test(`${wanted} random requests are decided as the reference model decides them`, {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(game, async ({ first, holders: held, rounds }) => {
      const kit = await governedKit()
      await kit.ask('update', 'sys/auth/userpass', kit.root, { type: 'userpass' })
      await kit.ask('update', 'sys/mounts/kv', kit.root, { type: 'kv', options: { version: '1' } })
      const world: World = {
        namespaces: [''],
        mounts: [{ namespace: '', path: 'auth/userpass/', type: 'userpass' }],
        aclPolicies: [],
        rgps: [],
        egps: [],
        tokens: {},
        entities: [],
        groups: [],
      }
      for (const [at, of] of first.entries())
        await makeChange(kit, world, { kind: 'acl', name: names.acl[at]!, rules: of })
      const tokens = [kit.root, ...(await Promise.all(held.map((policies) => kit.holder(...policies))))]
      for (const [at, policies] of [['root'], ...held].entries())
        world.tokens[at] = { namespace: '', policies: [...policies] }
      const kept = new Set<string>()
      for (const { change: one, asks } of rounds) {
        await makeChange(kit, world, one)
        for (const each of asks) await ask(kit, world, kept, tokens, each)
      }
    }),
    {
      numRuns: Math.ceil(wanted / requestsOfGame),
      endOnFailure: true,
      ...(wanted > 1_000 ? {} : { seed: 20 }),
    },
  )
  const share = count.allowed / count.all
  expect(share, JSON.stringify(count)).toBeGreaterThan(0.3)
  expect(share, JSON.stringify(count)).toBeLessThan(0.7)
  for (const each of Object.values(count)) expect(each, JSON.stringify(count)).toBeGreaterThan(0)
})
