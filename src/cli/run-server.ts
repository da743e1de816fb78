// `sentinel exec --server`: a child that is given no credentials but an endpoint to ask. Each of its requests walks the
// corridor against the policy as it is then.

import { openPatientLog } from '../audit/index.ts'
import { asSentinelError, codes, type ErrorCode, SentinelError } from '../base/index.ts'
import { type EndpointAnswer, type OpenEndpoint, openEndpoint } from '../endpoint/index.ts'
import { foldRepeats, type Repeats, type Waiting } from '../gateway/index.ts'
import { type Obtained, type Walk, walk } from './access.ts'
import type { AccessValues } from './access-values.ts'
import type { ServerSession } from './answers/asker.ts'
import { type ChildCommand, runChild } from './child.ts'
import { childEnvironment, endpointVariables } from './child-env.ts'
import { writeEndpointFiles } from './endpoint-files.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { withPlainFiles } from './plain-files.ts'
import { openProfile } from './profile.ts'
import { readTogether } from './read-together.ts'
import { errorAsText } from './report.ts'
import { openServerSession } from './server-session.ts'
import { openServerUses } from './single-use.ts'
import { openWays } from './ways.ts'

/** What the flags of server mode say. */
export type ServerValues = {
  readonly serverPort: string
  /** Seconds. */
  readonly serverDuration: number | undefined
  readonly lazy: boolean
  readonly tokenInEnvironment: boolean
}

// A storm of a child is not to become one at AWS; one answer that is slow is not to hold up all.
const readsAtOnce = 4
// botocore insists on new credentials when ten minutes are left; the other SDKs when five are.
const minRemainingSeconds = 600
const usualSeconds = 900
/** Asks before the child does, and goes nowhere. */
const itself: Waiting = { aborted: false }

/** Runs a command beside an endpoint and gives its exit status. */
export async function runWithServer(
  given: GatewayDeps,
  values: AccessValues & ServerValues,
  child: ChildCommand,
): Promise<number> {
  const deps = withPlainFiles(given)
  const port = portOf(values.serverPort)
  refuseContradictions(values)
  const asked = { ...values, duration: values.serverDuration ?? usualSeconds }
  const { region } = await openProfile(deps, { ...asked, mfaToken: undefined }, openWays(deps))
  const repeats = foldRepeats({ log: deps.openLog(values, openPatientLog), after: deps.machine.wait.after })
  const session = openServerSession(deps, {
    ...asked,
    mfaToken: undefined,
    table: values.sessionTable,
    leaseMs: asked.duration * 1000,
    log: repeats.logFor(itself),
  })
  const uses = openServerUses()
  const patient = { ...patientWalk(deps, repeats, session), uses }
  const authorize = authorizer(deps, asked, repeats, { ...patient, session })
  const { random, machine } = deps
  // First, since what is decided may use something up that a port which is taken would waste.
  const endpoint = await openEndpoint({ random, after: machine.wait.after, authorize }, { port })
  try {
    if (values.lazy) await session.begin()
    // A refusal is better told before the child starts than by it. What was issued serves the first request.
    else session.used((await walk(deps, asked, { ...patient, ...ahead(deps) })).issued.sourceIdentity)
    return await childBeside(deps, { values, region, endpoint, session, child })
  } finally {
    await endpoint.close()
    uses.end()
    await session.end()
    await writeRest(deps, repeats)
  }
}

type Beside = {
  readonly values: AccessValues & ServerValues
  readonly region: string
  readonly endpoint: OpenEndpoint
  readonly session: ServerSession
  readonly child: ChildCommand
}

