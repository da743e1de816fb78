// HMAC-SHA256 of short texts, several for each request. Node makes an object of each HMAC, which takes twice as long as
// its two hashes alone, so those are taken here one after the other (RFC 2104, 2).

import { createHmac, hash } from 'node:crypto'

/** Bytes that SHA-256 takes at a time. */
const blockBytes = 64
const hashBytes = 32

/** Longer texts are left to Node. */
const maxBytes = 1024

/** HMAC-SHA256 in hex, with a key of at most 64 bytes. */
export function keyedHash(key: Uint8Array): (text: string) => string {
  const [inner, outer] = [
    Buffer.alloc(blockBytes + maxBytes, 0x36),
    Buffer.alloc(blockBytes + hashBytes, 0x5c),
  ]
  for (const [at, byte] of key.entries()) {
    inner[at] = byte ^ 0x36
    outer[at] = byte ^ 0x5c
  }
  return (text) => {
    // A character takes three bytes of UTF-8 at most.
    if (text.length * 3 > maxBytes) return createHmac('sha256', key).update(text).digest('hex')
    const end = blockBytes + inner.write(text, blockBytes)
    outer.write(hash('sha256', inner.subarray(0, end), 'hex'), blockBytes, 'hex')
    return hash('sha256', outer, 'hex')
  }
}
