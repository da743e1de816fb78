import { describe, expect, it } from 'vitest'
import { type PlatformName, platforms } from '../machine/index.ts'
import { childEnvironment, findCommand } from './child.ts'

const given = {
  profile: 'dev',
  requestId: '0123456789abcdef',
  region: 'eu-central-1',
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'token',
  expiration: '2026-02-03T16:00:00Z',
}

describe("a child's environment", () => {
  it('has the credentials, where they came from and how long they last', () => {
    expect(childEnvironment(platforms.linux, { HOME: '/home/alice' }, given)).toEqual({
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
    })
  })

  for (const name of [
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
      expect(childEnvironment(platforms.linux, { [name]: 'x' }, given)).not.toHaveProperty(name)
    })
  }

  it('loses an old session token and expiry when the new credentials have none', () => {
    const parent = { AWS_SESSION_TOKEN: 'old', AWS_CREDENTIAL_EXPIRATION: 'old' }
    const child = childEnvironment(platforms.linux, parent, {
      ...given,
      sessionToken: undefined,
      expiration: undefined,
    })
    expect(child).not.toHaveProperty('AWS_SESSION_TOKEN')
    expect(child).not.toHaveProperty('AWS_CREDENTIAL_EXPIRATION')
  })

  it("keeps the parent's region where no other is given, and AWS settings that are no credentials", () => {
    const parent = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_CONFIG_FILE: '/c' }
    expect(childEnvironment(platforms.linux, parent, { ...given, region: undefined })).toMatchObject(parent)
  })

  it('compares names as the platform does', () => {
    const parent = { aws_profile: 'x', Aws_Region: 'y' }
    expect(childEnvironment(platforms.win32, parent, given)).not.toHaveProperty('aws_profile')
    expect(childEnvironment(platforms.win32, parent, given)).not.toHaveProperty('Aws_Region')
    expect(childEnvironment(platforms.linux, parent, given)).toMatchObject(parent)
  })
})

describe("a child's program", () => {
  const probe = (path: string) => (/plain/.test(path) ? 'plain' : /tool/.test(path) ? 'program' : 'missing')
  const paths: Record<PlatformName, string> = { darwin: '/opt/bin', linux: '/opt/bin', win32: 'C:\\bin' }
  for (const name of ['darwin', 'linux', 'win32'] as const) {
    const find = (...argv: string[]) => findCommand(platforms[name], { PATH: paths[name] }, argv, probe)

    it(`is found on ${name}`, () => {
      expect(find('tool.exe', '-x', 'a b')).toMatchObject({ args: ['-x', 'a b'], verbatim: false })
    })

    it(`that is missing on ${name} is exit 127`, () => {
      expect(() => find('nowhere')).toThrow(expect.objectContaining({ code: 'COMMAND_NOT_FOUND' }))
    })
  }

  it('that may not be executed is exit 126', () => {
    expect(() => findCommand(platforms.linux, { PATH: '/bin' }, ['plain'], probe)).toThrow(
      expect.objectContaining({ code: 'COMMAND_NOT_EXECUTABLE' }),
    )
  })

  it('that is a batch file runs under the command shell, quoted', () => {
    const env = { PATH: 'C:\\bin', ComSpec: 'C:\\Windows\\cmd.exe' }
    expect(findCommand(platforms.win32, env, ['tool.cmd', 'a b'], probe)).toEqual({
      file: 'C:\\Windows\\cmd.exe',
      args: ['/d', '/s', '/c', '""C:\\bin\\tool.cmd" "a b""'],
      verbatim: true,
    })
  })

  for (const arg of ['%PATH%', 'a & calc', 'a"b', 'a^b', 'a|b', 'a>b', '!x!', 'a\nb']) {
    it(`that is a batch file is not given ${JSON.stringify(arg)}`, () => {
      expect(() => findCommand(platforms.win32, { PATH: 'C:\\bin' }, ['tool.bat', arg], probe)).toThrow(
        /batch file/,
      )
    })
  }
})
