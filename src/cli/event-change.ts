// Break-glass events are opened and closed: each a walk through the corridor, with the policies as they are now.

import {
  type Emergency,
  type EventDoc,
  eventInForce,
  eventStatusAt,
  ledgerOf,
  openEvent,
  turnEvent,
} from '../access/index.ts'
import type { ChangeEvent, ChangeWords } from '../audit/index.ts'
import { formatDuration, SentinelError, toTimestamp } from '../base/index.ts'
import { verifyMfa } from '../credentials/index.ts'
import { type ChangeDeps, fact, known, type Made, passChange, resultOf } from '../gateway/index.ts'
import {
  type ClosingFacts,
  type ClosingGrant,
  type CompiledBreakglassPolicy,
  decideClosing,
  decideOpening,
  type EventState,
  type Fact,
  limitsFor,
  type OpeningFacts,
  type OpeningGrant,
  openingProblem,
  type Party,
} from '../policy/index.ts'
import { type EventDesk, foundEvent } from './event-desk.ts'
import { flagGiven } from './given.ts'
import { roleOf } from './profile.ts'
import { documentWords, type LookedDocument, whereToPut } from './state-documents.ts'

/** What somebody breaks the glass for. */
export type Emergent = {
  readonly profile: string
  readonly reasonCode: string
  readonly durationSeconds: number
  readonly justification: string
  /** The MFA device, where it is not the profile's; and the code, where it was given beforehand. */
  readonly mfaSerial: string | undefined
  readonly mfaToken: string | undefined
}

type LookedPolicy = { readonly policy: Fact<LookedDocument<CompiledBreakglassPolicy>> }
type WithDoc = { readonly doc: Fact<EventDoc> }

/** Opens an event. @throws SentinelError why it may not be; MFA_REQUIRED, MFA_FAILED; as passChange */
export async function openEmergency(desk: EventDesk, wanted: Emergent): Promise<EventDoc> {
  const { deps } = desk
  const id = deps.newRequestId()
  const { profile, reasonCode, justification } = wanted
  return change<OpeningFacts & LookedPolicy, OpeningGrant>(desk, 'breakglass.invoked', id, {
    gather: () => openingFacts(desk, wanted),
    decide: (facts) =>
      whereToPut(facts.policy, decideOpening(facts), { what: 'users', flag: '--breakglass-policy-file' }),
    act: (grant) => opened(desk, id, wanted, grant),
    words: ({ facts, grant, result }) => ({
      ...wordsOfPolicy(facts.policy, grant?.rule),
      invoker: 'known' in facts.caller ? facts.caller.known.user : undefined,
      profile,
      role_arn: roleOf(desk.errand.owner),
      reason_code: reasonCode,
      justification,
      duration_seconds: grant?.durationSeconds ?? wanted.durationSeconds,
      ...(grant && { overrides: grant.overrides, ...(grant.escalated ? { escalated: true } : {}) }),
      ...(result && wordsOfState(result.body, facts.nowMs)),
    }),
  })
}

async function openingFacts(desk: EventDesk, wanted: Emergent): Promise<OpeningFacts & LookedPolicy> {
  const { deps, docs } = desk
  const { profile } = wanted
  const [caller, policy, limits] = await Promise.all([
    fact(() => desk.errand.owner.caller()),
    fact(() => desk.policy(profile)),
    fact(() => desk.limits(profile)),
  ])
  const nowMs = deps.clock.now()
  const [ledger, active] = await Promise.all([
    fact(async () => {
      const whose = { caller: known(caller), profile, limits: limitsFor(known(limits).compiled, profile) }
      const { ledger, damaged } = await ledgerOf(docs, whose, nowMs)
      for (const { message } of damaged) deps.warn(`${message}; it counts as one opening`)
      return ledger
    }),
    fact(async () => {
      const force = await eventInForce(docs, known(caller), profile, nowMs)
      if (force.kind === 'void') deps.warn(`break-glass event ${force.id} permits nothing: ${force.because}`)
      return force.kind === 'in force' ? { id: force.doc.id, expiresAtMs: force.untilMs } : undefined
    }),
  ])
  const again = againAs(desk, profile)
  return { ...wanted, nowMs, caller, unstampable: unstampableOf(desk), again, policy, limits, ledger, active }
}

/** Whoever looks at an event or closes it is who `--aws-profile` says. */
const againAs = ({ again }: EventDesk, profile: string) => `${again}${flagGiven('aws-profile', profile)}`

/** What is wrong with what somebody wants to open, whatever they say has happened. */
export const problemBefore = (desk: EventDesk, wanted: Omit<Emergent, 'justification'>) =>
  openingProblem({ ...wanted, unstampable: unstampableOf(desk) })

function unstampableOf({ errand }: EventDesk): string | undefined {
  const { target } = errand.owner.recipe
  return 'unstampable' in target ? target.unstampable : undefined
}

