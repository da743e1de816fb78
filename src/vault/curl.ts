// A call as a command line that does the same: for whoever wants to see it, or take it elsewhere.

import { exactStringify } from './exact-json.ts'
import { headersOf, socketOf, urlOf, type VaultCall, type VaultServer } from './server.ts'

/** Where the certificates lie that the server is reached with. */
export type CurlFiles = {
  readonly ca: string | undefined
  /** A folder of them. */
  readonly caPath: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

/**
 * The command line, for a POSIX shell. What is in the body stands in it; the token does not.
 *
 * @param token what the shell is to put in its place, such as `$TOKEN`
 */
export function curlText(server: VaultServer, call: VaultCall, files: CurlFiles, token: string): string {
  const body = call.body === undefined ? undefined : exactStringify(call.body, 0)
  const headers = Object.entries(headersOf(server, call, body)).filter(([name]) => name !== 'Content-Length')
  const places = [
    ['--unix-socket', socketOf(server.address)],
    ['--proxy', server.proxy],
    ['--cacert', files.ca],
    ['--capath', files.caPath],
    ['--cert', files.cert],
    ['--key', files.key],
  ] as const
  return [
    'curl',
    ...(call.method === 'GET' ? [] : ['-X', call.method]),
    ...headers.flatMap(([name, value]) => [
      '-H',
      name === 'X-Vault-Token' ? `"X-Vault-Token: ${token}"` : quoted(`${name}: ${value}`),
    ]),
    ...(server.tls.isUnchecked ? ['--insecure'] : []),
    ...places.flatMap(([flag, place]) => (place === undefined ? [] : [flag, quoted(place)])),
    ...(body === undefined ? [] : ['-d', quoted(body)]),
    quoted(urlOf(server, call).href),
  ].join(' ')
}

/** Nothing between single quotes means anything to a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
