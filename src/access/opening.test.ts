import { describe, expect, it } from 'vitest'
import { SentinelError } from '../base/index.ts'
import type { Docs } from '../store/index.ts'
import { listEvents } from './event-list.ts'
import { type EventDocs, turnEvent } from './event-place.ts'
import { free, limits, person, world } from './event-world.fake.ts'
import { openingMs } from './events.ts'
import { ledgerOf } from './opening.ts'

describe('an opening', () => {
  it('brings an event into force, which its slot names', async () => {
    const { clock, open, inForce } = world()
    expect(await open()).toMatchObject({ kind: 'opened', doc: { id: '0000000000000001' } })
    expect(await inForce()).toMatchObject({
      doc: { id: '0000000000000001' },
      untilMs: clock.now() + 3_600_000,
    })
    expect(await inForce('bob')).toEqual({ kind: 'none' })
    expect(await inForce('alice', 'dev')).toEqual({ kind: 'none' })
  })

  it('is refused while another one is in force, also with one for another profile in between (S10)', async () => {
    const { open, idInForce } = world()
    await open('alice', 'prod')
    expect((await open('alice', 'dev')).kind).toBe('opened')
    expect(await open('alice', 'prod')).toMatchObject({
      kind: 'taken',
      because: 'event 0000000000000001 for this profile is in force already',
    })
    expect(await idInForce()).toBe('0000000000000001')
  })

  it('is free again once that is closed or its time is over', async () => {
    const { clock, plain, open, inForce, inForceDoc } = world()
    await open()
    const doc = await inForceDoc()
    await turnEvent(plain, doc, { kind: 'close', by: 'alice', reason: 'over' }, clock.now())
    expect(await inForce()).toEqual({ kind: 'none' })
    expect((await open()).kind).toBe('opened')
    clock.advance(3_600_000)
    expect((await open()).kind).toBe('opened')
  })

  it('leaves the loser closed, with the reason', async () => {
    const { clock, plain, open } = world()
    await open()
    await open()
    const { docs } = await listEvents(
      plain,
      { profile: 'prod', status: 'closed' },
      { limit: 10 },
      clock.now(),
    )
    expect(docs).toMatchObject([
      { id: '0000000000000002', body: { closedReason: expect.stringContaining('in force') } },
    ])
  })
})

describe('limits', () => {
  it('hold over profiles, and for a profile over users; closed events count', async () => {
    const { clock, open } = world()
    for (const profile of ['a', 'b', 'c']) expect((await open('alice', profile, limits)).kind).toBe('opened')
    expect(await open('alice', 'd', limits)).toMatchObject({ kind: 'limit', retryAfterSeconds: 86_400 })
    clock.advance(86_400_000)
    expect((await open('alice', 'd', limits)).kind).toBe('opened')
    for (let user = 0; user < 9; user++) expect((await open(`u${user}`, 'd', limits)).kind).toBe('opened')
    expect((await open('u9', 'd', limits)).kind).toBe('limit')
  })

  it('have a cooldown for the same user and profile, whatever was opened in between', async () => {
    const { clock, plain, open, inForceDoc } = world()
    await open('alice', 'prod', { cooldownSeconds: 1800 })
    const doc = await inForceDoc()
    await turnEvent(plain, doc, { kind: 'close', by: 'alice', reason: 'over' }, clock.now())
    await open('alice', 'dev', { cooldownSeconds: 1800 })
    expect(await open('alice', 'prod', { cooldownSeconds: 1800 })).toMatchObject({ kind: 'limit' })
    clock.advance(1_800_000)
    expect((await open('alice', 'prod', { cooldownSeconds: 1800 })).kind).toBe('opened')
  })

  it('do not count what lost', async () => {
    const { clock, plain, open } = world()
    await open('alice', 'prod', { maxPerUser: 2, quotaWindowSeconds: 86_400 })
    expect((await open('alice', 'prod', { maxPerUser: 2, quotaWindowSeconds: 86_400 })).kind).toBe('taken')
    expect((await open('alice', 'dev', { maxPerUser: 2, quotaWindowSeconds: 86_400 })).kind).toBe('opened')
    const { ledger } = await ledgerOf(
      plain,
      { caller: person('alice'), profile: 'prod', limits },
      clock.now(),
    )
    expect(ledger.ofUser.map(({ length }) => length)).toEqual([2])
  })
})

