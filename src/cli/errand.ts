// One run of a command that reads or changes state: on whose behalf, under which id, where it is recorded, and how AWS is
// reached. Who somebody is comes from base credentials only (decision 9): those of the profile that the command is about,
// else of the profile that the person chose.

import { type DecisionLog, sealingLog } from '../audit/index.ts'
import { asSentinelError, SentinelError } from '../base/index.ts'
import type { CircumstancesOfLine } from '../gateway/index.ts'
import { once } from './deps.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { type OpenProfile, openProfile } from './profile.ts'
import { type Reach, reachAws } from './reach.ts'
import { openWays } from './ways.ts'

/** What the command line says about it. */
export type ErrandValues = {
  /** The profile that the command is about, where it is about one. */
  readonly profile?: string | undefined
  readonly awsProfile: string | undefined
  readonly region: string | undefined
  readonly insecureEndpoint: boolean
  readonly logFile: string | undefined
}

/** One run of a command. */
export type Errand = {
  /** The id of this run, in every line of the log. */
  readonly walkId: string
  readonly log: DecisionLog
  /** The profile whose base credentials say who runs it. */
  readonly owner: OpenProfile
  /** AWS, with the credentials of `--aws-profile`; the profile's own where there is none. */
  reach(): Promise<Reach>
  circumstances(): CircumstancesOfLine
}

/** Begins an errand. Calls nobody yet. @throws SentinelError as openProfile */
export async function openErrand(deps: GatewayDeps, values: ErrandValues): Promise<Errand> {
  const { awsProfile, region, insecureEndpoint, logFile } = values
  const chosen = values.profile ?? awsProfile ?? (deps.io.env.AWS_PROFILE || undefined)
  const profile = chosen ?? 'default'
  const choice = { profile, region, insecureEndpoint }
  const ways = openWays(deps)
  const owner = await openProfile(deps, choice, ways).catch((thrown: unknown) => {
    throw chosen === undefined ? unchosen(thrown) : thrown
  })
  const walkId = deps.newRequestId()
  const own = { random: deps.random, keys: deps.keys() }
  const log = sealingLog(own, deps.openLog({ logFile, logStderr: false }))
  return {
    walkId,
    log,
    owner,
    reach: once(() => reachAws(deps, { ...choice, awsProfile }, owner, { log, requestId: walkId, ways })),
    circumstances: ways.circumstances,
  }
}

/** Whoever named no profile may not know that one was taken. */
function unchosen(thrown: unknown): SentinelError {
  const { code, message, details, cause } = asSentinelError(thrown)
  return new SentinelError(code, `no profile was chosen, and ${message}`, {
    details,
    cause,
    hint: 'say who you are with --aws-profile or AWS_PROFILE',
  })
}
