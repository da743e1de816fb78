// What may be said of a device when it is enabled. What Vault knows and this does not is refused: a filter that is not
// kept would write what somebody wanted left out.

import { closest, SentinelError } from '../../base/index.ts'

/** As they were sent, and as they are shown. */
export type DeviceOptions = ReadonlyMap<string, string>

/** What they mean. */
export type DeviceSettings = {
  /** The file, or one of the two words that name none. */
  readonly target: { readonly file: string } | 'stdout' | 'discard'
  /** Mode bits of the file; undefined leaves those of a file that is there. */
  readonly mode: number | undefined
  readonly prefix: string
  readonly logRaw: boolean
  readonly hmacAccessor: boolean
  readonly elidesLists: boolean
}

const readers = {
  file_path: (text: string) => text,
  path: (text: string) => text,
  mode: modeOf,
  format: formatOf,
  prefix: prefixOf,
  log_raw: (text: string) => flagOf('log_raw', text),
  hmac_accessor: (text: string) => flagOf('hmac_accessor', text),
  elide_list_responses: (text: string) => flagOf('elide_list_responses', text),
  fallback: (text: string) => flagOf('fallback', text) && refuse('`fallback` is not supported: leave it out'),
} as const

const known = Object.keys(readers)

/**
 * Reads what a device is to be.
 *
 * @throws SentinelError REQUEST_INVALID
 */
export function readOptions(type: string, options: DeviceOptions): DeviceSettings {
  if (type === 'syslog' || type === 'socket')
    refuse(`audit devices of type "${type}" are not supported: enable one of type "file"`)
  if (type !== 'file') refuse(`unknown backend type: "${type}"`)
  for (const name of options.keys()) if (!known.includes(name)) refuseUnknown(name)
  const read = <N extends keyof typeof readers>(name: N): ReturnType<(typeof readers)[N]> | undefined => {
    const text = options.get(name)
    return text === undefined ? undefined : (readers[name](text) as ReturnType<(typeof readers)[N]>)
  }
  read('format')
  read('fallback')
  const mode = read('mode') ?? 0o600
  return {
    target: targetOf(read('file_path') ?? read('path') ?? ''),
    mode: mode === 0 ? undefined : mode,
    prefix: read('prefix') ?? '',
    logRaw: read('log_raw') ?? false,
    hmacAccessor: read('hmac_accessor') ?? true,
    elidesLists: read('elide_list_responses') ?? false,
  }
}

function targetOf(text: string): DeviceSettings['target'] {
  if (text === '') return refuse('file_path is required')
  const word = text.toLowerCase()
  return word === 'stdout' || word === 'discard' ? word : { file: text }
}

/** Whoever may write an audit log may forge it, and what may be executed is a program (CVE-2025-6000). */
function modeOf(text: string): number {
  if (!/^[0-7]{1,4}$/.test(text)) return refuse('`mode` must be octal, such as 0600')
  const mode = Number.parseInt(text, 8)
  return mode === 0 || (mode & ~0o644) === 0 ? mode : refuse('`mode` may let others read the file, no more')
}

function formatOf(text: string): 'json' {
  if (text === 'json') return text
  if (text === 'jsonx') return refuse('`format` "jsonx" is not supported: use "json"')
  return refuse(`unknown format type "${text}"`)
}

function prefixOf(text: string): string {
  return /^[^\p{Cc}{]{0,256}$/u.test(text)
    ? text
    : refuse('`prefix` may have neither control characters nor `{`, and 256 characters at most')
}

function flagOf(name: string, text: string): boolean {
  if (/^(1|t|true)$/i.test(text)) return true
  return /^(0|f|false|)$/i.test(text) ? false : refuse(`\`${name}\` must be true or false`)
}

function refuseUnknown(name: string): never {
  const near = closest(name, known)
  return refuse(
    `audit devices have no option \`${name}\`${near === undefined ? '' : `: did you mean ${near}?`}`,
  )
}

function refuse(message: string): never {
  throw new SentinelError('REQUEST_INVALID', message)
}