describe('at once', () => {
  it('of fifty openers for one profile exactly one wins', async () => {
    const { open, idInForce } = world()
    const ends = await Promise.all(Array.from({ length: 50 }, () => open()))
    const [winner, ...more] = ends.flatMap((end) => (end.kind === 'opened' ? [end.doc.id] : []))
    expect(more).toEqual([])
    expect(await idInForce()).toBe(winner)
  })

  it('of two who both saw the place free one wins, and the other is told of the first', async () => {
    const { plain, open, idInForce } = world()
    let seen = 0
    let bothSaw = () => {}
    const together = new Promise<void>((resolve) => {
      bothSaw = resolve
    })
    const meeting: EventDocs = {
      ...plain,
      slots: {
        ...plain.slots,
        async get(id) {
          const slot = await plain.slots.get(id)
          if (++seen === 2) bothSaw()
          await together
          return slot
        },
      },
    }
    const ends = await Promise.all([
      open('alice', 'prod', free, meeting),
      open('alice', 'prod', free, meeting),
    ])
    expect(ends.map(({ kind }) => kind).sort()).toEqual(['opened', 'taken'])
    const winner = ends.find((end) => end.kind === 'opened')
    expect(await idInForce()).toBe(winner?.kind === 'opened' && winner.doc.id)
  })

  it('of fifty users of one profile exactly as many win as the limit lets', async () => {
    const { open } = world()
    const ends = await Promise.all(Array.from({ length: 50 }, (_, at) => open(`u${at}`, 'prod', limits)))
    expect(ends.filter(({ kind }) => kind === 'opened').length).toBe(10)
  })

  it('of fifty profiles of one user exactly as many win as the limit lets', async () => {
    const { open } = world()
    const ends = await Promise.all(Array.from({ length: 50 }, (_, at) => open('alice', `p${at}`, limits)))
    expect(ends.filter(({ kind }) => kind === 'opened').length).toBe(3)
  })
})

describe('a process that dies half-way', () => {
  const dead = new SentinelError('STORE_UNAVAILABLE', 'the process died')

  /** A table whose n-th write and everything after it does not happen, or happens and is not answered. */
  function dyingAt(at: number, how: 'before' | 'after') {
    let writes = 0
    return <Body>(docs: Docs<Body>): Docs<Body> => {
      const through = async <T>(write: () => Promise<T>): Promise<T> => {
        writes++
        if (writes > at || (writes === at && how === 'before')) throw dead
        const value = await write()
        if (writes === at) throw dead
        return value
      }
      return {
        get: (id) => (writes >= at ? Promise.reject(dead) : docs.get(id)),
        list: (query) => docs.list(query),
        create: (id, body) => through(() => docs.create(id, body)),
        update: (doc, body) => through(() => docs.update(doc, body)),
      }
    }
  }

  for (const how of ['before', 'after'] as const) {
    for (const at of [1, 2, 3, 4, 5]) {
      it(`${how} its write ${at}: nothing is in force that was not completed, and it can be done again`, async () => {
        const { clock, plain, open, idInForce } = world(dyingAt(at, how))
        await expect(open('alice', 'prod', limits)).rejects.toBe(dead)
        const survived = await idInForce()
        expect(survived).toBe(at === 5 && how === 'after' ? '0000000000000001' : undefined)
        if (survived !== undefined) return
        clock.advance(openingMs)
        expect(
          await open('alice', 'prod', { ...limits, maxPerUser: 1, maxPerProfile: 1 }, plain),
        ).toMatchObject({
          kind: 'opened',
        })
        expect(await idInForce()).toBe('0000000000000002')
      })
    }
  }

  it('only for a while, and comes back to life, does not complete what took too long', async () => {
    const { clock, plain, open, inForce } = world()
    const slow: EventDocs = {
      ...plain,
      slots: {
        ...plain.slots,
        async create(id, body) {
          clock.advance(openingMs)
          return plain.slots.create(id, body)
        },
      },
    }
    expect(await open('alice', 'prod', free, slow)).toMatchObject({
      kind: 'taken',
      because: 'the opening was given up: its opening took too long',
    })
    expect(await inForce()).toEqual({ kind: 'none' })
    expect((await open()).kind).toBe('opened')
  })

  it('and comes back to life cannot complete what others have given up', async () => {
    const { clock, plain, open, idInForce } = world()
    let wake = () => {}
    const slept = new Promise<void>((resolve) => {
      wake = resolve
    })
    const slow: EventDocs = {
      ...plain,
      slots: {
        ...plain.slots,
        async create(id, body) {
          await slept
          return plain.slots.create(id, body)
        },
      },
    }
    const first = open('alice', 'prod', limits, slow)
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(openingMs)
    expect((await open('alice', 'prod', { ...limits, maxPerUser: 1 })).kind).toBe('opened')
    wake()
    expect((await first).kind).toBe('taken')
    expect(await idInForce()).toBe('0000000000000002')
  })
})

it('whoever closes at once: one does', async () => {
  const { clock, plain, open, inForceDoc } = world()
  await open()
  const doc = await inForceDoc()
  const close = (by: string) => turnEvent(plain, doc, { kind: 'close', by, reason: 'over' }, clock.now())
  const ends = await Promise.all(Array.from({ length: 50 }, (_, at) => close(`u${at}`)))
  expect(ends.filter(({ kind }) => kind === 'turned').length).toBe(1)
})
