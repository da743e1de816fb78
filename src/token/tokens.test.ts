import { describe, expect, test } from 'vitest'
import { Secret, SentinelError } from '../base/index.ts'
import { everyEntry, type Kv, memoryKv } from '../store/index.ts'
import { childOf, tokenKit } from './kit.fake.ts'
import { systemLimits } from './lifetime.ts'
import { rootPlan } from './plan.ts'

async function keysIn(kv: Kv): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const { key } of everyEntry(kv, '')) keys.push(key)
  return keys
}

describe('what a token looks like', () => {
  test('a service token has 28 characters, its accessor 24, and neither lies in the storage in clear', async () => {
    const { kv, tokens } = await tokenKit()
    const { token, entry } = await tokens.issue(rootPlan)
    expect(token.reveal()).toMatch(/^hvs\.[A-Za-z0-9]{24}$/)
    expect(entry.accessor).toMatch(/^[A-Za-z0-9]{24}$/)
    for await (const { key, value } of everyEntry(kv, ''))
      expect(`${key} ${Buffer.from(value).toString('latin1')}`).not.toContain(token.reveal().slice(4))
    expect((await keysIn(kv)).join()).not.toContain(entry.accessor)
  })

  test('it is found by itself and by its accessor, also in another life of the server', async () => {
    const { kv, clock, tokens } = await tokenKit()
    const { token, entry } = await tokens.issue(rootPlan)
    const later = (await tokenKit(kv, clock)).tokens
    for (const each of [tokens, later]) {
      expect(await each.lookup(token)).toEqual(entry)
      expect(await each.byAccessor(entry.accessor)).toEqual(entry)
    }
    expect(await tokens.accessors()).toEqual([entry.accessor])
  })

  test('another salt knows nobody', async () => {
    const { token } = await (await tokenKit()).tokens.issue(rootPlan)
    expect(await (await tokenKit()).tokens.lookup(token)).toBeUndefined()
  })

  test('a chosen id is taken once, an old one begins with `s.`', async () => {
    const { tokens } = await tokenKit()
    const id = new Secret('s.ZyXwVuTsRqPoNmLkJiHgFeDc')
    const { token } = await tokens.issue({ ...rootPlan, id })
    expect(token.reveal()).toBe(id.reveal())
    expect(await tokens.lookup(id)).toBeDefined()
    await expect(tokens.issue({ ...rootPlan, id })).rejects.toThrow('duplicate ID')
  })
})

describe('what a token can carry', () => {
  const names = (count: number) => Array.from({ length: count }, (_, at) => `p${at}`)
  const noted = (length: number) => new Map([['note', 'x'.repeat(length - 'note'.length)]])
  const bytes = 64 * 1024 - 'p0token'.length
  for (const [name, plan, refused] of [
    ['a thousand policies', { policies: names(1_000) }, undefined],
    ['one more', { policies: names(1_001) }, 'more than 1000 policies'],
    ['metadata of 64 KiB', { policies: ['p0'], meta: noted(bytes) }, undefined],
    ['a byte more', { policies: ['p0'], meta: noted(bytes + 1) }, 'more than 64 KiB'],
    [
      'long names of policies',
      { policies: names(100).map((each) => each.padEnd(700, 'é')) },
      'more than 64 KiB',
    ],
    ['in itself, less', { type: 'batch', policies: ['p0'], meta: noted(4_000) }, undefined],
    [
      'in itself, as much as no header holds',
      { type: 'batch', policies: ['p0'], meta: noted(16_000) },
      'could not be sent',
    ],
  ] as const)
    test(`${name}: ${refused === undefined ? 'is made' : 'is refused, and leaves nothing'}`, async () => {
      const { kv, tokens } = await tokenKit()
      const root = await tokens.issue(rootPlan)
      const before = (await keysIn(kv)).length
      const made = childOf(tokens, root.entry, { noDefaultPolicy: true, ttlSeconds: 60, ...plan })
      if (refused === undefined) expect(await tokens.lookup((await made).token)).toBeDefined()
      else {
        await expect(made).rejects.toMatchObject({
          code: 'REQUEST_INVALID',
          message: expect.stringContaining(refused),
        })
        expect(await keysIn(kv)).toHaveLength(before)
      }
    })
})

