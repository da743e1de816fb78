// What the decision log says about a request for credentials: one line when it is decided, one when it ends.
// A refusal is decided and ended at once, so it is one line.

import type { DecisionEntry, DecisionLog, OutcomeEntry } from '../audit/index.ts'
import { toTimestamp } from '../base/index.ts'
import type { AccessGrant, AccessRefusal, Fact } from '../policy/index.ts'
import type { CredentialDoor, CredentialFacts, CredentialRequest, Issued } from './credential-types.ts'
import type { End, Entry } from './pass.ts'
import { ruled } from './ruled.ts'

/** What every line of one request says besides: version, host, endpoints that are not AWS's, the server's session. */
export type CircumstancesOfLine = Partial<
  Pick<
    DecisionEntry,
    'host' | 'sentinel_version' | 'region' | 'endpoint' | 'ca' | 'proxy' | 'insecure' | 'session_id'
  >
>

/** The recorder's surroundings. */
export type RecorderDeps = {
  readonly log: DecisionLog
  /** Asked for each line, since endpoints are known only once the profile was read. */
  circumstances(): CircumstancesOfLine
}

/** Gives the corridor's `record` for requests for credentials. */
export function credentialRecorder(
  deps: RecorderDeps,
): (entries: readonly Entry<CredentialDoor>[]) => Promise<void> {
  return async (entries) => {
    const lines = await Promise.all(entries.map(lineOf))
    await deps.log.append(lines.map((line) => ({ ...line, ...deps.circumstances() })))
  }
}

// What is said of refusals and failures loads only then.
async function lineOf(entry: Entry<CredentialDoor>): Promise<DecisionEntry | OutcomeEntry> {
  const asked = askedFor(entry.request)
  switch (entry.stage) {
    case 'fault': {
      const { failed, noRule } = await import('./refused.ts')
      return { ...asked, event: 'decision', ...noRule, ...failed(entry.error) }
    }
    case 'decided': {
      const { facts, decision } = entry
      const said = await (decision.kind === 'deny' ? refused(decision.why) : allowed(decision.grant))
      return { ...asked, event: 'decision', ...lookedUp(facts), ...said }
    }
    case 'ended': {
      const { facts, decision, end } = entry
      const { sourceIdentity } = decision.grant
      return {
        ...asked,
        event: 'outcome',
        ...lookedUp(facts),
        ...(await allowed(decision.grant)),
        // Only an outcome has a stamp: credentials from the cache carry that of the request they were made for.
        ...(sourceIdentity === undefined ? {} : { source_identity: sourceIdentity }),
        ...(await ended(end)),
      }
    }
  }
}

function askedFor(request: CredentialRequest) {
  return {
    request_id: request.requestId,
    profile: request.profile,
    mode: request.mode,
    user: '',
    policy_path: request.policyPath,
  }
}

function lookedUp({ caller, policy }: CredentialFacts) {
  return {
    ...of(caller, ({ user, arn, accountId }) => ({ user, caller_arn: arn, account_id: accountId })),
    ...of(policy, ({ path, version, sha256 }) => ({
      policy_path: path,
      ...(version === undefined ? {} : { policy_version: version }),
      policy_sha256: sha256,
    })),
  }
}

function of<T, Line extends object>(fact: Fact<T>, lineOf: (known: T) => Line): Line | Record<never, never> {
  return 'known' in fact ? lineOf(fact.known) : {}
}

async function allowed({ verdict, roleArn, durationSeconds, sourceIdentity, override }: AccessGrant) {
  return {
    ...ruled(verdict),
    ...(override && (await import('./refused.ts')).overridden(override)),
    session_duration_seconds: durationSeconds,
    ...(roleArn === undefined ? {} : { role_arn: roleArn }),
    ...(sourceIdentity === undefined ? { unstamped: true as const } : {}),
  }
}

async function refused(why: AccessRefusal) {
  const { refused } = await import('./refused.ts')
  return refused(why)
}

async function ended(end: End<CredentialDoor>) {
  switch (end.kind) {
    case 'deny':
      return refused(end.why)
    case 'failed':
      return (await import('./refused.ts')).failed(end.error)
    case 'abandoned':
      return { ...issued(end.result), outcome: 'abandoned' } as const
    case 'done':
      return { ...issued(end.result), outcome: 'issued' } as const
  }
}

// What AWS was asked for, not what would have been: keys that are handed out as they are have no duration.
function issued(result: Issued<unknown>) {
  const { issuedBy, served, accessKeyId, expiresAtMs, sourceIdentity, durationSeconds } = result
  return {
    session_duration_seconds: durationSeconds,
    issued_by: issuedBy,
    served,
    access_key_id: accessKeyId,
    ...(sourceIdentity === undefined ? {} : { source_identity: sourceIdentity }),
    ...(expiresAtMs === undefined ? {} : { expires_at: toTimestamp(expiresAtMs) }),
  }
}
