// Where break-glass events are looked at, opened and closed: a table, two policies, and whoever runs the command.

import { type EventDoc, type EventDocs, eventRows, ledgerRows, slotRows } from '../access/index.ts'
import { isRequestId, printable, SentinelError } from '../base/index.ts'
import type { CompiledBreakglassPolicy, CompiledRateLimitPolicy } from '../policy/index.ts'
import type { Flags } from './command.ts'
import { awsFlags, breakglassTableFlag, logFileFlag, whoFlags } from './commands/shared.ts'
import { breakglassPolicyFlags, ratelimitPolicyFlags } from './commands/state-flags.ts'
import type { Deps } from './deps.ts'
import { type Errand, type ErrandValues, openErrand } from './errand.ts'
import { type GatewayDeps, openGateway } from './gateway-deps.ts'
import { flagGiven, tableGiven } from './given.ts'
import type { Place } from './place.ts'
import { type LookedDocument, lookForDocument } from './state-documents.ts'
import { withTable } from './tables.ts'

const placeFlags = {
  breakglassTable: { ...breakglassTableFlag.breakglassTable, aliases: ['table'], required: true },
  json: { type: 'boolean', help: 'print JSON for a program to read' },
  ...logFileFlag('decision log (default: in the state folder)'),
} as const satisfies Flags

/** Flags of the command that opens events: it is about a profile, whose base credentials say who asks. */
export const openingFlags = {
  ...placeFlags,
  ...breakglassPolicyFlags,
  ...ratelimitPolicyFlags,
  ...awsFlags,
} as const satisfies Flags

/** Flags of every command about events that are there. */
export const eventFlags = { ...placeFlags, ...whoFlags } as const satisfies Flags

/** Flags of the command that closes them. */
export const closingFlags = { ...eventFlags, ...breakglassPolicyFlags } as const satisfies Flags

/** What these flags say. */
type EventValues = ErrandValues & {
  readonly breakglassTable: string
  readonly breakglassPolicyParameter?: string | undefined
  readonly breakglassPolicyFile?: string | undefined
  readonly ratelimitPolicyParameter?: string | undefined
  readonly ratelimitPolicyFile?: string | undefined
}

/** What events are looked at and changed with. */
export type EventDesk = Place & {
  readonly deps: GatewayDeps
  readonly errand: Errand
  readonly docs: EventDocs
  /** The table's name, for the record. */
  readonly table: string
  /** What was given of where events are, for the next command line about them. */
  readonly again: string
  /** The policies of a profile, as they are now. */
  policy(profile: string): Promise<LookedDocument<CompiledBreakglassPolicy>>
  limits(profile: string): Promise<LookedDocument<CompiledRateLimitPolicy>>
}

/** Opens the table, and closes it when the command is over. Throws as openErrand, withTable and `use`. */
export async function atEventDesk<Result>(
  plain: Deps,
  values: EventValues,
  use: (desk: EventDesk) => Promise<Result>,
): Promise<Result> {
  const deps = openGateway(plain)
  const errand = await openErrand(deps, values)
  const { reach } = errand
  const table = values.breakglassTable
  const given = {
    breakglass: { parameter: values.breakglassPolicyParameter, file: values.breakglassPolicyFile },
    ratelimit: { parameter: values.ratelimitPolicyParameter, file: values.ratelimitPolicyFile },
  }
  return withTable({ deps, reach }, eventRows, table, ({ docs: events, also, advisory }) =>
    use({
      deps,
      errand,
      docs: { events, slots: also(slotRows), ledgers: also(ledgerRows) },
      table,
      again: `${tableGiven(deps.io.env, 'breakglass', table)}${flagGiven('region', values.region)}${flagGiven('log-file', values.logFile)}`,
      advisory,
      policy: (profile) => lookForDocument(deps, 'breakglass', { profile, ...given.breakglass }, reach),
      limits: (profile) => lookForDocument(deps, 'ratelimit', { profile, ...given.ratelimit }, reach),
    }),
  )
}

/** An event by its id. @throws SentinelError EVENT_NOT_FOUND; whatever the store throws */
export async function foundEvent({ docs, table }: EventDesk, id: string): Promise<EventDoc> {
  const doc = await docs.events.get(id)
  if (doc !== undefined) return doc
  const where = table === 'local' ? "this machine's own table" : `the table \`${printable(table)}\``
  throw new SentinelError('EVENT_NOT_FOUND', `${where} has no break-glass event ${id}`, {
    hint: 'look for it with `sentinel breakglass-list`, and check that table and region are the right ones',
  })
}

/** The text as an event's id. @throws SentinelError USAGE */
export function eventIdOf(text: string): string {
  if (isRequestId(text) && text.length === 16) return text
  throw new SentinelError('USAGE', `\`${text}\` is not the id of a break-glass event`, {
    hint: 'an id has 16 characters from 0-9 and a-f; `sentinel breakglass-list` shows them',
  })
}
