import { describe, expect, it } from 'vitest'
import { type ProfileConnection, resolveEndpoint } from './endpoints.ts'

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
