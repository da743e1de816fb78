// The environment of a child of `sentinel exec`: the person's own, without what is or leads to other credentials.

import type { Env, Platform } from '../machine/index.ts'

type ChildProfile = { readonly profile: string; readonly region?: string | undefined }

/** Credentials for a child. */
export type ChildCredentials = ChildProfile & {
  readonly requestId: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  /** RFC 3339. */
  readonly expiration?: string | undefined
}

/** Where a child gets its credentials, again and again. */
export type ChildEndpoint = ChildProfile & {
  readonly url: string
  readonly token: { readonly file: string } | { readonly text: string }
  /** The session that can be taken back; absent where none is tracked. */
  readonly sessionId?: string | undefined
  /** A file with nothing in it. */
  readonly emptyFile: string
}

// Whatever could win over the credentials that the child is given, or is a secret that it has no use for.
const removed = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  // Other names of the same: the SDKs for Go, Java (1.x), Ruby and Perl; those for Ruby and JavaScript (2.x).
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AMAZON_ACCESS_KEY_ID',
  'AMAZON_SECRET_ACCESS_KEY',
  'AMAZON_SESSION_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'SENTINEL_EXPIRATION',
  'SENTINEL_SESSION_ID',
  'AWS_CREDENTIAL_FILE',
  'AWS_CREDENTIAL_PROFILES_FILE',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SDK_LOAD_CONFIG',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_VAULT_FILE_PASSPHRASE',
  'AWS_VAULT_OP_CONNECT_TOKEN',
  'AWS_VAULT_OP_SERVICE_ACCOUNT_TOKEN',
])

// A token of a service, `AWS_BEARER_TOKEN_BEDROCK`, takes the place of any signature with keys.
const isRemoved = (name: string) => removed.has(name) || name.startsWith('AWS_BEARER_TOKEN_')

/** The child's environment: the parent's without other sources of credentials, and with these variables. */
export function childEnvironment(platform: Platform, parent: Env, added: Env): Env {
  const fold = (name: string) => (platform.foldsVariableNames ? name.toUpperCase() : name)
  const kept = Object.entries(parent).filter(([name]) => !isRemoved(fold(name)) && !(fold(name) in added))
  return { ...Object.fromEntries(kept), ...added }
}

function whereFrom({ profile, region }: ChildProfile): Env {
  return {
    // aws-vault's name, which prompts and scripts look at.
    AWS_VAULT: profile,
    AWS_SENTINEL: profile,
    SENTINEL_PROFILE: profile,
    ...(region === undefined ? {} : { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
  }
}

/** Credentials as variables: they are good until they expire. */
export function credentialVariables(given: ChildCredentials): Env {
  const { sessionToken, expiration } = given
  return {
    ...whereFrom(given),
    SENTINEL_REQUEST_ID: given.requestId,
    AWS_ACCESS_KEY_ID: given.accessKeyId,
    AWS_SECRET_ACCESS_KEY: given.secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    ...(expiration === undefined
      ? {}
      : { AWS_CREDENTIAL_EXPIRATION: expiration, SENTINEL_EXPIRATION: expiration }),
  }
}

/**
 * The endpoint as variables. SDKs ask it after everything else, so the person's files are replaced by an empty one:
 * AWS's, also under the name by which the SDK for Java (1.x) knows it, and `~/.boto`, which botocore reads before it
 * asks an endpoint.
 */
export function endpointVariables(given: ChildEndpoint): Env {
  const { url, token, emptyFile, sessionId } = given
  return {
    ...whereFrom(given),
    ...(sessionId === undefined ? {} : { SENTINEL_SESSION_ID: sessionId }),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
    ...('file' in token
      ? { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token.file }
      : { AWS_CONTAINER_AUTHORIZATION_TOKEN: token.text }),
    AWS_CONFIG_FILE: emptyFile,
    AWS_SHARED_CREDENTIALS_FILE: emptyFile,
    AWS_CREDENTIAL_PROFILES_FILE: emptyFile,
    BOTO_CONFIG: emptyFile,
  }
}
