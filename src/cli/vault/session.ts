// One command and the server it talks to: as whom, and how it prints.

import { printable, Secret, SentinelError } from '../../base/index.ts'
import {
  askVault,
  curlText,
  exactStringify,
  type Fields,
  fieldsOf,
  givenToBody,
  type Rows,
  rowsOf,
  type VaultAnswer,
  type VaultBody,
  type VaultCall,
  valueText,
} from '../../vault/index.ts'
import type { Deps } from '../deps.ts'
import { tableText } from '../table.ts'
import { askSecret } from '../terminal.ts'
import type { VaultValues } from './flags.ts'
import { sendable, serverOf } from './server.ts'

export interface Session {
  readonly deps: Deps
  readonly format: VaultValues['format']
  /** As whom the server is asked. */
  readonly token: Secret | undefined
  /** @throws SentinelError VAULT_REFUSED, VAULT_NOT_FOUND, VAULT_UNREACHABLE; Instead, which is for whoever runs the command */
  ask(call: VaultCall, as?: { readonly token: Secret | undefined }): Promise<VaultAnswer>
  /** What stands behind a command as a body. */
  given(args: readonly string[]): { readonly [name: string]: unknown }
  /** An answer, or one field of it; `done` is said where there is nothing to show. @throws SentinelError VAULT_FIELD_MISSING */
  show(answer: VaultAnswer, shown?: Shown): void
  /** One of what was read, in the format that was asked for. @throws SentinelError VAULT_FIELD_MISSING */
  showField(fields: Fields, field: string): void
  /** A document as JSON or YAML, its rows as a table. */
  print(document: unknown, table: string): void
  say(text: string): void
  /** Says that it is done: to a person, since a program reads documents only. */
  done(text: string): void
  /** From the command line, from stdin for `-`, or typed at the terminal. */
  secret(given: string | undefined, question: string, instead: string): Promise<Secret>
}

/** Thrown in place of an answer, where the person wants to see something else than what the command makes of one. */
export class Instead extends Error {
  /** @param field the one that was asked for. @throws SentinelError VAULT_FIELD_MISSING */
  readonly show: (field?: string) => void

  constructor(what: string, show: Instead['show']) {
    super(what)
    this.show = show
  }
}

/** The answer waits in a wrapping token, and that is what is shown. */
export class Wrapped extends Instead {
  readonly info: VaultBody

  constructor(info: VaultBody, show: Instead['show']) {
    super('the answer waits in a wrapping token', show)
    this.info = info
  }
}

export type Shown = { readonly field?: string | undefined; readonly done?: string }

export function openSession(deps: Deps, values: VaultValues): Session {
  const { io } = deps
  const server = serverOf(deps, values)
  const say = (text: string) => io.stdout.write(`${text}\n`)
  const done = (text: string) => values.format === 'table' && say(text)
  const stdin = once(io)
  const print = (document: unknown, table: string) => {
    if (values.format === 'json') say(exactStringify(document))
    else if (values.format === 'yaml') say(yamlText(document))
    else io.stdout.write(table)
  }
  const warn = ({ warnings }: VaultBody = {}) => {
    for (const text of Array.isArray(warnings) ? warnings : []) deps.warn(String(text))
  }
  const showField = (fields: Fields, field: string) => {
    const value = fields.get(field) ?? noField(fields, field)
    io.stdout.write(`${formatted(values.format, value)}${io.stdout.isTTY ? '\n' : ''}`)
  }
  const show: Session['show'] = ({ body }, shown = {}) => {
    if (body === undefined) {
      if (shown.done !== undefined) done(shown.done)
    } else if (shown.field !== undefined) showField(fieldsOf(body), shown.field)
    else {
      const rows = rowsOf(body)
      print(body, rows.length > 0 ? rowsText(rows) : (shown.done ?? '').replace(/.$/, '$&\n'))
    }
  }
  const showWrapped = (answer: VaultAnswer, field: string | undefined) => {
    try {
      show(answer, { field })
    } catch (thrown) {
      // There is no other way to what waits: it is not lost for a field that is in there.
      show(answer)
      throw thrown
    }
  }
  const requireOpen = (answer: VaultAnswer) => {
    const info = answer.body?.wrap_info
    if (typeof info !== 'object' || info === null) return answer
    throw new Wrapped(info as VaultBody, (field) => showWrapped(answer, field))
  }
  return {
    deps,
    format: values.format,
    token: server.token,
    say,
    done,
    print,
    showField,
    async ask(call, { token } = { token: server.token }) {
      const asker = { ...server, token: sendable(token, 'the token that was given') }
      // What only finds the way is asked all the same: without it nobody knows what would be asked then.
      if (!values.outputCurlString || call.isOnTheWay === true) {
        const answer = await askVault(deps.machine, asker, call)
        // Here, so that no command loses them; a document has them in it.
        if (values.format === 'table') warn(answer.body)
        return requireOpen(answer)
      }
      const { caCert: ca, caPath, clientCert: cert, clientKey: key } = values
      const own = token === server.token ? '$(sentinel vault print token)' : '$TOKEN'
      const line = curlText(asker, call, { ca, caPath, cert, key }, own)
      throw new Instead('this call is shown, not sent', () => say(line))
    },
    given: (args) => givenToBody(args, { file: deps.readText, stdin }),
    show,
    async secret(given, question, instead) {
      if (given === '-') return new Secret(stdin().trim())
      if (given !== undefined) return new Secret(given)
      const asked = values.nonInteractive ? { ...io, openTerminal: async () => undefined } : io
      return askSecret(asked, question, { instead })
    },
  }
}

/** Names and values as a table. */
export const rowsText = (rows: Rows, head: readonly [string, string] = ['Key', 'Value']): string =>
  tableText(head, [
    head.map((word) => '-'.repeat(word.length)),
    ...rows.map(([name, value]) => [name, valueText(value)]),
  ])

function noField(fields: Fields, field: string): never {
  const names = [...fields].flatMap(([name, value]) => (value == null ? [] : [printable(name)]))
  throw new SentinelError('VAULT_FIELD_MISSING', `there is no field \`${printable(field)}\` in the answer`, {
    hint: names.length === 0 ? undefined : `there are ${names.join(', ')}`,
  })
}

function formatted(format: VaultValues['format'], value: unknown): string {
  if (format === 'json') return exactStringify(value)
  return format === 'yaml' ? yamlText(value) : valueText(value)
}

/** What comes on stdin, for the first who asks: to the next it would be empty. */
function once({ stdin }: Deps['io']): () => string {
  let isRead = false
  return () => {
    if (isRead)
      throw new SentinelError('USAGE', '`-` is given more than once, and stdin can be read only once', {
        hint: 'give the others by files: name=@file',
      })
    isRead = true
    return stdin.readAll()
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
