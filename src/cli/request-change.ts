// Requests for approval are made, approved, denied and taken back: each a walk through the corridor, with the policy as it
// is now and the request as it is stored.

import {
  type ApprovalRequest,
  type Judge,
  newRequest,
  type PolicyPlace,
  type RequestDoc,
  type RequestEvent,
  requestStatusAt,
  turn,
} from '../access/index.ts'
import type { ChangeEvent, ChangeWords } from '../audit/index.ts'
import { SentinelError, toTimestamp } from '../base/index.ts'
import { type ChangeDeps, fact, known, type Made, passChange, resultOf } from '../gateway/index.ts'
import {
  type Allow,
  type ApprovalFacts,
  type ApprovalGrant,
  type CancelFacts,
  type CancelGrant,
  type ChangeRefusal,
  type Deny,
  decideApproval,
  decideCancel,
  decideRequest,
  type Fact,
  type Party,
  type RequestFacts,
  type RequestGrant,
  type RequestState,
} from '../policy/index.ts'
import { roleOf } from './profile.ts'
import { found, type LookedApproval, type RequestDesk } from './request-desk.ts'
import { documentWords, whereToPut } from './state-documents.ts'

/** What somebody asks for. */
export type Wanted = {
  readonly profile: string
  readonly durationSeconds: number
  readonly justification: string
}

type WithPolicy = { readonly policy: Fact<LookedApproval> }
type WithDoc = { readonly doc: Fact<RequestDoc> }

/** Makes a request. @throws SentinelError why it may not be made; as passChange */
export async function makeRequest(desk: RequestDesk, wanted: Wanted): Promise<RequestDoc> {
  const { deps, docs } = desk
  const id = deps.newRequestId()
  return change<RequestFacts & WithPolicy, RequestGrant>(desk, 'request.created', id, {
    gather: async () => {
      const [caller, policy] = await Promise.all([callerOf(desk), fact(() => desk.policy(wanted.profile))])
      return { ...wanted, nowMs: deps.clock.now(), caller, policy }
    },
    decide: (facts) => whereToPut(facts.policy, decideRequest(facts), approvers),
    act: async (grant, { nowMs, justification, policy }) => {
      const made = { ...grant, ...placeOf(policy), justification, roleArn: roleOf(desk.errand.owner) }
      const result = await docs.create(id, newRequest(made, nowMs))
      return { kind: 'done', result }
    },
    words: ({ facts, grant, result }) => ({
      ...wordsOfPolicy(facts.policy, grant?.rule),
      profile: wanted.profile,
      role_arn: roleOf(desk.errand.owner),
      justification: wanted.justification,
      duration_seconds: grant?.durationSeconds ?? wanted.durationSeconds,
      ...('known' in facts.caller ? { requester: facts.caller.known.user } : {}),
      ...(grant?.autoApproved ? { auto_approved: true } : {}),
      ...(result === undefined ? {} : wordsOfState(result.body, facts.nowMs)),
    }),
  })
}

/** Approves or denies a request. @throws SentinelError why it may not; REQUEST_NOT_FOUND; as passChange */
export async function settleRequest(
  desk: RequestDesk,
  verb: ApprovalGrant['verb'],
  id: string,
  comment: string,
): Promise<RequestDoc> {
  const { deps } = desk
  const event = verb === 'approve' ? 'request.approved' : 'request.denied'
  return change<ApprovalFacts & WithPolicy & WithDoc, ApprovalGrant>(desk, event, id, {
    gather: async () => {
      const [caller, doc] = await Promise.all([callerOf(desk), fact(() => found(desk, id))])
      const policy = await fact(() => desk.policy(known(doc).body.profile))
      return { verb, nowMs: deps.clock.now(), caller, policy, doc, request: stateIn(doc) }
    },
    decide: (facts) => whereToPut(facts.policy, decideApproval(facts), approvers),
    act: (_, facts) =>
      turned(desk, known(facts.doc), facts.nowMs, (doc) => {
        const decision = decideApproval({ ...facts, request: { known: stateOf(doc) } })
        return decision.kind === 'deny'
          ? { no: decision }
          : { event: eventOf(decision, comment, placeOf(facts.policy)) }
      }),
    words: ({ facts, grant, result }) => ({
      ...wordsOfPolicy(facts.policy, grant?.rule),
      ...wordsOfRequest(facts.doc, facts.nowMs, result),
      ...('known' in facts.caller ? { approver: facts.caller.known.user } : {}),
      ...(comment === '' ? {} : { approver_comment: comment }),
    }),
  })
}

