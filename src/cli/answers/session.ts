import { SentinelError } from '../../base/index.ts'
import type { AccessAnswer } from '../../policy/index.ts'
import type { Asker } from './asker.ts'

/** How the session of the server that asks stands. `table`: the rule's own, which wins over the one of the command line. */
export async function findSession(asker: Asker, table: string | undefined): Promise<AccessAnswer> {
  const { session, values } = asker
  if (session === undefined) {
    throw new SentinelError('INTERNAL', 'a session was asked for where no server has one')
  }
  return session.find(asker, table ?? values.sessionTable)
}
