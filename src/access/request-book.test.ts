import { describe, expect, it } from 'vitest'
import type { Party } from '../policy/index.ts'
import { type Attributes, memoryDocs } from '../store/index.ts'
import {
  type ApprovalRequest,
  type Judge,
  newRequest,
  type RequestDocs,
  type RequestEvent,
  requestRows,
  standingOf,
  turn,
} from './index.ts'

const nowMs = Date.parse('2026-02-03T10:00:00Z')
const minute = 60_000
const person = (user: string, accountId = '111122223333'): Party => ({
  user,
  arn: `arn:aws:iam::${accountId}:user/${user}`,
  accountId,
})
const [alice, carol, dave] = [person('alice'), person('carol'), person('dave')]
const asked = {
  requester: alice,
  profile: 'prod',
  roleArn: 'arn:aws:iam::111122223333:role/ProdRole',
  policyPath: '/sentinel/approval/prod',
  policyVersion: 3,
  justification: 'Deploying the hotfix',
  durationSeconds: 1800,
  requiredApprovals: 1,
  singleUse: false,
  autoApproved: false,
} as const
/** As the policy would say it: whether it is the last one that is needed follows from those before. */
const approve =
  (by: Party): Judge<string> =>
  ({ body: { approvals, requiredApprovals, singleUse } }) => ({
    event: {
      kind: 'approve',
      by,
      comment: '',
      under: {},
      requiredApprovals,
      singleUse,
      completes: approvals.length + 1 >= requiredApprovals,
    },
  })
const event =
  (event: RequestEvent): Judge<never> =>
  () => ({ event })

describe('a row', () => {
  const approved: ApprovalRequest = {
    ...newRequest({ ...asked, requiredApprovals: 2, singleUse: true }, nowMs),
    status: 'approved',
    approver: 'dave',
    approverComment: 'go on',
    approvedAtMs: nowMs + minute,
    validUntilMs: nowMs + 31 * minute,
    consumedAtMs: nowMs + 2 * minute,
    consumedBy: '5f0c2a9b1d3e4f60',
    signature: 'c2lnbmVk',
    approvals: [
      { ...carol, atMs: nowMs, comment: '' },
      { ...dave, atMs: nowMs + minute, comment: 'go on' },
    ],
  }

  for (const [name, body] of [
    ['a new request', newRequest(asked, nowMs)],
    ['a request with everything', approved],
  ] as const) {
    it(`is read as it was written: ${name}`, () => {
      expect(requestRows.fromAttributes({ id: '1', ...requestRows.toAttributes(body) })).toEqual(body)
    })
  }

  it("has the reference's names, fixed times and nanoseconds", () => {
    expect(requestRows.toAttributes(newRequest(asked, nowMs))).toEqual({
      requester: 'alice',
      requester_arn: 'arn:aws:iam::111122223333:user/alice',
      account_id: '111122223333',
      profile: 'prod',
      role_arn: 'arn:aws:iam::111122223333:role/ProdRole',
      policy_path: '/sentinel/approval/prod',
      policy_version: 3,
      justification: 'Deploying the hotfix',
      duration: 1_800_000_000_000,
      status: 'pending',
      created_at: '2026-02-03T10:00:00.000000000Z',
      updated_at: '2026-02-03T10:00:00.000000000Z',
      expires_at: '2026-02-04T10:00:00.000000000Z',
      required_approvals: 1,
      auto_approved: false,
      single_use: false,
      approvals: [],
    })
  })

  it('is kept as evidence long after its end', () => {
    expect(requestRows.ttlMs(newRequest(asked, nowMs))).toBe(nowMs + 401 * 86_400_000)
  })

  const ofReference: Attributes = {
    id: 'f9698a09a4cef775',
    requester: 'alice',
    profile: 'prod',
    justification: 'Deploying the hotfix',
    duration: 2_700_000_000_000,
    status: 'approved',
    created_at: '2026-02-03T11:00:00.5+01:00',
    updated_at: '2026-02-03T11:05:00.123456789+01:00',
    expires_at: '2026-02-04T11:00:00+01:00',
    ttl: 1_770_199_200,
    approver: 'carol',
    approver_comment: '',
  }

  it('of the reference is read, whatever its clock wrote', () => {
    expect(requestRows.fromAttributes(ofReference)).toEqual({
      requester: 'alice',
      profile: 'prod',
      justification: 'Deploying the hotfix',
      durationSeconds: 2700,
      status: 'approved',
      createdAtMs: nowMs + 500,
      updatedAtMs: nowMs + 300_123,
      expiresAtMs: nowMs + 86_400_000,
      requiredApprovals: 1,
      autoApproved: false,
      singleUse: false,
      approver: 'carol',
      approvals: [],
    })
  })

  for (const [name, changed, want] of [
    ['with an unknown status', { status: 'aproved' }, '`status` is none of pending, approved, denied'],
    ['without a requester', { requester: '' }, '`requester` is missing'],
    ['with an approval of nobody', { approvals: [{ at: 'now' }] }, '`approvals[0].approver` is missing'],
  ] as const) {
    it(`${name} is refused, by its id`, () => {
      expect(() => requestRows.fromAttributes({ ...ofReference, ...changed })).toThrow(
        `the row \`f9698a09a4cef775\` is damaged: ${want}`,
      )
    })
  }
})

