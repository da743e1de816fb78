// SourceIdentity on the wire (decision 3): `sentinel,<user>,<request-id>`. AWS allows 2 to 64 of [\w+=,.@-], so
// what a user's name has beyond that is written `=XX`, and a long name is cut and told apart by a hash.
// INVARIANT: always legal, and no two names are written alike (but for a collision of 64 bits of SHA-256).

import { createHash } from 'node:crypto'
import { consistsOf, digits, isRequestId, letters, SentinelError } from '../base/index.ts'

/** A SourceIdentity, read. `cut` has what is left of a long name; `colon` is the form of other implementations. */
export type SourceIdentity =
  | { readonly form: 'whole'; readonly user: string; readonly requestId: string }
  | { readonly form: 'cut'; readonly prefix: string; readonly hash: string; readonly requestId: string }
  | {
      readonly form: 'colon'
      readonly user: string
      readonly requestId: string
      /** Which approval it was issued under, or `direct`; absent in the older form. */
      readonly marker?: string
    }

/** What stands for itself in the encoding. */
const plain = `${letters}${digits}_.@+-`
const longestUser = 38
const longestPrefix = 20
/** The longest that one code point is written: four bytes of UTF-8. */
const longestPoint = 12

/**
 * The text that stamps credentials issued to a user for a request; also their `RoleSessionName`.
 *
 * @param user the name as policies match it: `alice`, `Role/session`
 * @throws SentinelError SOURCE_IDENTITY_INVALID when the name is empty or not well-formed Unicode, or the id is none
 */
export function encodeSourceIdentity(user: string, requestId: string): string {
  if (!isRequestId(requestId)) throw invalid(`\`${requestId}\` is not a request id`)
  const text = `sentinel,${encodeUser(user)},${requestId}`
  // STS, AssumeRole: the characters and the length that it accepts.
  if (text.length > 64 || !consistsOf(text, `${plain}=,`))
    throw invalid(`\`${text}\` is not a legal SourceIdentity`)
  return text
}

/**
 * The pattern of every SourceIdentity of a user, for `StringLike` in a trust policy. The encoding leaves no
 * character that such a pattern gives a meaning to, so a user called `*` widens nothing.
 *
 * @throws SentinelError SOURCE_IDENTITY_INVALID when the name is empty or not well-formed Unicode
 */
export function sourceIdentityPattern(user: string): string {
  return `sentinel,${encodeUser(user)},*`
}

/** A SourceIdentity's parts, if it is one that this program, or in the colon form another one, can have written. */
export function parseSourceIdentity(text: string): SourceIdentity | undefined {
  const [system, user = '', requestId = '', ...rest] = text.split(',')
  if (system !== 'sentinel' || rest.length > 0) return parseColons(text)
  return isRequestId(requestId) ? parseUser(user, requestId) : undefined
}

/** Whether a SourceIdentity was written for a user of this name. The colon form holds only simplified names. */
export function sameUser(text: string, name: string): boolean {
  const parsed = parseSourceIdentity(text)
  if (parsed === undefined || !isNameable(name)) return false
  return parsed.form === 'cut'
    ? encodeUser(name) === `${parsed.prefix}==${parsed.hash}`
    : parsed.user === name
}

function encodeUser(user: string): string {
  if (!isNameable(user)) throw invalid('the user name is empty or not well-formed Unicode')
  const points = [...user].map(encodePoint)
  const whole = points.join('')
  if (whole.length <= longestUser) return whole
  let prefix = ''
  for (const point of points) {
    if (prefix.length + point.length > longestPrefix) break
    prefix += point
  }
  return `${prefix}==${createHash('sha256').update(user, 'utf8').digest('hex').slice(0, 16)}`
}

// Only a surrogate that stands alone does not come back from UTF-8 as it was.
const isNameable = (name: string) => name !== '' && Buffer.from(name).toString() === name

function encodePoint(point: string): string {
  if (plain.includes(point)) return point
  const bytes = [...Buffer.from(point, 'utf8')]
  return bytes.map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

function parseUser(text: string, requestId: string): SourceIdentity | undefined {
  const [, prefix, hash] = /^(.*)==([0-9a-f]{16})$/.exec(text) ?? []
  if (prefix === undefined || hash === undefined) {
    const user = decodeUser(text)
    return user === undefined || text.length > longestUser ? undefined : { form: 'whole', user, requestId }
  }
  // The next code point did not fit, so a shorter prefix than this cannot be the longest one.
  const possible = prefix.length <= longestPrefix && prefix.length + longestPoint > longestPrefix
  return possible && decodeUser(prefix) !== undefined ? { form: 'cut', prefix, hash, requestId } : undefined
}

/** The name that is written so, if the encoder writes it exactly so. */
function decodeUser(text: string): string | undefined {
  if (!/^(?:[A-Za-z0-9_.@+-]|=[0-9A-F]{2})+$/.test(text)) return undefined
  const name = decodeURIComponentSafely(text.replaceAll('=', '%'))
  return name !== undefined && [...name].map(encodePoint).join('') === text ? name : undefined
}

function decodeURIComponentSafely(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function parseColons(text: string): SourceIdentity | undefined {
  const whole = /^sentinel:([A-Za-z0-9]{1,20}):(?:(direct|[0-9a-f]{8}):)?([0-9a-f]{8,16})$/
  const [, user, marker, requestId] = whole.exec(text) ?? []
  if (user === undefined || requestId === undefined) return undefined
  return { form: 'colon', user, requestId, ...(marker === undefined ? {} : { marker }) }
}

const invalid = (message: string) =>
  new SentinelError('SOURCE_IDENTITY_INVALID', message, {
    hint: 'run `sentinel whoami` to see the name that would be stamped',
  })
