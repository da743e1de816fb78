import { describe, expect, it } from 'vitest'
import { SentinelError } from '../base/index.ts'
import { listEvents } from './event-list.ts'
import { inForce as standing, turnEvent } from './event-place.ts'
import { slotRows } from './event-rows.ts'
import { limits, person, world } from './event-world.fake.ts'
import type { Emergency } from './events.ts'
import { ledgerOf } from './opening.ts'

const hour = 3_600_000

describe('a row that somebody edits', () => {
  const t = Date.parse('2026-02-03T10:00:00Z')
  for (const [name, change, says] of [
    ['to last longer', { expiresAtMs: t + 2 * hour, durationSeconds: 7200 }, '`duration`, `expires_at`'],
    ['to end sooner and begin later', { createdAtMs: t + 1, expiresAtMs: t + hour }, '`created_at`'],
    [
      'to lie far ahead',
      { createdAtMs: t + 24 * hour, expiresAtMs: t + 25 * hour },
      '`created_at`, `expires_at`',
    ],
    ['to go over more', { overrides: ['deny'] }, '`overrides`'],
    ['to be of another rule', { rule: 'more' }, '`rule`'],
    ['to have had a code verified', { mfaSerial: 'arn:aws:iam::111122223333:mfa/alice' }, '`mfa_serial`'],
    ['to have been opened at another time', { openedAtMs: t - 1 }, '`opened_at`'],
    ['to belong to another ARN', { invokerArn: 'arn:aws:iam::111122223333:user/x/alice' }, '`invoker_arn`'],
    ['to belong to another account', { accountId: '444455556666' }, '`account_id`'],
    ['to be called otherwise', { invoker: 'bob' }, '`invoker`'],
    ['to be for another role', { roleArn: 'arn:aws:iam::111122223333:role/Other' }, '`role_arn`'],
    ['to be for another profile', { profile: 'dev' }, '`profile`'],
  ] satisfies readonly (readonly [string, Partial<Emergency>, string])[]) {
    it(`${name} permits nothing, and says what was changed`, async () => {
      const { open, plain, inForce, inForceDoc, clock } = world()
      await open()
      const doc = await inForceDoc()
      const edited = await plain.events.update(doc, { ...doc.body, ...change })
      expect(await inForce()).toEqual({
        kind: 'void',
        id: doc.id,
        because: `its row is not what was opened: somebody changed ${says}`,
      })
      expect(await standing(plain, edited, clock.now())).toHaveProperty('because')
      clock.advance(24 * hour)
      expect((await inForce()).kind).not.toBe('in force')
    })
  }

  for (const [name, reopened] of [
    ['with its end still in it', {}],
    ['as it was before', { closedBy: undefined, closedReason: undefined }],
  ] as const) {
    it(`to be active again once it was closed, ${name}, permits nothing`, async () => {
      const { open, plain, idInForce, inForceDoc, clock } = world()
      await open()
      const doc = await inForceDoc()
      const end = await turnEvent(plain, doc, { kind: 'close', by: 'alice', reason: 'over' }, clock.now())
      const { closedBy, closedReason, ...rest } = end.doc.body
      const ends =
        'closedBy' in reopened ? {} : { closedBy: closedBy ?? '', closedReason: closedReason ?? '' }
      const edited = await plain.events.update(end.doc, { ...rest, ...ends, status: 'active' })
      expect(await idInForce()).toBeUndefined()
      expect(await standing(plain, edited, clock.now())).toHaveProperty('because')
    })
  }

  for (const change of [
    { profile: 'staging' },
    { invoker: 'bob' },
    { invokerArn: 'arn:aws:iam::111122223333:user/bob' },
    { accountId: '444455556666' },
  ] satisfies readonly Partial<Emergency>[]) {
    const name = Object.keys(change).join()
    it(`to have another ${name} while it is closed, and put back whole, permits nothing`, async () => {
      const { open, plain, inForce, idInForce, inForceDoc, clock } = world()
      await open()
      const doc = await inForceDoc()
      const edited = await plain.events.update(doc, { ...doc.body, ...change })
      const end = await turnEvent(plain, edited, { kind: 'close', by: 'bob', reason: 'over' }, clock.now())
      expect(end.kind).toBe('turned')
      const back = await plain.events.update(end.doc, doc.body)
      expect((await inForce()).kind).toBe('void')
      expect(await standing(plain, back, clock.now())).toHaveProperty('because')
      const again = await turnEvent(plain, back, { kind: 'close', by: 'alice', reason: 'over' }, clock.now())
      expect(again.kind).toBe('turned')
      expect((await open()).kind).toBe('opened')
      expect(await idInForce()).not.toBe(doc.id)
    })
  }

  it('keeps nobody from opening another one', async () => {
    const { open, plain, inForceDoc, idInForce } = world()
    await open()
    const doc = await inForceDoc()
    await plain.events.update(doc, { ...doc.body, overrides: ['deny'] })
    expect((await open()).kind).toBe('opened')
    expect(await idInForce()).toBe('0000000000000002')
  })
})

describe('a closing that dies half-way', () => {
  it('permits nothing, and can be done again', async () => {
    const { open, plain, inForceDoc, inForce, clock } = world()
    await open()
    const doc = await inForceDoc()
    const dead = new SentinelError('STORE_UNAVAILABLE', 'the process died')
    const dying = { ...plain, events: { ...plain.events, update: () => Promise.reject(dead) } }
    const close = { kind: 'close', by: 'alice', reason: 'over' } as const
    await expect(turnEvent(dying, doc, close, clock.now())).rejects.toBe(dead)
    expect(await inForce()).toMatchObject({ kind: 'void', because: expect.stringContaining('`status`') })
    expect((await turnEvent(plain, doc, close, clock.now())).kind).toBe('turned')
    expect(await inForce()).toEqual({ kind: 'none' })
  })
})

