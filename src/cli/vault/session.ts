// One command and the server it talks to: as whom, and how it prints.

import { printable, Secret, SentinelError } from '../../base/index.ts'
import { readTextIfPresent } from '../../machine/index.ts'
import {
  askVault,
  curlText,
  exactStringify,
  givenToBody,
  type Rows,
  rowsOf,
  type VaultAnswer,
  type VaultBody,
  type VaultCall,
  type VaultServer,
  valueText,
  wrapHeader,
} from '../../vault/index.ts'
import type { Deps } from '../deps.ts'
import { tableText } from '../table.ts'
import { askSecret } from '../terminal.ts'
import type { VaultValues } from './flags.ts'

export interface Session {
  readonly deps: Deps
  readonly format: VaultValues['format']
  /** As whom the server is asked. */
  readonly token: Secret | undefined
  /** @throws SentinelError VAULT_REFUSED, VAULT_NOT_FOUND, VAULT_UNREACHABLE */
  ask(call: VaultCall, as?: { readonly token: Secret | undefined }): Promise<VaultAnswer>
  /** What stands behind a command as a body. */
  given(args: readonly string[]): { readonly [name: string]: unknown }
  /** An answer, or one field of it; `done` is said where there is nothing to show. */
  show(answer: VaultAnswer, shown?: Shown): void
  /** A document as JSON or YAML, its rows as a table. */
  print(document: unknown, table: string): void
  say(text: string): void
  /** From the command line, from stdin for `-`, or typed at the terminal. */
  secret(given: string | undefined, question: string, instead: string): Promise<Secret>
}

/** Thrown in place of asking, where the person only wants to see how it would be asked. */
export class AsCurl extends Error {
  readonly line: string

  constructor(line: string) {
    super('this call is shown, not sent')
    this.line = line
  }
}

export type Shown = { readonly field?: string | undefined; readonly done?: string }

export function openSession(deps: Deps, values: VaultValues): Session {
  const { io } = deps
  const server = serverOf(deps, values)
  const say = (text: string) => io.stdout.write(`${text}\n`)
  const print = (document: unknown, table: string) => {
    if (values.format === 'json') say(exactStringify(document))
    else if (values.format === 'yaml') say(yamlText(document))
    else io.stdout.write(table)
  }
  const warn = ({ warnings }: VaultBody = {}) => {
    for (const text of Array.isArray(warnings) ? warnings : []) deps.warn(String(text))
  }
  return {
    deps,
    format: values.format,
    token: server.token,
    say,
    print,
    async ask(call, { token } = { token: server.token }) {
      const asker = { ...server, token }
      // What only finds the way is asked all the same: without it nobody knows what would be asked then.
      if (!values.outputCurlString || call.isOnTheWay === true) {
        const answer = await askVault(asker, call)
        // Here, so that no command loses them; a document has them in it.
        if (values.format === 'table') warn(answer.body)
        return answer
      }
      const { caCert: ca, clientCert: cert, clientKey: key } = values
      const own = token === server.token ? '$(sentinel vault print token)' : '$TOKEN'
      throw new AsCurl(curlText(asker, call, { ca, cert, key }, own))
    },
    given: (args) =>
      givenToBody(args, { file: deps.readText, stdin: () => io.stdin.readAll().replace(/\n$/, '') }),
    show({ body }, { field, done = '' } = {}) {
      if (body === undefined) {
        if (values.format === 'table' && done !== '') say(done)
        return
      }
      if (field !== undefined) showField(deps, rowsOf(body), field)
      else {
        const rows = rowsOf(body)
        print(body, rows.length > 0 ? rowsText(rows) : done.replace(/.$/, '$&\n'))
      }
    },
    async secret(given, question, instead) {
      if (given === '-') return new Secret(io.stdin.readAll().trim())
      return given === undefined ? askSecret(io, question, { instead }) : new Secret(given)
    },
  }
}

/** Names and values as a table. */
export const rowsText = (rows: Rows, head: readonly [string, string] = ['Key', 'Value']): string =>
  tableText(head, [
    head.map((word) => '-'.repeat(word.length)),
    ...rows.map(([name, value]) => [name, valueText(value)]),
  ])

function showField({ io }: Deps, rows: Rows, field: string): void {
  const found = rows.find(([name]) => name === field)
  if (found === undefined)
    throw new SentinelError('VAULT_NOT_FOUND', `there is no field \`${printable(field)}\` in the answer`)
  io.stdout.write(`${valueText(found[1])}${io.stdout.isTTY ? '\n' : ''}`)
}

function serverOf(deps: Deps, values: VaultValues): VaultServer {
  const file = (path: string | undefined) => (path === undefined ? undefined : deps.readText(path))
  const pairs = values.header.map((text) => /^([^=]+)=(.*)$/s.exec(text) ?? noHeader(text))
  const own = [
    ['X-Vault-Namespace', values.namespace],
    [wrapHeader, values.wrapTtl],
    ['X-Vault-Policy-Override', values.policyOverride ? 'true' : undefined],
    ['X-Vault-MFA', values.mfa.length === 0 ? undefined : values.mfa.join(',')],
  ] as const
  return {
    address: values.address,
    token: tokenOf(deps),
    headers: [
      ...own.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])),
      ...pairs.map(([, name = '', text = '']) => [name, text] as const),
    ],
    tls: {
      ca: file(values.caCert),
      cert: file(values.clientCert),
      key: file(values.clientKey),
      serverName: values.tlsServerName,
      isUnchecked: values.tlsSkipVerify,
    },
    timeoutMs: values.timeout * 1000,
  }
}

function noHeader(text: string): never {
  throw new SentinelError('USAGE', `\`${text}\` is not name=value`)
}

/** Where a login leaves its token, as Vault's own client does: both can be used in turn. */
export const tokenFile = ({ io, platform }: Deps): string =>
  platform.path.join(io.env.HOME ?? io.home, '.vault-token')

function tokenOf(deps: Deps): Secret | undefined {
  const text = deps.io.env.VAULT_TOKEN || readTextIfPresent(tokenFile(deps))?.trim()
  return text === undefined || text === '' ? undefined : new Secret(text)
}

/** JSON is YAML; blocks are what people want to read. */
function yamlText(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return exactStringify(value, 0)
  const lines = Array.isArray(value)
    ? value.map((each) => `${indent}-${nested(each, indent)}`)
    : Object.entries(value).map(([name, each]) => `${indent}${keyText(name)}:${nested(each, indent)}`)
  return lines.length === 0 ? exactStringify(value, 0) : lines.join('\n')
}

function nested(value: unknown, indent: string): string {
  const isBlock = typeof value === 'object' && value !== null && Object.keys(value).length > 0
  return isBlock ? `\n${yamlText(value, `${indent}  `)}` : ` ${yamlText(value)}`
}

/** What YAML would read as something else than a text is quoted. */
const keyText = (name: string) =>
  /^[A-Za-z_][\w./-]*$/.test(name) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(name)
    ? name
    : JSON.stringify(name)
