import { describe, expect, it } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { SentinelError } from '../base/index.ts'
import type { Party } from '../policy/index.ts'
import { memoryDocs } from '../store/index.ts'
import {
  listSessions,
  newSession,
  type Revocation,
  revocationId,
  revocationRows,
  revokeSession,
  type Session,
  type SessionDocs,
  sessionRows,
  sessionStatusAt,
  sessionStep,
  watchSession,
} from './index.ts'

const nowMs = Date.parse('2026-02-03T10:00:00Z')
const minute = 60_000
const leaseMs = 15 * minute
const person = (user: string): Party => ({
  user,
  arn: `arn:aws:iam::111122223333:user/${user}`,
  accountId: '111122223333',
})
const [alice, carol] = [person('alice'), person('carol')]
const started = { user: alice, profile: 'prod', host: 'laptop', pid: 4711, leaseMs }
const id = '5f0c2a9b1d3e4f60'
const beat = {
  kind: 'heartbeat',
  leaseMs,
  lastAccessAtMs: nowMs,
  requestCount: 3,
  sourceIdentity: undefined,
} as const
const revoke = { kind: 'revoke', by: carol, reason: 'Suspicious activity' } as const
const end = { kind: 'end', lastAccessAtMs: nowMs, requestCount: 3, sourceIdentity: undefined } as const

describe('a session', () => {
  const active = newSession(started, nowMs)

  it('is active until its process writes no more', () => {
    expect(sessionStatusAt(active, nowMs + leaseMs - 1)).toBe('active')
    expect(sessionStatusAt(active, nowMs + leaseMs)).toBe('expired')
  })

  it('lives on with each heartbeat', () => {
    const step = sessionStep(active, beat, nowMs + 10 * minute)
    expect(step).toMatchObject({ kind: 'next', session: { status: 'active', requestCount: 3 } })
    if (step.kind === 'next') expect(sessionStatusAt(step.session, nowMs + 20 * minute)).toBe('active')
  })

  for (const [name, event, want] of [
    ['revoked', revoke, { status: 'revoked', revokedBy: 'carol', revokedReason: 'Suspicious activity' }],
    ['over when its run is over', end, { status: 'expired', endedAtMs: nowMs + minute }],
  ] as const) {
    it(`is ${name}, and that is final`, () => {
      const step = sessionStep(active, event, nowMs + minute)
      expect(step).toMatchObject({ kind: 'next', session: want })
      if (step.kind !== 'next') return
      for (const later of [beat, revoke, end]) {
        expect(sessionStep(step.session, later, nowMs + 2 * minute).kind).toBe('refused')
      }
    })
  }

  it('whose process seems to be gone can still be revoked', () => {
    expect(sessionStep(active, revoke, nowMs + 24 * 60 * minute).kind).toBe('next')
  })

  it('says why it cannot be revoked again', () => {
    const step = sessionStep(active, revoke, nowMs)
    const again = step.kind === 'next' && sessionStep(step.session, revoke, nowMs)
    expect(again).toEqual({ kind: 'refused', because: 'it was revoked by carol at 2026-02-03T10:00:00Z' })
  })
})

describe('a row', () => {
  const whole: Session = {
    ...newSession(started, nowMs),
    status: 'revoked',
    sourceIdentity: 'sentinel,alice,5f0c2a9b1d3e4f60',
    revokedBy: 'carol',
    revokedReason: 'Suspicious activity',
    endedAtMs: nowMs,
  }

  for (const [name, body] of [
    ['a new session', newSession(started, nowMs)],
    ['a session with everything', whole],
  ] as const) {
    it(`is read as it was written: ${name}`, () => {
      expect(sessionRows.fromAttributes({ id, ...sessionRows.toAttributes(body) })).toEqual(body)
    })
  }

  it("has the reference's names and fixed times", () => {
    expect(sessionRows.toAttributes(newSession(started, nowMs))).toEqual({
      user: 'alice',
      user_arn: alice.arn,
      account_id: '111122223333',
      profile: 'prod',
      server_instance_id: 'laptop:4711',
      host: 'laptop',
      pid: 4711,
      status: 'active',
      started_at: '2026-02-03T10:00:00.000000000Z',
      created_at: '2026-02-03T10:00:00.000000000Z',
      updated_at: '2026-02-03T10:00:00.000000000Z',
      last_access_at: '2026-02-03T10:00:00.000000000Z',
      expires_at: '2026-02-03T10:15:00.000000000Z',
      request_count: 0,
    })
  })

  it('of the reference is read', () => {
    const row = {
      id,
      user: 'alice',
      profile: 'prod',
      server_instance_id: 'a1b2c3d4',
      status: 'active',
      started_at: '2026-02-03T10:00:00Z',
      last_access_at: '2026-02-03T10:00:01.5Z',
      created_at: '2026-02-03T10:00:00Z',
      updated_at: '2026-02-03T10:00:01.5Z',
      expires_at: '2026-02-03T10:15:00Z',
      request_count: 1,
      source_identity: '',
      revoked_by: '',
      revoked_reason: '',
    }
    expect(sessionRows.fromAttributes(row)).toEqual({
      user: 'alice',
      profile: 'prod',
      serverInstanceId: 'a1b2c3d4',
      status: 'active',
      startedAtMs: nowMs,
      lastAccessAtMs: nowMs + 1500,
      createdAtMs: nowMs,
      updatedAtMs: nowMs + 1500,
      expiresAtMs: nowMs + leaseMs,
      requestCount: 1,
    })
  })

  it('of a revocation is read as it was written, and outlives the session it is about', () => {
    const body: Revocation = { sessionId: id, by: 'carol', reason: 'Suspicious activity', atMs: nowMs }
    const attributes = { id: revocationId(id), ...revocationRows.toAttributes(body) }
    expect(revocationRows.fromAttributes(attributes)).toEqual(body)
    expect(revocationRows.ttlMs(body)).toBeGreaterThan(sessionRows.ttlMs(newSession(started, nowMs)))
  })

  it('is evidence for three months after its end', () => {
    expect(sessionRows.ttlMs(newSession(started, nowMs))).toBe(nowMs + leaseMs + 90 * 86_400_000)
  })
})

