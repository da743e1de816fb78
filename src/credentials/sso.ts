// Credentials of a role of IAM Identity Center, with the token that `aws sso login` left in `~/.aws/sso/cache`.

import { createHash } from 'node:crypto'
import { type AwsCredentials, connectionFacts, connectionTo, ssoRoleCredentials } from '../aws/index.ts'
import { printable, Secret, SentinelError } from '../base/index.ts'
import { readTextIfPresent } from '../machine/index.ts'
import type { CredentialsDeps } from './deps.ts'
import type { Recipe } from './recipe.ts'
import { servedOnce } from './served-once.ts'
import type { SsoBase } from './sources.ts'
import { nameSecret } from './store.ts'

export async function ssoCredentials(
  deps: CredentialsDeps,
  recipe: Recipe,
  base: SsoBase,
): Promise<AwsCredentials> {
  const token = readToken(deps, base)
  const connection = connectionTo('sso', { ...recipe.settings, region: base.region })
  const { accountId, roleName, region } = base
  const name = nameSecret(deps, 'sso', token.accessToken.reveal())
  const entry = await servedOnce(
    deps,
    ['sso', name, accountId, roleName, region, connectionFacts(connection)],
    recipe.minRemainingSeconds,
    async () => {
      if (token.expiresAtMs <= deps.machine.clock.now()) throw tokenExpired(base)
      try {
        const request = { accessToken: token.accessToken, accountId, roleName }
        const call = { clock: deps.machine.clock, signal: deps.signal }
        const { credentials } = await ssoRoleCredentials(call, connection, request)
        return { credentials, requestId: '', durationSeconds: 0 }
      } catch (thrown) {
        throw thrown instanceof SentinelError && thrown.code === 'SSO_EXPIRED_TOKEN'
          ? tokenExpired(base)
          : thrown
      }
    },
  )
  return entry.credentials
}

type Token = { readonly accessToken: Secret; readonly expiresAtMs: number }

// AWS SDKs and Tools Reference Guide: the file is named after the SHA-1 of the session's name, or of the start URL.
function readToken(deps: CredentialsDeps, base: SsoBase): Token {
  const mark = createHash('sha1')
    .update(base.session ?? base.startUrl)
    .digest('hex')
  const path = deps.machine.platform.path.join(deps.paths.awsSsoCacheFolder, `${mark}.json`)
  const text = readTextIfPresent(path)
  const token = text === undefined ? undefined : parseToken(text)
  if (token !== undefined) return token
  const why = text === undefined ? 'nobody is logged in' : `\`${path}\` holds no token`
  throw new SentinelError('SSO_NO_CREDENTIALS', `${why} to SSO for profile \`${printable(base.profile)}\``, {
    hint: loginHint(base),
  })
}

function parseToken(text: string): Token | undefined {
  try {
    const { accessToken, expiresAt } = JSON.parse(text) as { accessToken?: unknown; expiresAt?: unknown }
    if (typeof accessToken !== 'string' || accessToken === '' || typeof expiresAt !== 'string')
      return undefined
    // Old versions of the AWS CLI wrote `2020-06-17T10:02:08UTC`.
    const expiresAtMs = Date.parse(expiresAt.replace(/UTC$/, 'Z'))
    return Number.isNaN(expiresAtMs) ? undefined : { accessToken: new Secret(accessToken), expiresAtMs }
  } catch {
    return undefined
  }
}

function tokenExpired(base: SsoBase): SentinelError {
  const name = printable(base.profile)
  return new SentinelError('SSO_EXPIRED_TOKEN', `the SSO login of profile \`${name}\` has expired`, {
    hint: loginHint(base),
  })
}

function loginHint({ profile }: SsoBase): string {
  const name = printable(profile)
  return `run: aws sso login --profile ${/^[\w.@/-]+$/.test(name) ? name : `'${name}'`}`
}
