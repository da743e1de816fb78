// A refusal, said to the person: what was refused, by which rule, and what would be allowed instead.

import { printable, SentinelError } from '../base/index.ts'
import type { AccessRefusal, Alternatives } from '../policy/index.ts'
import type { CredentialRequest } from './credential-types.ts'

/**
 * The error that a refused person sees. The message is one line and ends with the request's id, which
 * `sentinel why` takes; SDKs show it as what `credential_process` said.
 */
export function refusalError(request: CredentialRequest, refusal: AccessRefusal): SentinelError {
  switch (refusal.kind) {
    case 'unavailable':
      return withRequest(refusal.error, request)
    case 'unstamped':
      return new SentinelError('UNSTAMPED', unstampedMessage(request, refusal))
    case 'rule':
      return new SentinelError('POLICY_DENIED', ruleMessage(request, refusal))
  }
}

function unstampedMessage(
  { profile, requestId }: CredentialRequest,
  { verdict, because }: Extract<AccessRefusal, { kind: 'unstamped' }>,
): string {
  const allowed = `\`${printable(profile)}\` is allowed by rule \`${printable(verdict.rule)}\` but cannot be stamped`
  const instead = 'give the profile a role_arn, or use --allow-unstamped'
  return `${allowed} (${because}); ${instead} (request ${requestId})`
}

function ruleMessage(
  request: CredentialRequest,
  { verdict, alternatives }: Extract<AccessRefusal, { kind: 'rule' }>,
): string {
  const { index, rule, reason } = verdict
  const by = index < 0 ? 'no rule allows it' : `refused by rule \`${printable(rule)}\``
  const because = index < 0 || reason === '' ? '' : ` (${printable(reason)})`
  const what = `\`${printable(request.profile)}\``
  return `${what} ${by}${because}; ${remedy(request, alternatives)} (request ${request.requestId})`
}

/** An error with the id of the request that it ended, which `sentinel why` takes. */
export function withRequest(error: SentinelError, { requestId }: CredentialRequest): SentinelError {
  const { code, message, hint, details, cause } = error
  return new SentinelError(code, `${message} (request ${requestId})`, { hint, details, cause })
}

function remedy({ profile, mode }: CredentialRequest, { server, approval, opens }: Alternatives): string {
  const name = printable(profile)
  const ways = [
    server === 'refused' || mode === 'server' ? [] : [serverWay(name, server)],
    approval ? [`ask for approval with \`sentinel request --profile ${name}\``] : [],
    opens === undefined
      ? []
      : [`wait until ${printable(opens.local)}, when rule \`${printable(opens.rule)}\` allows it`],
  ].flat()
  return ways.length === 0 ? 'ask whoever keeps the policy for a rule that allows it' : ways.join(', or ')
}

function serverWay(name: string, server: 'allowed' | 'allowed with a tracked session'): string {
  const table = server === 'allowed' ? '' : ' --session-table TABLE'
  return `use server mode: \`sentinel exec --server${table} --profile ${name} -- …\``
}
