// A call as a command line that does the same: for whoever wants to see it, or take it elsewhere.

import { exactStringify } from './exact-json.ts'
import { headersOf, urlOf, type VaultCall, type VaultServer } from './server.ts'

/** Where the certificates lie that the server is reached with. */
export type CurlFiles = {
  readonly ca: string | undefined
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
  const certificates = [
    ['--cacert', files.ca],
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
    ...certificates.flatMap(([flag, file]) => (file === undefined ? [] : [flag, quoted(file)])),
    ...(body === undefined ? [] : ['-d', quoted(body)]),
    quoted(urlOf(server, call).href),
  ].join(' ')
}

/** Nothing between single quotes means anything to a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