describe('of several people at once', () => {
  const many = Array.from({ length: 50 }, (_, at) => person(`approver${at}`))

  for (const requiredApprovals of [1, 2, 3]) {
    it(`as many approve as are needed: ${requiredApprovals} of 50`, async () => {
      const docs = memoryDocs(requestRows)
      const first = await docs.create('r1', newRequest({ ...asked, requiredApprovals }, nowMs))
      const ends = await Promise.all(many.map((by) => turn(docs, first, approve(by), nowMs)))
      expect(ends.filter(({ kind }) => kind === 'turned')).toHaveLength(requiredApprovals)
      expect((await docs.get('r1'))?.body).toMatchObject({
        status: 'approved',
        validUntilMs: nowMs + 30 * minute,
      })
      expect((await docs.get('r1'))?.version).toBe(1 + requiredApprovals)
    })
  }

  it('whoever was slower is decided about anew, with the request as it is then', async () => {
    const docs = memoryDocs(requestRows)
    const first = await docs.create('r1', newRequest({ ...asked, requiredApprovals: 2 }, nowMs))
    await turn(docs, first, approve(carol), nowMs)
    const seen: string[][] = []
    const end = await turn(
      docs,
      first,
      (doc) => {
        seen.push(doc.body.approvals.map(({ user }) => user))
        return seen.length === 1 ? approve(dave)(doc) : { no: 'not any more' }
      },
      nowMs,
    )
    expect([end, seen]).toEqual([{ kind: 'not allowed', no: 'not any more' }, [[], ['carol']]])
    expect((await docs.get('r1'))?.body).toMatchObject({ status: 'pending', requiredApprovals: 2 })
  })

  it('an approval and a denial lead to one of the two', async () => {
    const docs = memoryDocs(requestRows)
    const first = await docs.create('r1', newRequest(asked, nowMs))
    const ends = await Promise.all([
      turn(docs, first, approve(carol), nowMs),
      turn(docs, first, event({ kind: 'deny', by: dave, comment: '' }), nowMs),
    ])
    expect(ends.map(({ kind }) => kind).sort()).toEqual(['refused', 'turned'])
  })

  it('one uses a single use, and the rest are told who it was', async () => {
    const docs = memoryDocs(requestRows)
    const made = await docs.create('r1', newRequest({ ...asked, singleUse: true }, nowMs))
    await turn(docs, made, approve(carol), nowMs)
    const opened = await docs.get('r1')
    const walks = Array.from({ length: 20 }, (_, at) => String(at).padStart(16, '0'))
    const ends = await Promise.all(
      walks.map((walkId) => turn(docs, opened!, event({ kind: 'consume', walkId }), nowMs)),
    )
    expect(ends.filter(({ kind }) => kind === 'turned')).toHaveLength(1)
    expect(walks).toContain((await docs.get('r1'))?.body.consumedBy)
  })
})

