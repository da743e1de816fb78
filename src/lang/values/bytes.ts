// Strings of the language are sequences of bytes. They travel as JavaScript strings whose characters are all
// below U+0100, one for each byte: length, index, comparison and concatenation are then the language's own.
// Only at the border (source, host, output, regular expressions, code points) are they turned into text.

/** A string of bytes: each character stands for one byte. */
export type Bytes = string

const beyondAscii = /[^\0-\x7f]/
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The bytes of a text in UTF-8; a lone surrogate becomes U+FFFD. */
export function textToBytes(text: string): Bytes {
  if (!beyondAscii.test(text)) return text
  const parts: string[] = []
  const bytes = encoder.encode(text)
  for (let at = 0; at < bytes.length; at += 4096) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 4096)))
  }
  return parts.join('')
}

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
