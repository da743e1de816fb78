// Tables are made and mended on every DynamoDB that is there.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closingLine } from '../../../dev/closing-line.ts'
import type { DynamoDb, NewTable, TableIndex } from '../../aws/index.ts'
import { systemClock } from '../../base/index.ts'
import { systemWait } from '../../machine/index.ts'
import { fakeMachine } from '../../machine/machine.fake.ts'
import { type BackendName, backends, dynamoAt, type Gaps } from '../backends.fake.ts'
import { actionOf, docsTable, type TableStep, tableSteps, takeStep } from '../index.ts'
import type { Started } from '../lagging.fake.ts'

const kindsOf = async (db: DynamoDb, table: NewTable) =>
  (await tableSteps(db, table)).map((step) => (step.kind === 'index' ? step.index.name : step.kind))

/** A DynamoDB that is a process of its own takes its real time; it is asked often. */
const patient = {
  clock: systemClock,
  wait: { ...systemWait, pause: () => systemWait.pause(20) },
}

async function takeAll(db: DynamoDb, table: NewTable): Promise<void> {
  for (const step of await tableSteps(db, table))
    expect(await takeStep({ ...patient, db }, table, step)).toBe('holds')
}

const bare = (table: NewTable): NewTable => ({ ...table, indexes: table.indexes.slice(0, 1) })

type Case = {
  readonly name: string
  readonly gaps?: Gaps
  run(db: DynamoDb, name: string): Promise<void>
}

const noRecovery = { 'DynamoDB Local': 'has no point-in-time recovery' } satisfies Gaps

const cases: readonly Case[] = [
  ...(['requests', 'breakglass', 'sessions'] as const).map(
    (collection): Case => ({
      name: `a table of ${collection} is made whole, and lacks nothing then`,
      gaps: noRecovery,
      async run(db, name) {
        const table = docsTable(collection, name)
        expect(await kindsOf(db, table)).toEqual(['create', 'ttl', 'recovery'])
        await takeAll(db, table)
        expect(await kindsOf(db, table)).toEqual([])
        const found = await db.describeTable(name)
        expect(found).toMatchObject({
          partition: 'id',
          status: 'ACTIVE',
          protectedFromDeletion: true,
          encrypted: true,
        })
        const indexes = found?.indexes.map(({ name: index, partition, sort, whole }) => [
          index,
          partition,
          sort,
          whole,
        ])
        expect([...(indexes ?? [])].sort()).toEqual(
          table.indexes.map(({ name: index, partition, sort }) => [index, partition, sort, true]).sort(),
        )
        expect([await db.timeToLive(name), await db.pointInTimeRecovery(name)]).toEqual(['ttl', true])
      },
    }),
  ),
  {
    name: 'a table that a broken run left is mended',
    gaps: noRecovery,
    async run(db, name) {
      const table = docsTable('requests', name)
      await takeStep({ ...patient, db }, table, { kind: 'create' })
      expect(await kindsOf(db, table)).toEqual(['ttl', 'recovery'])
      await takeAll(db, table)
      expect(await kindsOf(db, table)).toEqual([])
    },
  },
  {
    name: 'indexes that are missing are added one by one',
    gaps: noRecovery,
    async run(db, name) {
      const table = docsTable('sessions', name)
      await takeAll(db, bare(table))
      expect(await kindsOf(db, table)).toEqual(['gsi-status', 'gsi-profile', 'gsi-server-instance'])
      await takeAll(db, table)
      expect(await kindsOf(db, table)).toEqual([])
    },
  },
  {
    name: 'a table and its time to live are made, and indexes added',
    async run(db, name) {
      const table = docsTable('requests', name)
      await takeStep({ ...patient, db }, bare(table), { kind: 'create' })
      const row = { id: 'r1', status: 'pending', created_at: '2026-02-03T10:00:00Z' }
      await db.put(name, row, undefined)
      for (const index of table.indexes.slice(1))
        await takeStep({ ...patient, db }, table, { kind: 'index', index })
      await takeStep({ ...patient, db }, table, { kind: 'ttl' })
      expect((await db.describeTable(name))?.indexes.map((index) => index.name).sort()).toEqual([
        'gsi-profile',
        'gsi-requester',
        'gsi-status',
      ])
      expect(await db.timeToLive(name)).toBe('ttl')
      // What was there before is in the new index.
      const query = {
        table: name,
        index: 'gsi-status',
        sort: 'created_at',
        order: 'descending',
        limit: 1,
      } as const
      const { items } = await db.query({ ...query, partition: ['status', 'pending'] })
      expect(items).toEqual([row])
    },
  },
  {
    name: "somebody else's table, with another key, is refused",
    async run(db, name) {
      await takeStep(
        { ...patient, db },
        { name, partition: 'pk', sort: 'sk', indexes: [] },
        { kind: 'create' },
      )
      await expect(tableSteps(db, docsTable('requests', name))).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: `the key of the table \`${name}\` is not as sentinel makes it`,
      })
    },
  },
  {
    name: 'an index of the same name with another key is refused',
    async run(db, name) {
      const table = docsTable('requests', name)
      const other = { ...table, indexes: [{ name: 'gsi-status', partition: 'state', sort: 'created_at' }] }
      await takeStep({ ...patient, db }, other, { kind: 'create' })
      await expect(tableSteps(db, table)).rejects.toThrowError('the index `gsi-status` of the table')
    },
  },
  {
    name: 'a table that is swept by something else is refused',
    async run(db, name) {
      const table = docsTable('requests', name)
      await takeStep({ ...patient, db }, table, { kind: 'create' })
      await db.switchTimeToLiveOn(name, 'expires')
      await expect(tableSteps(db, table)).rejects.toThrowError('are swept by `expires`, not by `ttl`')
    },
  },
]

