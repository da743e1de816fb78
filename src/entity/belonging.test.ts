import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SentinelError } from '../base/index.ts'
import { entityKit } from './kit.fake.ts'

// A model that has no indexes, no caches and no rows: facts, and a loop until nothing is added any more.

type Model = {
  /** Who each id stands for now; undefined where they are gone. */
  readonly behind: Map<string, string>
  readonly members: Map<string, readonly string[]>
  readonly memberGroups: Map<string, readonly string[]>
  /** What the mount said of each entity last. */
  readonly said: Map<string, readonly string[]>
  /** Which group a name of the mount means. */
  readonly aliases: Map<string, string>
}

function groupsIn(model: Model, entityId: string): readonly string[] {
  const who = model.behind.get(entityId) ?? 'nobody'
  const isThem = (id: string) => model.behind.get(id) === who
  const isSaid = (group: string) =>
    (model.said.get(who) ?? []).some((name) => model.aliases.get(name) === group)
  const groups = [...model.members.keys()]
  let found = groups.filter((group) => model.members.get(group)?.some(isThem) || isSaid(group))
  for (;;) {
    const isInside = (group: string) => model.memberGroups.get(group)?.some((inner) => found.includes(inner))
    const more = groups.filter((group) => found.includes(group) || isInside(group))
    if (more.length === found.length) return found.toSorted()
    found = more
  }
}

const places = fc.nat({ max: 5 })
const step = fc.oneof(
  fc.record({ kind: fc.constant('login' as const), who: places, said: fc.subarray(['x', 'y', 'z']) }),
  fc.record({ kind: fc.constant('merge' as const), from: places, to: places }),
  fc.record({ kind: fc.constant('leave' as const), who: places }),
  fc.record({ kind: fc.constant('make' as const), at: places }),
  fc.record({
    kind: fc.constant('members' as const),
    at: places,
    who: fc.uniqueArray(places, { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('groups' as const),
    at: places,
    inner: fc.uniqueArray(places, { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('delete' as const), at: places }),
  fc.record({ kind: fc.constant('alias' as const), at: places, name: fc.constantFrom('x', 'y', 'z') }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Two worlds that are told the same. */
async function worlds() {
  const real = await entityKit()
  const model: Model = {
    behind: new Map(),
    members: new Map(),
    memberGroups: new Map(),
    said: new Map(),
    aliases: new Map(),
  }
  const people: string[] = []
  const made: string[] = []
  const at = (list: readonly string[], place: number) => list[place % Math.max(1, list.length)] ?? 'nobody'
  const living = (place: number) => model.behind.get(at(people, place)) ?? 'nobody'
  const run: { readonly [K in Step['kind']]: (step: Extract<Step, { kind: K }>) => Promise<void> } = {
    async login({ who, said }) {
      const id = await real.login(`user${who}`, said)
      if (!people.includes(id)) people.push(id)
      model.behind.set(id, id)
      model.said.set(id, said)
    },
    async merge({ from, to }) {
      const [a, b] = [living(from), living(to)]
      // Both have an alias of the one mount, so that of `from` goes, with what was said of it.
      await real.entities.merge({ fromIds: [a], toId: b, aliasIdsToKeep: [], isForced: true })
      for (const [id, who] of model.behind) if (who === a) model.behind.set(id, b)
      model.said.delete(a)
    },
    async leave({ who }) {
      const gone = living(who)
      await real.entities.remove([gone])
      for (const [id, each] of model.behind) if (each === gone) model.behind.delete(id)
      model.said.delete(gone)
    },
    async make({ at: place }) {
      const id = await real.group(`group${place}`)
      made.push(id)
      model.members.set(id, [])
    },
    async members({ at: place, who }) {
      const [id, ids] = [at(made, place), who.map(living)]
      await real.groups.change(id, { memberEntityIds: ids })
      model.members.set(id, ids)
    },
    async groups({ at: place, inner }) {
      const [id, ids] = [at(made, place), inner.map((each) => at(made, each))]
      await real.groups.change(id, { memberGroupIds: ids })
      model.memberGroups.set(id, ids)
    },
    async delete({ at: place }) {
      const id = at(made, place)
      await real.groups.remove(id)
      model.members.delete(id)
      for (const [name, group] of model.aliases) if (group === id) model.aliases.delete(name)
    },
    async alias({ name }) {
      const { group } = await real.groups.createAlias({ name, mountAccessor: 'ldap_1' })
      made.push(group.id)
      model.members.set(group.id, [])
      model.aliases.set(name, group.id)
    },
  }
  for (const place of [0, 1, 2, 3]) {
    await run.login({ kind: 'login', who: place, said: [] })
    await run.make({ kind: 'make', at: place })
  }
  return { real, model, people, run }
}

test('for any sequence of changes, who belongs where is what a loop over all of it says', async () => {
  let asked = 0
  let inGroups = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const { real, model, people, run } = await worlds()
      for (const each of steps) {
        // What is refused must change nothing in either world.
        await (run[each.kind] as (step: Step) => Promise<void>)(each).catch((thrown: unknown) => {
          if (!(thrown instanceof SentinelError)) throw thrown
        })
        for (const id of people) {
          asked++
          const found = real.groups.identityOf(id)?.groups.map((group) => group.id) ?? []
          if (found.length > 0) inGroups++
          expect(found.toSorted()).toEqual(groupsIn(model, id))
        }
      }
      const again = await entityKit(real.kv)
      for (const id of people) expect(again.namesOf(id)?.toSorted()).toEqual(real.namesOf(id)?.toSorted())
    }),
    { numRuns: 200, seed: 7 },
  )
  expect(asked).toBeGreaterThan(10_000)
  expect(inGroups / asked).toBeGreaterThan(0.15)
})
