// What `sentinel exec` does. `credentials`, the hottest command, shares its program and starts no child, so this waits.

import { SentinelError, toTimestamp } from '../base/index.ts'
import { defaultShell, probeFile, variable } from '../machine/index.ts'
import { type Obtained, obtainCredentials } from './access.ts'
import type { AccessValues } from './access-values.ts'
import { findCommand, runChild } from './child.ts'
import { childEnvironment, credentialVariables } from './child-env.ts'
import { serverFlags } from './commands/shared.ts'
import type { Deps } from './deps.ts'
import { openGateway } from './gateway-deps.ts'
import type { ServerValues } from './run-server.ts'

/** What the flags of `exec` say. */
export type ExecValues = AccessValues &
  ServerValues & { readonly force: boolean; readonly server: boolean; readonly rest: readonly string[] }

/** Runs a command with credentials and gives its exit status; without a command the person's shell. */
export async function runWithCredentials(deps: Deps, values: ExecValues): Promise<number> {
  const { io, platform } = deps
  if (!values.force) refuseNesting(deps)
  const words = values.rest.length > 0 ? values.rest : [defaultShell(platform, io.env)]
  // Found before anything is decided or issued: credentials that nobody can use are not asked for.
  const child = findCommand(platform, io.env, words, probeFile)
  refuseOtherMode(values)
  if (values.server) {
    const { runWithServer } = await import('./run-server.ts')
    return runWithServer(openGateway(deps), values, child)
  }
  const obtained = await obtainCredentials(openGateway(deps), values, 'cli')
  const added = credentialVariables(given(values.profile, obtained))
  return runChild(io, platform, child, childEnvironment(platform, io.env, added))
}

/** What would be passed over in silence is most likely not meant. */
function refuseOtherMode(values: ExecValues): void {
  if (values.server) return
  const flag =
    (values.lazy && '--lazy') ||
    (values.tokenInEnvironment && '--token-in-environment') ||
    (values.serverPort !== serverFlags.serverPort.default && '--server-port') ||
    (values.serverDuration !== undefined && '--server-duration')
  if (!flag) return
  const hint = flag === '--server-duration' ? 'add --server, or use --duration' : 'add --server'
  throw new SentinelError('USAGE', `\`${flag}\` is for server mode`, { hint })
}

function refuseNesting({ io, platform }: Deps): void {
  for (const name of ['AWS_SENTINEL', 'AWS_VAULT']) {
    const profile = variable(platform, io.env, name)
    if (profile === undefined) continue
    throw new SentinelError(
      'NESTED_SESSION',
      `this shell has credentials of profile \`${profile}\` already (${name})`,
      {
        hint: 'leave it with `exit`, or use --force',
      },
    )
  }
}

function given(profile: string, { requestId, region, issued }: Obtained) {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAtMs } = issued.credentials
  return {
    profile,
    requestId,
    region,
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    sessionToken: sessionToken?.reveal(),
    expiration: expiresAtMs === undefined ? undefined : toTimestamp(expiresAtMs),
  }
}