/** The cases that ran on each, and ended as they should. */
const kept = new Map<BackendName, number>()
const casesOn = (name: BackendName) => cases.filter(({ gaps = {} }) => gaps[name] === undefined)

for (const backend of backends) {
  if (backend.missing !== undefined) {
    it.skip(`${backend.missing}: no table was made on it`, () => {})
    continue
  }
  describe(`tables on ${backend.name}`, () => {
    const running: { one?: Started } = {}
    beforeAll(async () => {
      running.one = await backend.start()
    })
    afterAll(() => running.one?.close())
    casesOn(backend.name).forEach((test, at) => {
      it(test.name, async () => {
        await test.run(await dynamoAt(running.one?.url ?? ''), `sentinel-made-${at}`)
        kept.set(backend.name, (kept.get(backend.name) ?? 0) + 1)
      })
    })
  })
}

describe('a step', () => {
  it('waits for the table with growing pauses, and gives up after five minutes', async () => {
    const waited: number[] = []
    const machine = fakeMachine()
    const wait = {
      ...machine.wait,
      pause: async (ms: number) => {
        waited.push(ms / 1000)
        machine.clock.advance(ms)
      },
    }
    const creating = {
      status: 'CREATING',
      arn: '',
      partition: 'id',
      indexes: [],
      protectedFromDeletion: true,
      encrypted: true,
    }
    const db = { createTable: async () => {}, describeTable: async () => creating } as unknown as DynamoDb
    await expect(
      takeStep({ clock: machine.clock, wait, db }, docsTable('requests', 't'), { kind: 'create' }),
    ).rejects.toThrowError('the table `t` is not ready after 5 minutes')
    expect(waited.slice(0, 9)).toEqual([0.25, 0.5, 1, 2, 4, 8, 16, 30, 30])
    expect(waited.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThanOrEqual(300)
  })

  it('that was accepted and does not hold is said to be so', async () => {
    const waited: number[] = []
    const machine = fakeMachine()
    const wait = { ...machine.wait, pause: async (ms: number) => void waited.push(ms) }
    const facts = { status: 'ACTIVE', arn: '', partition: 'id', indexes: [], protectedFromDeletion: false }
    const accepting = {
      createTable: async () => {},
      addIndex: async () => {},
      protectTable: async () => {},
      encryptTable: async () => {},
      switchTimeToLiveOn: async () => {},
      switchRecoveryOn: async () => {},
      describeTable: async () => ({ ...facts, encrypted: false }),
      timeToLive: async () => undefined,
      pointInTimeRecovery: async () => false,
    } as unknown as DynamoDb
    const table = docsTable('requests', 't')
    const [index] = table.indexes
    const steps: readonly TableStep[] = [
      { kind: 'create' },
      { kind: 'index', index: index as TableIndex },
      ...(['protection', 'encryption', 'ttl', 'recovery'] as const).map((kind) => ({ kind })),
    ]
    for (const step of steps) {
      const taken = takeStep({ clock: machine.clock, wait, db: accepting }, table, step)
      expect([step.kind, await taken]).toEqual([step.kind, 'not confirmed'])
    }
    expect(waited).toHaveLength(steps.length * 7)
  })

  it('names the action that AWS must allow', () => {
    expect([actionOf({ kind: 'create' }), actionOf({ kind: 'recovery' })]).toEqual([
      'dynamodb:CreateTable',
      'dynamodb:UpdateContinuousBackups',
    ])
  })
})

afterAll(() => {
  for (const { name, missing } of backends) {
    const gaps = [...new Set(cases.flatMap(({ gaps = {} }: { readonly gaps?: Gaps }) => gaps[name] ?? []))]
    const rest = gaps.length === 0 ? '' : `, which ${gaps.join(' and ')}`
    const count = `${kept.get(name) ?? 0} of ${cases.length} cases ran and hold on ${name}${rest}`
    closingLine(`tables: ${missing === undefined ? count : missing}`)
  }
})
