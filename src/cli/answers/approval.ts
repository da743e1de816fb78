// Approvals as the decision about credentials asks for them. Loaded only where a rule wants approval and a table of
// requests is named.

import { type RequestDocs, requestRows, standingOf, turn } from '../../access/index.ts'
import { SentinelError } from '../../base/index.ts'
import type { AccessAnswer } from '../../policy/index.ts'
import { withTable } from '../tables.ts'
import type { Asker } from './asker.ts'

/** The approval of the caller for the profile that is in force, if there is one; else the request that waits for one. */
export async function findApproval(asker: Asker): Promise<AccessAnswer> {
  const { deps, caller, request } = asker
  return withRequests(asker, async (docs) => {
    const nowMs = deps.clock.now()
    const { usable, pending } = await standingOf(docs, caller, request.profile, request.requestId, nowMs)
    if (usable === undefined) return { kind: 'approval', ...(pending === undefined ? {} : { pending }) }
    const { doc, untilMs } = usable
    const { singleUse } = doc.body
    return {
      kind: 'approval',
      found: { id: doc.id, validUntilMs: untilMs, singleUse, signed: 'unsigned: advisory' },
    }
  })
}

/**
 * Takes an approval for the request that asks. The id of the request that took it before, where one did.
 *
 * @throws SentinelError STATE_CONFLICT when it was not taken, and permits nothing any more
 */
export async function consume(asker: Asker, id: string): Promise<string | undefined> {
  const walkId = asker.request.requestId
  return withRequests(asker, async (docs) => {
    const doc = await docs.get(id)
    if (doc === undefined) throw gone(id, 'it is not there any more')
    const event = { kind: 'consume', walkId } as const
    const end = await turn(docs, doc, () => ({ event }), asker.deps.clock.now())
    if (end.kind !== 'refused') return undefined
    const { consumedBy } = end.doc.body
    if (consumedBy === undefined) throw gone(id, end.because)
    return consumedBy
  })
}

const gone = (id: string, because: string) =>
  new SentinelError('STATE_CONFLICT', `approval ${id} cannot be used: ${because}`, {
    hint: 'ask for a new one with `sentinel request`',
  })

function withRequests<Result>(
  { deps, values, reach }: Asker,
  use: (docs: RequestDocs) => Promise<Result>,
): Promise<Result> {
  const { requestTable } = values
  if (requestTable === undefined) throw new SentinelError('INTERNAL', 'no table of requests was named')
  return withTable({ deps, reach }, requestRows, requestTable, ({ docs }) => use(docs))
}
