import { listSessions, type Session, sessionStatuses } from '../../access/index.ts'
import { command } from '../command.ts'
import { pagingFlags, pagingOf, printPage } from '../paging.ts'
import { atSessionDesk, sessionFlags } from '../session-desk.ts'
import { sessionAsRowOfJson, sessionsAsTable } from '../session-view.ts'

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
      printPage<Session>(deps, await listSessions(desk.docs, filter, paging, nowMs), {
        json: values.json,
        name: 'sessions',
        row: (doc) => sessionAsRowOfJson(doc, nowMs),
        place: desk,
        table: (docs) => sessionsAsTable(docs, nowMs),
        none: isOwn ? 'You have no such sessions.\n' : 'There are no such sessions.\n',
      })
      return 0
    })
  },
})
