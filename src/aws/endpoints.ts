// Which endpoint a service is called at, and whether it is AWS's (decision 9). Whoever answers for STS decides
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

// Partitions of AWS: `dnsSuffix` and `dualStackDnsSuffix` of partitions.json, as the SDK has it. A test compares.
const suffixes = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'c2s.ic.gov',
  'cloud.adc-e.uk',
  'csp.hci.ic.gov',
  'sc2s.sgov.gov',
]
const dualStackSuffixes = [
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
  'api.aws',
  'api.aws.hci.ic.gov',
  'api.aws.ic.gov',
  'api.aws.scloud',
  'api.cloud-aws.adc-e.uk',
]
const hostPrefixes = { sts: 'sts', ssm: 'ssm', sso: 'portal.sso', dynamodb: 'dynamodb' } as const

/**
 * Whether a URL is an endpoint of AWS for this very service: HTTPS, and one of the host names that AWS gives it,
 * FIPS, dual-stack and VPC endpoints included. A DNS suffix alone would not do: anybody can answer under
 * `execute-api.<region>.amazonaws.com` with a certificate of AWS's.
 */
export function isAwsEndpoint(service: ServiceName, url: string): boolean {
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'https:') return false
  const name = `${hostPrefixes[service].replace('.', '\\.')}(?:-fips)?`
  const own = `${name}\\.(?:${label}\\.)?(?:${anyOf([...suffixes, ...dualStackSuffixes])})`
  const vpc = `vpce-${label}\\.${name}\\.${label}\\.vpce\\.(?:${anyOf(suffixes)})`
  return new RegExp(`^(?:${own}|${vpc})$`).test(hostname)
}

const label = '[a-z0-9-]+'
const anyOf = (names: readonly string[]) => names.map((name) => name.replaceAll('.', '\\.')).join('|')
