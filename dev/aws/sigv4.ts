// Checks AWS Signature Version 4 as a service does, so that a wrong key, a stale session or a clock that is
// off shows in development. Source: "Create a signed AWS API request" and "Troubleshoot Signature Version 4"
// in the IAM User Guide (reference_sigv-create-signed-request, reference_sigv-troubleshooting).

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { WireRequest } from './wire.ts'

/** What the Authorization header says. */
export type Signature = {
  readonly accessKeyId: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

/** Requests are refused when their time is further than this from the service's clock. */
const allowedSkewMs = 15 * 60 * 1000

const header =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/

/** Reads the Authorization header; undefined when there is none that Signature Version 4 knows. */
export function readSignature(request: WireRequest): Signature | undefined {
  const found = header.exec(request.headers.get('authorization') ?? '')
  if (found === null) return undefined
  const [, accessKeyId = '', date = '', region = '', service = '', signed = '', signature = ''] = found
  return { accessKeyId, date, region, service, signedHeaders: signed.split(';'), signature }
}

/** Whether the request was signed with this secret, over exactly this body. */
export function signatureMatches(request: WireRequest, signed: Signature, secret: string): boolean {
  const payload = sha256(request.body)
  const claimed = request.headers.get('x-amz-content-sha256')
  if (claimed !== undefined && claimed !== payload) return false
  const canonical = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    ...signed.signedHeaders.map((name) => `${name}:${canonicalHeader(request.headers.get(name) ?? '')}`),
    '',
    signed.signedHeaders.join(';'),
    payload,
  ].join('\n')
  const scope = `${signed.date}/${signed.region}/${signed.service}/aws4_request`
  const time = request.headers.get('x-amz-date') ?? ''
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
  const key = [signed.date, signed.region, signed.service, 'aws4_request'].reduce<string | Buffer>(
    (above, part) => createHmac('sha256', above).update(part).digest(),
    `AWS4${secret}`,
  )
  const expected = createHmac('sha256', key).update(toSign).digest()
  return timingSafeEqual(expected, Buffer.from(signed.signature, 'hex'))
}

/** AWS's sentence about a request whose time is too far off; undefined when it is near enough. */
export function skewProblem(request: WireRequest, signed: Signature, nowMs: number): string | undefined {
  const time = request.headers.get('x-amz-date') ?? ''
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time)
  if (parts === null || !time.startsWith(signed.date)) {
    return 'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP'
  }
  const [, y, m, d, h, min, s] = parts
  const atMs = Date.parse(`${y}-${m}-${d}T${h}:${min}:${s}Z`)
  const now = basicTime(nowMs)
  if (atMs < nowMs - allowedSkewMs) {
    return `Signature expired: ${time} is now earlier than ${basicTime(nowMs - allowedSkewMs)} (${now} - 15 min.)`
  }
  if (atMs > nowMs + allowedSkewMs) {
    return `Signature not yet current: ${time} is still later than ${basicTime(nowMs + allowedSkewMs)} (${now} + 15 min.)`
  }
  return undefined
}

/**
 * AWS's sentence about a signature for another service or for what is no Region, or one that leaves out a header that must be signed: `host`
 * and every `x-amz-` header (reference_sigv-create-signed-request, "CanonicalHeaders"); undefined when it is neither.
 */
export function scopeProblem(request: WireRequest, signed: Signature, service: string): string | undefined {
  if (signed.service !== service) return `Credential should be scoped to correct service: '${service}'.`
  if (!/^[a-z]+(-[a-z]+)+-\d{1,2}$/.test(signed.region)) {
    return 'Credential should be scoped to a valid region.'
  }
  if (!signed.signedHeaders.includes('host')) {
    return "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
  }
  const sent = [...request.headers.keys()].filter((name) => name.startsWith('x-amz-'))
  const unsigned = sent.filter((name) => !signed.signedHeaders.includes(name))
  return unsigned.length === 0
    ? undefined
    : `There were headers present in the request which were not signed: ${unsigned.join(', ')}`
}

const basicTime = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const canonicalHeader = (value: string) => value.trim().replace(/ +/g, ' ')

/** Every service but S3 encodes the path once more. */
function canonicalPath(path: string): string {
  return path === '' ? '/' : path.split('/').map(encodeStrictly).join('/')
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .map(([name, value]) => [encodeStrictly(name), encodeStrictly(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
