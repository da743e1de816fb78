import { listRequests, type RequestFilter, requestStatuses } from '../../access/index.ts'
import { printable, SentinelError, visibleJson } from '../../base/index.ts'
import { command } from '../command.ts'
import { moreText, pagingFlags, pagingOf } from '../paging.ts'
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
    return atRequestDesk(deps, values, async ({ docs, errand, advisory }) => {
      const given: RequestFilter = {
        ...(profile === undefined ? {} : { profile }),
        ...(requester === undefined ? {} : { requester }),
        ...(status === undefined ? {} : { status }),
      }
      const isOwn = Object.keys(given).length === 0
      const filter = isOwn ? { requester: (await errand.owner.caller()).user } : given
      const nowMs = deps.clock.now()
      const page = await listRequests(docs, filter, paging, nowMs)
      for (const { message } of page.damaged) deps.warn(message)
      if (values.json) {
        const requests = page.docs.map((doc) => requestAsRowOfJson(doc, nowMs))
        deps.io.stdout.write(`${visibleJson({ requests, next: page.next, advisory }, 2)}\n`)
      } else if (page.docs.length === 0) {
        deps.io.stdout.write(isOwn ? 'You have made no requests.\n' : 'There are no such requests.\n')
      } else deps.io.stdout.write(requestsAsTable(page.docs, nowMs) + moreText(page.next))
      return 0
    })
  },
})
