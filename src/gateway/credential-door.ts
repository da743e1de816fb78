// The credential gateway's door to the corridor. It gathers the facts of one request, lets `policy` decide,
// records the decision, issues, and records the outcome. It knows no terminal, no HTTP and no SDK.

import type { Clock } from '../base/index.ts'
import { encodeSourceIdentity } from '../identity/index.ts'
import {
  type AccessAnswer,
  type AccessAsk,
  type AccessGrant,
  type AccessRefusal,
  type Deny,
  decideAccess,
  type Override,
  type Target,
} from '../policy/index.ts'
import type {
  Caller,
  CredentialDoor,
  CredentialFacts,
  CredentialRequest,
  Issued,
  LoadedPolicy,
} from './credential-types.ts'
import { fact, known } from './fact.ts'
import { type Corridor, type Outcome, pass, type Waiting } from './pass.ts'
import { credentialRecorder, type RecorderDeps } from './record.ts'

/** The look-ups and the deed that the door is given. A SentinelError that one throws becomes a fact. */
export type CredentialDoorDeps<Credentials> = RecorderDeps & {
  readonly clock: Clock
  target(): Promise<Target>
  caller(): Promise<Caller>
  policy(caller: Caller): Promise<LoadedPolicy>
  /** What the decision asks for besides; what this throws is an outage, and denies. */
  answer(ask: AccessAsk, caller: Caller): Promise<AccessAnswer>
  /**
   * Takes an approval that serves once only for this walk. The id of the request that took it before, where one did.
   */
  consume(approval: Override, caller: Caller): Promise<string | undefined>
  /** What an earlier request left in the cache and may be served again; calls nobody. */
  kept(grant: AccessGrant): Promise<Issued<Credentials> | undefined>
  /** What this server took an approval for a single use for, and gave to nobody yet. */
  held(grant: AccessGrant): Promise<Issued<Credentials> | undefined>
  issue(grant: AccessGrant, caller: Caller): Promise<Issued<Credentials>>
}

/** Walks one request for credentials through the corridor. Throws as `pass` does. */
export async function passCredentials<Credentials>(
  deps: CredentialDoorDeps<Credentials>,
  request: CredentialRequest,
  signal: Waiting,
): Promise<Outcome<CredentialDoor<Credentials>>> {
  return pass(credentialCorridor(deps), request, signal)
}

function credentialCorridor<Credentials>(
  deps: CredentialDoorDeps<Credentials>,
): Corridor<CredentialDoor<Credentials>> {
  return {
    gather: (request) => gather(deps, request),
    decide: decideAccess,
    answer: (ask, _request, { caller }) => fact(() => deps.answer(ask, known(caller))),
    record: credentialRecorder(deps),
    ready: async ({ grant }) => {
      // To take an approval for a single use is a deed; it may have been done.
      const result = grant.override?.singleUse ? await deps.held(grant) : await deps.kept(grant)
      return result === undefined ? undefined : { kind: 'done', result }
    },
    act: async ({ grant }, _request, facts) => {
      const caller = known(facts.caller)
      const refusal = await taken(deps, grant, caller)
      return refusal ?? { kind: 'done', result: await deps.issue(grant, caller) }
    },
  }
}

/** Before STS is called: an approval that was used and gave nothing is better than one that gave twice. */
async function taken<Credentials>(
  deps: CredentialDoorDeps<Credentials>,
  { override, verdict }: AccessGrant,
  caller: Caller,
): Promise<Deny<AccessRefusal> | undefined> {
  if (!override?.singleUse) return undefined
  const by = await deps.consume(override, caller)
  if (by === undefined) return undefined
  const because = `approval ${override.id} was used by request ${by}`
  return { kind: 'deny', because, why: { kind: 'consumed', override, by, verdict } }
}

async function gather<Credentials>(
  deps: CredentialDoorDeps<Credentials>,
  request: CredentialRequest,
): Promise<CredentialFacts> {
  const target = await fact(() => deps.target())
  const caller = await fact(() => deps.caller())
  const policy = await fact(() => deps.policy(known(caller)))
  const stamp = await fact(async () => encodeSourceIdentity(known(caller).user, request.requestId))
  const { profile, mode, unstamped, stores } = request
  return { profile, mode, unstamped, stores, nowMs: deps.clock.now(), target, caller, policy, stamp }
}
