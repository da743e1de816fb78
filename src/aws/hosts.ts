// The host names of AWS, for whoever must know them before the SDK is loaded: where a service is called, so that
// NO_PROXY is held against that very host, and whether a URL that somebody set is AWS's. The SDK resolves its
// endpoints by itself; a test holds both against it, region by region.

import type { ServiceName } from './types.ts'

/** What the host of a service depends on. */
export type HostChoice = {
  readonly region: string
  readonly useFips: boolean
  readonly useDualstack: boolean
  /** STS at `sts.amazonaws.com`, in the regions that it stood for before each had its own. */
  readonly useGlobalSts: boolean
}

const prefixes = { sts: 'sts', ssm: 'ssm', sso: 'portal.sso', dynamodb: 'dynamodb' } as const

/** Regions that begin so, and the DNS suffixes of their partition, plain and dual-stack. The last one is all others'. */
const partitions = [
  ['cn-', 'amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
  ['eusc-', 'amazonaws.eu', 'api.amazonwebservices.eu'],
  ['us-iso-', 'c2s.ic.gov', 'api.aws.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov', 'api.aws.scloud'],
  ['eu-isoe-', 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'],
  ['us-isof-', 'csp.hci.ic.gov', 'api.aws.hci.ic.gov'],
  ['', 'amazonaws.com', 'api.aws'],
] as const

/** The host that a service of AWS's is called at. */
export function awsHost(service: ServiceName, choice: HostChoice): string {
  const { region, useFips, useDualstack } = choice
  if (service === 'sts' && isGlobalSts(choice)) return 'sts.amazonaws.com'
  const [, plain, dualstack] = partitions.find(([start]) => region.startsWith(start)) ?? partitions[6]
  // GovCloud is FIPS by itself.
  const isFips = useFips && (useDualstack || !region.startsWith('us-gov-'))
  return `${prefixes[service]}${isFips ? '-fips' : ''}.${region}.${useDualstack ? dualstack : plain}`
}

function isGlobalSts({ region, useFips, useDualstack, useGlobalSts }: HostChoice): boolean {
  if (useFips || useDualstack) return false
  return region === 'aws-global' || (useGlobalSts && oldRegions.includes(region))
}

const oldRegions = [
  'ap-northeast-1',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
]

/** The name of a region: no bucket of S3's, whose hosts (`s3`, `s3-us-west-2`) stand where a region's name would. */
export const regionName = /[a-z]+(?:-[a-z0-9]+)+/

/**
 * Whether a URL is an endpoint of AWS for this very service: HTTPS, and one of the host names that AWS gives it,
 * FIPS, dual-stack and VPC endpoints included. A DNS suffix alone would not do: anybody can answer under
 * `execute-api.<region>.amazonaws.com` with a certificate of AWS's.
 */
export function isAwsEndpoint(service: ServiceName, url: string): boolean {
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'https:') return false
  const plain = partitions.map(([, suffix]) => suffix)
  const dualstack = partitions.map(([, , suffix]) => suffix)
  const name = `${prefixes[service].replace('.', '\\.')}(?:-fips)?`
  const own = `${name}\\.(?:${regionName.source}\\.)?(?:${anyOf([...plain, ...dualstack])})`
  const vpc = `vpce-[a-z0-9-]+\\.${name}\\.${regionName.source}\\.vpce\\.(?:${anyOf(plain)})`
  return new RegExp(`^(?:${own}|${vpc})$`).test(hostname)
}

const anyOf = (names: readonly string[]) => names.map((name) => name.replaceAll('.', '\\.')).join('|')
