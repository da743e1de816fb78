import { describe, expect, test } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { SentinelError, systemRandom } from '../base/index.ts'
import { everyEntry, type Kv, memoryKv } from '../store/index.ts'
import { childOf } from './kit.fake.ts'
import { type LeaseAsked, openLeases } from './leases.ts'
import { systemLimits } from './lifetime.ts'
import { rootPlan } from './plan.ts'
import { openTokens } from './tokens.ts'

async function kit(kv: Kv = memoryKv(), clock = fakeClock('2026-03-01T00:00:00Z')) {
  const takenBack: string[] = []
  const engine = { isDown: false }
  const leases = await openLeases({
    kv,
    clock,
    random: systemRandom,
    async takeBack({ memo }) {
      if (engine.isDown) throw new Error('the other side does not answer')
      takenBack.push(memo)
    },
  })
  const endLeases = (key: string) => leases.endOf(key)
  const tokens = await openTokens({ kv, clock, random: systemRandom, endLeases, makerAt: () => 'mount' })
  return { kv, clock, takenBack, engine, leases, tokens }
}

const lent = (path: string, memo: string, some: Partial<LeaseAsked> = {}): LeaseAsked => ({
  path,
  memo,
  tokenKey: 'k',
  renewable: true,
  maxSeconds: 0,
  wantedSeconds: 60,
  limits: systemLimits,
  ...some,
})

async function rowsIn(kv: Kv): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const { key } of everyEntry(kv, 'sys/lease')) keys.push(key)
  return keys
}

const renewal = (incrementSeconds: number) => ({ incrementSeconds, limits: systemLimits })

describe('a lease', () => {
  test('has the path and 24 characters as its id, and is found by it', async () => {
    const { leases } = await kit()
    const { lease } = await leases.register(lent('aws/creds/a', 'one'))
    expect(lease.id).toMatch(/^aws\/creds\/a\/[A-Za-z0-9]{24}$/)
    expect(await leases.lookup(lease.id)).toEqual(lease)
    for (const other of ['', 'aws/creds/a', `${lease.id}x`, 'x'.repeat(5000)])
      expect(await leases.lookup(other)).toBeUndefined()
  })

  test('ends with its time, at once, and is taken back then', async () => {
    const { kv, clock, leases, takenBack } = await kit()
    const { lease } = await leases.register(lent('a', 'one'))
    clock.advance(59_999)
    await leases.tick()
    expect(await leases.lookup(lease.id)).toBeDefined()
    clock.advance(1)
    expect(await leases.lookup(lease.id)).toBeUndefined()
    await leases.tick()
    expect(takenBack).toEqual(['one'])
    expect(await rowsIn(kv)).toEqual([])
  })

  test('is renewed from now on, within its maximum, and not when it is over', async () => {
    const { clock, leases } = await kit()
    const { lease } = await leases.register(lent('a', 'one', { maxSeconds: 100 }))
    clock.advance(50_000)
    const { seconds, warnings } = await leases.renew(lease.id, renewal(90))
    expect([seconds, warnings.length]).toEqual([50, 1])
    clock.advance(50_000)
    await expect(leases.renew(lease.id, renewal(90))).rejects.toThrow('lease not found')
    const fixed = await leases.register(lent('a', 'two', { renewable: false }))
    await expect(leases.renew(fixed.lease.id, renewal(90))).rejects.toThrow('lease is not renewable')
    await expect(leases.renew('nothing', renewal(90))).rejects.toThrow('lease not found')
  })

  test('of a path that no key of a store could hold is refused', async () => {
    const { leases } = await kit()
    await expect(leases.register(lent('x'.repeat(901), 'one'))).rejects.toThrow('at most 900 bytes')
    const { lease } = await leases.register(lent('x'.repeat(900), 'one'))
    expect(await leases.lookup(lease.id)).toBeDefined()
  })
})

