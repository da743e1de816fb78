import { describe, expect, it } from 'vitest'
import { memoryDocs } from '../store/index.ts'
import { type ApprovalRequest, listRequests, newRequest, type RequestFilter, requestRows } from './index.ts'

const nowMs = Date.parse('2026-02-03T10:00:00Z')
const hour = 3_600_000

function request(user: string, profile: string, hoursAgo: number, more: Partial<ApprovalRequest> = {}) {
  const requester = { user, arn: `arn:aws:iam::111122223333:user/${user}`, accountId: '111122223333' }
  const asked = { requester, profile, justification: 'Deploying the hotfix', durationSeconds: 1800 }
  const terms = { requiredApprovals: 1, singleUse: false, autoApproved: false }
  return { ...newRequest({ ...asked, ...terms }, nowMs - hoursAgo * hour), ...more }
}

async function filled(bodies: Readonly<Record<string, ApprovalRequest>>) {
  const docs = memoryDocs(requestRows)
  for (const [id, body] of Object.entries(bodies)) await docs.create(id, body)
  return docs
}

describe('a list', async () => {
  const docs = await filled({
    a1: request('alice', 'prod', 1),
    a2: request('alice', 'dev', 2, { status: 'approved' }),
    a3: request('alice', 'prod', 30),
    b1: request('bob', 'prod', 3, { status: 'denied' }),
    b2: request('bob', 'dev', 4),
    b3: request('bob', 'prod', 24),
  })
  const ids = async (filter: RequestFilter) =>
    (await listRequests(docs, filter, { limit: 100 }, nowMs)).docs.map(({ id }) => id)

  for (const [name, filter, want] of [
    ['of a requester is newest first', { requester: 'alice' }, ['a1', 'a2', 'a3']],
    ['of a profile', { profile: 'prod' }, ['a1', 'b1', 'b3', 'a3']],
    ['of what waits leaves out what has expired', { status: 'pending' }, ['a1', 'b2']],
    ['of what has expired, which nobody wrote down', { status: 'expired' }, ['b3', 'a3']],
    ['of what was denied', { status: 'denied' }, ['b1']],
    ['of what was cancelled', { status: 'cancelled' }, []],
    ['by profile and status', { profile: 'prod', status: 'pending' }, ['a1']],
    ['by requester and status', { requester: 'bob', status: 'expired' }, ['b3']],
    ['by all three', { requester: 'bob', profile: 'prod', status: 'denied' }, ['b1']],
  ] as const) {
    it(name, async () => expect(await ids(filter)).toEqual(want))
  }

  it('sees what waits although a clock of another zone wrote it', async () => {
    const docs = memoryDocs({
      ...requestRows,
      toAttributes: (body: ApprovalRequest) => ({
        ...requestRows.toAttributes(body),
        created_at: '2026-02-02T05:00:00-08:00',
      }),
    })
    await docs.create('r1', request('alice', 'prod', 21))
    expect((await listRequests(docs, { status: 'pending' }, { limit: 1 }, nowMs)).docs).toHaveLength(1)
  })
})

describe('pages', () => {
  const many = (count: number, body: (at: number) => ApprovalRequest) =>
    filled(
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => [`r${String(at).padStart(4, '0')}`, body(at)]),
      ),
    )

  it('follow each other without a gap, also where many were made at once', async () => {
    const docs = await many(250, (at) => request('alice', at % 2 === 0 ? 'prod' : 'dev', 1))
    const seen: string[] = []
    let after: string | undefined
    do {
      const { docs: page, next } = await listRequests(
        docs,
        { requester: 'alice', profile: 'dev' },
        { limit: 30, after },
        nowMs,
      )
      seen.push(...page.map(({ id }) => id))
      expect(page.length).toBeLessThanOrEqual(30)
      after = next
    } while (after !== undefined)
    expect(seen).toHaveLength(125)
    expect(new Set(seen).size).toBe(125)
  })

  it('are as long as was asked where nothing is left out', async () => {
    const docs = await many(250, () => request('alice', 'prod', 1))
    const { docs: page, next } = await listRequests(docs, { requester: 'alice' }, { limit: 230 }, nowMs)
    expect([page.length, typeof next]).toEqual([230, 'string'])
  })

  it('go on past what does not fit', async () => {
    const docs = await many(250, (at) => request('alice', at === 0 ? 'prod' : 'dev', 1 + (250 - at) / 1000))
    const list = await listRequests(docs, { requester: 'alice', profile: 'prod' }, { limit: 100 }, nowMs)
    expect(list).toMatchObject({ docs: [{ id: 'r0000' }], damaged: [] })
  })

  it('say which row is damaged, and show the others', async () => {
    const docs = memoryDocs({
      ...requestRows,
      toAttributes: (body: ApprovalRequest) => ({
        ...requestRows.toAttributes(body),
        ...(body.justification === 'broken' ? { duration: 'long' } : {}),
      }),
    })
    await docs.create('good', request('alice', 'prod', 1))
    await docs.create('bad', request('alice', 'prod', 2, { justification: 'broken' }))
    const { docs: shown, damaged } = await listRequests(docs, { requester: 'alice' }, { limit: 10 }, nowMs)
    expect(shown.map(({ id }) => id)).toEqual(['good'])
    expect(damaged.map(({ message }) => message)).toEqual([
      'the row `bad` is damaged: `duration` is not a whole number',
    ])
  })
})
