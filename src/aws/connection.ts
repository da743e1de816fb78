// Everything about how a service is reached, decided before the SDK is loaded: region, endpoint, certificate
// authority, proxy. The same facts go into the record and into the key of every cache entry (decisions 9, 24),
// so that nothing got through a foreign endpoint is ever served as AWS's.

import { SentinelError } from '../base/index.ts'
import { type Authority, type Store, systemStore } from './authorities.ts'
import { type Endpoint, isTrue, type ProfileConnection, resolveEndpoint } from './endpoints.ts'
import { awsHost, type HostChoice, isAwsEndpoint, regionName } from './hosts.ts'
import { proxyFor } from './proxy.ts'
import type { Env, ServiceName } from './types.ts'

/** Whether answers of endpoints that are not AWS's count: only when somebody asked for it. */
export type ForeignEndpoints = 'refused' | 'accepted'

/** How to reach one service. */
export type Connection = HostChoice & {
  readonly service: ServiceName
  readonly endpoint: Endpoint
  /** The file with the only certificate authorities to trust, when one was set. */
  readonly caBundle?: Authority
  /** What Node was told to trust besides its own list, or instead: paths, and switches. */
  readonly extraCa?: string
  /** By what the files of all these authorities are known. */
  readonly caMarks?: string
  /** All authorities besides that one. */
  readonly besides: readonly Authority[]
  readonly store: Store
  /** SSL_CERT_FILE or SSL_CERT_DIR is set though Node was not told to use them. Some builds of it do so unasked. */
  readonly hasUnusedStore: boolean
  /** The proxy's URL, with user and password if it has any: not for printing. */
  readonly proxy?: string
  /** The proxy of whatever URL is called in the end: any other than `proxy` would be in no record. */
  proxyTo(url: string): string | undefined
}

/** What the record says about a connection that is not AWS's own, plain and printable. Empty for AWS's own. */
export type ConnectionFacts = {
  readonly endpoint?: string
  readonly caBundle?: string
  readonly extraCa?: string
  /** For the keys of the cache: what was got through one authority is not served through another at its path. */
  readonly caMarks?: string
  /** Without user and password. */
  readonly proxy?: string
}

/** What the choice of a connection depends on. */
export type ConnectionSettings = {
  readonly env: Env
  readonly profile: ProfileConnection
  readonly region: string
  readonly foreignEndpoints: ForeignEndpoints
  /** Those that `env` and `profile` name, as they were found. */
  readonly authorities: readonly Authority[]
}

/**
 * How to reach a service.
 *
 * @throws SentinelError ENDPOINT_INSECURE for an endpoint that is not AWS's unless those are accepted;
 * CONFIG_INVALID for a region or URL that is none
 */
export function connectionTo(service: ServiceName, settings: ConnectionSettings): Connection {
  const { env, profile, authorities } = settings
  const { region, isFips } = realRegion(settings.region)
  requireRegionName(region)
  const endpoint = resolveEndpoint(service, env, profile)
  if (settings.foreignEndpoints === 'refused') requireAws(service, endpoint)
  const caBundle = authorities.find(isBundle)
  const { store, switches } = systemStore(env)
  const besides = authorities.filter((one) => !isBundle(one))
  const extraCa = nonEmpty([...new Set([...besides.map(({ path }) => path), ...switches])].join(' '))
  const caMarks = nonEmpty(authorities.map(({ by, mark }) => `${by} ${mark}`).join(' '))
  const host = {
    region,
    useFips: isFips || isTrue(env.AWS_USE_FIPS_ENDPOINT ?? profile.useFipsEndpoint),
    useDualstack: isTrue(env.AWS_USE_DUALSTACK_ENDPOINT ?? profile.useDualstackEndpoint),
    useGlobalSts: (env.AWS_STS_REGIONAL_ENDPOINTS ?? profile.stsRegionalEndpoints) === 'legacy',
  }
  const proxyTo = (url: string) => proxyFor(url, env)
  const proxy = proxyTo(endpoint.url ?? `https://${awsHost(service, host)}`)
  return {
    service,
    endpoint,
    ...host,
    besides,
    store,
    hasUnusedStore: store === 'own' && Boolean(env.SSL_CERT_FILE || env.SSL_CERT_DIR),
    proxyTo,
    ...(caBundle === undefined ? {} : { caBundle }),
    ...(extraCa === undefined ? {} : { extraCa }),
    ...(caMarks === undefined ? {} : { caMarks }),
    ...(proxy === undefined ? {} : { proxy }),
  }
}

/** The facts of a connection that the record and the cache keys name. */
export function connectionFacts(connection: Connection): ConnectionFacts {
  const { endpoint, caBundle, extraCa, caMarks, proxy } = connection
  return {
    ...(endpoint.url === undefined ? {} : { endpoint: endpoint.url }),
    ...(caBundle === undefined ? {} : { caBundle: caBundle.path }),
    ...(extraCa === undefined ? {} : { extraCa }),
    ...(caMarks === undefined ? {} : { caMarks }),
    ...(proxy === undefined ? {} : { proxy: withoutUser(proxy) }),
  }
}

const isBundle = ({ by }: Authority): boolean => by === 'AWS_CA_BUNDLE' || by === 'ca_bundle'

function requireAws(service: ServiceName, endpoint: Endpoint): void {
  if (endpoint.url === undefined || isAwsEndpoint(service, endpoint.url)) return
  throw new SentinelError(
    'ENDPOINT_INSECURE',
    `${service.toUpperCase()} would be called at \`${withoutUser(endpoint.url)}\`, which is not AWS's endpoint for it`,
    { hint: `remove what ${endpoint.source} says, or accept it knowingly with --insecure-endpoint` },
  )
}

// The older way to ask for FIPS, by names of regions that are none, which the SDK takes apart in the same way.
function realRegion(region: string): { readonly region: string; readonly isFips: boolean } {
  if (!region.startsWith('fips-') && !region.endsWith('-fips')) return { region, isFips: false }
  const isGlobal = region === 'fips-aws-global' || region === 'aws-fips'
  return { region: isGlobal ? 'us-east-1' : region.replace(/fips-(dkr-|prod-)?|-fips/, ''), isFips: true }
}

// The region becomes part of the host name, so it must not be able to choose another host; and for `local` the SDK
// would look for DynamoDB on this machine.
function requireRegionName(region: string): void {
  if (region.length <= 63 && new RegExp(`^${regionName.source}$`).test(region)) return
  throw new SentinelError('CONFIG_INVALID', `\`${region}\` is not the name of a region`, {
    hint: 'write it like eu-central-1',
  })
}

const nonEmpty = (text: string | undefined) => (text === '' ? undefined : text)

function withoutUser(text: string): string {
  const url = new URL(text)
  url.username = ''
  url.password = ''
  return url.href
}
