// The gateway's decision about credentials, from facts alone. The order of the questions is part of the
// contract: who asks, what the policy says, whether the session still stands, by what a refusal is overridden, and
// only then whether the profile can give it at all.
//
// INVARIANT: nothing but a verdict of `allow`, or an override that decision 6 permits, leads to an Allow. What could
// not be looked up never does (decision 7).

import type { SentinelError } from '../base/index.ts'
import type {
  AccessAnswer,
  AccessAnswers,
  AccessAsk,
  AccessFacts,
  AccessGrant,
  AccessRefusal,
  Target,
} from './access-types.ts'
import { type Allow, allow, type Decision, type Deny } from './decision.ts'
import { type Found, isEnding, type Lift, liftsOf, overriddenBy } from './override.ts'
import { ruleText, stampedGrant } from './plain.ts'
import { alternatives } from './rules/alternatives.ts'
import type { CompiledPolicy } from './rules/compiled.ts'
import { type AccessRequest, evaluate, type Verdict } from './rules/evaluate.ts'

type Refusal = Deny<AccessRefusal>

/** The whole decision; the room's face is `decideAccess`. */
export function decide(
  facts: AccessFacts,
  answers: AccessAnswers,
): Decision<AccessGrant, AccessRefusal, AccessAsk> {
  if ('unavailable' in facts.caller) return unavailable(facts.caller.unavailable)
  if ('unavailable' in facts.policy) return unavailable(facts.policy.unavailable)
  const { compiled } = facts.policy.known
  const { profile, mode, nowMs, stores } = facts
  const request = { user: facts.caller.known.user, profile, mode, nowMs }
  const { verdict, table } = ruling(compiled, request, stores.session)
  const refuse = (found: Found) => refusedByRule(compiled, request, verdict, found)
  const isAllowed = verdict.effect === 'allow'
  if (!isAllowed && liftsOf(verdict, stores).length === 0) return refuse({ breakglass: false })
  const stop = table && sessionStop(table.own, verdict, answers)
  if (stop !== undefined) return stop
  if (isAllowed) return granted(facts, verdict, undefined)
  const by = overriddenBy(facts, verdict, answers)
  if ('kind' in by) return by
  if ('unavailable' in by) return unavailable(by.unavailable, verdict)
  return 'override' in by ? granted(facts, verdict, by.override) : refuse(by)
}

/** What the policy says, supposing that a session that is looked for in a table stands there. */
function ruling(compiled: CompiledPolicy, request: AccessRequest, hasTable: boolean) {
  const verdict = evaluate(compiled, request)
  const own = verdict.sessionTable
  if (request.mode !== 'server' || (own === undefined && !hasTable)) return { verdict }
  const tracked = verdict.requiresServerSession
    ? evaluate(compiled, { ...request, session: 'tracked' })
    : verdict
  return { verdict: tracked, table: { own } }
}

// A session is never overridden: that it was taken back holds against approvals and break-glass (decision 6).
function sessionStop(own: string | undefined, verdict: Verdict, answers: AccessAnswers) {
  const answer = answers.get('session')
  if (answer === undefined) return { kind: 'need', ask: { key: 'session', table: own } } as const
  if ('unavailable' in answer) return unavailable(answer.unavailable, verdict)
  const session = answer.known as Extract<AccessAnswer, { kind: 'session' }>
  if (session.state === 'active') return undefined
  return deny(`the session is ${session.state}`, { kind: 'session', session, verdict })
}

function refusedByRule(
  compiled: CompiledPolicy,
  request: AccessRequest,
  verdict: Verdict,
  found: Found,
): Refusal {
  const ways = alternatives(compiled, request)
  return deny(ruleText(verdict), { kind: 'rule', verdict, alternatives: ways, ...found })
}

function granted(facts: AccessFacts, verdict: Verdict, lift: Lift | undefined): Allow<AccessGrant> | Refusal {
  const { profile, mode, nowMs, target, stamp } = facts
  if ('unavailable' in target) return unavailable(target.unavailable)
  const limit = mode === 'server' ? verdict.maxServerDurationSeconds : undefined
  if ('unstampable' in target.known) {
    const rule = limit === undefined ? undefined : `what ${ruleText(verdict)} allows in server mode`
    return unstamped(facts, target.known, verdict, lift ? nameOf(lift) : rule)
  }
  const { roleArn, durationSeconds } = target.known
  const wantedSeconds = Math.min(durationSeconds, limit ?? durationSeconds)
  const override = lift && { ...lift, wantedSeconds }
  if (override && isEnding(override, nowMs)) {
    return deny(`too little of ${nameOf(override)} is left`, { kind: 'ending', override, verdict })
  }
  if ('unavailable' in stamp) return unavailable(stamp.unavailable)
  const leftSeconds = override ? Math.floor((override.untilMs - nowMs) / 1000) : wantedSeconds
  const own = { roleArn, durationSeconds: Math.min(wantedSeconds, leftSeconds) }
  const grant = { ...stampedGrant(profile, own, stamp.known, verdict), ...(override && { override }) }
  return allow(grant, `${override ? `${nameOf(override)} over ` : ''}${ruleText(verdict)}`)
}

/** What cannot be stamped cannot be ended either: it lasts as long as whoever made it said. */
function unstamped(
  { profile, unstamped }: AccessFacts,
  { unstampable, durationSeconds }: Extract<Target, { unstampable: string }>,
  verdict: Verdict,
  end: string | undefined,
): Allow<AccessGrant> | Refusal {
  if (unstamped === 'accepted' && end === undefined) {
    return allow({ profile, durationSeconds, verdict }, ruleText(verdict))
  }
  const because = end === undefined ? unstampable : `${unstampable}, and they would outlast ${end}`
  return deny('the credentials could not be stamped', {
    kind: 'unstamped',
    because,
    verdict,
    ...(end !== undefined && { end }),
  })
}

/** An approval or event as people call it. */
const nameOf = ({ kind, id }: Lift) => `${kind === 'approval' ? 'approval' : 'break-glass event'} ${id}`

const deny = (because: string, why: AccessRefusal): Refusal => ({ kind: 'deny', because, why })

const unavailable = (error: SentinelError, verdict?: Verdict): Refusal =>
  deny(error.message, { kind: 'unavailable', error, ...(verdict && { verdict }) })
