import { describe, expect, test } from 'vitest'
import { SentinelError } from '../../base/index.ts'
import { type Configuration, readConfiguration } from './configuration.ts'

const read = (text: string, name = 'server.hcl'): Configuration =>
  readConfiguration({ name, text }, (path) => `/from/here/${path}`)

/** What is wrong with a file: place and message of each error. */
function complaints(text: string): readonly string[] {
  try {
    read(text)
    return []
  } catch (thrown) {
    if (!(thrown instanceof SentinelError) || thrown.code !== 'CONFIG_INVALID') throw thrown
    return thrown.details
      .filter((line) => /^server\.hcl:/.test(line))
      .map((line) => line.slice('server.hcl:'.length))
  }
}

const whole = `
listener "tcp" {
  address       = "10.0.0.1:8200"
  tls_cert_file = "server-cert.pem"
  tls_key_file  = "server-key.pem"
  tls_min_version = "tls13"
  tls_require_and_verify_client_cert = "true"
  tls_client_ca_file = "ca.pem"
  telemetry { unauthenticated_metrics_access = true }
}
listener "tcp" {
  address     = "[::1]:8201"
  tls_disable = 1
}
storage "lmdb" { path = "data" }
disable_mlock     = true
default_lease_ttl = "12h"
max_lease_ttl     = 86400
audit_dirs        = ["/var/log/audit", "relative"]
audit_required    = true
audit_durability  = "fsync"
cluster_name      = "prod"
api_addr          = "https://sentinel.example.com:8200"
`

describe('a configuration', () => {
  test('has listeners, storage, lifetimes and folders for audit files', () => {
    expect(read(whole)).toEqual({
      listeners: [
        {
          host: '10.0.0.1',
          port: 8200,
          hasOpenMetrics: true,
          tls: {
            certFile: '/from/here/server-cert.pem',
            keyFile: '/from/here/server-key.pem',
            minVersion: 'TLSv1.3',
            maxVersion: 'TLSv1.3',
            clientCertificates: 'required',
            clientCaFile: '/from/here/ca.pem',
          },
        },
        { host: '::1', port: 8201, hasOpenMetrics: false, tls: undefined },
      ],
      storage: { kind: 'lmdb', path: '/from/here/data' },
      limits: { defaultSeconds: 43_200, maxSeconds: 86_400 },
      auditFolders: ['/from/here//var/log/audit', '/from/here/relative'],
      auditRequired: true,
      auditDurability: 'fsync',
      clusterName: 'prod',
      apiAddress: 'https://sentinel.example.com:8200',
    })
  })

  test('may be JSON, as other servers of this API are given it', () => {
    const text = JSON.stringify({
      listener: { tcp: { address: '127.0.0.1:8200', tls_cert_file: 'c', tls_key_file: 'k' } },
      backend: { inmem: {} },
      disable_mlock: true,
      default_lease_ttl: '768h',
      max_lease_ttl: '768h',
    })
    expect(read(text)).toMatchObject({
      listeners: [
        { host: '127.0.0.1', port: 8200, tls: { clientCertificates: 'asked', minVersion: 'TLSv1.2' } },
      ],
      storage: { kind: 'inmem' },
      limits: { defaultSeconds: 2_764_800, maxSeconds: 2_764_800 },
      auditRequired: false,
      auditDurability: 'write',
    })
  })

  test('that says little has the usual of the rest', () => {
    expect(read('listener "tcp" { tls_disable = true }\nstorage "inmem" {}')).toMatchObject({
      listeners: [{ host: '127.0.0.1', port: 8200, tls: undefined, hasOpenMetrics: false }],
      limits: { defaultSeconds: 2_764_800, maxSeconds: 2_764_800 },
      clusterName: 'sentinel',
    })
  })
})

