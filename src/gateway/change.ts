// The door of every change of state: a request for approval, a break-glass event, a server session. Who asks is found
// out, the policy and the thing as it is are looked up, it is decided, the attempt is recorded before it is made and its
// outcome after.

import type { ChangedThing, ChangeEntry, ChangeEvent, ChangeWords } from '../audit/index.ts'
import { asSentinelError, SentinelError } from '../base/index.ts'
import type { Allow, ChangeRefusal, Deny, Fact, Party } from '../policy/index.ts'
import { type Corridor, type Door, type Entry, type Outcome, pass, type Waiting } from './pass.ts'
import type { RecorderDeps } from './record.ts'
import { withEnd } from './refusal.ts'

/** One change, as it is known before anything was looked up. */
export type ChangeRequest = {
  readonly walkId: string
  readonly event: ChangeEvent
  /** What is changed, or made. */
  readonly thing: ChangedThing
}

/** What is known of a change so far, for the record. */
export type Known<Facts, Grant, Result> = {
  readonly facts: Facts
  readonly grant?: Grant
  readonly result?: Result
}

/** The steps of a change. */
export type ChangeDeps<Facts extends { readonly caller: Fact<Party> }, Grant, Result> = RecorderDeps & {
  /** What cannot be looked up is a fact too; what this throws is a fault. */
  gather(): Promise<Facts>
  /** Pure; of the room `policy`. */
  decide(facts: Facts): Allow<Grant> | Deny<ChangeRefusal>
  /** Makes it, where the thing still is as it was read; a refusal where it is not. */
  act(grant: Grant, facts: Facts): Promise<Made<Result>>
  /** What the lines say besides: whoever changes something says what it is about. */
  words(known: Known<Facts, Grant, Result>): ChangeWords
}

/** What became of the deed. */
export type Made<Result> = { readonly kind: 'done'; readonly result: Result } | Deny<ChangeRefusal>

/** The types of this door. */
export interface ChangeDoor<Facts, Grant, Result> extends Door {
  request: ChangeRequest
  facts: Facts
  ask: never
  answer: never
  grant: Grant
  why: ChangeRefusal
  result: Result
}

/**
 * Walks one change through the corridor. A refusal, by policy or by the state of the thing, is a value.
 *
 * @throws SentinelError LOG_UNWRITABLE, and nothing was changed if it was the first line; whatever `gather` and `act`
 * throw, recorded, and with the walk's id at the end; ABANDONED
 */
export async function passChange<Facts extends { readonly caller: Fact<Party> }, Grant, Result>(
  deps: ChangeDeps<Facts, Grant, Result>,
  request: ChangeRequest,
  signal: Waiting,
): Promise<Outcome<ChangeDoor<Facts, Grant, Result>>> {
  let hasLine = false
  const corridor: Corridor<ChangeDoor<Facts, Grant, Result>> = {
    gather: () => deps.gather(),
    decide: deps.decide,
    answer: () => Promise.reject(new SentinelError('INTERNAL', 'a change asks for nothing')),
    record: async (entries) => {
      await deps.log.append(entries.map((entry) => ({ ...lineOf(deps, entry), ...deps.circumstances() })))
      hasLine = true
    },
    ready: () => undefined,
    act: ({ grant }, _, facts) => deps.act(grant, facts),
  }
  try {
    return await pass(corridor, request, signal)
  } catch (thrown) {
    throw hasLine ? withEnd(asSentinelError(thrown), recordOf(request)) : thrown
  }
}

/** What `sentinel why` takes, once the log has a line of it. */
const recordOf = ({ walkId }: ChangeRequest) => `(record ${walkId})`

/** The result of a change; a refusal as an error that ends in the walk's id, which `sentinel why` takes. */
export function resultOf<Result>(
  outcome: { readonly kind: 'done'; readonly result: Result } | Deny<ChangeRefusal>,
  request: ChangeRequest,
): Result {
  if (outcome.kind === 'done') return outcome.result
  throw withEnd(outcome.why.error, recordOf(request))
}

function lineOf<Facts extends { readonly caller: Fact<Party> }, Grant, Result>(
  deps: Pick<ChangeDeps<Facts, Grant, Result>, 'words'>,
  entry: Entry<ChangeDoor<Facts, Grant, Result>>,
): ChangeEntry {
  const { walkId, event, thing } = entry.request
  const line = { event, ...thing, walk_id: walkId, user: '', actor: '' }
  const words = (known: Known<Facts, Grant, Result>) => inOrder(deps.words(known))
  if (entry.stage === 'fault') return { ...line, ...failure(entry.error) }
  const { facts, decision } = entry
  const known = { ...line, ...who(facts.caller) }
  if (decision.kind === 'deny') return { ...known, ...words({ facts }), ...refusal(decision.why) }
  const { grant } = decision
  if (entry.stage === 'decided') return { ...known, ...words({ facts, grant }), outcome: 'started' }
  const { end } = entry
  switch (end.kind) {
    case 'done':
    case 'abandoned':
      return { ...known, ...words({ facts, grant, result: end.result }), outcome: 'done' }
    case 'failed':
      return { ...known, ...words({ facts, grant }), ...failure(end.error) }
    case 'deny':
      return { ...known, ...words({ facts, grant }), ...refusal(end.why) }
  }
}

/** The words of a line in the order in which every line has them: what it is about, then by whom and how it was decided. */
const order: readonly (keyof ChangeWords)[] = [
  'requester',
  'invoker',
  'profile',
  'role_arn',
  'status',
  'reason_code',
  'justification',
  'duration_seconds',
  'approver',
  'approver_comment',
  'auto_approved',
  'approvals',
  'required_approvals',
  'single_use',
  'approval_signature',
  'overrides',
  'mfa_serial',
  'escalated',
  'closed_by',
  'closed_reason',
  'revoked_by',
  'revoked_reason',
  'expires_at',
  'valid_until',
  'rule',
  'policy_path',
  'policy_version',
  'policy_sha256',
  'table',
]

const inOrder = (words: ChangeWords): ChangeWords =>
  Object.fromEntries(order.flatMap((key) => (words[key] === undefined ? [] : [[key, words[key]]])))

function who(caller: Fact<Party>) {
  if ('unavailable' in caller) return {}
  const { user, arn, accountId } = caller.known
  return { user, actor: user, caller_arn: arn, account_id: accountId }
}

function refusal({ kind, error, rule }: ChangeRefusal) {
  const by = rule === undefined ? {} : { rule }
  return { ...by, ...failure(error), outcome: kind === 'unavailable' ? 'error' : 'denied' } as const
}

const failure = ({ code, message }: SentinelError) =>
  ({ outcome: 'error', error_code: code, reason: message }) as const
