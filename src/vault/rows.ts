// What a server said as names and values: one below the other, as a table shows them, and one alone, as `-field` picks it.

import type { VaultBody } from './server.ts'

export type Rows = readonly (readonly [name: string, value: unknown])[]

const objectOf = (value: unknown): VaultBody | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as VaultBody) : undefined

/** The rows of an answer: a wrapping token, a token, or a lease and data. */
export function rowsOf(body: VaultBody): Rows {
  const [wrap, auth, data] = [objectOf(body.wrap_info), objectOf(body.auth), objectOf(body.data)]
  if (wrap !== undefined) return wrapRows(wrap)
  if (auth !== undefined) return authRows(auth)
  if (!('request_id' in body)) return Object.entries(body)
  return [...leaseRows(body), ...sorted(data ?? {})]
}

/** What `-field` picks from. */
export type Fields = ReadonlyMap<string, unknown>

/** The fields of an answer, as they came: what was read goes over what is said about it. */
export function fieldsOf(body: VaultBody): Fields {
  const [wrap, auth, data] = [objectOf(body.wrap_info), objectOf(body.auth), objectOf(body.data)]
  if (!('request_id' in body) && auth === undefined) return new Map(Object.entries(body))
  const about = { ...aboutAnswer(body, data), ...aboutToken(auth), ...aboutWrapping(wrap) }
  return new Map([...Object.entries(about), ...Object.entries(data ?? {})])
}

const aboutAnswer = (body: VaultBody, data: VaultBody | undefined) => ({
  request_id: body.request_id,
  lease_id: body.lease_id,
  lease_duration: body.lease_duration,
  refresh_interval: body.lease_duration,
  lease_renewable: body.renewable,
  renewable: body.renewable,
  data,
})

const aboutToken = (auth: VaultBody | undefined) =>
  auth === undefined ? {} : { ...Object.fromEntries(authRows(auth)), token_duration: auth.lease_duration }

const aboutWrapping = (wrap: VaultBody | undefined) =>
  wrap === undefined ? {} : { ...Object.fromEntries(wrapRows(wrap)), wrapping_token_ttl: wrap.ttl }

const sorted = (data: VaultBody): Rows => Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1))

function wrapRows(wrap: VaultBody): Rows {
  const accessor = wrap.wrapped_accessor
  return [
    ['wrapping_token', wrap.token],
    ['wrapping_accessor', wrap.accessor],
    ['wrapping_token_ttl', secondsText(wrap.ttl)],
    ['wrapping_token_creation_time', wrap.creation_time],
    ['wrapping_token_creation_path', wrap.creation_path],
    ...(accessor === '' || accessor === undefined ? [] : [['wrapped_accessor', accessor] as const]),
  ]
}

function authRows(auth: VaultBody): Rows {
  return [
    ['token', auth.client_token],
    ['token_accessor', auth.accessor],
    ['token_duration', auth.lease_duration === 0 ? '∞' : secondsText(auth.lease_duration)],
    ['token_renewable', auth.renewable],
    ['token_policies', auth.token_policies],
    ['identity_policies', auth.identity_policies ?? []],
    ['policies', auth.policies],
    ...Object.entries(objectOf(auth.metadata) ?? {}).map(
      ([name, value]) => [`token_meta_${name}`, value] as const,
    ),
  ]
}

function leaseRows({ lease_id: id, lease_duration: duration, renewable }: VaultBody): Rows {
  const seconds = typeof duration === 'number' ? duration : 0
  if (typeof id === 'string' && id !== '')
    return [
      ['lease_id', id],
      ['lease_duration', secondsText(seconds)],
      ['lease_renewable', renewable],
    ]
  return seconds > 0 ? [['refresh_interval', secondsText(seconds)]] : []
}

/** `768h`, `1h30m`, `45s`. */
export function secondsText(value: unknown): string {
  const seconds = Number(value)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  const parts = [`${hours}h`, `${minutes}m`, `${seconds % 60}s`].filter((part) => !part.startsWith('0'))
  return parts.length === 0 ? '0s' : parts.join('')
}

/** The keys of a list. */
export function keysOf(body: VaultBody | undefined): readonly string[] {
  const keys = objectOf(body?.data)?.keys
  return Array.isArray(keys) ? keys.map(String) : []
}