describe('what a configuration says and nobody understands is an error at its place', () => {
  const [tcp, store] = ['listener "tcp" { tls_disable = true }', 'storage "inmem" {}']
  for (const [name, text, wanted] of [
    ['an empty file', '', ['1:1: error: there is no listener', '1:1: error: there is no storage']],
    [
      'a key that is spelled wrongly',
      `${tcp}\n${store}\nmax_lease_tll = "1h"`,
      ['3:1: error: unknown key `max_lease_tll`'],
    ],
    ['a key twice', `${tcp}\n${store}\nui = true\nui = false`, ['4:1: error: `ui` is given twice']],
    [
      'a seal that is not here',
      `${tcp}\n${store}\nseal "awskms" {}`,
      ['3:1: error: `seal` is not supported'],
    ],
    [
      'a listener without a certificate',
      `listener "tcp" { address = "127.0.0.1:1" }\n${store}`,
      [
        '1:10: error: listener "tcp" needs `tls_cert_file`',
        '1:10: error: listener "tcp" needs `tls_key_file`',
      ],
    ],
    [
      'another kind of listener',
      `${tcp}\n${store}\nlistener "unix" { address = "/x" }`,
      ['3:10: error: listener `unix` is not supported'],
    ],
    [
      'an address without a port',
      `listener "tcp" {\n  address = "127.0.0.1"\n  tls_disable = true\n}\n${store}`,
      ['2:13: error: `address` must be an address and a port'],
    ],
    [
      'who may say where a client is',
      `listener "tcp" {\n  tls_disable = true\n  x_forwarded_for_authorized_addrs = "0.0.0.0/0"\n}\n${store}`,
      ['3:3: error: `x_forwarded_for_authorized_addrs` is not supported'],
    ],
    [
      'neither true nor false',
      `listener "tcp" { tls_disable = "maybe" }\n${store}`,
      [
        '1:10: error: listener "tcp" needs `tls_cert_file`',
        '1:10: error: listener "tcp" needs `tls_key_file`',
        '1:32: error: `tls_disable` must be true or false',
      ],
    ],
    [
      'old TLS',
      'listener "tcp" {\n  tls_cert_file = "a"\n  tls_key_file = "b"\n  tls_min_version = "tls10"\n}\nstorage "inmem" {}',
      ['4:21: error: `tls_min_version` must be one of tls12, tls13'],
    ],
    [
      'client certificates of nobody',
      'listener "tcp" {\n  tls_cert_file = "a"\n  tls_key_file = "b"\n  tls_require_and_verify_client_cert = true\n}\nstorage "inmem" {}',
      ['4:40: error: no authority of clients is named'],
    ],
    [
      'two storages',
      `${tcp}\n${store}\nbackend "lmdb" { path = "x" }`,
      ['3:9: error: there are two storages'],
    ],
    [
      'a storage that is not here',
      `${tcp}\nstorage "raft" { path = "x" }`,
      ['2:9: error: storage `raft` is not supported'],
    ],
    [
      'a storage without its folder',
      `${tcp}\nstorage "lmdb" {}`,
      ['2:9: error: storage "lmdb" needs a `path`'],
    ],
    [
      'a duration that is none',
      `${tcp}\n${store}\nmax_lease_ttl = "soon"`,
      ['3:17: error: `max_lease_ttl` must be a duration above 0'],
    ],
    [
      'a default above the maximum',
      `${tcp}\n${store}\nmax_lease_ttl = "1h"\ndefault_lease_ttl = "2h"`,
      ['4:21: error: `default_lease_ttl` is longer than `max_lease_ttl`'],
    ],
    [
      'folders that are no list of strings',
      `${tcp}\n${store}\naudit_dirs = [1]`,
      ['3:15: error: `audit_dirs` must be a list of strings'],
    ],
    [
      'an address of the API that is no URL',
      `${tcp}\n${store}\napi_addr = "localhost"`,
      ['3:12: error: `api_addr` must be a URL'],
    ],
    [
      'a string that is not closed',
      `${tcp}\n${store}\ncluster_name = "x`,
      ['3:16: error: the string has no closing quote'],
    ],
    [
      'JSON that is cut off, and nothing behind the cut',
      '{"listener": {"tcp": {"address": "127.0.0.1:0"}}, "storage": {"lmdb": {"path": "d"}}',
      ['1:85: error: expected `,` or `}`, found the end of the file'],
    ],
  ] as const)
    test(name, () => expect(complaints(text)).toEqual(wanted))

  test('with the line, a caret and what was meant', () => {
    const text = `${tcp}\n${store}\naudit_dir = "/var/log"`
    expect(() => read(text)).toThrow('cannot use `server.hcl` as the configuration of a server')
    try {
      read(text)
    } catch (thrown) {
      expect((thrown as SentinelError).details).toEqual([
        'server.hcl:3:1: error: unknown key `audit_dir`',
        '  | audit_dir = "/var/log"',
        '  | ^^^^^^^^^',
        '  hint: did you mean `audit_dirs`?',
      ])
    }
  })
})
