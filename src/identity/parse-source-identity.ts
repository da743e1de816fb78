// A SourceIdentity read again: for people and logs, never to decide who somebody is.

import { isRequestId } from '../base/index.ts'
import { encodePoint, encodeUser, isNameable, longestPrefix, longestUser } from './source-identity.ts'

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

/** The longest that one code point is written: four bytes of UTF-8. */
const longestPoint = 12

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