/** Takes a request back. @throws SentinelError why it may not be; REQUEST_NOT_FOUND; as passChange */
export async function cancelRequest(desk: RequestDesk, id: string): Promise<RequestDoc> {
  const { deps } = desk
  return change<CancelFacts & WithDoc, CancelGrant>(desk, 'request.cancelled', id, {
    gather: async () => {
      const [caller, doc] = await Promise.all([callerOf(desk), fact(() => found(desk, id))])
      return { nowMs: deps.clock.now(), caller, doc, request: stateIn(doc) }
    },
    decide: decideCancel,
    act: (_, facts) =>
      turned(desk, known(facts.doc), facts.nowMs, (doc) => {
        const decision = decideCancel({ ...facts, request: { known: stateOf(doc) } })
        return decision.kind === 'deny'
          ? { no: decision }
          : { event: { kind: 'cancel', by: known(facts.caller) } }
      }),
    words: ({ facts, result }) => wordsOfRequest(facts.doc, facts.nowMs, result),
  })
}

/** A request as decisions see it. What another program made is nobody's. */
export function stateOf({ id, body }: RequestDoc): RequestState {
  const { profile, durationSeconds, status, expiresAtMs, requiredApprovals, singleUse, approvals } = body
  const requester = { user: body.requester, arn: body.requesterArn ?? '', accountId: body.accountId ?? '' }
  return {
    id,
    profile,
    durationSeconds,
    requester,
    status,
    expiresAtMs,
    requiredApprovals,
    singleUse,
    approvals,
  }
}

async function change<Facts extends { readonly caller: Fact<Party> }, Grant>(
  { deps, errand, table }: RequestDesk,
  event: ChangeEvent,
  id: string,
  steps: Pick<ChangeDeps<Facts, Grant, RequestDoc>, 'gather' | 'decide' | 'act' | 'words'>,
): Promise<RequestDoc> {
  const { log, circumstances, walkId } = errand
  const request = { walkId, event, thing: { request_id: id } }
  const words: typeof steps.words = (known) => ({ ...steps.words(known), table })
  return resultOf(await passChange({ ...steps, words, log, circumstances }, request, deps.signal()), request)
}

const callerOf = ({ errand }: RequestDesk) => fact(() => errand.owner.caller())

function stateIn(doc: Fact<RequestDoc>): Fact<RequestState> {
  return 'known' in doc ? { known: stateOf(doc.known) } : doc
}

function eventOf({ grant }: Allow<ApprovalGrant>, comment: string, under: PolicyPlace): RequestEvent {
  const { verb, approver: by, requiredApprovals, singleUse, completes } = grant
  if (verb === 'deny') return { kind: 'deny', by, comment }
  return { kind: 'approve', by, comment, requiredApprovals, singleUse, completes, under }
}

async function turned(
  { docs }: RequestDesk,
  doc: RequestDoc,
  nowMs: number,
  judge: Judge<Deny<ChangeRefusal>>,
): Promise<Made<RequestDoc>> {
  const end = await turn(docs, doc, judge, nowMs)
  switch (end.kind) {
    case 'turned':
      return { kind: 'done', result: end.doc }
    case 'not allowed':
      return end.no
    case 'refused': {
      const because = `request ${doc.id} stays as it is: ${end.because}`
      return {
        kind: 'deny',
        because,
        why: { kind: 'state', error: new SentinelError('STATE_CONFLICT', because) },
      }
    }
  }
}

const approvers = { what: 'approvers', flag: '--approval-policy-file' }

function placeOf(policy: Fact<LookedApproval>): PolicyPlace {
  const { path, version } = known(policy)
  return { policyPath: path, ...(version === undefined ? {} : { policyVersion: version }) }
}

function wordsOfPolicy(policy: Fact<LookedApproval>, rule: string | undefined): ChangeWords {
  if ('unavailable' in policy) return {}
  return { ...documentWords(policy.known), rule }
}

function wordsOfRequest(before: Fact<RequestDoc>, nowMs: number, after: RequestDoc | undefined): ChangeWords {
  const doc = after ?? ('known' in before ? before.known : undefined)
  if (doc === undefined) return {}
  const { requester, profile, roleArn } = doc.body
  return { requester, profile, role_arn: roleArn, ...wordsOfState(doc.body, nowMs) }
}

function wordsOfState(body: ApprovalRequest, nowMs: number): ChangeWords {
  const { validUntilMs } = body
  return {
    status: requestStatusAt(body, nowMs),
    approvals: body.approvals.length,
    required_approvals: body.requiredApprovals,
    ...(body.singleUse ? { single_use: true } : {}),
    expires_at: toTimestamp(body.expiresAtMs),
    ...(validUntilMs === undefined
      ? {}
      : { valid_until: toTimestamp(validUntilMs), approval_signature: 'unsigned: advisory' }),
  }
}
