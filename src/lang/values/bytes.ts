// Strings of the language are sequences of bytes. They travel as JavaScript strings whose characters are all
// below U+0100, one for each byte: length, index, comparison and concatenation are then the language's own.
// Only at the border (source, host, output, regular expressions, code points) are they turned into text.

/** A string of bytes: each character stands for one byte. */
export type Bytes = string

const beyondAscii = /[^\0-\x7f]/
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Whether bytes and text are the same. */
export const isAscii = (bytes: Bytes): boolean => !beyondAscii.test(bytes)

const plain = /^[ !#-[\]-~]*$/

/** Whether bytes are letters, digits and marks of ASCII of which a quoted text escapes none. */
export const isPlain = (bytes: Bytes): boolean => plain.test(bytes)

/** The bytes of a text in UTF-8; a lone surrogate becomes U+FFFD. */
export function textToBytes(text: string): Bytes {
  if (!beyondAscii.test(text)) return text
  if (text.length > shortText) return fromArray(encoder.encode(text))
  let bytes = ''
  for (const character of text) bytes += bytesOfPoint(character.codePointAt(0) ?? 0)
  return bytes
}

/** Up to this length the encoder takes longer to be called than it saves. */
const shortText = 16

/** The bytes of a code point in UTF-8; those of U+FFFD for half a pair of surrogates. */
function bytesOfPoint(point: number): Bytes {
  if (point < 0x80) return String.fromCharCode(point)
  if (point < 0x800) return String.fromCharCode(0xc0 | (point >> 6), tail(point))
  if (point >= 0xd800 && point < 0xe000) return '\xef\xbf\xbd'
  if (point < 0x10000) return String.fromCharCode(0xe0 | (point >> 12), tail(point >> 6), tail(point))
  return String.fromCharCode(0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point))
}

const tail = (bits: number) => 0x80 | (bits & 0x3f)

/** The text that bytes spell in UTF-8; what is not UTF-8 becomes U+FFFD. */
export function bytesToText(bytes: Bytes): string {
  if (!beyondAscii.test(bytes)) return bytes
  return decoder.decode(toArray(bytes))
}

/** The same bytes as an array. */
export function toArray(bytes: Bytes): Uint8Array {
  const array = new Uint8Array(bytes.length)
  for (let at = 0; at < bytes.length; at++) array[at] = bytes.charCodeAt(at)
  return array
}

/** The bytes of an array. */
export function fromArray(array: Uint8Array): Bytes {
  const parts: string[] = []
  for (let at = 0; at < array.length; at += 4096) {
    parts.push(String.fromCharCode(...array.subarray(at, at + 4096)))
  }
  return parts.join('')
}

// A well-formed sequence of UTF-8 (RFC 3629), or one byte.
const unit =
  /[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/
const units = new RegExp(unit, 'g')
const unitHere = new RegExp(unit, 'y')

/** The characters that bytes spell: code points, and single bytes where they spell none. */
export const charactersOf = (bytes: Bytes): readonly Bytes[] =>
  isAscii(bytes) ? bytes.split('') : (bytes.match(units) ?? [])

/** The same, each replaced. */
export const mapCharacters = (bytes: Bytes, map: (character: Bytes) => Bytes): Bytes =>
  bytes.replace(units, map)

/** The character that begins at a place. */
export function characterAt(bytes: Bytes, at: number): Bytes {
  if (bytes.charCodeAt(at) < 0x80) return bytes.charAt(at)
  unitHere.lastIndex = at
  return unitHere.exec(bytes)?.[0] ?? ''
}

/** The character that ends before a place. */
export function characterBefore(bytes: Bytes, end: number): Bytes {
  if (bytes.charCodeAt(end - 1) < 0x80) return bytes.charAt(end - 1)
  for (let length = Math.min(4, end); length > 1; length--) {
    const one = characterAt(bytes, end - length)
    if (one.length === length) return one
  }
  return bytes.charAt(end - 1)
}

const pieceBytes = 16_384

/** Bytes in pieces of a size that is quickly done, none of which cuts a character. */
export function* piecesOf(bytes: Bytes): Generator<Bytes> {
  for (let at = 0; at < bytes.length; ) {
    let end = Math.min(at + pieceBytes, bytes.length)
    while (end < bytes.length && end > at + pieceBytes - 4 && /[\x80-\xbf]/.test(bytes.charAt(end))) end--
    yield bytes.slice(at, end)
    at = end
  }
}
