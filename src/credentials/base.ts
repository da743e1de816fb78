// The credentials that a recipe starts from. Those in the environment and in files are read here, at once; a process
// or SSO is loaded only where it is needed.

import type { AwsCredentials } from '../aws/index.ts'
import { printable, Secret, SentinelError, unreachable } from '../base/index.ts'
import type { AwsConfig } from './config.ts'
import type { CredentialsDeps } from './deps.ts'
import { notExpired } from './expiry.ts'
import type { Recipe } from './recipe.ts'
import { type Base, describe } from './sources.ts'

/** The base credentials of a recipe; what it throws stands at the room's face (lazily.ts). */
export async function baseCredentials(deps: CredentialsDeps, recipe: Recipe): Promise<AwsCredentials> {
  const { base } = recipe
  switch (base.kind) {
    case 'environment':
      return environmentKeys(deps, recipe)
    case 'keys':
      return fileKeys(await deps.config(), base)
    case 'process': {
      const { processCredentials } = await import('./process.ts')
      return processCredentials(deps, base, recipe.profile)
    }
    case 'sso': {
      const { ssoCredentials } = await import('./sso.ts')
      return ssoCredentials(deps, recipe, base)
    }
    default:
      return unreachable(base)
  }
}

function environmentKeys({ env, machine }: CredentialsDeps, recipe: Recipe): AwsCredentials {
  const [id, secret] = [env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY]
  if (!id || !secret) {
    const missing = id ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID'
    const name = printable(recipe.profile)
    throw new SentinelError(
      'CONFIG_MISSING_CREDENTIALS',
      `profile \`${name}\` names no source of credentials, and the environment has no ${missing}`,
      {
        hint: `add keys, \`source_profile\`, \`credential_process\` or SSO to profile ${name}, or set ${missing}`,
      },
    )
  }
  const token = env.AWS_SESSION_TOKEN || env.AWS_SECURITY_TOKEN
  const expiresAtMs = Date.parse(env.AWS_CREDENTIAL_EXPIRATION ?? '')
  const credentials: AwsCredentials = {
    accessKeyId: id,
    secretAccessKey: new Secret(secret),
    ...(token ? { sessionToken: new Secret(token) } : {}),
    ...(token && !Number.isNaN(expiresAtMs) ? { expiresAtMs } : {}),
  }
  return notExpired(machine.clock.now(), credentials, describe(recipe.base))
}

/** The keys of a profile in a file. */
export function fileKeys(config: AwsConfig, base: Extract<Base, { kind: 'keys' }>): AwsCredentials {
  const settings = config.profiles.get(base.profile)?.[base.file]
  const id = settings?.get('aws_access_key_id')
  const secret = settings?.get('aws_secret_access_key')
  if (id === undefined || secret === undefined) {
    throw new SentinelError(
      'CONFIG_MISSING_CREDENTIALS',
      `profile \`${printable(base.profile)}\` has no keys`,
    )
  }
  const token = settings?.get('aws_session_token') ?? settings?.get('aws_security_token')
  return {
    accessKeyId: id.value,
    secretAccessKey: new Secret(secret.value),
    ...(token === undefined ? {} : { sessionToken: new Secret(token.value) }),
  }
}