const memoryTable = (): SessionDocs => ({
  sessions: memoryDocs(sessionRows),
  revocations: memoryDocs(revocationRows),
})

/** A session that has begun, and whoever can reach its table. */
async function begun(store: SessionDocs = memoryTable()) {
  const clock = fakeClock(nowMs)
  const watch = watchSession({ clock }, id)
  await watch.begin(store, started)
  const doc = async () => {
    const found = await store.sessions.get(id)
    if (found === undefined) throw new Error('the row is gone')
    return found
  }
  return {
    clock,
    watch,
    store,
    doc,
    revoke: async () =>
      revokeSession(store, await doc(), { by: carol, reason: 'Suspicious activity' }, clock.now()),
    state: async (docs = store) => (await watch.look(docs)).state,
    beat: (docs = store) => watch.beat(docs, leaseMs),
  }
}

/** A table of which some functions on the sessions' rows do something else. */
const tampered = (
  { sessions, revocations }: SessionDocs,
  changed: Partial<SessionDocs['sessions']>,
): SessionDocs => ({
  sessions: {
    get: (rowId) => sessions.get(rowId),
    create: (rowId, body) => sessions.create(rowId, body),
    update: (doc, body) => sessions.update(doc, body),
    list: (query) => sessions.list(query),
    ...changed,
  },
  revocations,
})
const gone = async () => undefined
const down = () => Promise.reject(new SentinelError('STORE_UNAVAILABLE', 'the table cannot be reached'))

