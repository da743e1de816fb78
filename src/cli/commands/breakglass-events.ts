import { type Emergency, eventStatuses, inForce, listEvents, notInForce } from '../../access/index.ts'
import { printable, toTimestamp, visibleJson } from '../../base/index.ts'
import { type Command, command } from '../command.ts'
import { closeEmergency } from '../event-change.ts'
import { atEventDesk, closingFlags, eventFlags, eventIdOf, foundEvent } from '../event-desk.ts'
import { eventAsJson, eventAsRowOfJson, eventAsText, eventsAsTable } from '../event-view.ts'
import { pagingFlags, pagingOf, printPage } from '../paging.ts'
import { placeText } from '../place.ts'

export const breakglassList: Command = command({
  name: 'breakglass-list',
  summary: 'List break-glass events, newest first',
  description: [
    'Your own, unless an invoker, profile or status is named; then all that fit. `--profile` only filters: whose ' +
      'credentials read the table is said by `--aws-profile`.',
  ],
  examples: ['sentinel breakglass-list', 'sentinel breakglass-list --status active --json'],
  flags: {
    invoker: { type: 'string', placeholder: 'user', help: 'only events of this user' },
    status: { type: 'choice', choices: eventStatuses, help: 'only events with this status' },
    profile: { type: 'string', placeholder: 'name', help: 'only events for this profile' },
    ...pagingFlags,
    ...eventFlags,
  },
  async run(deps, { invoker, status, profile, ...values }) {
    const paging = pagingOf(values)
    return atEventDesk(deps, { ...values, profile: undefined }, async (desk) => {
      const nowMs = deps.clock.now()
      const isOwn = (invoker ?? status ?? profile) === undefined
      const whose = isOwn ? (await desk.errand.owner.caller()).user : invoker
      const filter = { status, profile, invoker: whose }
      const page = await listEvents(desk.docs, filter, paging, nowMs)
      const idle = await notInForce(desk.docs, page.docs, nowMs)
      printPage<Emergency>(deps, page, {
        json: values.json,
        name: 'events',
        row: (doc) => eventAsRowOfJson(doc, idle, nowMs),
        place: desk,
        table: (docs) => eventsAsTable(docs, idle, nowMs),
        none: isOwn ? 'You have no break-glass events.\n' : 'There are no such break-glass events.\n',
      })
      return 0
    })
  },
})

export const breakglassCheck: Command = command({
  name: 'breakglass-check',
  summary: 'Show one break-glass event',
  examples: [
    'sentinel breakglass-check 5f0c2a9b1d3e4f60',
    'sentinel breakglass-check 5f0c2a9b1d3e4f60 --json',
  ],
  positionals: { id: { help: 'event to show', required: true } },
  flags: eventFlags,
  async run(deps, { id, ...values }) {
    const eventId = eventIdOf(id)
    return atEventDesk(deps, values, async (desk) => {
      const doc = await foundEvent(desk, eventId)
      const nowMs = deps.clock.now()
      const usable = await inForce(desk.docs, doc, nowMs)
      const json = () => `${visibleJson(eventAsJson(doc, desk, usable, nowMs), 2)}\n`
      deps.io.stdout.write(values.json ? json() : eventAsText(doc, desk, usable, nowMs))
      return 0
    })
  },
})

export const breakglassClose: Command = command({
  name: 'breakglass-close',
  summary: 'End an emergency before its time',
  description: [
    'Its invoker may, and whoever the break-glass policy lets break the glass for its profile. Credentials that were ' +
      'issued stay good until they expire.',
  ],
  examples: ['sentinel breakglass-close 5f0c2a9b1d3e4f60 --reason "Payments are back"'],
  positionals: { id: { help: 'event to close', required: true } },
  flags: {
    reason: { type: 'string', required: true, placeholder: 'text', help: 'why, for the record' },
    ...closingFlags,
  },
  async run(deps, { id, reason, ...values }) {
    const eventId = eventIdOf(id)
    return atEventDesk(deps, values, async (desk) => {
      const { body } = await closeEmergency(desk, eventId, reason.trim())
      const document = {
        id: eventId,
        profile: body.profile,
        status: body.status,
        closed_by: body.closedBy,
        closed_reason: body.closedReason,
        updated_at: toTimestamp(body.updatedAtMs),
        advisory: desk.advisory,
      }
      const text = `Break-glass event ${eventId} of ${printable(body.invoker)} for ${printable(body.profile)} is closed.\n${placeText(desk)}`
      deps.io.stdout.write(values.json ? `${visibleJson(document, 2)}\n` : text)
      return 0
    })
  },
})
