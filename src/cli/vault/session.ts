// One command and the server it talks to: as whom, and how it prints.

import { readdirSync } from 'node:fs'
import { printable, Secret, SentinelError } from '../../base/index.ts'
import { fileError, readTextIfPresent } from '../../machine/index.ts'
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
  /** What was done, to people: a program reads it from the exit status. */
  done(text: string): void
  /** One of some rows alone. @throws SentinelError USAGE where it is not among them */
  showField(rows: Rows, field: string): void
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
    done: (text) => {
      if (values.format === 'table') say(text)
    },
    showField: (rows, field) => showField(deps, values.format, rows, field),
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
    given: (args) => givenToBody(args, { file: deps.readText, stdin: stdinOnce(io) }),
    show({ body }, { field, done = '' } = {}) {
      if (body === undefined) {
        if (values.format === 'table' && done !== '') say(done)
        return
      }
      if (field !== undefined) showField(deps, values.format, rowsOf(body), field)
      else {
        const rows = rowsOf(body)
        print(body, rows.length > 0 ? rowsText(rows) : done.replace(/.$/, '$&\n'))
      }
    },
    async secret(given, question, instead) {
      if (given === '-') return requireToken(io.stdin.readAll().trim(), 'stdin')
      return given === undefined
        ? askSecret(io, question, { instead })
        : requireToken(given, 'the command line')
    },
  }
}

/** As it is, and once: a second time there would be nothing, and a secret would say so. */
function stdinOnce(io: Deps['io']): () => string {
  let isRead = false
  return () => {
    if (isRead) throw new SentinelError('USAGE', 'stdin is asked for twice', { hint: 'write `-` once' })
    isRead = true
    return io.stdin.readAll()
  }
}

/** Names and values as a table. */
export const rowsText = (rows: Rows, head: readonly [string, string] = ['Key', 'Value']): string =>
  tableText(head, [
    head.map((word) => '-'.repeat(word.length)),
    ...rows.map(([name, value]) => [name, valueText(value)]),
  ])

function showField({ io }: Deps, format: VaultValues['format'], rows: Rows, field: string): void {
  const found = rows.find(([name]) => name === field)
  if (found === undefined)
    throw new SentinelError('USAGE', `there is no field \`${printable(field)}\` in the answer`, {
      hint: `there are ${rows.map(([name]) => printable(name)).join(', ')}`,
    })
  // A text and a number look alike unless they are written as JSON.
  if (format === 'json') io.stdout.write(`${exactStringify(found[1])}\n`)
  else io.stdout.write(`${valueText(found[1])}${io.stdout.isTTY ? '\n' : ''}`)
}

/** Of other clients; to go past them without a word would be to go another way than was meant. */
const refusedVariables = ['VAULT_HTTP_PROXY', 'VAULT_PROXY_ADDR', 'VAULT_AGENT_ADDR'] as const

function serverOf(deps: Deps, values: VaultValues): VaultServer {
  const refused = refusedVariables.find((name) => (deps.io.env[name] ?? '') !== '')
  if (refused !== undefined)
    throw new SentinelError('CONFIG_INVALID', `\`${refused}\` is not supported: no proxy is gone through`, {
      hint: `unset ${refused}, and name the server itself in VAULT_ADDR`,
    })
  if ((values.clientCert === undefined) !== (values.clientKey === undefined))
    throw new SentinelError('USAGE', 'a certificate to show needs its key, and a key its certificate', {
      hint: 'give both -client-cert and -client-key',
    })
  const file = (path: string | undefined) => (path === undefined ? undefined : deps.readText(path))
  const pairs = values.header.map((text) => /^([^=]+)=(.*)$/s.exec(text) ?? noHeader(text))
  const own = [
    ['X-Vault-Namespace', values.namespace],
    [wrapHeader, values.wrapTtl],
    ['X-Vault-Policy-Override', values.policyOverride ? 'true' : undefined],
    ['X-Vault-MFA', values.mfa.length === 0 ? undefined : values.mfa.join(',')],
  ] as const
  const headers = [
    ...own.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])),
    ...pairs.map(([, name = '', text = '']) => [name, text] as const),
  ]
  const odd = headers.find(([, text]) => !/^[\t\x20-\x7e\x80-\xff]*$/.test(text))
  if (odd !== undefined)
    throw new SentinelError('USAGE', `the header ${printable(odd[0])} has what no header may have`)
  return {
    address: values.address,
    token: tokenOf(deps),
    headers,
    followsRedirects: !values.disableRedirects,
    tls: {
      ca: values.caCertBytes ?? file(values.caCert) ?? everyFileIn(deps, values.caPath),
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
  const own = deps.io.env.VAULT_TOKEN
  const text = own || readTextIfPresent(tokenFile(deps))?.trim()
  if (text === undefined || text === '') return undefined
  return requireToken(text, own ? '`VAULT_TOKEN`' : `the file \`${tokenFile(deps)}\``)
}

/** @throws SentinelError USAGE where no token is spelled like that */
function requireToken(text: string, where: string): Secret {
  if (/^[!-~]+$/.test(text)) return new Secret(text)
  throw new SentinelError('USAGE', `${where} holds no token: it has blanks, line breaks or odd characters`, {
    hint: 'look for what was pasted beside it; `sentinel vault login` writes the file anew',
  })
}

/** Authorities in a folder, as one text. @throws SentinelError FILE_UNREADABLE */
function everyFileIn(deps: Deps, folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined
  const files = readNames(deps.resolve(folder)).map((name) => deps.platform.path.join(folder, name))
  return files.map((path) => deps.readText(path)).join('\n')
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((each) => !each.isDirectory())
      .map(({ name }) => name)
      .sort()
  } catch (thrown) {
    throw fileError('FILE_UNREADABLE', 'read the folder', folder, thrown)
  }
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
