// The book of requests: reads, steps, and writes where nobody was faster. Who may do what was decided before.

import { SentinelError } from '../base/index.ts'
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

/**
 * Turns a request from one state to the next, where it still is as it was read. Whoever was slower looks at it as it is
 * then, and it is judged anew: what was allowed may not be allowed any more.
 *
 * @throws SentinelError whatever the store throws; STORE_CONFLICT when the request is gone
 */
export async function turn<No>(
  docs: RequestDocs,
  first: RequestDoc,
  judge: Judge<No>,
  nowMs: number,
): Promise<Turned<No>> {
  // Each time around somebody else got further, and a request has few steps: this ends.
  for (let doc = first; ; ) {
    const judged = judge(doc)
    if ('no' in judged) return { kind: 'not allowed', no: judged.no }
    const end = step(doc.body, judged.event, nowMs)
    if (end.kind === 'refused') return { ...end, doc }
    const { before, after } = await written(docs, doc, end.request)
    if (after !== undefined) return { kind: 'turned', doc: after }
    doc = before
  }
}

type Written =
  | { readonly after: RequestDoc; readonly before?: undefined }
  | { readonly after?: undefined; readonly before: RequestDoc }

/** The request as it was written, or as somebody else wrote it before. */
async function written(docs: RequestDocs, doc: RequestDoc, request: ApprovalRequest): Promise<Written> {
  if (request === doc.body) return { after: doc }
  try {
    return { after: await docs.update(doc, request) }
  } catch (thrown) {
    const before = isConflict(thrown) ? await docs.get(doc.id) : undefined
    if (before === undefined || before.version <= doc.version) throw thrown
    return { before }
  }
}

const isConflict = (thrown: unknown) => thrown instanceof SentinelError && thrown.code === 'STORE_CONFLICT'

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
