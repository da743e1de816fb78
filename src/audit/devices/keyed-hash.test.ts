import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyedHash } from './keyed-hash.ts'

test('a keyed hash is HMAC-SHA256, of short texts and of long ones, in any script', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ minLength: 330, maxLength: 350, unit: 'grapheme' }),
  )
  const key = fc.uint8Array({ minLength: 1, maxLength: 64 })
  fc.assert(
    fc.property(key, fc.array(text, { minLength: 1 }), (bytes, texts) => {
      const hashed = keyedHash(bytes)
      const known = texts.map((each) => createHmac('sha256', bytes).update(each).digest('hex'))
      expect(texts.map(hashed)).toEqual(known)
    }),
  )
})

test('what was hashed before says nothing about the next', () => {
  const hashed = keyedHash(Buffer.from('key'))
  const short = hashed('a')
  hashed('a much longer text')
  expect(hashed('a')).toBe(short)
})
