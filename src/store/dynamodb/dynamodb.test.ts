// What the contracts cannot say of DynamoDB: answers that are lost, half or refused, and indexes that are behind.

import { EventEmitter, once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Fault, type LocalAws, startLocalAws } from '../../../dev/aws/index.ts'
import type { DynamoDb, Item } from '../../aws/index.ts'
import { systemRandom } from '../../base/index.ts'
import { fakeMachine } from '../../machine/machine.fake.ts'
import { dynamoAt } from '../backends.fake.ts'
import { type Note, note, notes } from '../docs.contract.ts'
import { type Docs, docsTable, dynamoDocs, dynamoKv, type Kv, kvTable, takeStep } from '../index.ts'

const table = 'sentinel-requests'

type Trial = { readonly aws: LocalAws; readonly docs: Docs<Note> }

async function freshAws(): Promise<LocalAws> {
  const aws = await startLocalAws()
  onTestFinished(() => aws.close())
  return aws
}

async function trial(): Promise<Trial> {
  const aws = await freshAws()
  const db = await dynamoAt(aws.url)
  await takeStep({ ...fakeMachine(), db }, docsTable('requests', table), { kind: 'create' })
  return { aws, docs: dynamoDocs({ db, random: systemRandom }, table, notes) }
}

async function kvTrial(): Promise<{ readonly aws: LocalAws; readonly kv: Kv }> {
  const aws = await freshAws()
  const db = await dynamoAt(aws.url)
  await takeStep({ ...fakeMachine(), db }, kvTable('sentinel-kv'), { kind: 'create' })
  return { aws, kv: dynamoKv({ db, random: systemRandom }, 'sentinel-kv') }
}

const ofAlice = { index: 'gsi-requester', value: 'alice', limit: 10 }

