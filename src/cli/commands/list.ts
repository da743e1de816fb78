import { type ApprovalRequest, listRequests, requestStatuses } from '../../access/index.ts'
import { command } from '../command.ts'
import { pagingFlags, pagingOf, printPage } from '../paging.ts'
import { atRequestDesk, requestFlags } from '../request-desk.ts'
import { requestAsRowOfJson, requestsAsTable } from '../request-view.ts'

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
      printPage<ApprovalRequest>(deps, await listRequests(desk.docs, filter, paging, nowMs), {
        json: values.json,
        name: 'requests',
        row: (doc) => requestAsRowOfJson(doc, nowMs),
        place: desk,
        table: (docs) => requestsAsTable(docs, nowMs),
        none: isOwn ? 'You have made no requests.\n' : 'There are no such requests.\n',
      })
      return 0
    })
  },
})
