// Which endpoint was set for a service (decision 9; whether it is AWS's, hosts.ts knows). Whoever answers for STS decides
// who you are, so this is found out before the SDK is loaded, and the SDK is then told, never asked.
//
// The order is AWS's own: "Service-specific endpoints", AWS SDKs and Tools Reference Guide, "Endpoint
// configuration precedence": AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's `services` section, the
// profile's `endpoint_url`; all of them off when configured endpoints are to be ignored.

import { SentinelError } from '../base/index.ts'
import type { Env, ServiceName } from './types.ts'

/** What a profile says about connections, as text; absent where it says nothing. */
export type ProfileConnection = {
  readonly endpointUrl?: string | undefined
  readonly ignoreConfiguredEndpointUrls?: string | undefined
  /** From the `services` section that the profile names, by service in lower case. */
  readonly serviceUrls: ReadonlyMap<string, string>
  readonly caBundle?: string | undefined
  readonly useFipsEndpoint?: string | undefined
  readonly useDualstackEndpoint?: string | undefined
  readonly stsRegionalEndpoints?: string | undefined
}

/** Where a service is called. Without a `url` at AWS's own endpoint of the region. */
export type Endpoint = {
  readonly url?: string
  /** Where it was set, in words for people: `AWS_ENDPOINT_URL`, or `AWS` itself. */
  readonly source: string
}

/** The endpoint of a service by AWS's documented order of precedence. */
export function resolveEndpoint(service: ServiceName, env: Env, profile: ProfileConnection): Endpoint {
  const ignore = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? profile.ignoreConfiguredEndpointUrls
  if (isTrue(ignore)) return { source: 'AWS' }
  const variable = `AWS_ENDPOINT_URL_${service.toUpperCase()}`
  const found = (
    [
      [env[variable], `the environment variable ${variable}`],
      [env.AWS_ENDPOINT_URL, 'the environment variable AWS_ENDPOINT_URL'],
      [profile.serviceUrls.get(service), 'the `services` section of the profile'],
      [profile.endpointUrl, '`endpoint_url` of the profile'],
    ] as const
  ).find(([url]) => url !== undefined && url !== '')
  if (found?.[0] === undefined) return { source: 'AWS' }
  return { url: parsedUrl(found[0], found[1]).href, source: found[1] }
}

/** A setting that AWS's tools read as true. */
export const isTrue = (text: string | undefined): boolean => text?.trim().toLowerCase() === 'true'

function parsedUrl(text: string, source: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && (url.protocol === 'https:' || url.protocol === 'http:')) return url
  throw new SentinelError('CONFIG_INVALID', `\`${text}\` in ${source} is not an http or https URL`)
}
