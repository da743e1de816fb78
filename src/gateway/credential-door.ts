// The credential gateway's door to the corridor. It gathers the facts of one request, lets `policy` decide,
// records the decision, issues, and records the outcome. It knows no terminal, no HTTP and no SDK.

import { asSentinelError, type Clock, SentinelError } from '../base/index.ts'
import { encodeSourceIdentity } from '../identity/index.ts'
import { type AccessGrant, decideAccess, type Fact, type Target } from '../policy/index.ts'
import type {
  Caller,
  CredentialDoor,
  CredentialFacts,
  CredentialRequest,
  Issued,
  LoadedPolicy,
} from './credential-types.ts'
import { type Corridor, type Outcome, pass } from './pass.ts'
import { credentialRecorder, type RecorderDeps } from './record.ts'

/** The look-ups and the deed that the door is given. A SentinelError that one throws becomes a fact. */
export type CredentialDoorDeps<Credentials> = RecorderDeps & {
  readonly clock: Clock
  target(): Promise<Target>
  caller(signal: AbortSignal): Promise<Caller>
  policy(caller: Caller, signal: AbortSignal): Promise<LoadedPolicy>
  /** What an earlier request left in the cache and may be served again; calls nobody. */
  kept(grant: AccessGrant): Promise<Issued<Credentials> | undefined>
  issue(grant: AccessGrant, caller: Caller, signal: AbortSignal): Promise<Issued<Credentials>>
}

/** Walks one request for credentials through the corridor. Throws as `pass` does. */
export function passCredentials<Credentials>(
  deps: CredentialDoorDeps<Credentials>,
  request: CredentialRequest,
  signal: AbortSignal,
): Promise<Outcome<CredentialDoor<Credentials>>> {
  return pass(credentialCorridor(deps), request, signal)
}

function credentialCorridor<Credentials>(
  deps: CredentialDoorDeps<Credentials>,
): Corridor<CredentialDoor<Credentials>> {
  return {
    gather: (request, signal) => gather(deps, request, signal),
    decide: (facts) => decideAccess(facts),
    answer: () => Promise.reject(new SentinelError('INTERNAL', 'access policies ask for nothing')),
    record: credentialRecorder(deps),
    ready: async ({ grant }) => {
      const result = await deps.kept(grant)
      return result === undefined ? undefined : { kind: 'done', result }
    },
    act: async (leave, _request, facts, signal) => {
      if ('unavailable' in facts.caller) throw facts.caller.unavailable
      return { kind: 'done', result: await deps.issue(leave.grant, facts.caller.known, signal) }
    },
  }
}

async function gather<Credentials>(
  deps: CredentialDoorDeps<Credentials>,
  request: CredentialRequest,
  signal: AbortSignal,
): Promise<CredentialFacts> {
  const target = await fact(() => deps.target())
  const caller = await fact(() => deps.caller(signal))
  const policy = await fact(() => deps.policy(known(caller), signal))
  const stamp = await fact(async () => encodeSourceIdentity(known(caller).user, request.requestId))
  const { profile, mode, unstamped } = request
  return { profile, mode, unstamped, nowMs: deps.clock.now(), target, caller, policy, stamp }
}

async function fact<T>(look: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { known: await look() }
  } catch (thrown) {
    return { unavailable: asSentinelError(thrown) }
  }
}

function known<T>(fact: Fact<T>): T {
  if ('unavailable' in fact) throw fact.unavailable
  return fact.known
}
