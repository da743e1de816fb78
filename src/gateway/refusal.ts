// A refusal, said to the person: what was refused, by which rule, and what would be allowed instead.

import { printable, SentinelError, toTimestamp } from '../base/index.ts'
import type { AccessRefusal, Alternatives } from '../policy/index.ts'
import type { CredentialRequest } from './credential-types.ts'

/** Flags that the person gave and that the ways out need too, each with a blank in front: ` --region eu-west-1`. */
export type Given = { readonly request: string; readonly breakglass: string }

/**
 * The error that a refused person sees. The message is one line and ends with the request's id, which
 * `sentinel why` takes; SDKs show it as what `credential_process` said.
 */
export function refusalError(
  request: CredentialRequest,
  refusal: AccessRefusal,
  given: Given,
): SentinelError {
  switch (refusal.kind) {
    case 'unavailable':
      return withRequest(refusal.error, request)
    case 'session':
      return sessionError(request, refusal)
    case 'ending':
      return new SentinelError('ACCESS_ENDING', endingMessage(request, refusal, given))
    case 'consumed':
      return new SentinelError('STATE_CONFLICT', consumedMessage(request, refusal, given))
    case 'unstamped':
      return new SentinelError('UNSTAMPED', unstampedMessage(request, refusal))
    case 'rule':
      return new SentinelError('POLICY_DENIED', ruleMessage(request, refusal, given))
  }
}

function unstampedMessage(
  { profile, requestId }: CredentialRequest,
  { verdict, because, end }: Extract<AccessRefusal, { kind: 'unstamped' }>,
): string {
  if (end !== undefined) {
    const what = `\`${printable(profile)}\` cannot be stamped (${because})`
    return `${what}; give the profile a role_arn (request ${requestId})`
  }
  const allowed = `\`${printable(profile)}\` is allowed by rule \`${printable(verdict.rule)}\` but cannot be stamped`
  const instead = 'give the profile a role_arn, or use --allow-unstamped'
  return `${allowed} (${because}); ${instead} (request ${requestId})`
}

function sessionError(
  { profile, requestId }: CredentialRequest,
  { session }: Extract<AccessRefusal, { kind: 'session' }>,
): SentinelError {
  const name = printable(profile)
  const of = `of \`${name}\` (request ${requestId})`
  if (session.state !== 'revoked') {
    const what = session.state === 'missing' ? 'is not in its table' : 'has ended'
    const message = `session ${session.id} ${what}; start \`sentinel exec --server\` again for credentials ${of}`
    return new SentinelError('SESSION_INACTIVE', message)
  }
  const by = session.by === undefined ? '' : ` by ${printable(session.by)}`
  const why = session.reason === undefined ? '' : ` (${printable(session.reason)})`
  const message = `session ${session.id} was revoked${by}${why}; ask them before you start another one ${of}`
  return new SentinelError('SESSION_REVOKED', message)
}

function endingMessage(
  { profile, requestId }: CredentialRequest,
  { override: { kind, id, untilMs } }: Extract<AccessRefusal, { kind: 'ending' }>,
  given: Given,
): string {
  const [what, anew] =
    kind === 'approval'
      ? ['approval', `ask for a new one with \`${asking(profile, given)}\``]
      : ['break-glass event', 'open a new one once it is over or closed']
  const ends = `it ends at ${toTimestamp(untilMs)}`
  return `less than 15 minutes of ${what} ${id} are left (${ends}); ${anew} (request ${requestId})`
}

function consumedMessage(
  { profile, requestId }: CredentialRequest,
  { override: { id }, by }: Extract<AccessRefusal, { kind: 'consumed' }>,
  given: Given,
): string {
  const anew = `ask for a new one with \`${asking(profile, given)}\``
  return `approval ${id} serves once and was used by request ${by}; ${anew} (request ${requestId})`
}

const asking = (profile: string, given: Given) =>
  `sentinel request --profile ${printable(profile)}${given.request}`

function ruleMessage(
  request: CredentialRequest,
  refusal: Extract<AccessRefusal, { kind: 'rule' }>,
  given: Given,
): string {
  const { verdict } = refusal
  const { index, rule, reason } = verdict
  const by = index < 0 ? 'no rule allows it' : `refused by rule \`${printable(rule)}\``
  const because = index < 0 || reason === '' ? '' : ` (${printable(reason)})`
  const what = `\`${printable(request.profile)}\``
  return `${what} ${by}${because}; ${remedy(request, refusal, given)} (request ${request.requestId})`
}

/** An error with the id of the request that it ended, which `sentinel why` takes. */
export function withRequest(error: SentinelError, { requestId }: CredentialRequest): SentinelError {
  return withEnd(error, `(request ${requestId})`)
}

/** The error with something said behind its message. */
export function withEnd({ code, message, hint, details, cause }: SentinelError, end: string): SentinelError {
  return new SentinelError(code, `${message} ${end}`, { hint, details, cause })
}

function remedy(
  { profile, mode, stores }: CredentialRequest,
  {
    alternatives,
    pending,
    spent,
    event,
    void: nothing,
    breakglass,
  }: Extract<AccessRefusal, { kind: 'rule' }>,
  given: Given,
): string {
  const { server, approval, opens } = alternatives
  const name = printable(profile)
  const ways = [
    serverWays(name, mode, server),
    approval ? [approvalWay(asking(profile, given), pending, stores.approvals, given)] : [],
    opens === undefined
      ? []
      : [`wait until ${printable(opens.local)}, when rule \`${printable(opens.rule)}\` allows it`],
    breakglass ? [`in an emergency open \`sentinel breakglass --profile ${name}${given.breakglass}\``] : [],
  ].flat()
  const approved =
    spent === undefined ? '' : `approval ${spent.id} cannot be used: ${printable(spent.because)}; `
  const note =
    event !== undefined
      ? `break-glass event ${event} does not go over this rule; `
      : nothing !== undefined
        ? `break-glass event ${nothing.id} permits nothing: ${printable(nothing.because)}; `
        : ''
  return `${approved}${note}${ways.length === 0 ? 'ask whoever keeps the policy for a rule that allows it' : ways.join(', or ')}`
}

function approvalWay(
  command: string,
  pending: string | undefined,
  isLookedFor: boolean,
  given: Given,
): string {
  const ask = `ask for approval with \`${command}\``
  if (!isLookedFor) return `${ask}, or name the table of one that you have with \`--request-table TABLE\``
  if (pending === undefined) return ask
  return `wait for the approval of request ${pending} (\`sentinel check ${pending}${given.request}\`)`
}

function serverWays(
  name: string,
  mode: CredentialRequest['mode'],
  server: Alternatives['server'],
): readonly string[] {
  const isTracked = server === 'allowed with a tracked session'
  if (mode === 'server') return isTracked ? ['name the table of sessions with `--session-table TABLE`'] : []
  if (server === 'refused') return []
  const table = isTracked ? ' --session-table TABLE' : ''
  return [`use server mode: \`sentinel exec --server${table} --profile ${name} -- …\``]
}
