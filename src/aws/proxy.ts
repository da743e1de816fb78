// HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as curl and the AWS CLI read them: lower case first; NO_PROXY is a list of
// host names with an optional leading dot, each standing for its subdomains too, an optional port, or `*`.

import { SentinelError } from '../base/index.ts'
import type { Env } from './types.ts'

/**
 * The proxy that a URL is reached through, undefined for none.
 *
 * @throws SentinelError CONFIG_INVALID when the variable holds no http or https URL
 */
export function proxyFor(target: string, env: Env): string | undefined {
  const scheme = target.startsWith('https:') ? 'https' : 'http'
  const [name, value] = firstSet(env, `${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`)
  if (value === undefined || isExcepted(new URL(target), firstSet(env, 'no_proxy', 'NO_PROXY')[1] ?? ''))
    return undefined
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`
  const proxy = URL.canParse(text) ? new URL(text) : undefined
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy.href
  throw new SentinelError('CONFIG_INVALID', `the environment variable ${name} is not an http or https URL`)
}

function firstSet(env: Env, ...names: readonly string[]): readonly [string, string | undefined] {
  const name = names.find((one) => env[one] !== undefined && env[one] !== '')
  return [name ?? '', name === undefined ? undefined : env[name]]
}

function isExcepted(url: URL, list: string): boolean {
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, '')
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const [, name = '', wantedPort] = hostAndPort.exec(entry.toLowerCase()) ?? []
      const bare = name.replace(/^\*?\./, '').replace(/^\[|\]$/g, '')
      const portMatches = wantedPort === undefined || wantedPort === port
      return portMatches && bare !== '' && (host === bare || host.endsWith(`.${bare}`))
    })
}

// An address with several colons is IPv6 and has a port only behind brackets.
const hostAndPort = /^(\[.+\]|[^:]*|[^[]*:[^[]*:[^[]*)(?::(\d+))?$/
