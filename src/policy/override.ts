// What goes over a refusal of the policy (decision 6): an approval over `require_approval` only; a break-glass event
// over `require_approval` and where no rule matched, and over the other effects where its own rule lists them.

import type { SentinelError } from '../base/index.ts'
import type { AccessAnswer, AccessFacts, Override, Spent, Stores } from './access-types.ts'
import type { Fact, Need } from './decision.ts'
import type { Overridable } from './rules/compiled.ts'
import type { Verdict } from './rules/evaluate.ts'

/** What was found and does not help, for the refusal. */
export type Found = {
  readonly pending?: string
  readonly spent?: Spent
  readonly event?: string
  readonly void?: { readonly id: string; readonly because: string }
  readonly breakglass: boolean
}

/** What goes over a refusal, before it is known what would be asked for. */
export type Lift = Omit<Override, 'wantedSeconds'>

type Ask = { readonly key: 'approval' | 'breakglass' }

/** A credential of STS lives at least as long, so that with less left nothing can end in time. */
const shortestMs = 900_000

/** What overrides the verdict: that, a question to ask first, an outage that kept it from being found, or nothing. */
export type Overridden =
  | Need<Ask>
  | { readonly override: Lift }
  | { readonly unavailable: SentinelError }
  | Found

/** The asks that could go over a refusal, in their order. */
export function liftsOf({ effect }: Verdict, { approvals, breakglass }: Stores): readonly Ask['key'][] {
  const approval = approvals && effect === 'require_approval'
  return [...(approval ? ['approval' as const] : []), ...(breakglass ? ['breakglass' as const] : [])]
}

/** Whether so little is left of it that credentials could not end with it. */
export const isEnding = ({ untilMs }: Lift, nowMs: number) => untilMs - nowMs < shortestMs

/**
 * Looks for what overrides a refusal, the approval first. One whose credentials could not end with it any more counts
 * only where there is no other; an outage denies unless the other is there.
 */
export function overriddenBy(
  { stores, nowMs }: AccessFacts,
  verdict: Verdict,
  answers: ReadonlyMap<string, Fact<AccessAnswer>>,
): Overridden {
  let outage: SentinelError | undefined
  let ending: Lift | undefined
  let found: Found = { breakglass: stores.breakglass && goesOver([], verdict) }
  for (const key of liftsOf(verdict, stores)) {
    const answer = answers.get(key)
    if (answer === undefined) return { kind: 'need', ask: { key } }
    if ('unavailable' in answer) {
      outage ??= answer.unavailable
      continue
    }
    const { by, ...more } = liftOf(answer.known, verdict)
    found = { ...found, ...more }
    if (by === undefined || by.untilMs <= nowMs) continue
    if (!isEnding(by, nowMs)) return { override: by }
    ending ??= by
  }
  if (ending !== undefined) return { override: ending }
  return outage === undefined ? found : { unavailable: outage }
}

function liftOf(answer: AccessAnswer, verdict: Verdict): Partial<Found> & { readonly by?: Lift } {
  switch (answer.kind) {
    case 'approval': {
      const { found, kind: _, ...more } = answer
      if (found === undefined) return more
      const { id, validUntilMs, singleUse, signed, table } = found
      return { by: { kind: 'approval', id, untilMs: validUntilMs, singleUse, signed, table } }
    }
    case 'breakglass': {
      if (answer.found === undefined) return answer.void === undefined ? {} : { void: answer.void }
      const { id, expiresAtMs, overrides, table } = answer.found
      if (!goesOver(overrides, verdict)) return { event: id }
      return { by: { kind: 'breakglass', id, untilMs: expiresAtMs, singleUse: false, table } }
    }
    default:
      return {}
  }
}

function goesOver(overrides: readonly Overridable[], { index, ruleEffect }: Verdict): boolean {
  if (index < 0 || ruleEffect === 'require_approval') return true
  return overrides.some((effect) => effect === ruleEffect)
}
