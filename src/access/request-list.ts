// Lists of requests, by whatever is asked about, newest first.

import { msToTime, type Query } from '../store/index.ts'
import { type Listed, listed, type Paging } from './listed.ts'
import type { RequestDocs } from './request-book.ts'
import { type ApprovalRequest, pendingMs, type RequestStatus, requestStatusAt } from './requests.ts'

/** Which requests; at least one of these. All that are given must fit. */
export type RequestFilter = {
  /** What they are now, which for `expired` nobody has written down. */
  readonly status?: RequestStatus | undefined
  readonly profile?: string | undefined
  readonly requester?: string | undefined
}

/** Up to `limit` requests, newest first. Throws as `listed`. */
export function listRequests(
  docs: RequestDocs,
  filter: RequestFilter,
  paging: Paging,
  nowMs: number,
): Promise<Listed<ApprovalRequest>> {
  return listed(docs, indexFor(filter, nowMs), (request) => fits(filter, request, nowMs), paging)
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
