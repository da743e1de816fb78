import { SentinelError } from '../../base/index.ts'
import type { AccessAnswer } from '../../policy/index.ts'
import type { Asker } from './asker.ts'

/** The session of the server that asks. `table`: the rule's own, which wins over the one of the command line. */
export async function findSession(_asker: Asker, _table: string | undefined): Promise<AccessAnswer> {
  throw new SentinelError('USAGE', 'server sessions are not configured')
}
