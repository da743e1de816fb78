// import "base64": RFC 4648, with padding.

import type { Meter } from '../run/meter.ts'
import { native } from '../run/native.ts'
import { type Bytes, fromArray, piecesOf } from '../values/bytes.ts'
import { fail } from '../values/failure.ts'
import { Pieces } from './pieces.ts'
import { table } from './table.ts'

export const base64 = table(
  native('encode', ['string'], ({ meter }, text) => encode(meter, text)),
  native('decode', ['string'], ({ meter }, text) => decode(meter, text, isBase64)),
  native('urlencode', ['string'], ({ meter }, text) => encode(meter, text, toUrl)),
  native('urldecode', ['string'], ({ meter }, text) => decode(meter, text, isUrl, fromUrl)),
)

const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/
const isUrl = /^[A-Za-z0-9\-_]*={0,2}$/

/** What stands for characters, by code: in place of each, that of another one. */
const codes = (changed: Readonly<Record<string, string>>): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, code) =>
    (changed[String.fromCharCode(code)] ?? String.fromCharCode(code)).charCodeAt(0),
  )

const toUrl = codes({ '+': '-', '/': '_' })
const fromUrl = codes({ '-': '+', _: '/' })

/** Each character changed. (`replaceAll` takes V8 fifty times as long where there is much to replace.) */
function changed(text: Bytes, by: Uint8Array | undefined): Bytes {
  if (by === undefined) return text
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = by[text.charCodeAt(at)] ?? 0
  return fromArray(bytes)
}

/** Of so many bytes at a time: without a rest by three. */
const bytesAtOnce = 12_288

function encode(meter: Meter, text: Bytes, by?: Uint8Array): Bytes {
  const pieces = new Pieces(meter)
  for (let at = 0; at < text.length; at += bytesAtOnce) {
    meter.step(bytesAtOnce >> 8)
    pieces.add(changed(btoa(text.slice(at, at + bytesAtOnce)), by))
  }
  return pieces.text()
}

/** Line breaks are skipped, as Go does; padding must be there, and nothing behind it. */
function decode(meter: Meter, text: Bytes, isRight: RegExp, by?: Uint8Array): Bytes {
  const pieces = new Pieces(meter)
  let [rest, isPadded] = ['', false]
  for (const piece of piecesOf(text)) {
    meter.step(piece.length >> 8)
    const all = rest + piece.split(/[\r\n]+/).join('')
    if (all === '') continue
    const body = all.slice(0, all.length - (all.length % 4))
    if (isPadded || !isRight.test(body)) fail('not base64')
    pieces.add(atob(changed(body, by)))
    isPadded = body.endsWith('=')
    rest = all.slice(body.length)
  }
  return rest === '' ? pieces.text() : fail('not base64')
}
