import { describe, expect, it } from 'vitest'
import { platforms } from '../machine/index.ts'
import { childEnvironment, credentialVariables, endpointVariables } from './child-env.ts'

const given = {
  profile: 'dev',
  requestId: '0123456789abcdef',
  region: 'eu-central-1',
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'token',
  expiration: '2026-02-03T16:00:00Z',
}

const keys = credentialVariables(given)
// Without what it sets itself, so that what is taken out is seen.
const endpoint = { AWS_VAULT: 'dev' }

describe("a child's environment", () => {
  it('has the credentials, where they came from and how long they last', () => {
    expect(childEnvironment(platforms.linux, { HOME: '/home/alice' }, keys)).toEqual({
      HOME: '/home/alice',
      AWS_VAULT: 'dev',
      AWS_SENTINEL: 'dev',
      SENTINEL_REQUEST_ID: '0123456789abcdef',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_SESSION_TOKEN: 'token',
      AWS_CREDENTIAL_EXPIRATION: '2026-02-03T16:00:00Z',
      SENTINEL_PROFILE: 'dev',
      SENTINEL_EXPIRATION: '2026-02-03T16:00:00Z',
    })
  })

  for (const name of [
    'AWS_ACCESS_KEY',
    'AWS_SECRET_KEY',
    'AMAZON_ACCESS_KEY_ID',
    'AMAZON_SECRET_ACCESS_KEY',
    'AMAZON_SESSION_TOKEN',
    'AWS_BEARER_TOKEN_BEDROCK',
    'AWS_CREDENTIAL_PROFILES_FILE',
    'AWS_PROFILE',
    'AWS_DEFAULT_PROFILE',
    'AWS_SECURITY_TOKEN',
    'AWS_CREDENTIAL_FILE',
    'AWS_SDK_LOAD_CONFIG',
    'AWS_ROLE_ARN',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_AUTHORIZATION_TOKEN',
    'AWS_VAULT_FILE_PASSPHRASE',
    'AWS_VAULT_OP_CONNECT_TOKEN',
  ]) {
    it(`has no ${name}, which could win or is a secret`, () => {
      expect(childEnvironment(platforms.linux, { [name]: 'x' }, endpoint)).not.toHaveProperty(name)
    })
  }

  it('loses an old session token and expiry when the new credentials have none', () => {
    const parent = { AWS_SESSION_TOKEN: 'old', AWS_CREDENTIAL_EXPIRATION: 'old' }
    const child = childEnvironment(
      platforms.linux,
      parent,
      credentialVariables({ ...given, sessionToken: undefined, expiration: undefined }),
    )
    expect(child).not.toHaveProperty('AWS_SESSION_TOKEN')
    expect(child).not.toHaveProperty('AWS_CREDENTIAL_EXPIRATION')
  })

  it("keeps the parent's region where no other is given, and AWS settings that are no credentials", () => {
    const parent = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_CONFIG_FILE: '/c' }
    expect(
      childEnvironment(platforms.linux, parent, credentialVariables({ ...given, region: undefined })),
    ).toMatchObject(parent)
  })

  it('compares names as the platform does', () => {
    const parent = { aws_profile: 'x', Aws_Region: 'y' }
    expect(childEnvironment(platforms.win32, parent, keys)).not.toHaveProperty('aws_profile')
    expect(childEnvironment(platforms.win32, parent, keys)).not.toHaveProperty('Aws_Region')
    expect(childEnvironment(platforms.linux, parent, keys)).toMatchObject(parent)
  })
})

describe('a child that asks an endpoint', () => {
  const at = { profile: 'dev', region: 'eu-central-1', url: 'http://127.0.0.1:1/x', emptyFile: '/run/none' }

  it('is told where, with what, and finds no other source', () => {
    const parent = { HOME: '/home/alice', AWS_ACCESS_KEY_ID: 'old', AWS_CONFIG_FILE: '/c', BOTO_CONFIG: '/b' }
    const added = endpointVariables({ ...at, token: { file: '/run/token' } })
    expect(childEnvironment(platforms.linux, parent, added)).toEqual({
      HOME: '/home/alice',
      AWS_VAULT: 'dev',
      AWS_SENTINEL: 'dev',
      SENTINEL_PROFILE: 'dev',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/x',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/run/token',
      AWS_CONFIG_FILE: '/run/none',
      AWS_SHARED_CREDENTIALS_FILE: '/run/none',
      AWS_CREDENTIAL_PROFILES_FILE: '/run/none',
      BOTO_CONFIG: '/run/none',
    })
  })

  it('has the token in its environment only where that is asked for', () => {
    const added = endpointVariables({ ...at, token: { text: 'abc' } })
    expect(added).toMatchObject({ AWS_CONTAINER_AUTHORIZATION_TOKEN: 'abc' })
    expect(added).not.toHaveProperty('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')
  })
})
