// Lists of requests, by whatever is asked about, newest first.

import type { SentinelError } from '../base/index.ts'
import { type Cursor, msToTime, type Page, pageLimit, type Query } from '../store/index.ts'
import type { RequestDoc, RequestDocs } from './request-book.ts'
import { type ApprovalRequest, pendingMs, type RequestStatus, requestStatusAt } from './requests.ts'

/** Which requests; at least one of these. All that are given must fit. */
export type RequestFilter = {
  /** What they are now, which for `expired` nobody has written down. */
  readonly status?: RequestStatus | undefined
  readonly profile?: string | undefined
  readonly requester?: string | undefined
}

/** A part of a list. */
export type RequestList = {
  readonly docs: readonly RequestDoc[]
  readonly damaged: readonly SentinelError[]
  readonly next?: Cursor
}

/**
 * Up to `limit` requests, newest first. There may be fewer while `next` says that there are more: what the index finds
 * and the filter leaves out is looked at, and not for ever for the last few.
 *
 * @throws SentinelError USAGE for a cursor of another list; whatever the store throws
 */
export async function listRequests(
  docs: RequestDocs,
  filter: RequestFilter,
  { limit, after }: { readonly limit: number; readonly after?: Cursor | undefined },
  nowMs: number,
): Promise<RequestList> {
  const found: RequestDoc[] = []
  const damaged: SentinelError[] = []
  let next = after
  for (;;) {
    const query = { ...indexFor(filter, nowMs), limit: Math.min(pageLimit, limit - found.length) }
    const page: Page<ApprovalRequest> = await docs.list(
      next === undefined ? query : { ...query, after: next },
    )
    const fitting = page.docs.filter(({ body }) => fits(filter, body, nowMs))
    found.push(...fitting)
    damaged.push(...page.damaged)
    next = page.next
    if (next === undefined) return { docs: found, damaged }
    const missing = limit - found.length
    const isRare = fitting.length < page.docs.length && missing < limit / 4
    if (missing === 0 || isRare) return { docs: found, damaged, next }
  }
}

/** Zones are at most so far apart: other programs wrote local times, which sort by what their clocks showed. */
const zonesMs = 14 * 3_600_000

/** What narrows it down most comes first: few requests wait, and one person makes fewer than there are of a profile. */
function indexFor({ status, profile, requester }: RequestFilter, nowMs: number): Omit<Query, 'limit'> {
  if (status === 'pending') {
    return { index: 'gsi-status', value: 'pending', from: msToTime(nowMs - pendingMs - zonesMs) }
  }
  if (requester !== undefined) return { index: 'gsi-requester', value: requester }
  if (profile !== undefined) return { index: 'gsi-profile', value: profile }
  if (status !== 'expired') return { index: 'gsi-status', value: status ?? 'pending' }
  return { index: 'gsi-status', value: 'pending', to: msToTime(nowMs - pendingMs + zonesMs) }
}

function fits(
  { status, profile, requester }: RequestFilter,
  request: ApprovalRequest,
  nowMs: number,
): boolean {
  if (status !== undefined && requestStatusAt(request, nowMs) !== status) return false
  if (profile !== undefined && request.profile !== profile) return false
  return requester === undefined || request.requester === requester
}
