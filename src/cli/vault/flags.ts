// The flags of `sentinel vault …`, and the variables of Vault's own client: the one table of both, from which they are read,
// helped with and written down in docs/guide/secrets.md. What Vault's client knows and this one does not is here too, so that
// nobody believes it counted.

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
  agentAddress: {
    type: 'string',
    env: 'VAULT_AGENT_ADDR',
    placeholder: 'url',
    help: 'address of an agent or proxy of Vault that is asked in place of the server',
  },
  tokenInEnvironment: {
    type: 'string',
    env: 'VAULT_TOKEN',
    variableOnly: true,
    help: 'the token; else the one that `login` left in `.vault-token` in the home folder',
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
  caCertBytes: {
    type: 'string',
    env: 'VAULT_CACERT_BYTES',
    variableOnly: true,
    help: 'that authority itself, as PEM, where no file is named',
  },
  caPath: {
    type: 'string',
    env: 'VAULT_CAPATH',
    placeholder: 'folder',
    help: 'folder of authorities, where none of the others is named',
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
  headers: {
    type: 'string',
    env: 'VAULT_HEADERS',
    variableOnly: true,
    help: 'more headers, as a JSON object of names and values',
  },
  proxyAddr: {
    type: 'string',
    env: 'VAULT_PROXY_ADDR',
    variableOnly: true,
    help: 'proxy that the server is reached through, such as `http://proxy.example.com:3128`',
  },
  httpProxy: {
    type: 'string',
    env: 'VAULT_HTTP_PROXY',
    variableOnly: true,
    help: 'the same, where `VAULT_PROXY_ADDR` does not say',
  },
  maxRetries: {
    type: 'string',
    env: 'VAULT_MAX_RETRIES',
    variableOnly: true,
    default: '0',
    help: 'how often to ask again where nobody answers or the status is 412, 429 or 5xx but 501',
  },
  disableRedirects: {
    type: 'boolean',
    env: 'VAULT_DISABLE_REDIRECTS',
    help: 'do not go on to where the server sends',
  },
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
    anyCase: true,
    default: 'table',
    help: 'how to print: table, json or yaml',
  },
  nonInteractive: { type: 'boolean', help: 'ask nothing at the terminal' },
  outputPolicy: { type: 'boolean', hidden: true, help: 'refused' },
  unlockKey: { type: 'string', hidden: true, help: 'refused' },
  srvLookup: {
    type: 'boolean',
    env: 'VAULT_SRV_LOOKUP',
    variableOnly: true,
    help: 'refused: name the server itself in `VAULT_ADDR`',
  },
  rateLimit: {
    type: 'string',
    env: 'VAULT_RATE_LIMIT',
    variableOnly: true,
    help: 'without effect: one command asks a few times',
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
