// Administrative changes, such as a policy put into SSM, walk the same road as requests for credentials: who asks
// is found out, the attempt is recorded before it is made, and its outcome after.

import type { AdministrationEntry } from '../audit/index.ts'
import { SentinelError } from '../base/index.ts'
import { type AdministrationFacts, type AdministrationGrant, decideAdministration } from '../policy/index.ts'
import type { Caller } from './credential-types.ts'
import { fact } from './fact.ts'
import { type Door, type Entry, pass, type Waiting } from './pass.ts'
import type { RecorderDeps } from './record.ts'

/** One change: `ssm:PutParameter` on a parameter, say. */
export type AdministrationRequest = {
  readonly requestId: string
  readonly action: string
  readonly resource: string
}

interface AdministrationDoor<Result> extends Door {
  request: AdministrationRequest
  facts: AdministrationFacts
  ask: never
  answer: never
  grant: AdministrationGrant
  why: { readonly error: SentinelError }
  result: Result
}

/** Who asks, and the deed itself. */
export type AdministrationDeps<Result> = RecorderDeps & {
  caller(): Promise<Caller>
  change(): Promise<Result>
}

/**
 * Makes one administrative change, recorded.
 *
 * @throws SentinelError why the caller could not be named, what the change threw, or LOG_UNWRITABLE
 */
export async function passAdministration<Result>(
  deps: AdministrationDeps<Result>,
  request: AdministrationRequest,
  signal: Waiting,
): Promise<Result> {
  const outcome = await pass<AdministrationDoor<Result>>(
    {
      gather: async ({ action, resource }) => ({
        action,
        resource,
        caller: await fact(() => deps.caller()),
      }),
      decide: decideAdministration,
      answer: () => Promise.reject(new SentinelError('INTERNAL', 'administration asks for nothing')),
      record: (entries) =>
        deps.log.append(entries.map((entry) => ({ ...lineOf(entry), ...deps.circumstances() }))),
      ready: () => undefined,
      act: async () => ({ kind: 'done', result: await deps.change() }),
    },
    request,
    signal,
  )
  if (outcome.kind === 'deny') throw outcome.why.error
  return outcome.result
}

function lineOf<Result>(entry: Entry<AdministrationDoor<Result>>): AdministrationEntry {
  const { requestId, action, resource } = entry.request
  const line = { event: 'administration', request_id: requestId, user: '', action, resource } as const
  if (entry.stage === 'fault') return { ...line, ...failure(entry.error) }
  const who = callerOf(entry.facts)
  if (entry.stage === 'decided') {
    const { decision } = entry
    return {
      ...line,
      ...who,
      ...(decision.kind === 'allow' ? { outcome: 'started' } : failure(decision.why.error)),
    }
  }
  const { end } = entry
  if (end.kind === 'failed') return { ...line, ...who, ...failure(end.error) }
  return { ...line, ...who, outcome: end.kind === 'deny' ? 'denied' : 'done' }
}

function callerOf({ caller }: AdministrationFacts) {
  if ('unavailable' in caller) return {}
  const { user, arn, accountId } = caller.known
  return { user, caller_arn: arn, account_id: accountId }
}

const failure = (error: SentinelError) =>
  ({ outcome: 'error', error_code: error.code, reason: error.message }) as const
