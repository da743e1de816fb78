import { SentinelError } from '../../base/index.ts'
import type { AccessAnswer } from '../../policy/index.ts'
import type { Asker } from './asker.ts'

/** The break-glass event of the caller for the profile that is in force, if there is one. */
export async function findEvent(_asker: Asker): Promise<AccessAnswer> {
  throw new SentinelError('USAGE', 'break-glass events are not configured')
}
