// import "base64": RFC 4648, with padding.

import { native } from '../run/native.ts'
import type { Bytes } from '../values/bytes.ts'
import { fail } from '../values/failure.ts'
import { table } from './table.ts'

const toUrl = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_')
const fromUrl = (text: string) =>
  /[+/]/.test(text) ? fail('not base64') : text.replaceAll('-', '+').replaceAll('_', '/')

export const base64 = table(
  native('encode', ['string'], ({ meter }, text) => encode(text, (bytes) => meter.pay(bytes))),
  native('decode', ['string'], (_, text) => decode(text)),
  native('urlencode', ['string'], ({ meter }, text) => toUrl(encode(text, (bytes) => meter.pay(bytes)))),
  native('urldecode', ['string'], (_, text) => decode(fromUrl(text))),
)

function encode(text: Bytes, pay: (bytes: number) => void): Bytes {
  pay(Math.ceil(text.length / 3) * 4)
  return btoa(text)
}

/** Line breaks are skipped, as Go does; padding must be there. */
function decode(text: Bytes): Bytes {
  const body = text.replace(/[\r\n]/g, '')
  const isBase64 = body.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(body)
  return isBase64 ? atob(body) : fail('not base64')
}
