// Approvals as the decision about credentials asks for them. Loaded only where a rule wants approval and a table of
// requests is named.

import {
  type RequestDoc,
  type RequestDocs,
  requestRows,
  standingOf,
  turn,
  usableUntil,
} from '../../access/index.ts'
import type { ChangeWords } from '../../audit/index.ts'
import { SentinelError, toTimestamp } from '../../base/index.ts'
import { fact, known, passChange } from '../../gateway/index.ts'
import { type AccessAnswer, decideUse, type Fact, type UseFacts, type UseGrant } from '../../policy/index.ts'
import { withTable } from '../tables.ts'
import type { Asker } from './asker.ts'

/** The approval of the caller for the profile that is in force, if there is one; else the request that waits for one. */
export async function findApproval(asker: Asker): Promise<AccessAnswer> {
  const { deps, caller, request, roleArn } = asker
  return withRequests(asker, async (docs) => {
    const nowMs = deps.clock.now()
    const held = await heldBy(docs, asker, nowMs)
    if (held !== undefined) return held
    const use = { caller, profile: request.profile, roleArn, walkId: request.requestId }
    const { usable, ...more } = await standingOf(docs, use, nowMs)
    if (usable === undefined) return { kind: 'approval', ...more }
    const { doc, untilMs } = usable
    const { singleUse } = doc.body
    return {
      kind: 'approval',
      found: { id: doc.id, validUntilMs: untilMs, singleUse, ...worthOf(asker) },
    }
  })
}

/** The approval that a walk of this server took for what it gave to nobody: used up, but by ourselves. */
async function heldBy(docs: RequestDocs, asker: Asker, nowMs: number): Promise<AccessAnswer | undefined> {
  const { caller, request, roleArn } = asker
  const held = await asker.use?.held()
  const doc = held && (await docs.get(held.approval))
  if (held === undefined || doc?.body.consumedBy !== held.walkId) return undefined
  const { consumedAtMs: _, consumedBy: __, ...unused } = doc.body
  const use = { caller, profile: request.profile, roleArn, walkId: held.walkId }
  const answer = usableUntil(unused, use, nowMs)
  if (!('untilMs' in answer)) return undefined
  const found = { id: doc.id, validUntilMs: answer.untilMs, singleUse: true } as const
  return { kind: 'approval', found: { ...found, ...worthOf(asker) } }
}

/** How far an approval can be trusted: nobody has signed it, and it is worth what its table is. */
const worthOf = ({ values }: Asker) =>
  ({ signed: 'unsigned: advisory', table: values.requestTable ?? '' }) as const

/**
 * Takes an approval for the request that asks: recorded before and after. The id of the request that took it before, where
 * one did.
 *
 * @throws SentinelError STATE_CONFLICT when it was not taken, and permits nothing any more
 */
export async function consume(asker: Asker, id: string): Promise<string | undefined> {
  const { deps, request, values, recorder, use } = asker
  const walkId = request.requestId
  use?.begun(walkId, asker.caller)
  return withRequests(asker, async (docs) => {
    const event = { kind: 'consume', walkId } as const
    const outcome = await passChange<UseFacts & { readonly doc: Fact<RequestDoc> }, UseGrant, RequestDoc>(
      {
        log: recorder.log,
        circumstances: () => recorder.circumstances(),
        gather: async () => {
          const doc = await fact(() => approvalIn(docs, id))
          return { caller: { known: asker.caller }, doc, request: 'known' in doc ? useOf(doc.known) : doc }
        },
        decide: decideUse,
        act: async (_, { doc }) => {
          const end = await turn(docs, known(doc), () => ({ event }), deps.clock.now())
          if (end.kind === 'turned') return { kind: 'done', result: end.doc }
          const because = end.kind === 'refused' ? end.because : 'somebody else was faster'
          return { kind: 'deny', because, why: { kind: 'state', error: gone(id, because) } }
        },
        words: ({ facts }) => ({ ...wordsOf(facts.doc), table: values.requestTable }),
      },
      { walkId, event: 'request.consumed', thing: { request_id: id } },
      deps.signal(),
    )
    if (outcome.kind === 'done') return undefined
    const by = (await docs.get(id))?.body.consumedBy
    if (by === undefined || by === walkId) throw outcome.why.error
    use?.over()
    return by
  })
}

async function approvalIn(docs: RequestDocs, id: string): Promise<RequestDoc> {
  const doc = await docs.get(id)
  if (doc === undefined) throw gone(id, 'it is not there any more')
  return doc
}

function useOf({ id, body }: RequestDoc): UseFacts['request'] {
  const { profile, singleUse } = body
  const requester = { user: body.requester, arn: body.requesterArn ?? '', accountId: body.accountId ?? '' }
  return { known: { id, profile, requester, singleUse } }
}

function wordsOf(doc: Fact<RequestDoc>): ChangeWords {
  if ('unavailable' in doc) return {}
  const { requester, profile, roleArn, validUntilMs } = doc.known.body
  const until = validUntilMs === undefined ? {} : { valid_until: toTimestamp(validUntilMs) }
  const about = { requester, profile, role_arn: roleArn }
  return { ...about, single_use: true, approval_signature: 'unsigned: advisory', ...until }
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
