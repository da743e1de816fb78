// SourceIdentity on the wire (decision 3): `sentinel,<user>,<request-id>`. AWS allows 2 to 64 of [\w+=,.@-], so
// what a user's name has beyond that is written `=XX`, and a long name is cut and told apart by a hash.
// INVARIANT: always legal, and no two names are written alike (but for a collision of 64 bits of SHA-256).

import { createHash } from 'node:crypto'
import { consistsOf, digits, isRequestId, letters, SentinelError } from '../base/index.ts'

/** What stands for itself in the encoding. */
const plain = `${letters}${digits}_.@+-`
/** Of an encoded user that stands whole, and of what is left of a longer one. */
export const [longestUser, longestPrefix] = [38, 20] as const

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

/** A user's name as it stands in a SourceIdentity. @throws SentinelError SOURCE_IDENTITY_INVALID */
export function encodeUser(user: string): string {
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

/** Whether a name can be encoded: only a surrogate that stands alone does not come back from UTF-8 as it was. */
export const isNameable = (name: string) => name !== '' && Buffer.from(name).toString() === name

/** One code point of a name as it is written. */
export function encodePoint(point: string): string {
  if (plain.includes(point)) return point
  const bytes = [...Buffer.from(point, 'utf8')]
  return bytes.map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

const invalid = (message: string) =>
  new SentinelError('SOURCE_IDENTITY_INVALID', message, {
    hint: 'run `sentinel whoami` to see the name that would be stamped',
  })