describe('a session that runs', () => {
  it('stands while nothing happens, and over heartbeats, however long', async () => {
    const at = await begun()
    for (let hour = 0; hour < 12; hour++) {
      at.watch.used('sentinel,alice,5f0c2a9b1d3e4f60')
      at.clock.advance(60 * minute)
      await at.beat()
      expect(await at.state()).toBe('active')
    }
    expect((await at.doc()).body).toMatchObject({
      requestCount: 12,
      sourceIdentity: 'sentinel,alice,5f0c2a9b1d3e4f60',
      lastAccessAtMs: nowMs + 11 * 60 * minute,
      expiresAtMs: nowMs + 12 * 60 * minute + leaseMs,
    })
  })

  it('that was revoked does not stand from then on, and it is said by whom and why', async () => {
    const at = await begun()
    expect((await at.revoke()).kind).toBe('revoked')
    expect(await at.watch.look(at.store)).toEqual({
      state: 'revoked',
      by: 'carol',
      reason: 'Suspicious activity',
    })
  })

  for (const [name, tamper] of [
    ['after twelve hours', async (at) => void at.clock.advance(12 * 60 * minute)],
    ['after its row was swept', async () => undefined],
    [
      'after its row was set back to active',
      async (at) => void (await at.store.sessions.update(await at.doc(), newSession(started, nowMs))),
    ],
  ] as const satisfies readonly (readonly [
    string,
    (at: Awaited<ReturnType<typeof begun>>) => Promise<void>,
  ])[]) {
    it(`that was seen revoked stays so ${name}`, async () => {
      const at = await begun()
      await at.revoke()
      await at.state()
      await tamper(at)
      await at.beat()
      expect(await at.state(name.includes('swept') ? tampered(at.store, { get: gone }) : at.store)).toBe(
        'revoked',
      )
      // And without asking anybody.
      expect(await at.state(tampered(at.store, { get: down }))).toBe('revoked')
    })
  }

  it('does not stand when its row was set back and its revocation removed before anybody looked', async () => {
    const at = await begun()
    const before = await at.doc()
    await at.revoke()
    await at.store.sessions.update(await at.doc(), before.body)
    const { revocations } = memoryTable()
    expect(await at.watch.look({ ...at.store, revocations })).toEqual({
      state: 'revoked',
      reason: 'somebody else wrote its row and left it active',
    })
  })

  it('does not stand when only the status was set back, and nothing is written over that', async () => {
    const at = await begun()
    await at.revoke()
    const { version, body } = await at.doc()
    const setBack = tampered(at.store, {
      get: async () => ({ id, version, body: { ...body, status: 'active' } }),
    })
    await at.beat(setBack)
    expect(await at.state(setBack)).toBe('revoked')
    expect((await at.doc()).body.status).toBe('revoked')
  })

  it('does not stand when its whole row was put back as it was before it was revoked', async () => {
    const at = await begun()
    const before = await at.doc()
    await at.revoke()
    const putBack = tampered(at.store, { get: async () => before })
    expect(await at.watch.look(putBack)).toEqual({
      state: 'revoked',
      by: 'carol',
      reason: 'Suspicious activity',
    })
  })

  it('does not stand when whoever revoked it was cut off after the first of two writes', async () => {
    const at = await begun()
    const cutOff = tampered(at.store, { update: down })
    const event = { by: carol, reason: 'Suspicious activity' }
    await expect(revokeSession(cutOff, await at.doc(), event, nowMs)).rejects.toThrow('cannot be reached')
    expect((await at.doc()).body.status).toBe('active')
    expect(await at.state()).toBe('revoked')
    // And it can be done again, and then stands in the row too.
    expect((await at.revoke()).kind).toBe('revoked')
    expect((await at.doc()).body.status).toBe('revoked')
  })

  it('whose row is not there does not stand any more, also when it comes back', async () => {
    const at = await begun()
    expect(await at.state(tampered(at.store, { get: gone }))).toBe('missing')
    expect(await at.state()).toBe('missing')
  })

  it('that cannot be looked at is not known to stand, nor not to', async () => {
    const at = await begun()
    await expect(at.state(tampered(at.store, { get: down }))).rejects.toThrow('cannot be reached')
    expect(await at.state()).toBe('active')
  })

  it('is over when its run is, and cannot be revoked then', async () => {
    const at = await begun()
    at.watch.used(undefined)
    expect(await at.watch.end(at.store)).toMatchObject({ status: 'expired', requestCount: 1 })
    expect(await at.state()).toBe('ended')
    expect(await at.revoke()).toMatchObject({ kind: 'refused', because: 'it ended at 2026-02-03T10:00:00Z' })
  })

  it('that was revoked is not written over by the end of its run', async () => {
    const at = await begun()
    await at.revoke()
    expect(await at.watch.end(at.store)).toBeUndefined()
    expect((await at.doc()).body.status).toBe('revoked')
  })

  it('that was revoked says in the end how much it gave out, and nothing else changes', async () => {
    const at = await begun()
    at.watch.used('sentinel,alice,0123456789abcdef')
    await at.revoke()
    await at.watch.settle(at.store)
    expect((await at.doc()).body.requestCount).toBe(0)
    expect(await at.state()).toBe('revoked')
    const { body } = await at.doc()
    await at.watch.settle(at.store)
    const settled = await at.doc()
    expect(settled.body).toEqual({
      ...body,
      requestCount: 1,
      sourceIdentity: 'sentinel,alice,0123456789abcdef',
    })
    await at.watch.settle(at.store)
    expect(await at.doc()).toEqual(settled)
  })

  for (const [name, effect] of [
    ['happened', (store: SessionDocs) => store.sessions.update],
    ['did not happen', () => down],
  ] as const) {
    it(`stands after a heartbeat whose answer was lost, which ${name}`, async () => {
      const at = await begun()
      const lossy = tampered(at.store, {
        update: async (doc, body) => {
          await effect(at.store)(doc, body).catch(() => {})
          return down()
        },
      })
      at.clock.advance(minute)
      await expect(at.beat(lossy)).rejects.toThrow('cannot be reached')
      expect(await at.state()).toBe('active')
      at.clock.advance(minute)
      await at.beat()
      expect(await at.state()).toBe('active')
      await at.revoke()
      expect(await at.state()).toBe('revoked')
    })
  }

  it('that looks while a heartbeat is under way, before or after it, stands', async () => {
    const at = await begun()
    const old = await at.doc()
    at.clock.advance(minute)
    await at.beat()
    expect(await at.state(tampered(at.store, { get: async () => old }))).toBe('active')
    expect(await at.state()).toBe('active')
  })

  it('that was made although the answer was lost is found again', async () => {
    const store = memoryTable()
    const watch = watchSession({ clock: fakeClock(nowMs) }, id)
    const lossy = tampered(store, {
      create: async (rowId, body) => {
        await store.sessions.create(rowId, body)
        return down()
      },
    })
    await expect(watch.begin(lossy, started)).rejects.toThrow('cannot be reached')
    expect(watch.hasBegun()).toBe(false)
    await watch.begin(store, started)
    expect((await watch.look(store)).state).toBe('active')
  })

  it('does not take the row of another run for its own', async () => {
    const at = await begun()
    const other = watchSession({ clock: at.clock }, id)
    await expect(other.begin(at.store, { ...started, pid: 1 })).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
    })
  })
})

