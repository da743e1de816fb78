// What is expected of Docs, as one list of cases that every store must pass.

import { expect } from 'vitest'
import { SentinelError } from '../base/index.ts'
import type { Gaps } from './backends.fake.ts'
import {
  type Attributes,
  allOf,
  type Collection,
  type Docs,
  msToTime,
  pageLimit,
  type Query,
  readAttributes,
} from './index.ts'

/** A body with an attribute of every kind. */
export type Note = {
  readonly owner: string
  /** A note without one is in that index no longer. */
  readonly shelf?: string
  readonly createdAtMs: number
  readonly words: string
  readonly pinned: boolean
  readonly tags: readonly string[]
  readonly comments: readonly { readonly by: string; readonly score: number }[]
  readonly expiresAtMs?: number
}

/** Notes lie in the table of requests, under two of its indexes. */
export const notes: Collection<Note> = {
  name: 'requests',
  indexes: {
    'gsi-requester': { partition: 'requester', sort: 'created_at' },
    'gsi-status': { partition: 'status', sort: 'created_at' },
  },
  confidential: ['justification', 'comments'],
  toAttributes: ({ owner, shelf, createdAtMs, words, pinned, tags, comments, expiresAtMs }) => ({
    requester: owner,
    ...(shelf === undefined ? {} : { status: shelf }),
    created_at: msToTime(createdAtMs),
    justification: words,
    pinned,
    tags,
    comments,
    ...(expiresAtMs === undefined ? {} : { expires_at: msToTime(expiresAtMs) }),
  }),
  fromAttributes(attributes) {
    const read = readAttributes(attributes)
    const shelf = read.textIfAny('status')
    const expiresAtMs = read.timeMsIfAny('expires_at')
    return {
      owner: read.text('requester'),
      ...(shelf === undefined ? {} : { shelf }),
      createdAtMs: read.timeMs('created_at'),
      words: read.textIfAny('justification') ?? '',
      pinned: read.flag('pinned'),
      tags: read.texts('tags'),
      comments: read
        .list('comments')
        .map((comment) => ({ by: comment.text('by'), score: comment.number('score') })),
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    }
  },
  ttlMs: ({ createdAtMs }) => createdAtMs + 400 * 86_400_000,
}

const startMs = Date.parse('2026-02-03T10:00:00.123Z')

/** A note of alice's, but for what is said. */
export const note = (more: Partial<Note> = {}): Note => ({
  owner: 'alice',
  shelf: 'open',
  createdAtMs: startMs,
  words: 'deploy',
  pinned: true,
  tags: ['a', 'b'],
  comments: [{ by: 'bob', score: 3 }],
  ...more,
})

const ofAlice: Query = { index: 'gsi-requester', value: 'alice', limit: 100 }

/** Five notes of alice's, a second apart, and one of bob's in their midst. */
async function fiveNotes(docs: Docs<Note>): Promise<void> {
  for (const at of [3, 1, 5, 2, 4]) {
    await docs.create(`n${at}`, note({ createdAtMs: startMs + at * 1000, words: `note ${at}` }))
  }
  await docs.create('other', note({ owner: 'bob', createdAtMs: startMs + 2500 }))
}

async function idsOf(docs: Docs<Note>, query: Query): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const { id } of allOf(docs, query)) ids.push(id)
  return ids
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (thrown) {
    if (thrown instanceof SentinelError) return thrown.code
    throw thrown
  }
  return 'nothing was thrown'
}

/** A store under test, empty. */
export type DocsBackend = {
  docs<Body>(collection: Collection<Body>): Docs<Body>
}

export type DocsCase = {
  readonly name: string
  readonly gaps?: Gaps
  run(backend: DocsBackend): Promise<void>
}

