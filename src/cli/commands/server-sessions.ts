import { type Listed, listSessions, type Session, sessionStatuses } from '../../access/index.ts'
import { visibleJson } from '../../base/index.ts'
import { command } from '../command.ts'
import { moreText, pagingFlags, pagingOf } from '../paging.ts'
import { atSessionDesk, sessionFlags, wantsJson } from '../session-desk.ts'
import { type SessionPlace, sessionAsRowOfJson, sessionsAsTable } from '../session-view.ts'

export const serverSessions = command({
  name: 'server-sessions',
  summary: 'List sessions of `exec --server`, newest first',
  description: [
    'Your own, unless a user, profile or status is named; then all that fit. `expired` are those that ended and those ' +
      'whose process writes no more; without a user or profile only your own. `--profile` only filters: whose ' +
      'credentials read the table is said by `--aws-profile`.',
  ],
  examples: [
    'sentinel server-sessions --table sentinel-sessions',
    'sentinel server-sessions --table sentinel-sessions --status active --region us-east-1',
    'sentinel server-sessions --table sentinel-sessions --profile prod --since 24h --json',
  ],
  flags: {
    user: { type: 'string', placeholder: 'user', help: 'only sessions of this user' },
    profile: { type: 'string', placeholder: 'name', help: 'only sessions for this profile' },
    status: { type: 'choice', choices: sessionStatuses, help: 'only sessions with this status' },
    since: { type: 'duration', help: 'only sessions that started so long ago at most' },
    ...pagingFlags,
    ...sessionFlags,
  },
  async run(deps, { user, profile, status, since, ...values }) {
    const paging = pagingOf(values)
    return atSessionDesk(deps, values, async (desk) => {
      const nowMs = deps.clock.now()
      const isOwn = user === undefined && profile === undefined && (status ?? 'expired') === 'expired'
      const filter = {
        status,
        profile,
        user: isOwn ? (await desk.errand.owner.caller()).user : user,
        sinceMs: since === undefined ? undefined : nowMs - since * 1000,
      }
      const page = await listSessions(desk.docs, filter, paging, nowMs)
      for (const { message } of page.damaged) deps.warn(message)
      deps.io.stdout.write(wantsJson(values) ? asJson(page, desk, nowMs) : asText(page, isOwn, nowMs))
      return 0
    })
  },
})

function asJson({ docs, next }: Listed<Session>, { advisory }: SessionPlace, nowMs: number): string {
  const sessions = docs.map((doc) => sessionAsRowOfJson(doc, nowMs))
  return `${visibleJson({ sessions, next, advisory }, 2)}\n`
}

function asText({ docs, next }: Listed<Session>, isOwn: boolean, nowMs: number): string {
  if (docs.length > 0) return sessionsAsTable(docs, nowMs) + moreText(next)
  return isOwn ? 'You have no such sessions.\n' : 'There are no such sessions.\n'
}
