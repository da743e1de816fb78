// The flags of `sentinel vault …`, and the variables of Vault's own client that go for them.

import type { Flags, Values } from '../command.ts'

/** What every one of them takes. */
export const vaultFlags = {
  address: {
    type: 'string',
    env: 'VAULT_ADDR',
    default: 'https://127.0.0.1:8200',
    placeholder: 'url',
    help: 'address of the server',
  },
  namespace: {
    type: 'string',
    env: 'VAULT_NAMESPACE',
    aliases: ['ns'],
    placeholder: 'path',
    help: 'namespace to work in',
  },
  caCert: {
    type: 'string',
    env: 'VAULT_CACERT',
    placeholder: 'file',
    help: 'authority that signed the server',
  },
  caPath: {
    type: 'string',
    env: 'VAULT_CAPATH',
    placeholder: 'folder',
    help: 'folder of such authorities, where -ca-cert is not given',
  },
  caCertBytes: {
    type: 'string',
    env: 'VAULT_CACERT_BYTES',
    hidden: true,
    placeholder: 'pem',
    help: 'the authority itself',
  },
  disableRedirects: {
    type: 'boolean',
    env: 'VAULT_DISABLE_REDIRECTS',
    help: 'do not go on to where the server sends',
  },
  clientCert: { type: 'string', env: 'VAULT_CLIENT_CERT', placeholder: 'file', help: 'certificate to show' },
  clientKey: {
    type: 'string',
    env: 'VAULT_CLIENT_KEY',
    placeholder: 'file',
    help: 'key of that certificate',
  },
  tlsServerName: {
    type: 'string',
    env: 'VAULT_TLS_SERVER_NAME',
    placeholder: 'name',
    help: 'name that the certificate of the server must have',
  },
  tlsSkipVerify: {
    type: 'boolean',
    env: 'VAULT_SKIP_VERIFY',
    help: 'trust whoever answers: for tests only',
  },
  wrapTtl: {
    type: 'string',
    env: 'VAULT_WRAP_TTL',
    placeholder: 'time',
    help: 'leave the answer in a wrapping token that lives this long',
  },
  policyOverride: { type: 'boolean', help: 'override soft-mandatory policies' },
  mfa: { type: 'list', env: 'VAULT_MFA', placeholder: 'method:code', help: 'answer to an MFA method' },
  header: { type: 'list', placeholder: 'name=value', help: 'one more header' },
  timeout: {
    type: 'duration',
    env: 'VAULT_CLIENT_TIMEOUT',
    default: 60,
    help: 'how long to wait for an answer',
  },
  outputCurlString: {
    type: 'boolean',
    help: 'ask nothing of the server: print the command line for curl that would',
  },
  format: {
    type: 'choice',
    env: 'VAULT_FORMAT',
    choices: ['table', 'json', 'yaml'],
    default: 'table',
    help: 'how to print',
  },
} as const satisfies Flags

/** Those that print one answer also take this. */
export const fieldFlag = {
  field: {
    type: 'string',
    placeholder: 'name',
    help: 'print this field only, without a line break at its end',
  },
} as const satisfies Flags

export type VaultValues = Values<typeof vaultFlags, Record<never, never>>