export const docsContract: readonly DocsCase[] = [
  {
    name: 'a document comes back as it was created, with version 1',
    async run(backend) {
      const docs = backend.docs(notes)
      const created = await docs.create('n1', note())
      expect(created).toEqual({ id: 'n1', version: 1, body: note() })
      expect(await docs.get('n1')).toEqual(created)
    },
  },
  {
    name: 'empty texts, empty lists and any Unicode come back as they were',
    async run(backend) {
      const docs = backend.docs(notes)
      const odd = note({ words: '', tags: [], comments: [], pinned: false, owner: 'al/ice \u{1f512} ü' })
      await docs.create('odd#id/with ü', odd)
      expect((await docs.get('odd#id/with ü'))?.body).toEqual(odd)
      expect(await idsOf(docs, { ...ofAlice, value: odd.owner })).toEqual(['odd#id/with ü'])
    },
  },
  {
    name: 'what is not there is undefined',
    run: async (backend) => expect(await backend.docs(notes).get('n1')).toBeUndefined(),
  },
  {
    name: 'an id is taken once',
    async run(backend) {
      const docs = backend.docs(notes)
      await docs.create('n1', note())
      expect(await codeOf(docs.create('n1', note({ words: 'other' })))).toBe('STORE_CONFLICT')
      expect((await docs.get('n1'))?.body.words).toBe('deploy')
    },
  },
  {
    name: 'an update makes the next version',
    async run(backend) {
      const docs = backend.docs(notes)
      const first = await docs.create('n1', note())
      const second = await docs.update(first, note({ words: 'changed' }))
      expect(second).toEqual({ id: 'n1', version: 2, body: note({ words: 'changed' }) })
      expect(await docs.get('n1')).toEqual(second)
    },
  },
  {
    name: 'an update of an old version is refused, and changes nothing',
    async run(backend) {
      const docs = backend.docs(notes)
      const first = await docs.create('n1', note())
      const second = await docs.update(first, note({ words: 'changed' }))
      expect(await codeOf(docs.update(first, note({ words: 'late', shelf: 'late' })))).toBe('STORE_CONFLICT')
      expect(await docs.get('n1')).toEqual(second)
      expect(await idsOf(docs, { ...ofAlice, index: 'gsi-status', value: 'late' })).toEqual([])
    },
  },
  {
    name: 'an update of what is not there is refused, and makes nothing',
    async run(backend) {
      const docs = backend.docs(notes)
      expect(await codeOf(docs.update({ id: 'n1', version: 1, body: note() }, note()))).toBe('STORE_CONFLICT')
      expect(await docs.get('n1')).toBeUndefined()
    },
  },
  {
    name: 'an attribute that a new body lacks is gone',
    async run(backend) {
      const docs = backend.docs(notes)
      const { shelf: _, ...without } = note({ expiresAtMs: startMs })
      const first = await docs.create('n1', note({ expiresAtMs: startMs }))
      await docs.update(first, without)
      expect((await docs.get('n1'))?.body).toEqual(without)
    },
  },
  {
    name: 'an attribute that this version does not know stays through an update',
    async run(backend) {
      const later: Collection<Note> = {
        ...notes,
        toAttributes: (body) => ({ ...notes.toAttributes(body), signature: 'of a later version' }),
      }
      const docs = backend.docs(notes)
      const first = await backend.docs(later).create('n1', note())
      await docs.update(first, note({ words: 'changed' }))
      const plain: Collection<Attributes> = {
        ...notes,
        toAttributes: (attributes) => attributes,
        fromAttributes: (attributes) => attributes,
        ttlMs: () => startMs,
      }
      expect((await backend.docs(plain).get('n1'))?.body).toMatchObject({
        justification: 'changed',
        signature: 'of a later version',
      })
    },
  },
  {
    name: 'of twenty creators one wins',
    gaps: { moto: 'may let two racers win' },
    async run(backend) {
      const docs = backend.docs(notes)
      const tries = Array.from({ length: 20 }, (_, at) => codeOf(docs.create('n1', note({ words: `${at}` }))))
      const codes = await Promise.all(tries)
      expect(codes.filter((code) => code === 'nothing was thrown')).toHaveLength(1)
      expect(codes.filter((code) => code === 'STORE_CONFLICT')).toHaveLength(19)
      expect((await docs.get('n1'))?.body.words).toBe(`${codes.indexOf('nothing was thrown')}`)
    },
  },
  {
    name: 'of twenty updates of one version one wins',
    gaps: { moto: 'may let two racers win' },
    async run(backend) {
      const docs = backend.docs(notes)
      const first = await docs.create('n1', note())
      const tries = Array.from({ length: 20 }, (_, at) =>
        codeOf(docs.update(first, note({ words: `${at}` }))),
      )
      const codes = await Promise.all(tries)
      expect(codes.filter((code) => code === 'nothing was thrown')).toHaveLength(1)
      expect(await docs.get('n1')).toEqual({
        id: 'n1',
        version: 2,
        body: note({ words: `${codes.indexOf('nothing was thrown')}` }),
      })
    },
  },
  {
    name: 'a list is newest first, of one value only',
    async run(backend) {
      const docs = backend.docs(notes)
      await fiveNotes(docs)
      const page = await docs.list(ofAlice)
      expect(page.docs.map(({ id }) => id)).toEqual(['n5', 'n4', 'n3', 'n2', 'n1'])
      expect(page.docs[0]).toEqual(await docs.get('n5'))
      expect(page.next).toBeUndefined()
    },
  },
  {
    name: 'a list can be oldest first',
    async run(backend) {
      const docs = backend.docs(notes)
      await fiveNotes(docs)
      expect(await idsOf(docs, { ...ofAlice, order: 'oldest' })).toEqual(['n1', 'n2', 'n3', 'n4', 'n5'])
    },
  },
  {
    name: 'pages follow each other by cursor, both ways round, and lose nothing',
    async run(backend) {
      const docs = backend.docs(notes)
      await fiveNotes(docs)
      const first = await docs.list({ ...ofAlice, limit: 2 })
      expect(first.docs.map(({ id }) => id)).toEqual(['n5', 'n4'])
      const second = await docs.list({ ...ofAlice, limit: 2, after: first.next ?? '' })
      expect(second.docs.map(({ id }) => id)).toEqual(['n3', 'n2'])
      expect(await idsOf(docs, { ...ofAlice, limit: 1 })).toEqual(['n5', 'n4', 'n3', 'n2', 'n1'])
      expect(await idsOf(docs, { ...ofAlice, limit: 2, order: 'oldest' })).toEqual([
        'n1',
        'n2',
        'n3',
        'n4',
        'n5',
      ])
    },
  },
  {
    name: 'a cursor of another list is refused',
    async run(backend) {
      const docs = backend.docs(notes)
      await fiveNotes(docs)
      const { next = '' } = await docs.list({ ...ofAlice, limit: 2 })
      for (const query of [
        { ...ofAlice, value: 'bob', after: next },
        { ...ofAlice, index: 'gsi-status', after: next },
        { ...ofAlice, order: 'oldest', after: next },
        { ...ofAlice, after: 'none' },
        { ...ofAlice, after: '' },
      ] as const) {
        expect(await codeOf(docs.list(query))).toBe('USAGE')
      }
    },
  },
  {
    name: 'the bounds of a list are both included',
    async run(backend) {
      const docs = backend.docs(notes)
      await fiveNotes(docs)
      const [from, to] = [msToTime(startMs + 2000), msToTime(startMs + 4000)]
      expect(await idsOf(docs, { ...ofAlice, from, to })).toEqual(['n4', 'n3', 'n2'])
      expect(await idsOf(docs, { ...ofAlice, from, to, order: 'oldest', limit: 2 })).toEqual([
        'n2',
        'n3',
        'n4',
      ])
      expect(await idsOf(docs, { ...ofAlice, from })).toEqual(['n5', 'n4', 'n3', 'n2'])
      expect(await idsOf(docs, { ...ofAlice, to, limit: 1 })).toEqual(['n4', 'n3', 'n2', 'n1'])
    },
  },
  {
    name: 'bounds may move between pages: a cursor outside of them begins with them, or is the end',
    async run(backend) {
      const docs = backend.docs(notes)
      await fiveNotes(docs)
      const time = (at: number) => msToTime(startMs + at * 1000)
      for (const [order, from, to, want] of [
        ['newest', time(1), time(3), ['n3', 'n2', 'n1']],
        ['newest', time(5), time(9), []],
        ['oldest', time(3), time(5), ['n3', 'n4', 'n5']],
        ['oldest', time(-1), time(1), []],
      ] as const) {
        const { next = '' } = await docs.list({ ...ofAlice, order, limit: 2 })
        const page = await docs.list({ ...ofAlice, order, from, to, after: next })
        expect([page.docs.map(({ id }) => id), page.next]).toEqual([want, undefined])
      }
    },
  },
  {
    name: 'notes of the same instant all come, once each, by their ids',
    async run(backend) {
      const docs = backend.docs(notes)
      for (const id of ['b', 'd', 'a', 'c']) await docs.create(id, note())
      expect(await idsOf(docs, ofAlice)).toEqual(['d', 'c', 'b', 'a'])
      expect(await idsOf(docs, { ...ofAlice, order: 'oldest' })).toEqual(['a', 'b', 'c', 'd'])
      expect([...(await idsOf(docs, { ...ofAlice, limit: 1 }))].sort()).toEqual(['a', 'b', 'c', 'd'])
    },
  },
  {
    name: 'an update moves a document from one list to another',
    async run(backend) {
      const docs = backend.docs(notes)
      const first = await docs.create('n1', note())
      const on = (value: string): Query => ({ index: 'gsi-status', value, limit: 100 })
      expect(await idsOf(docs, on('open'))).toEqual(['n1'])
      const second = await docs.update(first, note({ shelf: 'done' }))
      expect([await idsOf(docs, on('open')), await idsOf(docs, on('done'))]).toEqual([[], ['n1']])
      const { shelf: _, ...without } = note()
      await docs.update(second, without)
      expect([await idsOf(docs, on('done')), await idsOf(docs, ofAlice)]).toEqual([[], ['n1']])
    },
  },
  {
    name: 'documents of several kinds share a table',
    async run(backend) {
      type Slot = { readonly holder: string }
      const slots: Collection<Slot> = {
        name: 'requests',
        indexes: {},
        confidential: [],
        toAttributes: ({ holder }) => ({ holder }),
        fromAttributes: (attributes) => ({ holder: readAttributes(attributes).text('holder') }),
        ttlMs: () => startMs,
      }
      const [docs, slotDocs] = [backend.docs(notes), backend.docs(slots)]
      await docs.create('n1', note())
      const slot = await slotDocs.create('slot#1', { holder: 'n1' })
      await slotDocs.update(slot, { holder: 'n2' })
      expect((await slotDocs.get('slot#1'))?.body).toEqual({ holder: 'n2' })
      expect(await idsOf(docs, ofAlice)).toEqual(['n1'])
    },
  },
  {
    name: 'a row that the collection cannot understand is an error that names it, and hides no other',
    async run(backend) {
      const blind: Collection<Attributes> = {
        ...notes,
        toAttributes: (attributes) => attributes,
        fromAttributes: (attributes) => attributes,
        ttlMs: () => startMs,
      }
      await backend.docs(blind).create('n1', { requester: 'alice', created_at: 'yesterday' })
      await backend.docs(notes).create('n2', note())
      const read = backend.docs(notes).get('n1')
      await expect(read).rejects.toThrowError('the row `n1` is damaged: `created_at` is not a time')
      expect(await codeOf(backend.docs(notes).get('n1'))).toBe('STORE_CORRUPT')
      const page = await backend.docs(notes).list(ofAlice)
      expect([page.docs.map(({ id }) => id), page.damaged.map(({ code }) => code)]).toEqual([
        ['n2'],
        ['STORE_CORRUPT'],
      ])
    },
  },
  {
    name: 'a page may be 1 to 100 long, by an index that there is',
    async run(backend) {
      const docs = backend.docs(notes)
      for (const limit of [0, pageLimit + 1, 1.5])
        expect(await codeOf(docs.list({ ...ofAlice, limit }))).toBe('INTERNAL')
      expect(await codeOf(docs.list({ ...ofAlice, index: 'gsi-none' }))).toBe('INTERNAL')
    },
  },
]
