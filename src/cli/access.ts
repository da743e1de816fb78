// From a command line to credentials, by way of the corridor: what `exec` and `credentials` have in common.
// This is the path that must feel instant, so nothing is loaded here that a cached answer does not need.

import type { DecisionLog, Entry } from '../audit/index.ts'
import type { AwsCredentials } from '../aws/index.ts'
import { asSentinelError, Secret } from '../base/index.ts'
import type { IssuedCredentials, Terms } from '../credentials/index.ts'
import {
  type Caller,
  type CredentialRequest,
  type Issued,
  type LoadedPolicy,
  type PolicySource,
  passCredentials,
  type Waiting,
} from '../gateway/index.ts'
import { policyParameterName } from '../iam/index.ts'
import type { AccessAsk, AccessGrant, Mode, Override } from '../policy/index.ts'
import type { AccessValues } from './access-values.ts'
import type { ServerSession } from './answers/asker.ts'
import { once } from './deps.ts'
import { documentSource, loadDocument } from './documents.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { type OpenProfile, openProfile, roleOf } from './profile.ts'
import { reachAws } from './reach.ts'
import type { ServerUses, SingleUse } from './single-use.ts'
import { openWays } from './ways.ts'

/** Credentials with what a child or a program wants to know of them. */
export type Obtained = {
  readonly requestId: string
  readonly region: string
  /** The account that the credentials are for, twelve digits. */
  readonly accountId: string
  readonly issued: Issued<AwsCredentials>
}

/** How one request walks the corridor. */
export type Walk = {
  readonly requestId: string
  readonly mode: Mode
  readonly log: DecisionLog
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: Waiting
  /** How old the text of a policy parameter may be; 0: it is read for this walk. */
  readonly policyAgeMs: number
  /** Reads the policy, perhaps together with other walks. */
  together(read: () => Promise<LoadedPolicy>): Promise<LoadedPolicy>
  /** Credentials of which less is left are not served again; never less than the profile wants. */
  readonly minRemainingSeconds: number
  /** Whether what is obtained is handed out at once, or waits for somebody to ask for it. */
  readonly release: 'at once' | 'when asked for'
  /** In server mode: what its walks took and gave to nobody. */
  readonly uses: ServerUses | undefined
  /** In server mode: the session that the credentials are given under, and no other. */
  readonly session: ServerSession | undefined
  /** Whether the person can be asked for an MFA code. */
  readonly mfa: 'asked for' | 'not asked for'
  /** Looks something up, for as long as there is time. `what`: as in "it was not found out …". */
  within<T>(what: string, look: () => Promise<T>): Promise<T>
}

/** An interrupt ends the whole process: there is nobody who could go and leave it behind. */
const staying: Waiting = { aborted: false }

/** How old a policy may be for a command that is called again and again (decision 24). */
const oneShotPolicyMs = 30_000

/** What is asked besides, in words. */
const asked = {
  session: 'whether the session stands',
  approval: 'whether there is an approval',
  breakglass: 'whether there is a break-glass event',
} as const satisfies Record<AccessAsk['key'], string>

/** Credentials of which less is left are of no use to anybody. */
const leastHeldSeconds = 60

/** Asks for credentials once, for a command that waits as long as it takes. Throws as `walk`. */
export function obtainCredentials(deps: GatewayDeps, values: AccessValues, mode: Mode): Promise<Obtained> {
  return walk(deps, values, {
    requestId: deps.newRequestId(),
    mode,
    log: deps.openLog(values),
    signal: staying,
    policyAgeMs: oneShotPolicyMs,
    together: (read) => read(),
    minRemainingSeconds: 0,
    release: 'at once',
    uses: undefined,
    session: undefined,
    mfa: 'asked for',
    within: (_, look) => look(),
  })
}

/**
 * Asks for credentials: decided, recorded, issued, recorded.
 *
 * @throws SentinelError USAGE, SSM_INVALID_PARAMETER before anything is asked for and so without a record;
 * POLICY_DENIED and UNSTAMPED for a refusal; and whatever kept it from being decided or issued
 */
export async function walk(deps: GatewayDeps, values: AccessValues, how: Walk): Promise<Obtained> {
  if (values.requestTable === undefined) return walkOnce(deps, values, how, undefined)
  const { withUse } = await import('./single-use.ts')
  return withUse(deps, values, how, walkOnce)
}