describe('a write whose answer is lost', () => {
  // The SDK tries three times: after one loss it meets its own write, after three it knows nothing.
  for (const times of [1, 3]) {
    it(`${times} of 3 times is known to have created the document`, async () => {
      const { aws, docs } = await trial()
      const lost = aws.fail({ action: 'PutItem', times }, { kind: 'lost' })
      expect(await docs.create('n1', note())).toEqual({ id: 'n1', version: 1, body: note() })
      expect(lost.hits).toBe(times)
      expect((await docs.get('n1'))?.version).toBe(1)
    })

    it(`${times} of 3 times is known to have updated it`, async () => {
      const { aws, docs } = await trial()
      const first = await docs.create('n1', note())
      aws.fail({ action: 'UpdateItem', times }, { kind: 'lost' })
      const second = await docs.update(first, note({ words: 'changed' }))
      expect(await docs.get('n1')).toEqual(second)
    })
  }

  it('is told from a write that never happened', async () => {
    const { aws, docs } = await trial()
    aws.fail({ action: 'PutItem' }, { kind: 'reset' })
    await expect(docs.create('n1', note())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(await docs.get('n1')).toBeUndefined()
  })

  it("is told from somebody else's, even of the same words", async () => {
    const { aws, docs } = await trial()
    const first = await docs.create('n1', note())
    await docs.update(first, note({ words: 'changed' }))
    aws.fail({ action: 'UpdateItem', times: 1 }, { kind: 'lost' })
    const again = docs.update(first, note({ words: 'changed' }))
    await expect(again).rejects.toMatchObject({ code: 'STORE_CONFLICT' })
  })

  it('and cannot be looked at again is unavailable, not a conflict', async () => {
    const { aws, docs } = await trial()
    aws.fail({ action: 'PutItem', times: 1 }, { kind: 'lost' })
    const blind = aws.fail({ action: 'GetItem' }, { kind: 'error' })
    await expect(docs.create('n1', note())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    blind.remove()
    expect((await docs.get('n1'))?.version).toBe(1)
  })

  it('is known to have put the value of a key', async () => {
    const { aws, kv } = await kvTrial()
    aws.fail({ action: 'PutItem', times: 1 }, { kind: 'lost' })
    const value = Buffer.from('v')
    await kv.batch([{ kind: 'put', key: 'a', value, expected: 'absent' }])
    const again = kv.batch([{ kind: 'put', key: 'a', value, expected: 'absent' }])
    await expect(again).rejects.toMatchObject({ code: 'STORE_CONFLICT' })
  })
})

it('keys are listed without their values', async () => {
  const aws = await freshAws()
  const db = await dynamoAt(aws.url)
  await takeStep({ ...fakeMachine(), db }, kvTable('sentinel-kv'), { kind: 'create' })
  const sent: Item[] = []
  const watched: DynamoDb = {
    ...db,
    async query(query) {
      const found = await db.query(query)
      sent.push(...found.items)
      return found
    },
  }
  const kv = dynamoKv({ db: watched, random: systemRandom }, 'sentinel-kv')
  await kv.batch([{ kind: 'put', key: 'a', value: Buffer.alloc(1000), expected: 'absent' }])
  expect(await kv.keys({ prefix: '', limit: 10 })).toEqual(['a'])
  expect(sent).toEqual([{ key: 'a' }])
})

describe('a row of another program, without a version', () => {
  const row = {
    id: 'old',
    requester: 'alice',
    status: 'open',
    created_at: '2026-02-03T11:00:00.5+01:00',
    justification: 'of old',
    ttl: 1_800_000_000,
  }

  it('is read, listed and updated once like any other', async () => {
    const { aws, docs } = await trial()
    await (await dynamoAt(aws.url)).put(table, row, undefined)
    const found = await docs.get('old')
    expect(found).toMatchObject({ version: 0, body: { owner: 'alice', createdAtMs: 1_770_112_800_500 } })
    expect((await docs.list(ofAlice)).docs).toEqual([found])
    if (found === undefined) throw new Error('unreachable')
    const updated = await docs.update(found, note({ words: 'changed' }))
    expect(await docs.get('old')).toEqual(updated)
    expect(updated.version).toBe(1)
    await expect(docs.update(found, note({ words: 'late' }))).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
    })
  })

  it('that is gone is not made by an update', async () => {
    const { docs } = await trial()
    const gone = { id: 'old', version: 0, body: note() }
    await expect(docs.update(gone, note())).rejects.toMatchObject({ code: 'STORE_CONFLICT' })
    expect(await docs.get('old')).toBeUndefined()
  })
})

describe('an index that is behind', () => {
  it('leads to no document that has left the list, is gone, or never was', async () => {
    const { aws, docs } = await trial()
    await docs.create('here', note())
    await docs.create('moved', note({ owner: 'bob' }))
    const places = ['here', 'moved', 'gone'].map((id) => ({
      id: { S: id },
      created_at: { S: '2026-02-03T10:00:00.123000000Z' },
    }))
    aws.fail({ action: 'Query', times: 1 }, { kind: 'members', set: new Map([['Items', places]]) })
    expect((await docs.list(ofAlice)).docs.map(({ id }) => id)).toEqual(['here'])
  })

  it('is read by id consistently', async () => {
    const { aws, docs } = await trial()
    const seen: string[] = []
    await docs.create('n1', note())
    await docs.list(ofAlice)
    await docs.get('n1')
    seen.push(...aws.calls.map(({ action }) => action))
    expect(seen.slice(-3)).toEqual(['Query', 'BatchGetItem', 'GetItem'])
  })
})

