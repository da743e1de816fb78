// Break-glass events as the decision about credentials asks for them. Loaded only where the policy refuses and a table of
// events is named.

import { eventRows, eventServing, slotRows } from '../../access/index.ts'
import { SentinelError } from '../../base/index.ts'
import type { AccessAnswer } from '../../policy/index.ts'
import { withTable } from '../tables.ts'
import type { Asker } from './asker.ts'

/** The break-glass event of the caller for the profile that is in force, if there is one. */
export async function findEvent(asker: Asker): Promise<AccessAnswer> {
  const { deps, values, request, caller, roleArn, reach } = asker
  const { breakglassTable } = values
  if (breakglassTable === undefined) throw new SentinelError('INTERNAL', 'no table of events was named')
  return withTable({ deps, reach }, eventRows, breakglassTable, async ({ docs: events, also }) => {
    const docs = { events, slots: also(slotRows) }
    const use = { caller, profile: request.profile, roleArn }
    const force = await eventServing(docs, use, deps.clock.now())
    if (force.kind === 'none') return { kind: 'breakglass' }
    if (force.kind === 'void') return { kind: 'breakglass', void: { id: force.id, because: force.because } }
    const { id, body } = force.doc
    const { rule, overrides } = body
    return {
      kind: 'breakglass',
      found: { id, expiresAtMs: force.untilMs, rule, overrides, table: breakglassTable },
    }
  })
}
