import type { Block } from './reading.ts'

/** Where a server listens, and how. */
export type ListenerSettings = {
  readonly host: string
  readonly port: number
  /** undefined: in the clear, because the file says so. */
  readonly tls: TlsSettings | undefined
  /** `sys/metrics` answers whoever asks. */
  readonly hasOpenMetrics: boolean
}

export type TlsSettings = {
  readonly certFile: string
  readonly keyFile: string
  readonly minVersion: TlsVersion
  readonly maxVersion: TlsVersion
  /** `required`: who has no certificate of an authority in `clientCaFile` is not let in. */
  readonly clientCertificates: 'asked' | 'required' | 'ignored'
  readonly clientCaFile: string | undefined
}

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

const harmless = [
  'cluster_address',
  'http_idle_timeout',
  'http_read_header_timeout',
  'tls_prefer_server_cipher_suites',
]

const known = [
  'address',
  'tls_disable',
  'tls_cert_file',
  'tls_key_file',
  'tls_min_version',
  'tls_max_version',
  'tls_require_and_verify_client_cert',
  'tls_disable_client_certs',
  'tls_client_ca_file',
  'telemetry',
  ...harmless,
]

const forwarded = 'leave it out: the address of a client is that of its connection, whatever a header says'

const refused = new Map([
  ...[
    'x_forwarded_for_authorized_addrs',
    'x_forwarded_for_hop_skips',
    'x_forwarded_for_reject_not_authorized',
    'x_forwarded_for_reject_not_present',
    'proxy_protocol_behavior',
    'proxy_protocol_authorized_addrs',
  ].map((key) => [key, forwarded] as const),
  ['tls_cipher_suites', 'leave it out: those of TLS 1.2 and 1.3 that are safe are used'],
  ['max_request_size', 'leave it out: a body has 32 MiB at most'],
  ['max_request_duration', 'leave it out: a request has 90 seconds at most'],
])

type Resolve = (path: string) => string

/** The listeners of a file: `listener "tcp" { … }`, once or more often. */
export function listenersIn(file: Block, resolve: Resolve): readonly ListenerSettings[] {
  const blocks = file.labelled('listener')
  if (blocks.length === 0)
    file.error(
      'listener',
      'there is no listener',
      'write it like listener "tcp" { address = "127.0.0.1:8200" … }',
    )
  return blocks.flatMap(({ label, block }) => {
    if (label !== 'tcp') block.error('', `listener \`${label}\` is not supported`, 'use "tcp"')
    return label === 'tcp' ? [listenerIn(block, resolve)] : []
  })
}

function listenerIn(block: Block, resolve: Resolve): ListenerSettings {
  block.requireKnown(known, refused)
  const telemetry = block.inner('telemetry')
  telemetry?.requireKnown(['unauthenticated_metrics_access'], new Map())
  return {
    ...addressIn(block),
    tls: tlsIn(block, resolve),
    hasOpenMetrics: telemetry?.switch('unauthenticated_metrics_access') ?? false,
  }
}

function addressIn(block: Block): { readonly host: string; readonly port: number } {
  const text = block.text('address') ?? '127.0.0.1:8200'
  const [, bracketed, host = bracketed ?? '', digits = ''] =
    /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === '' || port > 65_535)
    block.error('address', '`address` must be an address and a port', 'write it like 127.0.0.1:8200')
  // Go listens everywhere where no address is given; so does whoever brings such a file.
  return { host: host === '' ? '::' : host, port }
}

function tlsIn(block: Block, resolve: Resolve): TlsSettings | undefined {
  if (block.switch('tls_disable')) return undefined
  const file = (key: string) => {
    const path = block.text(key)
    return path === undefined ? undefined : resolve(path)
  }
  const [certFile, keyFile] = [file('tls_cert_file'), file('tls_key_file')]
  for (const key of ['tls_cert_file', 'tls_key_file'])
    if (!block.has(key))
      block.error(
        '',
        `listener "tcp" needs \`${key}\``,
        'name it, or say `tls_disable = true` to listen in the clear',
      )
  const versions = ['tls12', 'tls13'] as const
  const minVersion = versionOf(block.word('tls_min_version', versions) ?? 'tls12')
  const maxVersion = versionOf(block.word('tls_max_version', versions) ?? 'tls13')
  if (minVersion > maxVersion) block.error('tls_max_version', '`tls_max_version` is below `tls_min_version`')
  const clientCaFile = file('tls_client_ca_file')
  const clientCertificates = clientCertificatesIn(block)
  return {
    certFile: certFile ?? '',
    keyFile: keyFile ?? '',
    minVersion,
    maxVersion,
    clientCertificates,
    clientCaFile,
  }
}

const versionOf = (word: 'tls12' | 'tls13'): TlsVersion => (word === 'tls12' ? 'TLSv1.2' : 'TLSv1.3')

function clientCertificatesIn(block: Block): TlsSettings['clientCertificates'] {
  const isRequired = block.switch('tls_require_and_verify_client_cert')
  const isIgnored = block.switch('tls_disable_client_certs')
  if (isRequired && isIgnored)
    block.error(
      'tls_disable_client_certs',
      'client certificates are required and disabled',
      'say one of the two',
    )
  if (isRequired && !block.has('tls_client_ca_file'))
    block.error(
      'tls_require_and_verify_client_cert',
      'no authority of clients is named',
      'name `tls_client_ca_file`',
    )
  return isRequired ? 'required' : isIgnored ? 'ignored' : 'asked'
}
