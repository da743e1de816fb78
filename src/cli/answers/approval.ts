import { SentinelError } from '../../base/index.ts'
import type { AccessAnswer } from '../../policy/index.ts'
import type { Asker } from './asker.ts'

/** The approval of the caller for the profile that is in force, if there is one. */
export async function findApproval(_asker: Asker): Promise<AccessAnswer> {
  throw new SentinelError('USAGE', 'approvals are not configured')
}

/** Takes an approval for the request that asks. The id of the request that took it before, where one did. */
export async function consume(_asker: Asker, _id: string): Promise<string | undefined> {
  throw new SentinelError('USAGE', 'approvals are not configured')
}