describe('batch tokens', () => {
  test('are kept nowhere, are read back, and end', async () => {
    const { kv, clock, tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const before = await keysIn(kv)
    const { token, entry } = await childOf(tokens, root.entry, {
      type: 'batch',
      policies: ['p'],
      ttlSeconds: 60,
    })
    expect(token.reveal()).toMatch(/^hvb\./)
    expect(await keysIn(kv)).toEqual(before)
    expect(await tokens.lookup(token)).toEqual(entry)
    expect([entry.accessor, entry.renewable]).toEqual(['', false])
    clock.advance(60_000)
    expect(await tokens.lookup(token)).toBeUndefined()
  })

  test('one that was changed in any byte, or written otherwise, is unknown', async () => {
    const { tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const { token } = await childOf(tokens, root.entry, { type: 'batch', policies: ['p'] })
    const bytes = Buffer.from(token.reveal().slice(4), 'base64url')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(await tokens.lookup(new Secret(`hvb.${changed.toString('base64url')}`))).toBeUndefined()
    }
    for (const other of ['', 'AQ', `${token.reveal().slice(4)}=`, `${token.reveal().slice(4)} `])
      expect(await tokens.lookup(new Secret(`hvb.${other}`))).toBeUndefined()
  })

  test('end with the token that made them', async () => {
    const { tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const parent = await childOf(tokens, root.entry, { policies: ['p'] })
    const { token } = await childOf(tokens, parent.entry, { type: 'batch' })
    expect(await tokens.lookup(token)).toBeDefined()
    await tokens.revoke(parent.entry.key)
    expect(await tokens.lookup(token)).toBeUndefined()
  })
})

describe('uses', () => {
  test('the last one succeeds, the next does not, and it is cleared away after its last request', async () => {
    const { kv, clock, tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const before = await keysIn(kv)
    const { token } = await childOf(tokens, root.entry, { policies: ['p'], numUses: 2 })
    expect((await tokens.enter(token))?.usesLeft).toBe(1)
    expect((await tokens.enter(token))?.usesLeft).toBe(0)
    expect(await tokens.enter(token)).toBeUndefined()
    expect(await tokens.lookup(token)).toBeUndefined()
    clock.advance(119_000)
    await tokens.tick()
    expect((await keysIn(kv)).length).toBeGreaterThan(before.length)
    clock.advance(1000)
    await tokens.tick()
    expect(await keysIn(kv)).toEqual(before)
  })

  test('whoever says that the last request is over has it cleared away at the next tick', async () => {
    const { kv, tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const before = await keysIn(kv)
    const { token, entry } = await childOf(tokens, root.entry, { policies: ['p'], numUses: 1 })
    await tokens.enter(token)
    tokens.leave(entry.key)
    await tokens.tick()
    expect(await keysIn(kv)).toEqual(before)
  })

  test('of 50 at once exactly as many succeed as there are uses', async () => {
    const { tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    for (const numUses of [1, 7, 49, 60]) {
      const { token } = await childOf(tokens, root.entry, { policies: ['p'], numUses })
      const all = await Promise.all(Array.from({ length: 50 }, () => tokens.enter(token)))
      const spent = all.flatMap((each) => each?.usesLeft ?? [])
      expect(spent.length).toBe(Math.min(numUses, 50))
      expect(new Set(spent).size).toBe(spent.length)
    }
  })

  test('looking spends nothing', async () => {
    const { tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const { token, entry } = await childOf(tokens, root.entry, { policies: ['p'], numUses: 1 })
    for (let n = 0; n < 3; n++) expect((await tokens.lookup(token))?.usesLeft).toBe(1)
    expect((await tokens.byAccessor(entry.accessor))?.usesLeft).toBe(1)
  })
})

describe('the end of a token', () => {
  test('what is over counts no more, swept or not, and its children neither', async () => {
    const { clock, tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const parent = await childOf(tokens, root.entry, { policies: ['p'], ttlSeconds: 60 })
    const child = await childOf(tokens, parent.entry, { ttlSeconds: 3600 })
    const grandchild = await childOf(tokens, child.entry, { ttlSeconds: 3600 })
    clock.advance(59_999)
    expect(await tokens.lookup(grandchild.token)).toBeDefined()
    clock.advance(1)
    for (const { token } of [parent, child, grandchild]) expect(await tokens.lookup(token)).toBeUndefined()
    expect(await tokens.lookup(root.token)).toBeDefined()
  })

  test('the clock clears away whole trees and nothing else', async () => {
    const { kv, clock, tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const before = await keysIn(kv)
    const parent = await childOf(tokens, root.entry, { policies: ['p'], ttlSeconds: 60 })
    await childOf(tokens, parent.entry, { ttlSeconds: 3600 })
    await tokens.tick()
    expect((await keysIn(kv)).length).toBe(before.length + 6)
    clock.advance(60_000)
    await tokens.tick()
    expect(await keysIn(kv)).toEqual(before)
  })

  test('a server that was down meanwhile clears away when it is back', async () => {
    const { kv, clock, tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const before = await keysIn(kv)
    await childOf(tokens, root.entry, { policies: ['p'], ttlSeconds: 60 })
    clock.advance(3_600_000)
    const later = (await tokenKit(kv, clock)).tokens
    await later.tick()
    expect(await keysIn(kv)).toEqual(before)
  })

  test('a revocation takes leases and children first, breadth first, then what they kept', async () => {
    const { kv, tokens, endedLeases } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const before = await keysIn(kv)
    const top = await childOf(tokens, root.entry, { policies: ['p'] })
    const [a, b] = [await childOf(tokens, top.entry), await childOf(tokens, top.entry)]
    const [aa, bb] = [await childOf(tokens, a.entry), await childOf(tokens, b.entry)]
    for (const { entry } of [top, aa])
      await tokens
        .cubbyhole(entry.key)
        .batch([{ kind: 'put', key: 'x/y', value: Buffer.from('1'), expected: 'absent' }])
    await tokens.revoke(top.entry.key)
    expect(await keysIn(kv)).toEqual(before)
    const levels = endedLeases.map((key) => [top, a, b, aa, bb].findIndex(({ entry }) => entry.key === key))
    expect(levels.map((at) => [0, 1, 1, 2, 2][at])).toEqual([0, 1, 1, 2, 2])
    for (const { token } of [top, a, b, aa, bb]) expect(await tokens.lookup(token)).toBeUndefined()
  })

  test('revoked as an orphan maker, it leaves its children alive', async () => {
    const { tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const parent = await childOf(tokens, root.entry, { policies: ['p'] })
    const child = await childOf(tokens, parent.entry)
    const grandchild = await childOf(tokens, child.entry)
    await tokens.revokeOrphan(parent.entry.key)
    expect(await tokens.lookup(parent.token)).toBeUndefined()
    expect((await tokens.lookup(child.token))?.parent).toBeUndefined()
    expect(await tokens.lookup(grandchild.token)).toBeDefined()
    await tokens.revoke(child.entry.key)
    expect(await tokens.lookup(grandchild.token)).toBeUndefined()
  })

  test('a token that is made again under a chosen id does not inherit what its namesake made', async () => {
    const { tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const id = new Secret('chosen')
    const first = await childOf(tokens, root.entry, { policies: ['p'], id })
    const batch = await childOf(tokens, first.entry, { type: 'batch' })
    await tokens.revoke(first.entry.key)
    await childOf(tokens, root.entry, { policies: ['p'], id })
    expect(await tokens.lookup(id)).toBeDefined()
    expect(await tokens.lookup(batch.token)).toBeUndefined()
  })

  test('all that was made at a path, and nothing that only begins like it', async () => {
    const { tokens } = await tokenKit()
    const plan = { ...rootPlan, policies: ['p'], ttlSeconds: 60 }
    const made = async (path: string) => (await tokens.issue({ ...plan, path })).token
    const gone = [await made('auth/userpass/login/bob'), await made('auth/userpass/login/eve')]
    const kept = [await made('auth/userpass2/login/bob'), await made('auth/userpas/login/bob')]
    for (const path of ['auth/userpass/', 'auth/userpass'])
      expect((await tokens.madeAt(path)).map(({ path: madeAt }) => madeAt).sort()).toEqual([
        'auth/userpass/login/bob',
        'auth/userpass/login/eve',
      ])
    for (const { key } of await tokens.madeAt('auth/userpass')) await tokens.revoke(key)
    for (const token of gone) expect(await tokens.lookup(token)).toBeUndefined()
    for (const token of kept) expect(await tokens.lookup(token)).toBeDefined()
  })

  test('an accessor, a key or a salt is no token', async () => {
    const { tokens } = await tokenKit()
    const { entry } = await tokens.issue(rootPlan)
    for (const text of [entry.accessor, entry.key, '', 'keys', `id/${entry.key}`])
      expect(await tokens.lookup(new Secret(text))).toBeUndefined()
  })
})

describe('renewal', () => {
  const renewal = (incrementSeconds: number) => ({ incrementSeconds, limits: systemLimits })

  test('moves the end from now on, as asked or as before', async () => {
    const { clock, tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const { token, entry } = await childOf(tokens, root.entry, { policies: ['p'], ttlSeconds: 60 })
    clock.advance(30_000)
    expect((await tokens.renew(entry.key, renewal(0))).seconds).toBe(60)
    expect((await tokens.renew(entry.key, renewal(600))).seconds).toBe(600)
    clock.advance(599_000)
    expect(await tokens.lookup(token)).toBeDefined()
    await tokens.tick()
    clock.advance(1000)
    await tokens.tick()
    expect(await tokens.lookup(token)).toBeUndefined()
  })

  test('never goes beyond the maximum that the token was given, with a period or without', async () => {
    for (const more of [{}, { periodSeconds: 50 }]) {
      const { clock, tokens } = await tokenKit()
      const root = await tokens.issue(rootPlan)
      const plan = { policies: ['p'], ttlSeconds: 60, explicitMaxSeconds: 100, ...more }
      const { token, entry } = await childOf(tokens, root.entry, plan)
      clock.advance(40_000)
      await tokens.renew(entry.key, renewal(600))
      clock.advance(40_000)
      expect((await tokens.renew(entry.key, renewal(600))).seconds).toBe(20)
      clock.advance(20_000)
      expect(await tokens.lookup(token)).toBeUndefined()
    }
  })

  test('what is over, unknown or unrenewable is refused', async () => {
    const { clock, tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const short = await childOf(tokens, root.entry, { policies: ['p'], ttlSeconds: 60 })
    const fixed = await childOf(tokens, root.entry, { policies: ['p'], renewable: false })
    const child = await childOf(tokens, short.entry)
    await expect(tokens.renew(fixed.entry.key, renewal(0))).rejects.toThrow('lease is not renewable')
    await expect(tokens.renew(root.entry.key, renewal(0))).rejects.toThrow('lease is not renewable')
    await expect(tokens.renew('nothing', renewal(0))).rejects.toThrow('token not found')
    clock.advance(60_000)
    for (const { entry } of [short, child])
      await expect(tokens.renew(entry.key, renewal(0))).rejects.toThrow('token not found')
  })

  test('a token without its role is not renewed', async () => {
    const { tokens } = await tokenKit()
    const root = await tokens.issue(rootPlan)
    const { entry } = await tokens.issue({
      ...rootPlan,
      policies: ['p'],
      role: 'gone',
      ttlSeconds: 60,
      renewable: true,
      parent: { key: root.entry.key, accessor: root.entry.accessor, depth: 1 },
    })
    await expect(tokens.renew(entry.key, renewal(0))).rejects.toThrow('original token role "gone"')
  })
})

/** A Kv that does so many writes and no more, as when the machine stops. */
function stopping(kv: Kv, writes: number): Kv {
  let left = writes
  return {
    ...kv,
    async batch(changes) {
      if (left === 0) throw new SentinelError('STORE_UNAVAILABLE', 'the machine stopped')
      left--
      await kv.batch(changes)
    },
  }
}

describe('a storage that stops at any write', () => {
  const made = async () => {
    const kit = await tokenKit(memoryKv())
    const root = await kit.tokens.issue(rootPlan)
    const empty = await keysIn(kit.kv)
    const parent = await childOf(kit.tokens, root.entry, { policies: ['p'] })
    const child = await childOf(kit.tokens, parent.entry)
    const grandchild = await childOf(kit.tokens, child.entry, { policies: ['p'] })
    for (const { entry } of [parent, grandchild])
      await kit.tokens
        .cubbyhole(entry.key)
        .batch([{ kind: 'put', key: 'x', value: Buffer.from('1'), expected: 'absent' }])
    return { ...kit, root, empty, parent, child, grandchild }
  }

  test('a token is there whole, or was never told and nothing of it is there', async () => {
    for (let writes = 0; writes < 3; writes++) {
      const { kv, clock, root } = await made()
      const before = await keysIn(kv)
      const { tokens } = await tokenKit(stopping(kv, writes), clock)
      const told = await childOf(tokens, root.entry, { policies: ['p'] }).catch(() => undefined)
      const after = (await tokenKit(kv, clock)).tokens
      if (told === undefined) expect(await keysIn(kv)).toEqual(before)
      else expect(await after.byAccessor(told.entry.accessor)).toEqual(told.entry)
    }
  })

  test('a revocation happened with all below it or not at all, and goes on by itself', async () => {
    let hasFinished = false
    for (let writes = 0; !hasFinished; writes++) {
      expect(writes).toBeLessThan(20)
      const { kv, clock, empty, parent, child, grandchild } = await made()
      const stopped = await tokenKit(stopping(kv, writes), clock)
      hasFinished = await stopped.tokens.revoke(parent.entry.key).then(
        () => true,
        () => false,
      )
      const after = await tokenKit(kv, clock)
      const alive = await Promise.all(
        [parent, child, grandchild].map(({ token }) => after.tokens.lookup(token)),
      )
      expect(new Set(alive.map((entry) => entry !== undefined)).size).toBe(1)
      expect(alive[0] === undefined).toBe(writes > 0)
      await after.tokens.tick()
      if (writes > 0) expect(await keysIn(kv)).toEqual(empty)
    }
  })

  test('of a large tree the top goes last, so that nobody below is forgotten', async () => {
    let hasFinished = false
    for (let writes = 1; !hasFinished; writes++) {
      const { kv, clock, tokens, empty, parent } = await made()
      const children = await Promise.all(Array.from({ length: 20 }, () => childOf(tokens, parent.entry)))
      const stopped = await tokenKit(stopping(kv, writes), clock)
      hasFinished = await stopped.tokens.revoke(parent.entry.key).then(
        () => true,
        () => false,
      )
      const after = await tokenKit(kv, clock)
      for (const { token } of children) expect(await after.tokens.lookup(token)).toBeUndefined()
      await after.tokens.tick()
      expect(await keysIn(kv)).toEqual(empty)
    }
  })

  test('making orphans loses nobody', async () => {
    let hasFinished = false
    for (let writes = 0; !hasFinished; writes++) {
      const { kv, clock, parent, child, grandchild } = await made()
      const { tokens } = await tokenKit(stopping(kv, writes), clock)
      hasFinished = await tokens.revokeOrphan(parent.entry.key).then(
        () => true,
        () => false,
      )
      const after = (await tokenKit(kv, clock)).tokens
      for (const { token } of [child, grandchild]) expect(await after.lookup(token)).toBeDefined()
      if (!hasFinished) await after.revokeOrphan(parent.entry.key)
      expect(await after.lookup(parent.token)).toBeUndefined()
      expect(await after.lookup(grandchild.token)).toBeDefined()
    }
  })

  test('a use is spent or refused, never both', async () => {
    const { kv, clock, root, tokens } = await made()
    const { token } = await childOf(tokens, root.entry, { policies: ['p'], numUses: 2 })
    const stopped = (await tokenKit(stopping(kv, 1), clock)).tokens
    expect((await stopped.enter(token))?.usesLeft).toBe(1)
    await expect(stopped.enter(token)).rejects.toThrow('the machine stopped')
    expect((await stopped.lookup(token))?.usesLeft).toBe(1)
  })

  test('what could not be cleared away is tried again later', async () => {
    const { kv, clock, empty, parent } = await made()
    let isDown = true
    const shaky: Kv = {
      ...kv,
      batch: (changes) =>
        isDown ? Promise.reject(new SentinelError('STORE_UNAVAILABLE', 'down')) : kv.batch(changes),
    }
    const { tokens } = await tokenKit(shaky, clock)
    clock.advance(systemLimits.maxSeconds * 1000)
    await tokens.tick()
    expect(await tokens.lookup(parent.token)).toBeUndefined()
    isDown = false
    clock.advance(9999)
    await tokens.tick()
    expect((await keysIn(kv)).length).toBeGreaterThan(empty.length)
    clock.advance(1)
    await tokens.tick()
    expect(await keysIn(kv)).toEqual(empty)
  })
})

describe('races', () => {
  test('a child that is made while its parent is revoked is refused, or dead', async () => {
    for (let round = 0; round < 20; round++) {
      const { kv, tokens } = await tokenKit()
      const root = await tokens.issue(rootPlan)
      const empty = await keysIn(kv)
      const parent = await childOf(tokens, root.entry, { policies: ['p'] })
      const children = Array.from({ length: 10 }, () => childOf(tokens, parent.entry).catch(() => undefined))
      await tokens.revoke(parent.entry.key)
      for (const child of await Promise.all(children))
        if (child !== undefined) expect(await tokens.lookup(child.token)).toBeUndefined()
      expect(await keysIn(kv)).toEqual(empty)
    }
  })

  test('a child whose rows come after those of its parent were cleared away leaves nothing', async () => {
    const kv = memoryKv()
    const held = { isOn: false, release: () => {} }
    const slow: Kv = {
      ...kv,
      async batch(changes) {
        const isChild = held.isOn && changes.some(({ key }) => key.includes('/parent/'))
        held.isOn &&= !isChild
        if (isChild) await new Promise<void>((resume) => (held.release = resume))
        await kv.batch(changes)
      },
    }
    const { tokens } = await tokenKit(slow)
    const root = await tokens.issue(rootPlan)
    const empty = await keysIn(kv)
    const parent = await childOf(tokens, root.entry, { policies: ['p'] })
    held.isOn = true
    const child = childOf(tokens, parent.entry)
    const refused = expect(child).rejects.toThrow('no parent found')
    await tokens.revoke(parent.entry.key)
    held.release()
    await refused
    expect(await keysIn(kv)).toEqual(empty)
  })

  test('a reading that began before a revocation does not bring the token back', async () => {
    const kv = memoryKv()
    let isSlow = false
    const waiting: (() => void)[] = []
    const slow: Kv = {
      ...kv,
      async get(key) {
        const isHeld = isSlow
        const found = await kv.get(key)
        if (isHeld) await new Promise<void>((resume) => waiting.push(resume))
        return found
      },
    }
    const { clock, tokens } = await tokenKit(kv)
    const { token, entry } = await tokens.issue(rootPlan)
    const reader = (await tokenKit(slow, clock)).tokens
    isSlow = true
    const reading = reader.lookup(token)
    isSlow = false
    await reader.revoke(entry.key)
    for (const resume of waiting) resume()
    await reading
    expect(await reader.lookup(token)).toBeUndefined()
  })

  test('tidying takes what points at nothing', async () => {
    const { kv, tokens } = await tokenKit()
    await tokens.issue(rootPlan)
    const before = await keysIn(kv)
    const loose = Buffer.from(JSON.stringify({ key: 'gone', accessor: 'a' }))
    await kv.batch([
      { kind: 'put', key: 'sys/token/accessor/x', value: loose, expected: 'absent' },
      { kind: 'put', key: 'sys/token/parent/gone/gone', value: loose, expected: 'absent' },
    ])
    expect(await tokens.tidy()).toBe(2)
    expect(await keysIn(kv)).toEqual(before)
  })
})
