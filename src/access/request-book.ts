// The book of requests: reads, steps, and writes where nobody was faster. Who may do what was decided before.

import { longestRequestSeconds, type Party } from '../policy/index.ts'
import { allOf, type Doc, type Docs, msToTime } from '../store/index.ts'
import { present } from './present.ts'
import {
  type ApprovalRequest,
  pendingMs,
  type RequestEvent,
  requestStatusAt,
  step,
  usableUntil,
} from './requests.ts'
import { turnDoc } from './turn-doc.ts'
import type { Use } from './use.ts'

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
  /** One that may be used again before one that serves once; of these the one that lasts longest. */
  readonly usable?: { readonly doc: RequestDoc; readonly untilMs: number }
  /** The newest request that nobody has decided yet. */
  readonly pending?: string
  /** The newest that was approved and cannot be used, and why: a whole phrase for people. */
  readonly spent?: { readonly id: string; readonly because: string }
}

/** No older request can still be good for anything. */
const longestLifeMs = pendingMs + longestRequestSeconds * 1000

/** Looks for an approval of the caller for a profile. Found by an index, and each read again by its id, consistently. */
export async function standingOf(docs: RequestDocs, use: Use, nowMs: number): Promise<Standing> {
  const { caller, profile } = use
  let usable: Standing['usable']
  let pending: string | undefined
  let spent: Standing['spent']
  const query = {
    index: 'gsi-requester',
    value: caller.user,
    limit: 100,
    from: msToTime(nowMs - longestLifeMs),
  }
  for await (const doc of allOf(docs, query)) {
    const answer = usableUntil(doc.body, use, nowMs)
    if ('untilMs' in answer) {
      const found = { doc, untilMs: answer.untilMs }
      if (usable === undefined || isBetter(found, usable)) usable = found
    } else if (isTheirs(doc.body, caller, profile)) {
      if (requestStatusAt(doc.body, nowMs) === 'pending') pending ??= doc.id
      else if (doc.body.status === 'approved') spent ??= { id: doc.id, because: answer.because }
    }
  }
  return present({ usable, pending, spent })
}

type Usable = NonNullable<Standing['usable']>

function isBetter(found: Usable, best: Usable): boolean {
  const [once, bestOnce] = [found, best].map(({ doc }) => doc.body.singleUse)
  return once === bestOnce ? found.untilMs > best.untilMs : bestOnce === true
}

const isTheirs = (request: ApprovalRequest, caller: Party, profile: string) =>
  request.requesterArn === caller.arn && request.accountId === caller.accountId && request.profile === profile