describe('a revocation', () => {
  it('succeeds the first time, however many heartbeats come in between', async () => {
    const at = await begun()
    let beats = 0
    const busy = tampered(at.store, {
      update: async (doc, body) => {
        // Those that had looked before.
        if (beats++ < 25) await at.store.sessions.update(await at.doc(), (await at.doc()).body)
        return at.store.sessions.update(doc, body)
      },
    })
    const end = await revokeSession(busy, await at.doc(), { by: carol, reason: 'now' }, at.clock.now())
    expect(end.kind).toBe('revoked')
    expect([beats, await at.state()]).toEqual([26, 'revoked'])
  })

  it('of fifty at once is one, and the others are told whose', async () => {
    const at = await begun()
    const first = await at.doc()
    const ends = await Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        revokeSession(at.store, first, { by: person(`admin${number}`), reason: 'now' }, nowMs),
      ),
    )
    const winners = ends.filter(({ kind }) => kind === 'revoked')
    expect(winners).toHaveLength(1)
    const by = winners[0]?.doc.body.revokedBy
    for (const end of ends) if (end.kind === 'refused') expect(end.because).toContain(`by ${by} at`)
  })

  it('of a session that is gone fails', async () => {
    const at = await begun()
    const conflict = () => Promise.reject(new SentinelError('STORE_CONFLICT', 'gone'))
    const empty = tampered(at.store, { get: gone, update: conflict })
    await expect(revokeSession(empty, await at.doc(), revoke, nowMs)).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
    })
  })
})

describe('a list', () => {
  async function some() {
    const store = memoryTable()
    for (const [at, [user, profile, event]] of [
      ['alice', 'prod', undefined],
      ['alice', 'dev', revoke],
      ['bob', 'prod', end],
      ['bob', 'prod', undefined],
    ].entries() as Iterable<[number, [string, string, typeof revoke | typeof end | undefined]]>) {
      const session = newSession(
        { ...started, user: person(user), profile, leaseMs: (at + 1) * minute },
        nowMs + at,
      )
      const doc = await store.sessions.create(`s${at}`, session)
      const step = event === undefined ? undefined : sessionStep(session, event, nowMs)
      if (step?.kind === 'next') await store.sessions.update(doc, step.session)
    }
    return store
  }

  for (const [name, filter, atMs, want] of [
    ['the active ones', { status: 'active' }, nowMs, ['s3', 's0']],
    [
      'the active ones, without those whose process is gone',
      { status: 'active' },
      nowMs + 2 * minute,
      ['s3'],
    ],
    ['the revoked ones', { status: 'revoked' }, nowMs, ['s1']],
    ["one person's", { user: 'alice' }, nowMs, ['s1', 's0']],
    ["one profile's", { profile: 'prod' }, nowMs, ['s3', 's2', 's0']],
    ["one person's of one profile", { user: 'alice', profile: 'prod' }, nowMs, ['s0']],
    [
      'what is over, written down or not',
      { user: 'bob', status: 'expired' },
      nowMs + 5 * minute,
      ['s3', 's2'],
    ],
    ['what is new', { profile: 'prod', sinceMs: nowMs + 2 }, nowMs, ['s3', 's2']],
  ] as const) {
    it(`has ${name}, newest first`, async () => {
      const { docs } = await listSessions(await some(), filter, { limit: 100 }, atMs)
      expect(docs.map((doc) => doc.id)).toEqual(want)
    })
  }

  it('comes in pages', async () => {
    const store = await some()
    const first = await listSessions(store, { profile: 'prod' }, { limit: 2 }, nowMs)
    const second = await listSessions(store, { profile: 'prod' }, { limit: 2, after: first.next }, nowMs)
    expect([first.docs, second.docs].map((docs) => docs.map((doc) => doc.id))).toEqual([['s3', 's2'], ['s0']])
    expect(second.next).toBeUndefined()
  })
})
