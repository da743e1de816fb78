// What the decision log says about a request for credentials: one line when it is decided, one when it ends.
// A refusal is decided and ended at once, so it is one line.

import type { DecisionEntry, DecisionLog, OutcomeEntry } from '../audit/index.ts'
import { type SentinelError, toTimestamp } from '../base/index.ts'
import type { AccessGrant, AccessRefusal, Fact, Verdict } from '../policy/index.ts'
import type { CredentialDoor, CredentialFacts, CredentialRequest, Issued } from './credential-types.ts'
import type { End, Entry } from './pass.ts'

/** What every line of one request says besides: version, host, endpoints that are not AWS's. */
export type CircumstancesOfLine = Partial<
  Pick<DecisionEntry, 'host' | 'sentinel_version' | 'endpoint' | 'ca' | 'proxy' | 'insecure'>
>

/** The recorder's surroundings. */
export type RecorderDeps = {
  readonly log: DecisionLog
  /** Asked for each line, since endpoints are known only once the profile was read. */
  circumstances(): CircumstancesOfLine
}

/** Gives the corridor's `record` for requests for credentials. */
export function credentialRecorder(deps: RecorderDeps): (entries: readonly Entry<CredentialDoor>[]) => void {
  return (entries) => deps.log.append(entries.map((entry) => ({ ...lineOf(entry), ...deps.circumstances() })))
}

function lineOf(entry: Entry<CredentialDoor>): DecisionEntry | OutcomeEntry {
  const asked = askedFor(entry.request)
  switch (entry.stage) {
    case 'fault':
      return { ...asked, event: 'decision', ...noRule, ...failure(entry.error) }
    case 'decided': {
      const { facts, decision } = entry
      const said = decision.kind === 'deny' ? refused(decision.why) : allowed(decision.grant)
      return { ...asked, event: 'decision', ...lookedUp(facts), ...said }
    }
    case 'ended': {
      const { facts, decision, end } = entry
      return { ...asked, event: 'outcome', ...lookedUp(facts), ...stamped(decision.grant), ...ended(end) }
    }
  }
}

const noRule = { effect: 'deny', rule: '', rule_index: -1 } as const

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

function ruled({ effect, rule, index, reason, requiresServer, requiresServerSession }: Verdict) {
  return {
    effect,
    rule,
    rule_index: index,
    reason,
    ...(requiresServer ? { requires_server: true as const } : {}),
    ...(requiresServerSession ? { requires_server_session: true as const } : {}),
  }
}

function refused(why: AccessRefusal) {
  switch (why.kind) {
    case 'unavailable':
      return { ...noRule, ...failure(why.error) }
    case 'unstamped':
      return { ...ruled(why.verdict), outcome: 'denied', error_code: 'UNSTAMPED' } as const
    case 'rule':
      return { ...ruled(why.verdict), outcome: 'denied', error_code: 'POLICY_DENIED' } as const
  }
}

function failure(error: SentinelError) {
  return { outcome: 'error', error_code: error.code, reason: error.message } as const
}

function allowed({ verdict, roleArn, durationSeconds, sourceIdentity }: AccessGrant) {
  return {
    ...ruled(verdict),
    session_duration_seconds: durationSeconds,
    ...(roleArn === undefined ? {} : { role_arn: roleArn }),
    ...(sourceIdentity === undefined ? { unstamped: true as const } : {}),
  }
}

// Only an outcome has a stamp: credentials from the cache carry that of the request they were made for.
function stamped(grant: AccessGrant) {
  const { sourceIdentity } = grant
  return { ...allowed(grant), ...(sourceIdentity === undefined ? {} : { source_identity: sourceIdentity }) }
}

function ended(end: End<CredentialDoor>) {
  switch (end.kind) {
    case 'deny':
      return refused(end.why)
    case 'failed':
      return failure(end.error)
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
