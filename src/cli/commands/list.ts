import { type ApprovalRequest, type Listed, listRequests, requestStatuses } from '../../access/index.ts'
import { visibleJson } from '../../base/index.ts'
import { command } from '../command.ts'
import { moreText, pagingFlags, pagingOf } from '../paging.ts'
import { atRequestDesk, requestFlags } from '../request-desk.ts'
import { type RequestPlace, requestAsRowOfJson, requestsAsTable } from '../request-view.ts'

export const list = command({
  name: 'list',
  summary: 'List requests for approval, newest first',
  description: [
    'Your own, unless a requester, profile or status is named; then all that fit. `--profile` only filters: whose ' +
      'credentials read the table is said by `--aws-profile`.',
  ],
  examples: [
    'sentinel list',
    'sentinel list --status pending',
    'sentinel list --profile prod --status approved --limit 20 --json',
  ],
  flags: {
    requester: { type: 'string', placeholder: 'user', help: 'only requests of this user' },
    profile: { type: 'string', placeholder: 'name', help: 'only requests for this profile' },
    status: { type: 'choice', choices: requestStatuses, help: 'only requests with this status' },
    ...pagingFlags,
    ...requestFlags,
  },
  async run(deps, { profile, requester, status, ...values }) {
    const paging = pagingOf(values)
    return atRequestDesk(deps, values, async (desk) => {
      const isOwn = profile === undefined && requester === undefined && status === undefined
      const filter = isOwn
        ? { requester: (await desk.errand.owner.caller()).user }
        : { profile, requester, status }
      const nowMs = deps.clock.now()
      const page = await listRequests(desk.docs, filter, paging, nowMs)
      for (const { message } of page.damaged) deps.warn(message)
      deps.io.stdout.write(values.json ? asJson(page, desk, nowMs) : asText(page, isOwn, nowMs))
      return 0
    })
  },
})

function asJson({ docs, next }: Listed<ApprovalRequest>, { advisory }: RequestPlace, nowMs: number): string {
  const requests = docs.map((doc) => requestAsRowOfJson(doc, nowMs))
  return `${visibleJson({ requests, next, advisory }, 2)}\n`
}

function asText({ docs, next }: Listed<ApprovalRequest>, isOwn: boolean, nowMs: number): string {
  if (docs.length > 0) return requestsAsTable(docs, nowMs) + moreText(next)
  return isOwn ? 'You have made no requests.\n' : 'There are no such requests.\n'
}
