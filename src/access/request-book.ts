// The book of requests: reads, steps, and writes where nobody was faster. Who may do what was decided before.

import { longestRequestSeconds, type Party } from '../policy/index.ts'
import { allOf, type Doc, type Docs, msToTime } from '../store/index.ts'
import {
  type ApprovalRequest,
  pendingMs,
  type RequestEvent,
  requestStatusAt,
  step,
  usableUntil,
} from './requests.ts'
import { turnDoc } from './turn-doc.ts'

/** A request under its id. */
export type RequestDoc = Doc<ApprovalRequest>

/** Requests, wherever they lie. */
export type RequestDocs = Docs<ApprovalRequest>

/** What became of an event; `No` is what was answered instead of it. */
export type Turned<No> =
  | { readonly kind: 'turned'; readonly doc: RequestDoc }
  | { readonly kind: 'refused'; readonly because: string; readonly doc: RequestDoc }
  | { readonly kind: 'not allowed'; readonly no: No }

/** What is to happen to a request as it is, or why nothing is. */
export type Judge<No> = (doc: RequestDoc) => { readonly event: RequestEvent } | { readonly no: No }

/** Turns a request from one state to the next. Throws as turnDoc. */
export async function turn<No>(
  docs: RequestDocs,
  first: RequestDoc,
  judge: Judge<No>,
  nowMs: number,
): Promise<Turned<No>> {
  const end = await turnDoc<ApprovalRequest, Exclude<Turned<No>, { kind: 'turned' }>>(docs, first, (doc) => {
    const judged = judge(doc)
    if ('no' in judged) return { no: { kind: 'not allowed', no: judged.no } }
    const next = step(doc.body, judged.event, nowMs)
    return next.kind === 'refused' ? { no: { ...next, doc } } : { body: next.request }
  })
  return 'no' in end ? end.no : { kind: 'turned', doc: end.doc }
}

/** What there is for somebody who wants to use a profile. */
export type Standing = {
  /** The approval that lasts longest, if there is one. */
  readonly usable?: { readonly doc: RequestDoc; readonly untilMs: number }
  /** The newest request that nobody has decided yet. */
  readonly pending?: string
}

/** No older request can still be good for anything. */
const longestLifeMs = pendingMs + longestRequestSeconds * 1000

/** Looks for an approval of the caller for a profile. Found by an index, and each read again by its id, consistently. */
export async function standingOf(
  docs: RequestDocs,
  caller: Party,
  profile: string,
  walkId: string,
  nowMs: number,
): Promise<Standing> {
  let best: Standing['usable']
  let pending: string | undefined
  const query = {
    index: 'gsi-requester',
    value: caller.user,
    limit: 100,
    from: msToTime(nowMs - longestLifeMs),
  }
  for await (const doc of allOf(docs, query)) {
    const answer = usableUntil(doc.body, caller, profile, walkId, nowMs)
    if ('untilMs' in answer) {
      if (best === undefined || answer.untilMs > best.untilMs) best = { doc, untilMs: answer.untilMs }
    } else if (isWaiting(doc.body, caller, profile, nowMs)) pending ??= doc.id
  }
  return { ...(best === undefined ? {} : { usable: best }), ...(pending === undefined ? {} : { pending }) }
}

function isWaiting(request: ApprovalRequest, caller: Party, profile: string, nowMs: number): boolean {
  const isTheirs = request.requesterArn === caller.arn && request.profile === profile
  return isTheirs && requestStatusAt(request, nowMs) === 'pending'
}
