// One path from a request line, or a refusal. It is decoded once; whatever two readers could take for different paths is
// refused before there is a token or a policy (spec/vault.md 11.2), so nothing behind this may clean it again.

import { SentinelError } from '../../base/index.ts'

/** What a key of the storage can hold, with room for what stands around a path there. */
const maxBytes = 900

/**
 * The path behind `/v1/` of a request target, decoded once.
 *
 * @returns undefined where the target does not begin with `/v1/`
 * @throws SentinelError REQUEST_INVALID for an empty, `.` or `..` segment, a control character, or text that is not UTF-8
 */
export function canonicalPath(target: string): string | undefined {
  if (isPlain(target) && target.startsWith('/v1/') && target.length <= maxBytes)
    return target.slice('/v1/'.length)
  const end = target.search(/[?#]/)
  const written = end === -1 ? target : target.slice(0, end)
  if (!written.startsWith('/v1/')) return undefined
  const path = decoded(written.slice('/v1/'.length))
  if (hasControl(path)) throw refused('has a control character')
  if (Buffer.byteLength(path) > maxBytes) throw refused(`has more than ${maxBytes} bytes`)
  const segments = path.split('/')
  // The last may be empty: that is how a folder is written.
  if (segments.some((segment, index) => segment === '' && index < segments.length - 1))
    throw refused('has an empty segment')
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    throw new SentinelError('REQUEST_INVALID', 'relative paths not supported', {
      hint: 'write the path without `.` and `..` segments',
    })
  }
  return path
}

/**
 * Where a request target with an empty, `.` or `..` segment, as it is written, leads: clients ask again there, and what
 * they ask then is all that is looked at (spec/vault.md 11.2). Encoded dots lead nowhere.
 *
 * @returns undefined where the target is clean
 */
export function cleanedTarget(target: string): string | undefined {
  if (isPlain(target)) return undefined
  const end = target.search(/[?#]/)
  const path = end === -1 ? target : target.slice(0, end)
  if (!/\/(?:\.{0,2}\/|\.{1,2}$)/.test(path) || !/^\/[!-~]*$/.test(path)) return undefined
  const kept: string[] = []
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const isFolder = path.endsWith('/') && kept.length > 0
  return `/${kept.join('/')}${isFolder ? '/' : ''}${end === -1 ? '' : target.slice(end)}`
}

/** Most targets: segments of letters, digits, `_` and `-`, in which nothing is to be decoded or refused. */
const isPlain = (target: string) => /^(?:\/[\w-]+)+$/.test(target)

function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw refused('is not percent-encoded UTF-8')
  }
}

/** C0, DEL and C1. */
const hasControl = (text: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f]/.test(text)

const refused = (what: string) =>
  new SentinelError('REQUEST_INVALID', `the path ${what}`, {
    hint: 'write each segment once, percent-encoded',
  })
