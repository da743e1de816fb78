import type { Verdict } from '../policy/index.ts'

/** What the policy said, as a line has it. */
export function ruled({ effect, rule, index, reason, requiresServer, requiresServerSession }: Verdict) {
  return {
    effect,
    rule,
    rule_index: index,
    reason,
    ...(requiresServer ? { requires_server: true as const } : {}),
    ...(requiresServerSession ? { requires_server_session: true as const } : {}),
  }
}
