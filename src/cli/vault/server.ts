// Which server is asked, by which way and as whom: what flags and variables say, looked at before anything is sent.

import { Secret, SentinelError } from '../../base/index.ts'
import { filesIn, readText, readTextIfPresent } from '../../machine/index.ts'
import { type VaultServer, type VaultTls, wrapHeader } from '../../vault/index.ts'
import type { Deps } from '../deps.ts'
import type { VaultValues } from './flags.ts'

/** @throws SentinelError USAGE, CONFIG_INVALID, FILE_UNREADABLE */
export function serverOf(deps: Deps, values: VaultValues): VaultServer {
  refuseUnknown(deps, values)
  return {
    address: values.agentAddress ?? values.address,
    token: tokenOf(deps, values),
    headers: headersOf(values),
    tls: tlsOf(deps, values),
    timeoutMs: values.timeout * 1000,
    proxy: values.proxyAddr ?? values.httpProxy,
    retries: retriesOf(values.maxRetries),
    redirects: values.disableRedirects ? 'refused' : 'followed',
  }
}

/** What Vault's client knows and this one does not: whoever asks for it is told. */
function refuseUnknown({ warn }: Deps, values: VaultValues): void {
  const refuse = (what: string, hint: string) => {
    throw new SentinelError('USAGE', `\`${what}\` is not supported`, { hint })
  }
  if (values.outputPolicy)
    refuse(
      '-output-policy',
      '-output-curl-string shows the path; `sentinel vault path-help PATH` what it takes',
    )
  if (values.unlockKey !== undefined) refuse('-unlock-key', 'there are no locked namespaces')
  if (values.srvLookup) refuse('VAULT_SRV_LOOKUP', 'name the server itself in VAULT_ADDR')
  if (values.rateLimit !== undefined)
    warn('VAULT_RATE_LIMIT is not supported: one command asks a few times only')
}

function retriesOf(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text)
  throw new SentinelError('USAGE', `\`VAULT_MAX_RETRIES\` must be a number, not \`${text}\``)
}

function tlsOf(deps: Deps, values: VaultValues): VaultTls {
  if ((values.clientCert === undefined) !== (values.clientKey === undefined))
    throw new SentinelError('USAGE', 'a certificate and its key go together, and one of them is not named', {
      hint: 'give both -client-cert and -client-key, or VAULT_CLIENT_CERT and VAULT_CLIENT_KEY',
    })
  const file = (path: string | undefined) => (path === undefined ? undefined : deps.readText(path))
  return {
    ca: authoritiesOf(deps, values),
    cert: file(values.clientCert),
    key: file(values.clientKey),
    serverName: values.tlsServerName,
    isUnchecked: values.tlsSkipVerify,
  }
}

/** The first of them that is named, as Vault's client has it: a file, the text of one, a folder. */
function authoritiesOf(
  deps: Deps,
  { caCert, caCertBytes, caPath }: VaultValues,
): readonly string[] | undefined {
  const found =
    caCert !== undefined
      ? { from: caCert, texts: [deps.readText(caCert)] }
      : caCertBytes !== undefined
        ? { from: 'VAULT_CACERT_BYTES', texts: [caCertBytes] }
        : caPath === undefined
          ? undefined
          : { from: caPath, texts: textsIn(deps, caPath) }
  if (found === undefined) return undefined
  const certificates = found.texts.filter((text) => text.includes('-----BEGIN CERTIFICATE-----'))
  if (certificates.length > 0) return certificates
  throw new SentinelError('CONFIG_INVALID', `\`${found.from}\` holds no certificate of an authority`, {
    hint: 'it is PEM, and begins with -----BEGIN CERTIFICATE-----',
  })
}

function textsIn({ resolve, platform }: Deps, folder: string): readonly string[] {
  const path = resolve(folder)
  const names = filesIn(path)
  if (names === undefined) throw new SentinelError('FILE_UNREADABLE', `\`${folder}\` is no folder`)
  return names.map((name) => readText(platform.path.join(path, name)))
}

type Header = readonly [name: string, value: string]

/** @throws SentinelError USAGE */
function headersOf(values: VaultValues): readonly Header[] {
  const typed = values.header.map((text): Header => {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (name !== '') return [name, value]
    throw new SentinelError('USAGE', `\`${text}\` is not name=value`)
  })
  const added = [...fromVariable(values.headers), ...typed]
  const reserved = added.find(([name]) => /^x-vault-/i.test(name))
  if (reserved !== undefined)
    throw new SentinelError('USAGE', `\`${reserved[0]}\` is no header of your own`, {
      hint: 'what begins with X-Vault- is set by flags and variables of its own',
    })
  const own = [
    ['X-Vault-Namespace', values.namespace],
    [wrapHeader, values.wrapTtl],
    ['X-Vault-Policy-Override', values.policyOverride ? 'true' : undefined],
    ['X-Vault-MFA', values.mfa.length === 0 ? undefined : values.mfa.join(',')],
  ] as const
  const all = [
    ...own.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])),
    ...added,
  ]
  const wrong = all.find(([name, text]) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !isHeaderText(text))
  if (wrong === undefined) return all
  throw new SentinelError('USAGE', `what is given for \`${wrong[0]}\` cannot be sent in a header`, {
    hint: 'it may hold printable ASCII only',
  })
}

/** @throws SentinelError USAGE */
function fromVariable(text: string | undefined): readonly Header[] {
  if (text === undefined) return []
  try {
    const headers: unknown = JSON.parse(text)
    if (typeof headers === 'object' && headers !== null && !Array.isArray(headers)) {
      const entries = Object.entries(headers)
      if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return entries
    }
  } catch {
    // What it is instead does not matter.
  }
  throw new SentinelError('USAGE', '`VAULT_HEADERS` is no JSON object of texts', {
    hint: 'write it like {"Name": "value"}',
  })
}

const isHeaderText = (text: string) => /^[\t\x20-\x7e]*$/.test(text)

/** A token, if it can be sent at all. It is not shown. @throws SentinelError CONFIG_INVALID, which says where it is from */
export function sendable(token: Secret | undefined, from: string): Secret | undefined {
  if (token === undefined || isHeaderText(token.reveal())) return token
  throw new SentinelError('CONFIG_INVALID', `${from} is no token: it holds characters that no token has`, {
    hint: 'a token is one line of printable ASCII',
  })
}

/** Where a login leaves its token, as Vault's own client does: both can be used in turn. */
export const tokenFile = ({ io, platform }: Deps): string =>
  platform.path.join(io.env.HOME || io.home, '.vault-token')

function tokenOf(deps: Deps, { tokenInEnvironment: token }: VaultValues): Secret | undefined {
  if (token !== undefined) return sendable(new Secret(token), 'what `VAULT_TOKEN` holds')
  const path = tokenFile(deps)
  const text = readTextIfPresent(path)?.trim()
  return text === undefined || text === '' ? undefined : sendable(new Secret(text), `what \`${path}\` holds`)
}
