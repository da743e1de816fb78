// The connections that a call goes by, and what their TLS does. INVARIANT: the authorities that vouch are the ones that the record and the keys of the cache name,
// byte for byte: they are handed over as they were when this process looked at them, and not left to be read again.

import { Agent as HttpAgent, IncomingMessage } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { createSecureContext, rootCertificates, type SecureContext, TLSSocket } from 'node:tls'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { SentinelError } from '../base/index.ts'
import type { Authority } from './authorities.ts'
import { isUnchanged } from './authorities.ts'
import type { Connection } from './connection.ts'

// INVARIANT: said with every connection, or Node asks the environment (NODE_TLS_REJECT_UNAUTHORIZED, and
// `--tls-min-v1.0` in NODE_OPTIONS), and whoever sets that could be STS.
const checked = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const

/**
 * What connects to a service, through its proxy where it has one.
 *
 * @throws SentinelError FILE_UNREADABLE for a bundle that cannot be read; CONFIG_INVALID for authorities that Node reads
 * by itself, where they changed before it did
 */
export function agentsOf(connection: Connection, keepAlive: boolean) {
  const { proxy } = connection
  const tls = tlsOf(connection)
  if (proxy !== undefined) {
    const agent = new HttpsProxyAgent(proxy, { ...tls, keepAlive })
    // Its own options are for the proxy; these are for the endpoint behind it.
    Object.assign(agent.options, tls)
    return { httpAgent: agent, httpsAgent: agent }
  }
  return {
    httpAgent: new HttpAgent({ keepAlive }),
    httpsAgent: new HttpsAgent({ ...tls, keepAlive }),
  }
}

/**
 * Refuses what did not come through TLS. The proxy's agent passes a proxy's own refusal on as if the endpoint had answered:
 * a hostile proxy could so be AWS, with no certificate at all.
 */
export function requireEncrypted({
  body,
  statusCode,
}: {
  readonly body?: unknown
  readonly statusCode: number
}): void {
  if (body instanceof IncomingMessage && body.socket instanceof TLSSocket) return
  const refusal = new Error(`the proxy answered ${statusCode} by itself`)
  refusal.name = 'ProxyError'
  throw refusal
}

function tlsOf(connection: Connection): typeof checked & { readonly secureContext?: SecureContext } {
  const secureContext = contextFor(connection)
  return secureContext === undefined ? checked : { ...checked, secureContext }
}

/** The authorities that vouch. None is handed over where they are Node's own list, or where only Node knows them. */
function contextFor(connection: Connection): SecureContext | undefined {
  const { caBundle, besides, store, hasUnusedStore } = connection
  if (caBundle !== undefined) return contextOf(connection, contentOf(caBundle))
  if (store === 'system') {
    requireRead(besides)
    return undefined
  }
  if (store === 'own' && besides.length === 0 && !hasUnusedStore) return undefined
  const own = store === 'own' ? rootCertificates : []
  return contextOf(connection, [...own, ...besides.flatMap(({ content }) => content?.() ?? [])])
}

/** Some 140 certificates are read for one: by what they are known by, since a server needs it again and again. */
const contexts = new Map<string, SecureContext>()

function contextOf({ store, caMarks = '' }: Connection, ca: readonly (string | Buffer)[]): SecureContext {
  const key = `${store} ${caMarks}`
  const context = contexts.get(key) ?? createSecureContext({ minVersion: checked.minVersion, ca: [...ca] })
  contexts.set(key, context)
  return context
}

function contentOf(authority: Authority): readonly Buffer[] {
  const content = authority.content?.()
  if (content === undefined) throw unreadable(authority)
  return content
}

function unreadable({ path, mark }: Authority): SentinelError {
  return new SentinelError(
    'FILE_UNREADABLE',
    `cannot read the certificate authorities in \`${path}\`: ${mark}`,
    { hint: 'check AWS_CA_BUNDLE and ca_bundle' },
  )
}

/** Those of which it is known that Node holds them as they were. */
const held = new WeakSet<Authority>()

/** What only Node can read, with the system's own. It does so once: then, and between two looks. */
function requireRead(authorities: readonly Authority[]): void {
  if (authorities.every((one) => held.has(one))) return
  authorities.forEach(requireUnchanged)
  createSecureContext()
  authorities.forEach(requireUnchanged)
  for (const one of authorities) held.add(one)
}

function requireUnchanged(one: Authority): void {
  if (isUnchanged(one)) return
  throw new SentinelError(
    'CONFIG_INVALID',
    `the certificate authorities in \`${one.path}\` changed meanwhile`,
    {
      hint: 'run it again: what was got through the former ones is not used with these',
    },
  )
}