/** Runs the child beside an open endpoint, whose token lies in a file that is gone afterwards. */
async function childBeside(deps: GatewayDeps, { values, region, endpoint, session, child }: Beside) {
  const files = writeEndpointFiles(deps, endpoint.token)
  try {
    const added = endpointVariables({
      profile: values.profile,
      region,
      url: endpoint.url,
      token: values.tokenInEnvironment ? { text: endpoint.token.reveal() } : { file: files.token },
      emptyFile: files.empty,
      sessionId: session.isTracked() ? session.id : undefined,
    })
    const { io, platform } = deps
    return await runChild(io, platform, child, childEnvironment(platform, io.env, added))
  } finally {
    files.remove()
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new SentinelError('USAGE', `\`${text}\` is not a port`, { hint: 'give --server-port 0 to 65535' })
}

function refuseContradictions({ noSession, duration }: AccessValues): void {
  if (noSession) {
    throw new SentinelError(
      'USAGE',
      'an endpoint hands out no long-term keys, so --no-session has no place',
      {
        hint: 'leave out --no-session or --server',
      },
    )
  }
  if (duration === undefined) return
  throw new SentinelError('USAGE', '--duration is for credentials in the environment', {
    hint: 'use --server-duration with --server',
  })
}

const patientWalk = (
  deps: GatewayDeps,
  repeats: Repeats,
  session: ServerSession,
): Omit<Walk, 'requestId' | 'uses'> => ({
  mode: 'server',
  log: repeats.logFor(itself),
  session,
  signal: deps.signal(),
  policyAgeMs: 0,
  together: readTogether(readsAtOnce),
  minRemainingSeconds,
  release: 'at once',
  mfa: 'asked for',
  within: (_, look) => look(),
})

const ahead = (deps: GatewayDeps) => ({ requestId: deps.newRequestId(), release: 'when asked for' }) as const

/** What is asked for at each request, and for how many seconds. */
type Lasting = AccessValues & { readonly duration: number }

/** Decides about one request of the child, and says on stderr what the child may not say. */
function authorizer(
  deps: GatewayDeps,
  values: Lasting,
  repeats: Repeats,
  patient: Omit<Walk, 'requestId'> & { readonly session: ServerSession },
) {
  const said = new Set<string>()
  // A code is good for one use, and the first walk had it; while the child has the terminal nobody is asked.
  const asked = { ...values, mfaToken: undefined }
  return async (signal: AbortSignal): Promise<EndpointAnswer> => {
    const requestId = deps.newRequestId()
    try {
      const obtained = await walk(deps, asked, {
        ...patient,
        requestId,
        signal,
        log: repeats.logFor(signal),
        mfa: 'not asked for',
        within: (what, look) => inTime(signal, what, look),
      })
      said.clear()
      patient.session.used(obtained.issued.sourceIdentity)
      return credentialsOf(deps, values, obtained)
    } catch (thrown) {
      const error = asSentinelError(thrown)
      const message = error.message.replaceAll(requestId, repeats.recordedAs(requestId))
      const kind = `${error.code} ${error.message.replaceAll(requestId, '')}`
      if (!said.has(kind)) deps.io.stderr.write(errorAsText(new SentinelError(error.code, message, error)))
      said.add(kind)
      return isRefusal(error.code)
        ? { kind: 'refused', code: error.code, message }
        : { kind: 'failed', code: error.code }
    }
  }
}

// An approval that another request used up refuses too: to ask again does not help.
const isRefusal = (code: ErrorCode) => codes[code].http === 403 || code === 'STATE_CONFLICT'

/** A look-up that is given up when there is no time left; its result still serves the next request. */
function inTime<T>(signal: AbortSignal, what: string, look: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new SentinelError('FACT_TIMEOUT', `it was not found out in time ${what}`))
    if (signal.aborted) return late()
    signal.addEventListener('abort', late, { once: true })
    look()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', late))
  })
}

/** The client comes back when the duration is over, also where the credentials last longer. */
function credentialsOf(
  { clock }: GatewayDeps,
  { duration }: Lasting,
  { issued, accountId }: Obtained,
): EndpointAnswer {
  const latestMs = clock.now() + duration * 1000
  const { accessKeyId, secretAccessKey, sessionToken, expiresAtMs = latestMs } = issued.credentials
  return {
    kind: 'credentials',
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiresAtMs: Math.min(expiresAtMs, latestMs),
    roleArn: issued.roleArn,
    accountId,
  }
}

/** The end of the process, whose status is the child's: what cannot be written any more is said. */
async function writeRest(deps: GatewayDeps, repeats: Repeats): Promise<void> {
  try {
    await repeats.flush()
  } catch (thrown) {
    deps.warn(`repeated refusals could not be recorded: ${asSentinelError(thrown).message}`)
  }
}