describe('what stands for a caller', () => {
  const filled = async (...bodies: readonly (readonly [string, ApprovalRequest])[]): Promise<RequestDocs> => {
    const docs = memoryDocs(requestRows)
    for (const [id, body] of bodies) await docs.create(id, body)
    return docs
  }
  const approvedAt = (atMs: number, more: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
    ...newRequest({ ...asked, autoApproved: true }, atMs),
    ...more,
  })
  const standing = async (docs: RequestDocs, roleArn: string | undefined = asked.roleArn) => {
    const [caller, profile] = [alice, 'prod']
    const { usable, pending, spent } = await standingOf(
      docs,
      { caller, profile, roleArn, walkId: 'aaaaaaaaaaaaaaaa' },
      nowMs,
    )
    return { usable: usable?.doc.id, untilMs: usable?.untilMs, pending, spent }
  }

  it('is nothing where nobody asked', async () => {
    expect(await standing(await filled())).toEqual({})
  })

  it('is the approval that lasts longest', async () => {
    const docs = await filled(
      ['old', approvedAt(nowMs - 20 * minute)],
      ['long', approvedAt(nowMs - 25 * minute, { durationSeconds: 7200, validUntilMs: nowMs + 95 * minute })],
      ['new', approvedAt(nowMs - minute)],
    )
    expect(await standing(docs)).toEqual({ usable: 'long', untilMs: nowMs + 95 * minute })
  })

  it('is nothing of somebody else with the same name, of another profile or of the past', async () => {
    const docs = await filled(
      ['elsewhere', approvedAt(nowMs, { requesterArn: person('alice', '444455556666').arn })],
      ['dev', approvedAt(nowMs, { profile: 'dev' })],
    )
    expect(await standing(docs)).toEqual({})
  })

  it('is nothing of the past, and it is said which one it was and why', async () => {
    const docs = await filled(
      ['older', approvedAt(nowMs - 31 * minute)],
      ['over', approvedAt(nowMs - 30 * minute)],
      ['denied', { ...newRequest(asked, nowMs), status: 'denied' }],
    )
    expect(await standing(docs)).toEqual({
      spent: { id: 'over', because: 'its window ended at 2026-02-03T10:00:00Z' },
    })
  })

  it('is nothing for another role than the profile gave when it was asked for', async () => {
    const docs = await filled(['sandbox', approvedAt(nowMs)])
    expect(await standing(docs, 'arn:aws:iam::111122223333:role/AdminRole')).toEqual({
      spent: {
        id: 'sandbox',
        because:
          'it is for arn:aws:iam::111122223333:role/ProdRole, and profile `prod` gives arn:aws:iam::111122223333:role/AdminRole by now',
      },
    })
    const { roleArn: _, ...old } = approvedAt(nowMs)
    const spent = (await standing(await filled(['old', old]))).spent
    expect(spent?.because).toContain('it is for no role')
  })

  it('is one that may be used again before one that serves once and lasts longer', async () => {
    const docs = await filled(
      ['once', approvedAt(nowMs, { singleUse: true })],
      ['again', approvedAt(nowMs - 10 * minute)],
      ['shorter', approvedAt(nowMs - 11 * minute)],
    )
    expect(await standing(docs)).toMatchObject({ usable: 'again' })
  })

  it('is the newest that waits, while nothing is approved', async () => {
    const docs = await filled(
      ['older', newRequest(asked, nowMs - 2 * minute)],
      ['newer', newRequest(asked, nowMs - minute)],
      ['expired', newRequest(asked, nowMs - 25 * 60 * minute)],
    )
    expect(await standing(docs)).toEqual({ pending: 'newer' })
  })

  it('is found however many requests were made since', async () => {
    const others = Array.from(
      { length: 250 },
      (_, at) => [`other${at}`, approvedAt(nowMs - at, { profile: 'dev' })] as const,
    )
    const docs = await filled(['wanted', approvedAt(nowMs - 20 * minute)], ...others)
    expect(await standing(docs)).toMatchObject({ usable: 'wanted' })
  })
})
