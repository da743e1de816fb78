import { inflateSync } from 'node:zlib'
import { encode } from 'uqr'
import { expect, test } from 'vitest'
import { toBarcode } from './barcode.ts'

const url =
  'otpauth://totp/Example:bob?algorithm=SHA1&digits=6&issuer=Example&period=30&secret=GEZDGNBVGY3TQOJQ'

test('the image is a PNG of the size that was asked for, about, and shows the code with a quiet zone', () => {
  const png = Buffer.from(toBarcode(url, 200), 'base64')
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a')
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  expect(height).toBe(width)
  expect(width).toBeGreaterThan(150)
  expect(width).toBeLessThanOrEqual(200)
  const { data } = encode(url, { ecc: 'M', border: 4 })
  const scale = width / data.length
  const pixels = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)))
  for (let y = 0; y < height; y++) {
    const line = pixels.subarray(y * (width + 1), (y + 1) * (width + 1))
    const shown = data.map((_, at) => line[1 + at * scale] === 0)
    expect([line[0], shown]).toEqual([0, data[Math.floor(y / scale)]])
  }
})

test('modules are whole pixels, however small the image was to be', () => {
  expect(Buffer.from(toBarcode(url, 1), 'base64').readUInt32BE(16)).toBe(
    encode(url, { ecc: 'M', border: 4 }).size,
  )
})