describe('a revocation', () => {
  test('counts at once, also while the other side does not answer, and is tried until it does', async () => {
    const { kv, clock, leases, engine, takenBack } = await kit()
    const { lease } = await leases.register(lent('a', 'one'))
    engine.isDown = true
    await expect(leases.revokeNow(lease.id)).rejects.toThrow('does not answer')
    expect(await leases.lookup(lease.id)).toBeUndefined()
    await leases.tick()
    engine.isDown = false
    clock.advance(10_000)
    await leases.tick()
    expect([takenBack, await rowsIn(kv)]).toEqual([['one'], []])
  })

  test('goes on in the next life of the server', async () => {
    const { kv, clock, leases } = await kit()
    const { lease } = await leases.register(lent('a', 'one'))
    await leases.revoke(lease.id)
    const later = await kit(kv, clock)
    expect(await later.leases.lookup(lease.id)).toBeUndefined()
    await later.leases.tick()
    expect([later.takenBack, await rowsIn(kv)]).toEqual([['one'], []])
  })

  test('by force forgets what cannot be taken back', async () => {
    const { kv, leases, engine } = await kit()
    const { lease } = await leases.register(lent('a', 'one'))
    engine.isDown = true
    await leases.forget(lease.id)
    expect(await rowsIn(kv)).toEqual([])
  })

  test('of a token is one of its leases, and of those of its children', async () => {
    const { leases, tokens, takenBack } = await kit()
    const root = await tokens.issue(rootPlan)
    const parent = await childOf(tokens, root.entry, { policies: ['p'] })
    const child = await childOf(tokens, parent.entry)
    for (const [memo, { entry }] of [
      ['root', root],
      ['parent', parent],
      ['child', child],
    ] as const)
      await leases.register(lent('a', memo, { tokenKey: entry.key }))
    await tokens.revoke(parent.entry.key)
    expect((await leases.idsBelow('a')).length).toBe(1)
    await leases.tick()
    expect(takenBack.toSorted()).toEqual(['child', 'parent'])
  })

  test('below a path does not reach what only begins like it', async () => {
    const { leases } = await kit()
    for (const path of ['aws/creds/a', 'aws/creds/ab', 'aws/creds/a/b', 'aws2/creds/a'])
      await leases.register(lent(path, path))
    const paths = async (path: string) =>
      (await leases.idsBelow(path)).map((id) => id.slice(0, id.lastIndexOf('/'))).sort()
    expect(await paths('aws/creds/a')).toEqual(['aws/creds/a', 'aws/creds/a/b'])
    expect(await paths('aws')).toEqual(['aws/creds/a', 'aws/creds/a/b', 'aws/creds/ab'])
    expect(await paths('aws/cred')).toEqual([])
  })
})

test('a storage that stops at any write leaves a whole lease or none, and never takes back what counts', async () => {
  let hasFinished = false
  for (let writes = 0; !hasFinished; writes++) {
    expect(writes).toBeLessThan(10)
    const { kv, clock, leases } = await kit()
    const { lease } = await leases.register(lent('a', 'one'))
    let left = writes
    const stopping: Kv = {
      ...kv,
      async batch(changes) {
        if (left-- <= 0) throw new SentinelError('STORE_UNAVAILABLE', 'the machine stopped')
        await kv.batch(changes)
      },
    }
    const stopped = await kit(stopping, clock)
    hasFinished = await stopped.leases.revokeNow(lease.id).then(
      () => true,
      () => false,
    )
    const after = await kit(kv, clock)
    const counts = (await after.leases.lookup(lease.id)) !== undefined
    expect(counts).toBe(writes === 0)
    if (counts) expect(stopped.takenBack).toEqual([])
    await after.leases.tick()
    expect((await rowsIn(kv)).length).toBe(counts ? 2 : 0)
    expect([...stopped.takenBack, ...after.takenBack].length).toBe(counts ? 0 : hasFinished ? 1 : 2)
  }
})
