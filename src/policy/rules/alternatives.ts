// What a refused person could do instead. It only informs: nothing is ever decided by it.

import { type CompiledPolicy, weekdays } from './compiled.ts'
import { type AccessRequest, evaluate, matchesApartFromTime } from './evaluate.ts'
import { edges } from './window-edges.ts'

/** Ways to what was refused. */
export type Alternatives = {
  /** What server mode (`--server`) would give now. */
  readonly server: 'allowed' | 'allowed with a tracked session' | 'refused'
  /** Whether an approved request would open it now. */
  readonly approval: boolean
  /** When the same request is next allowed by itself, at most 15 days ahead. */
  readonly opens?: Opening
}

/** A moment from which a request is allowed. */
export type Opening = {
  readonly atMs: number
  /** The rule that will allow it. */
  readonly rule: string
  /** Its zone and the local time there, for people: `monday 09:00 America/New_York`. */
  readonly local: string
}

// Two weekly windows lie at most a week apart; two weeks bridge one that a change of clocks swallows.
const aheadMs = 15 * 86_400_000

/** What would be allowed instead of a refused request. */
export function alternatives(policy: CompiledPolicy, request: AccessRequest): Alternatives {
  const opens = nextOpening(policy, request)
  const server = (session: 'tracked' | 'none') =>
    evaluate(policy, { ...request, mode: 'server', session }).effect === 'allow'
  return {
    server: server('none') ? 'allowed' : server('tracked') ? 'allowed with a tracked session' : 'refused',
    approval: evaluate(policy, request).effect === 'require_approval',
    ...(opens === undefined ? {} : { opens }),
  }
}

/** The first moment after now at which the policy allows this very request, if one comes within 15 days. */
export function nextOpening(policy: CompiledPolicy, request: AccessRequest): Opening | undefined {
  const untilMs = Math.min(request.nowMs + aheadMs, policy.untilMs)
  const moments = new Set<number>()
  for (const rule of policy.rules) {
    const zone = rule.time && policy.zones[rule.time.zone]
    if (rule.time === undefined || zone === undefined) continue
    if (!matchesApartFromTime(policy, rule, request)) continue
    for (const at of edges(rule.time, zone, request.nowMs, untilMs)) moments.add(at)
  }
  for (const atMs of [...moments].sort((a, b) => a - b)) {
    const { effect, rule, index } = evaluate(policy, { ...request, nowMs: atMs })
    if (effect === 'allow') return { atMs, rule, local: localTime(policy, index, atMs) }
  }
  return undefined
}

function localTime(policy: CompiledPolicy, index: number, atMs: number): string {
  const zone = policy.zones[policy.rules[index]?.time?.zone ?? -1]
  const offset = zone?.offsets.findLast(([from]) => from <= atMs)?.[1] ?? 0
  const local = new Date(atMs + offset)
  return `${weekdays[local.getUTCDay()]} ${local.toISOString().slice(11, 16)} ${zone?.name ?? 'UTC'}`
}