describe('an answer that is not whole', () => {
  it('of a batch is asked for again', async () => {
    const { aws, docs } = await trial()
    await docs.create('n1', note())
    await docs.create('n2', note())
    const Keys = ['n1', 'n2'].map((id) => ({ id: { S: id } }))
    const halves = new Map<string, never>([
      ['Responses', { [table]: [] } as never],
      ['UnprocessedKeys', { [table]: { Keys, ConsistentRead: true } } as never],
    ])
    const spoilt = aws.fail({ action: 'BatchGetItem', times: 2 }, { kind: 'members', set: halves })
    expect((await docs.list(ofAlice)).docs.map(({ id }) => id)).toEqual(['n2', 'n1'])
    expect(spoilt.hits).toBe(2)
  })

  it('for ever is an error', async () => {
    const { aws, docs } = await trial()
    await docs.create('n1', note())
    const left = { [table]: { Keys: [{ id: { S: 'n1' } }], ConsistentRead: true } }
    aws.fail({ action: 'BatchGetItem' }, { kind: 'members', set: new Map([['UnprocessedKeys', left]]) })
    await expect(docs.list(ofAlice)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})

describe('a refusal has a code and says what to do', () => {
  for (const [what, fault, code, text] of [
    ['throttling', { kind: 'throttle' }, 'STORE_THROTTLED', 'ThrottlingException'],
    ['a denial', { kind: 'deny' }, 'STORE_ACCESS_DENIED', 'DynamoDB GetItem for `sentinel-requests` failed'],
    ['an internal failure', { kind: 'error' }, 'STORE_UNAVAILABLE', 'InternalServerError'],
    ['a broken connection', { kind: 'reset' }, 'STORE_UNAVAILABLE', 'could not reach'],
    ['half an answer', { kind: 'truncated' }, 'STORE_UNAVAILABLE', 'the answer cannot be read'],
    [
      'expired credentials',
      { kind: 'error', status: 400, code: 'ExpiredTokenException' },
      'STS_EXPIRED_CREDENTIALS',
      'ExpiredTokenException',
    ],
  ] as const satisfies readonly (readonly [string, Fault, string, string])[]) {
    it(what, async () => {
      const { aws, docs } = await trial()
      aws.fail({ action: 'GetItem' }, fault)
      const error = await docs.get('n1').catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code, message: expect.stringContaining(text) })
      expect(error).toMatchObject({ hint: expect.any(String) })
    })
  }

  for (const [action, ask] of [
    ['GetItem', ({ docs }) => docs.get('n1')],
    ['Query', ({ docs }) => docs.list(ofAlice)],
    ['BatchGetItem', ({ docs }) => docs.list(ofAlice)],
  ] as const satisfies readonly (readonly [string, (trial: Trial) => Promise<unknown>])[]) {
    it(`an empty answer to ${action}, which is not to say that there is nothing`, async () => {
      const at = await trial()
      await at.docs.create('n1', note())
      const struck = at.aws.fail({ action, times: 1 }, { kind: 'empty' })
      await expect(ask(at)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining(`DynamoDB ${action} answered without`),
      })
      expect(struck.hits).toBe(1)
      await ask(at)
    })
  }

  it('no table', async () => {
    const { aws } = await trial()
    const docs = dynamoDocs({ db: await dynamoAt(aws.url), random: systemRandom }, 'none-such', notes)
    await expect(docs.get('n1')).rejects.toMatchObject({
      code: 'STORE_NOT_FOUND',
      message: 'there is no table `none-such` in DynamoDB in us-east-1, or it lacks an index',
      hint: 'check the name, the region and the account',
    })
  })

  it('no index', async () => {
    const aws = await freshAws()
    const db = await dynamoAt(aws.url)
    const bare = { ...docsTable('requests', table), indexes: [] }
    await takeStep({ ...fakeMachine(), db }, bare, { kind: 'create' })
    const docs = dynamoDocs({ db, random: systemRandom }, table, notes)
    await expect(docs.list(ofAlice)).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' })
  })

  it('no answer in time', async () => {
    const { aws } = await trial()
    const docs = dynamoDocs(
      { db: await dynamoAt(aws.url, { timeoutMs: 20 }), random: systemRandom },
      table,
      notes,
    )
    const held = new EventEmitter()
    aws.fail({ action: 'GetItem' }, { kind: 'wait', until: once(held, 'over') })
    await expect(docs.get('n1')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('TimeoutError'),
    })
    held.emit('over')
  })

  it('an interruption', async () => {
    const { aws } = await trial()
    const stop = new AbortController()
    const db = await dynamoAt(aws.url, { signal: stop.signal })
    stop.abort()
    await expect(db.get(table, { id: 'n1' })).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})
