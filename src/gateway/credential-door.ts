// The credential gateway's door to the corridor. It gathers the facts of one request, lets `policy` decide,
// records the decision, issues, and records the outcome. It knows no terminal, no HTTP and no SDK.

import { asSentinelError, SentinelError } from '../base/index.ts'
import { encodeSourceIdentity } from '../identity/index.ts'
import {
  type AccessFacts,
  type AccessGrant,
  type AccessRefusal,
  type CompiledPolicy,
  decideAccess,
  type Fact,
  type Mode,
  type Target,
} from '../policy/index.ts'
import { type Corridor, type Door, type Outcome, pass } from './pass.ts'
import { credentialRecorder, type RecorderDeps } from './record.ts'

/** One request for credentials. */
export type CredentialRequest = {
  readonly requestId: string
  readonly profile: string
  readonly mode: Mode
  /** Whether credentials without a SourceIdentity are accepted knowingly. */
  readonly unstamped: 'refused' | 'accepted'
}

/** Who asks, as AWS named them. */
export type Caller = {
  /** The name that policies match (decision 20). */
  readonly user: string
  readonly arn: string
  readonly accountId: string
}

/** A policy, ready to be evaluated, and where it came from. */
export type LoadedPolicy = {
  readonly compiled: CompiledPolicy
  /** The SSM parameter's name, or the file's path. */
  readonly path: string
  /** The parameter's version; absent for a file. */
  readonly version?: number
  /** Lower-case hex over the policy's text. */
  readonly sha256: string
}

/** Credentials that were issued, or served again from the cache. */
export type Issued<Credentials> = {
  readonly credentials: Credentials
  readonly accessKeyId: string
  readonly expiresAtMs?: number
  /** The request whose id the credentials are stamped with. */
  readonly issuedBy: string
  readonly served: 'fresh' | 'cache'
  readonly sourceIdentity?: string
  readonly roleArn?: string
  readonly durationSeconds?: number
}

/** The facts of a request, with what the record needs besides what the decision needs. */
export type CredentialFacts = Omit<AccessFacts, 'caller' | 'policy'> & {
  readonly caller: Fact<Caller>
  readonly policy: Fact<LoadedPolicy>
}

/** The types of the credential door. */
export interface CredentialDoor<Credentials = unknown> extends Door {
  request: CredentialRequest
  facts: CredentialFacts
  ask: never
  answer: never
  grant: AccessGrant
  why: AccessRefusal
  result: Issued<Credentials>
}

/** The look-ups and the deed that the door is given. A SentinelError that one throws becomes a fact. */
export type CredentialDoorDeps<Credentials> = RecorderDeps & {
  target(): Promise<Target>
  caller(signal: AbortSignal): Promise<Caller>
  policy(caller: Caller, signal: AbortSignal): Promise<LoadedPolicy>
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