async function opened(
  desk: EventDesk,
  id: string,
  wanted: Emergent,
  grant: OpeningGrant,
): Promise<Made<EventDoc>> {
  const { deps, docs, errand } = desk
  const { profile, invoker, reasonCode, durationSeconds, rule, overrides, limits, escalated } = grant
  const mfaSerial = grant.mfa === 'required' ? await verified(desk, wanted) : undefined
  const end = await openEvent(deps, docs, {
    id,
    limits,
    opened: {
      invoker,
      profile,
      roleArn: roleOf(errand.owner),
      reasonCode,
      justification: wanted.justification,
      durationSeconds,
      rule,
      overrides,
      mfaSerial,
      escalated,
      requestId: errand.walkId,
    },
  })
  switch (end.kind) {
    case 'opened':
      return { kind: 'done', result: end.doc }
    case 'limit': {
      const hint = `try again in ${formatDuration(end.retryAfterSeconds)}`
      const { because, retryAfterSeconds } = end
      const error = new SentinelError('RATE_LIMITED', because, { hint })
      return { kind: 'deny', because, why: { kind: 'limit', error, retryAfterSeconds, rule: limits.rule } }
    }
    case 'taken':
      return refusedByState(
        end.because,
        `look at it with \`sentinel breakglass-check ${end.by}${againAs(desk, profile)}\``,
      )
  }
}

/** The device whose code AWS has verified. */
async function verified({ deps, errand }: EventDesk, wanted: Emergent): Promise<string> {
  const { recipe, base } = errand.owner
  const asking = {
    clock: deps.clock,
    signal: deps.signal(),
    askForCode: async (question: { readonly profile: string; readonly serialNumber: string }) => {
      if (wanted.mfaToken !== undefined) return wanted.mfaToken
      const { askForCode } = await import('./mfa.ts')
      return askForCode(deps.io, question)
    },
  }
  return verifyMfa(asking, recipe, await base(), wanted.mfaSerial)
}

/** Closes an event. @throws SentinelError why it may not be; EVENT_NOT_FOUND; as passChange */
export async function closeEmergency(desk: EventDesk, id: string, reason: string): Promise<EventDoc> {
  const { deps, docs } = desk
  return change<ClosingFacts & LookedPolicy & WithDoc, ClosingGrant>(desk, 'breakglass.closed', id, {
    gather: async () => {
      const [caller, doc] = await Promise.all([
        fact(() => desk.errand.owner.caller()),
        fact(() => foundEvent(desk, id)),
      ])
      const policy = await fact(() => desk.policy(known(doc).body.profile))
      const nowMs = deps.clock.now()
      const event = 'known' in doc ? { known: stateOf(doc.known, nowMs) } : doc
      return { reason, nowMs, caller, policy, doc, event }
    },
    decide: decideClosing,
    act: async (_, { doc, caller, nowMs }) => {
      const happens = { kind: 'close', by: known(caller).user, reason } as const
      const end = await turnEvent(docs, known(doc), happens, nowMs)
      if (end.kind === 'turned') return { kind: 'done', result: end.doc }
      return refusedByState(`event ${id} stays as it is: ${end.because}`, 'there is nothing left to close')
    },
    words: ({ facts, result }) => {
      const doc = result ?? ('known' in facts.doc ? facts.doc.known : undefined)
      return {
        ...wordsOfPolicy(facts.policy, undefined),
        ...(doc && { invoker: doc.body.invoker, profile: doc.body.profile, role_arn: doc.body.roleArn }),
        ...(doc && wordsOfState(doc.body, facts.nowMs)),
        closed_by: 'known' in facts.caller ? facts.caller.known.user : undefined,
        closed_reason: reason,
      }
    },
  })
}

/** An event as decisions see it. What another program made is nobody's. */
function stateOf({ id, body }: EventDoc, nowMs: number): EventState {
  const { profile, expiresAtMs, invokerArn: arn = '', accountId = '' } = body
  return { id, profile, expiresAtMs, status: eventStatusAt(body, nowMs), invoker: { arn, accountId } }
}

async function change<Facts extends { readonly caller: Fact<Party> }, Grant>(
  { deps, errand, table }: EventDesk,
  event: ChangeEvent,
  id: string,
  steps: Pick<ChangeDeps<Facts, Grant, EventDoc>, 'gather' | 'decide' | 'act' | 'words'>,
): Promise<EventDoc> {
  const { log, circumstances, walkId } = errand
  const request = { walkId, event, thing: { event_id: id } }
  const words: typeof steps.words = (known) => ({ ...steps.words(known), table })
  return resultOf(await passChange({ ...steps, words, log, circumstances }, request, deps.signal()), request)
}

function refusedByState(because: string, hint: string): Made<EventDoc> {
  const error = new SentinelError('STATE_CONFLICT', because, { hint })
  return { kind: 'deny', because, why: { kind: 'state', error } }
}

function wordsOfPolicy(policy: LookedPolicy['policy'], rule: string | undefined): ChangeWords {
  return 'unavailable' in policy ? {} : { ...documentWords(policy.known), rule }
}

function wordsOfState(body: Emergency, nowMs: number): ChangeWords {
  return {
    status: eventStatusAt(body, nowMs),
    expires_at: toTimestamp(body.expiresAtMs),
    mfa_serial: body.mfaSerial,
  }
}
