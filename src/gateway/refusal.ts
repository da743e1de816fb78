// A refusal, said to the person: what was refused, by which rule, and what would be allowed instead.

import { printable, SentinelError } from '../base/index.ts'
import type { AccessRefusal, Alternatives, Verdict } from '../policy/index.ts'
import type { CredentialRequest } from './credential-types.ts'

/**
 * The error that a refused person sees. The message is one line and ends with the request's id, which
 * `sentinel why` takes; SDKs show it as what `credential_process` said.
 *
 * @param alternatives what the policy would allow instead; only asked when a rule refused
 */
export function refusalError(
  request: CredentialRequest,
  refusal: AccessRefusal,
  alternatives: () => Alternatives,
): SentinelError {
  const what = `\`${printable(request.profile)}\``
  const id = `(request ${request.requestId})`
  switch (refusal.kind) {
    case 'unavailable':
      return withRequest(refusal.error, id)
    case 'unstamped':
      return new SentinelError('UNSTAMPED', `${what} cannot be stamped: ${refusal.because} ${id}`, {
        hint: 'give the profile a role_arn, or accept unstamped credentials with --allow-unstamped',
      })
    case 'rule':
      return new SentinelError('POLICY_DENIED', ruleMessage(request, refusal.verdict, alternatives()))
  }
}

function ruleMessage(request: CredentialRequest, verdict: Verdict, alternatives: Alternatives): string {
  const { index, rule, reason } = verdict
  const by = index < 0 ? 'no rule allows it' : `refused by rule \`${printable(rule)}\``
  const because = index < 0 || reason === '' ? '' : ` (${printable(reason)})`
  const profile = printable(request.profile)
  return `\`${profile}\` ${by}${because}; ${remedy(request, alternatives)} (request ${request.requestId})`
}

function withRequest(error: SentinelError, id: string): SentinelError {
  const { hint, details, cause } = error
  return new SentinelError(error.code, `${error.message} ${id}`, { hint, details, cause })
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
