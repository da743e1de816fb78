// A text as a QR code, as a PNG image: the code by `uqr`, the image in the smallest form that every reader takes, one
// byte for each dot (PNG, third edition: 5.2 signature, 5.3 chunks, 11.2 critical chunks).

import { crc32, deflateSync } from 'node:zlib'
import { encode } from 'uqr'

/** The edge of white around a code that readers want (ISO/IEC 18004). */
const quietModules = 4

/**
 * @param size pixels of the image on each side, about: modules are whole pixels
 * @returns a PNG image in base64
 */
export function toBarcode(text: string, size: number): string {
  const { data } = encode(text, { ecc: 'M', border: quietModules })
  return png(data, Math.max(1, Math.floor(size / data.length))).toString('base64')
}

function png(modules: readonly (readonly boolean[])[], scale: number): Buffer {
  const size = modules.length * scale
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  // 8 bits of grey; the rest is 0: deflated, unfiltered, not interlaced.
  header[8] = 8
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(modules.map((row) => lines(row, scale))))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A row of modules as lines of pixels, each behind the byte that says that it is not filtered. */
function lines(row: readonly boolean[], scale: number): Buffer {
  const line = Buffer.alloc(1 + row.length * scale, 255)
  line[0] = 0
  row.forEach((isDark, at) => {
    if (isDark) line.fill(0, 1 + at * scale, 1 + (at + 1) * scale)
  })
  return Buffer.concat(Array.from({ length: scale }, () => line))
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