async function walkOnce(
  deps: GatewayDeps,
  values: AccessValues,
  how: Walk,
  use: SingleUse | undefined,
): Promise<Obtained> {
  const { log, within, session } = how
  const { policyParameter, policyFile, policyRoot } = values
  const source = documentSource(deps, '', {
    parameter: policyParameter,
    file: policyFile,
    place: () => policyParameterName(policyRoot, values.profile),
  })
  const request = requestOf(values, how, source)
  const mfaToken = values.mfaToken === undefined ? undefined : new Secret(values.mfaToken)
  const choice = { ...values, mfaToken, mfa: how.mfa, minRemainingSeconds: how.minRemainingSeconds }
  const ways = openWays(deps)
  const profile = await whenAsked(openProfile(deps, choice, ways))
  let hasLine = false
  const door = {
    clock: deps.clock,
    log: {
      async append(entries: readonly Entry[]) {
        await log.append(entries)
        hasLine = true
      },
    },
    circumstances: () => ({
      ...ways.circumstances(),
      ...(session?.isTracked() ? { session_id: session.id } : {}),
    }),
    target: async () => profile().recipe.target,
    caller: () => within('who asks', () => profile().caller()),
    policy: () =>
      within('what the policy says', async () => {
        // Whoever is given what another walk read has the way that it came in their record too.
        if (source.kind === 'parameter') await reach()
        return how.together(() => loadDocument(deps, 'policy', source, how.policyAgeMs, reach))
      }),
    answer: (ask: AccessAsk, caller: Caller) =>
      within(asked[ask.key], async () => (await answers()).answerTo(asker(caller), ask)),
    consume: async ({ id }: Override, caller: Caller) => (await answers()).consumeApproval(asker(caller), id),
    kept: async (grant: AccessGrant) => issuedIfAny(await profile().kept(termsOf(grant, session))),
    held: async (grant: AccessGrant) => {
      if (use?.isHeld(grant.override?.id) !== true) return undefined
      // It is there once only, so a little of it is better than nothing.
      const kept = await profile().kept(termsOf(grant, session), leastHeldSeconds)
      if (kept !== undefined) use.served()
      return issuedIfAny(kept)
    },
    issue: async (grant: AccessGrant) => {
      const stamp = grant.sourceIdentity ?? ''
      const issued = await profile().issue(request.requestId, stamp, termsOf(grant, session))
      if (grant.override?.singleUse) use?.gained(grant.override.id)
      return issuedOf(issued)
    },
  }
  const reach = once(() =>
    reachAws(deps, choice, profile(), { log: door.log, requestId: request.requestId, ways }),
  )
  const asker = (caller: Caller) => {
    const roleArn = roleOf(profile())
    return { deps, values, request, caller, roleArn, session, reach, ways, recorder: door, use }
  }
  const outcome = await passCredentials(door, request, how.signal).catch(async (thrown: unknown) => {
    const error = asSentinelError(thrown)
    // What the log did not take has no line that `why` could explain.
    if (!hasLine) throw error
    const { withRequest } = await import('../gateway/index.ts')
    throw withRequest(error, request)
  })
  if (outcome.kind === 'deny') {
    const { refusalError } = await import('../gateway/index.ts')
    const { givenAgain } = await import('./given.ts')
    throw refusalError(request, outcome.why, givenAgain(deps.io.env, values))
  }
  const issued = outcome.result
  const accountId = issued.roleArn?.split(':')[4] ?? (await profile().caller()).accountId
  return { requestId: request.requestId, region: profile().region, accountId, issued }
}

/** A fact like others: what opening it throws is thrown to whoever asks, and recorded. */
function whenAsked(opening: Promise<OpenProfile>): Promise<() => OpenProfile> {
  return opening.then(
    (opened) => () => opened,
    (thrown: unknown) => () => {
      throw thrown
    },
  )
}

function requestOf(
  values: AccessValues,
  { requestId, mode, session }: Walk,
  source: PolicySource,
): CredentialRequest {
  return {
    requestId,
    profile: values.profile,
    mode,
    policyPath: source.kind === 'file' ? source.path : source.name,
    unstamped: values.allowUnstamped ? 'accepted' : 'refused',
    stores: {
      approvals: values.requestTable !== undefined,
      breakglass: values.breakglassTable !== undefined,
      // A session that was made somewhere counts under every rule.
      session: values.sessionTable !== undefined || session?.isTracked() === true,
    },
  }
}

const termsOf = ({ durationSeconds, override }: AccessGrant, session: ServerSession | undefined): Terms => ({
  longestSeconds: override?.wantedSeconds ?? durationSeconds,
  override,
  session: session?.id,
})

const answers = () => import('./answers/index.ts')

const issuedIfAny = (kept: IssuedCredentials | undefined) => kept && issuedOf(kept)

function issuedOf({ credentials, ...how }: IssuedCredentials): Issued<AwsCredentials> {
  const { accessKeyId, expiresAtMs } = credentials
  return { ...how, credentials, accessKeyId, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) }
}
