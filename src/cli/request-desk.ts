// Where requests for approval are looked at and changed: a table, the approval policy, and whoever runs the command.

import { type RequestDoc, type RequestDocs, requestRows } from '../access/index.ts'
import { isRequestId, printable, SentinelError } from '../base/index.ts'
import type { CompiledApprovalPolicy } from '../policy/index.ts'
import { meantBy } from './claims.ts'
import type { Flags } from './command.ts'
import { logFileFlag, requestTableFlag, whoFlags } from './commands/shared.ts'
import { approvalPolicyFlags } from './commands/state-flags.ts'
import type { Deps } from './deps.ts'
import { type Errand, type ErrandValues, openErrand } from './errand.ts'
import { type GatewayDeps, openGateway } from './gateway-deps.ts'
import type { Place } from './place.ts'
import { type LookedDocument, lookForDocument } from './state-documents.ts'
import { tableNamed, withTable } from './tables.ts'

/** Flags of every command about requests. */
export const requestFlags = {
  requestTable: { ...requestTableFlag.requestTable, aliases: ['table'] },
  json: { type: 'boolean', help: 'print JSON for a program to read' },
  ...whoFlags,
  ...logFileFlag('decision log (default: in the state folder)'),
} as const satisfies Flags

/** Flags of those that ask the approval policy. */
export const decidingFlags = { ...requestFlags, ...approvalPolicyFlags } as const satisfies Flags

/** What these flags say. */
type RequestValues = ErrandValues & {
  readonly requestTable: string | undefined
  readonly approvalPolicyParameter?: string | undefined
  readonly approvalPolicyFile?: string | undefined
}

/** The approval policy that was looked for; without one nobody may approve. */
export type LookedApproval = LookedDocument<CompiledApprovalPolicy>

/** What requests are looked at and changed with. */
export type RequestDesk = Place & {
  readonly deps: GatewayDeps
  readonly errand: Errand
  readonly docs: RequestDocs
  /** The table's name, for the record. */
  readonly table: string
  /** The approval policy of a profile, as it is now. */
  policy(profile: string): Promise<LookedApproval>
}

/** Opens the table, and closes it when the command is over. Throws as openErrand, withTable and `use`. */
export async function atRequestDesk<Result>(
  plain: Deps,
  values: RequestValues,
  use: (desk: RequestDesk) => Promise<Result>,
): Promise<Result> {
  const deps = openGateway(plain)
  const table = tableNamed(values.requestTable, 'requests')
  const errand = await openErrand(deps, values)
  const { reach } = errand
  const { approvalPolicyParameter: parameter, approvalPolicyFile: file } = values
  const policy = (profile: string) => lookForDocument(deps, 'approval', { profile, parameter, file }, reach)
  return withTable({ deps, reach }, requestRows, table, ({ docs, advisory }) =>
    use({ deps, errand, docs, advisory, table, policy }),
  )
}

/** A request by its id. @throws SentinelError USAGE, REQUEST_NOT_FOUND; whatever the store throws */
export async function found(
  { docs, table }: Pick<RequestDesk, 'docs' | 'table'>,
  id: string,
): Promise<RequestDoc> {
  const doc = await docs.get(id)
  if (doc !== undefined) return doc
  const where = table === 'local' ? "this machine's own table" : `the table \`${printable(table)}\``
  throw new SentinelError('REQUEST_NOT_FOUND', `${where} has no request ${id}`, {
    hint: 'look for it with `sentinel list`, and check that table and region are the right ones',
  })
}

/**
 * The text as a request's id.
 *
 * @param argv the command line, which may have been meant for another command
 * @throws SentinelError USAGE
 */
export function requestIdOf(text: string, argv: readonly string[] = []): string {
  if (isRequestId(text) && text.length === 16) return text
  const meant = meantBy(argv, () => true)
  throw new SentinelError('USAGE', `\`${text}\` is not the id of a request`, {
    hint:
      meant === undefined
        ? 'an id has 16 characters from 0-9 and a-f; `sentinel list` shows them'
        : `did you mean \`sentinel ${meant}\`?`,
  })
}
