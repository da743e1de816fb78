// What a decision asks for besides (decision 26): each answer is a file of its own, loaded when it is asked for.

import { unreachable } from '../../base/index.ts'
import type { AccessAnswer, AccessAsk } from '../../policy/index.ts'
import type { Asker } from './asker.ts'

/** Answers one ask of a decision. What it throws is an outage, and denies. */
export async function answerTo(asker: Asker, ask: AccessAsk): Promise<AccessAnswer> {
  switch (ask.key) {
    case 'session': {
      const { findSession } = await import('./session.ts')
      return findSession(asker, ask.table)
    }
    case 'approval': {
      const { findApproval } = await import('./approval.ts')
      return findApproval(asker)
    }
    case 'breakglass': {
      const { findEvent } = await import('./breakglass.ts')
      return findEvent(asker)
    }
    default:
      return unreachable(ask)
  }
}

/** Takes an approval for the request that asks. The id of the request that took it before, where one did. */
export async function consumeApproval(asker: Asker, id: string): Promise<string | undefined> {
  const { consume } = await import('./approval.ts')
  return consume(asker, id)
}