it('an event that lies ahead, as by a clock that was set back, permits nothing and keeps its place', async () => {
  const { open, inForce, clock } = world()
  await open()
  clock.set('2026-02-03T09:59:59Z')
  expect(await inForce()).toEqual({
    kind: 'void',
    id: '0000000000000001',
    because: 'it begins at 2026-02-03T10:00:00Z, and that lies ahead',
  })
  expect((await open()).kind).toBe('taken')
})

describe('one person', () => {
  for (const [one, other] of [
    ['alice', 'Sandbox/alice'],
    ['Sandbox/alice', 'alice'],
    ['Sandbox/alice', 'Sandbox/carol'],
    ['alice', 'Alice'],
  ] as const) {
    it(`has one event for a profile: as ${one}, then as ${other}`, async () => {
      const { open, idInForce } = world()
      expect((await open(one)).kind).toBe('opened')
      expect((await open(other)).kind).toBe('taken')
      expect(await idInForce(one)).toBe('0000000000000001')
      expect(await idInForce(other)).toBeUndefined()
    })

    it(`has the limits of a user: as ${one}, then as ${other}`, async () => {
      const { open } = world()
      const most = { ...limits, maxPerUser: 1 }
      expect((await open(one, 'prod', most)).kind).toBe('opened')
      expect((await open(other, 'dev', most)).kind).toBe('limit')
    })
  }

  it('is not another: sessions of two roles by two names', async () => {
    const { open } = world()
    for (const user of ['Sandbox/alice', 'Ops/carol', 'bob'])
      expect((await open(user, 'prod', { ...limits, maxPerUser: 1 })).kind).toBe('opened')
  })

  it('whose session lost one of its two places holds neither', async () => {
    const { open, idInForce } = world()
    await open('Sandbox/carol')
    expect((await open('Sandbox/alice')).kind).toBe('taken')
    expect((await open('alice')).kind).toBe('opened')
    expect(await idInForce('alice')).toBe('0000000000000003')
  })
})

describe('an event that nobody can read', () => {
  const damage = new SentinelError('STORE_CORRUPT', 'the row `0000000000000001` is damaged')
  function damaged() {
    const at = world((docs) => ({
      ...docs,
      get: (id) => (id === '0000000000000001' ? Promise.reject(damage) : docs.get(id)),
    }))
    return {
      ...at,
      ledger: (user: string, profile: string, of: object = limits) =>
        ledgerOf(at.docs, { caller: person(user), profile, limits: { rule: 'none', ...of } }, at.clock.now()),
    }
  }

  it('counts as one opening, is named, and stands in the way of nothing else', async () => {
    const { open, ledger, clock } = damaged()
    await open('alice', 'prod', limits)
    expect(await ledger('alice', 'dev')).toMatchObject({
      ledger: { ofUser: [[{}]], ofProfile: [] },
      damaged: [damage],
    })
    expect(await ledger('bob', 'prod')).toMatchObject({
      ledger: { ofUser: [[]], ofProfile: [{}] },
      damaged: [damage],
    })
    expect((await open('alice', 'dev', limits)).kind).toBe('opened')
    expect((await open('bob', 'prod', { ...limits, maxPerProfile: 1 })).kind).toBe('limit')
    expect((await open('bob', 'prod', limits)).kind).toBe('opened')
    expect((await open('alice', 'prod', limits)).kind).toBe('limit')
    clock.advance(1_800_000)
    expect((await open('alice', 'prod', limits)).kind).toBe('opened')
  })

  it('matters no longer than the window of the limits', async () => {
    const { open, ledger, clock } = damaged()
    await open('alice', 'prod', limits)
    clock.advance(24 * hour)
    expect(await ledger('alice', 'prod')).toMatchObject({
      ledger: { ofUser: [[]], ofProfile: [] },
      damaged: [],
    })
    expect(await ledger('alice', 'prod', { quotaWindowSeconds: 86_401 })).toMatchObject({ damaged: [damage] })
  })
})

describe('a list of events', () => {
  it('by status has what it says, and nothing that a list by profile shows otherwise', async () => {
    const { open, plain, clock, inForceDoc } = world()
    await open()
    const { openedAtMs: _, ...foreign } = (await inForceDoc()).body
    await plain.events.create('ffffffffffffffff', foreign)
    clock.advance(60_000)
    const ids = async (filter: Parameters<typeof listEvents>[1]) =>
      (await listEvents(plain, filter, { limit: 10 }, clock.now())).docs.map(({ id }) => id)
    for (const profile of [undefined, 'prod']) {
      expect(await ids({ profile, status: 'active' })).toEqual(['0000000000000001'])
      expect(await ids({ profile, status: 'abandoned' })).toEqual(['ffffffffffffffff'])
      expect(await ids({ profile, status: 'closed' })).toEqual([])
    }
  })
})

it('a slot is in no index of events', () => {
  const names = Object.keys(
    slotRows.toAttributes({
      eventId: '0',
      expiresAtMs: 0,
      power: { status: 'active', invoker: 'alice', profile: 'prod', created_at: 'x' },
    }),
  )
  expect(names.filter((name) => ['status', 'invoker', 'profile', 'created_at'].includes(name))).toEqual([])
})
