import type { Random } from '../base/index.ts'

/** Bytes that are fetched at once: as many ids as a server needs for a while. */
const fetchedBytes = 4096

/** Characters of an id before its hyphens are put in. */
const idLength = 32

/** The variant of RFC 9562 in place of whatever digit was there. */
const variants = new Map([...'0123456789abcdef'].map((digit, at) => [digit, '89ab'.charAt(at % 4)]))

/** UUIDs of version 4 (RFC 9562), many of which are made at once: each apart is a tenth of what a read of a secret costs. */
export function storedIds(random: Random): () => string {
  let [hex, at] = ['', 0]
  return () => {
    if (at === hex.length) [hex, at] = [Buffer.from(random.bytes(fetchedBytes)).toString('hex'), 0]
    const id = hex.slice(at, at + idLength)
    at += idLength
    const variant = variants.get(id.charAt(16)) ?? '8'
    return `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-${variant}${id.slice(17, 20)}-${id.slice(20)}`
  }
}
