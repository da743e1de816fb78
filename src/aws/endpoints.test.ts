import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { isAwsEndpoint, type ProfileConnection, resolveEndpoint } from './endpoints.ts'

const nothing: ProfileConnection = { serviceUrls: new Map() }

describe('the order of precedence', () => {
  const profile = { endpointUrl: 'https://profile', serviceUrls: new Map([['sts', 'https://services']]) }
  const env = { AWS_ENDPOINT_URL_STS: 'https://env-sts', AWS_ENDPOINT_URL: 'https://env' }
  for (const [name, variables, settings, want] of [
    ['the variable of the service comes first', env, profile, 'https://env-sts/'],
    ['then the variable for all', { AWS_ENDPOINT_URL: 'https://env' }, profile, 'https://env/'],
    ['then the services section', {}, profile, 'https://services/'],
    ['then the profile', {}, { ...profile, serviceUrls: new Map() }, 'https://profile/'],
    ['else AWS', {}, nothing, undefined],
    ['an empty variable counts as unset', { AWS_ENDPOINT_URL: '' }, nothing, undefined],
    [
      'a variable of another service does not count',
      { AWS_ENDPOINT_URL_SSM: 'https://x' },
      nothing,
      undefined,
    ],
    [
      'all are ignored by a variable',
      { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'True' },
      profile,
      undefined,
    ],
    ['all are ignored by the profile', env, { ...profile, ignoreConfiguredEndpointUrls: 'true' }, undefined],
    [
      'the variable that ignores goes before the profile',
      { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' },
      { ...profile, ignoreConfiguredEndpointUrls: 'true' },
      'https://env-sts/',
    ],
  ] as const) {
    it(name, () => {
      expect(resolveEndpoint('sts', variables, settings).url).toBe(want)
    })
  }

  it('says where the endpoint was set', () => {
    expect(resolveEndpoint('sts', env, nothing).source).toBe('the environment variable AWS_ENDPOINT_URL_STS')
    expect(resolveEndpoint('sso', {}, profile).source).toBe('`endpoint_url` of the profile')
    expect(resolveEndpoint('sts', {}, nothing).source).toBe('AWS')
  })

  for (const url of ['no url', 'ftp://sts.amazonaws.com', 'file:///etc/passwd']) {
    it(`refuses \`${url}\``, () => {
      expect(() => resolveEndpoint('sts', { AWS_ENDPOINT_URL: url }, nothing)).toThrow(
        /is not an http or https/,
      )
    })
  }
})

describe('endpoints of AWS', () => {
  for (const [service, url, want] of [
    ['sts', 'https://sts.amazonaws.com', true],
    ['sts', 'https://STS.eu-central-1.amazonaws.com/', true],
    ['sts', 'https://sts.cn-north-1.amazonaws.com.cn', true],
    ['sts', 'https://sts.us-iso-east-1.c2s.ic.gov', true],
    ['sts', 'https://sts.us-isob-east-1.sc2s.sgov.gov', true],
    ['sts', 'https://sts.eusc-de-east-1.amazonaws.eu', true],
    ['sts', 'https://sts-fips.us-east-1.amazonaws.com', true],
    ['sts', 'https://sts.us-east-1.api.aws', true],
    ['sts', 'https://vpce-0abc-1xyz.sts.us-east-1.vpce.amazonaws.com', true],
    ['sts', 'https://vpce-0abc-1xyz-us-east-1a.sts.us-east-1.vpce.amazonaws.com', true],
    ['ssm', 'https://ssm.eu-west-1.amazonaws.com', true],
    ['sso', 'https://portal.sso.eu-west-1.amazonaws.com', true],
    ['sts', 'http://sts.amazonaws.com', false],
    ['sts', 'https://sts.amazonaws.com.evil.example', false],
    ['sts', 'https://sts.amazonaws.com@evil.example', false],
    ['sts', 'https://evil-sts.amazonaws.com', false],
    ['sts', 'https://amazonaws.com', false],
    ['sts', 'https://abc.execute-api.us-east-1.amazonaws.com', false],
    ['sts', 'https://sts.s3.us-east-1.amazonaws.com', false],
    ['sts', 'https://vpce-0a-1b.execute-api.us-east-1.vpce.amazonaws.com', false],
    ['sts', 'https://ssm.us-east-1.amazonaws.com', false],
    ['sso', 'https://portalXsso.us-east-1.amazonaws.com', false],
    ['sts', 'https://localhost', false],
    ['sts', 'https://127.0.0.1', false],
  ] as const) {
    it(`${service} at ${url}: ${want ? 'yes' : 'no'}`, () => {
      expect(isAwsEndpoint(service, url)).toBe(want)
    })
  }

  it('in every partition that the SDK knows', () => {
    const core = createRequire(import.meta.url).resolve('@aws-sdk/client-sts')
    const sdk = createRequire(core).resolve('@aws-sdk/core/client')
    const text = readFileSync(sdk, 'utf8')
    const suffixes = [...text.matchAll(/"?(?:dnsSuffix|dualStackDnsSuffix)"?: "([^"]+)"/g)].map(
      ([, one]) => one,
    )
    expect(new Set(suffixes).size).toBeGreaterThanOrEqual(13)
    const foreign = suffixes.filter((one) => !isAwsEndpoint('sts', `https://sts.some-region-1.${one}`))
    expect(foreign).toEqual([])
  })
})
