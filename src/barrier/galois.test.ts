import { expect, it } from 'vitest'
import { inverse, multiply } from './galois.ts'

for (const [a, b, product] of [
  // FIPS 197, 4.2 and 4.2.1
  [0x57, 0x83, 0xc1],
  [0x57, 0x02, 0xae],
  [0x57, 0x13, 0xfe],
  [0x53, 0xca, 0x01],
  [0, 0xff, 0],
  [1, 0xff, 0xff],
] as const) {
  it(`${a} times ${b} is ${product}, both ways round`, () => {
    expect([multiply(a, b), multiply(b, a)]).toEqual([product, product])
  })
}

it('each byte but 0 has an inverse, 0 stays 0', () => {
  const bytes = Array.from({ length: 255 }, (_, at) => at + 1)
  expect(bytes.filter((byte) => multiply(byte, inverse(byte)) !== 1)).toEqual([])
  expect(inverse(0)).toBe(0)
})
