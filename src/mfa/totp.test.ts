import { describe, expect, test } from 'vitest'
import { codeAt, stepAt, stepOf, type TotpAlgorithm, type TotpSettings, toBase32, totpUrl } from './totp.ts'

/** Seeds of RFC 6238, appendix B (with its erratum 2866): as many digits as the hash has bytes. */
const seed = (length: number) => Buffer.from('1234567890'.repeat(7).slice(0, length))
const seeds: Readonly<Record<TotpAlgorithm, Uint8Array>> = {
  SHA1: seed(20),
  SHA256: seed(32),
  SHA512: seed(64),
}

describe('the test vectors of RFC 6238, appendix B', () => {
  for (const [seconds, algorithm, code] of [
    [59, 'SHA1', '94287082'],
    [59, 'SHA256', '46119246'],
    [59, 'SHA512', '90693936'],
    [1111111109, 'SHA1', '07081804'],
    [1111111109, 'SHA256', '68084774'],
    [1111111109, 'SHA512', '25091201'],
    [1111111111, 'SHA1', '14050471'],
    [1111111111, 'SHA256', '67062674'],
    [1111111111, 'SHA512', '99943326'],
    [1234567890, 'SHA1', '89005924'],
    [1234567890, 'SHA256', '91819424'],
    [1234567890, 'SHA512', '93441116'],
    [2000000000, 'SHA1', '69279037'],
    [2000000000, 'SHA256', '90698825'],
    [2000000000, 'SHA512', '38618901'],
    [20000000000, 'SHA1', '65353130'],
    [20000000000, 'SHA256', '77737706'],
    [20000000000, 'SHA512', '47863826'],
  ] as const) {
    test(`${algorithm} at ${seconds} s`, () => {
      expect(codeAt(seeds[algorithm], { algorithm, digits: 8 }, stepAt(seconds * 1000, 30))).toBe(code)
    })
  }
})

test('the test vectors of RFC 4226, appendix D, with six digits', () => {
  const codes = Array.from({ length: 10 }, (_, step) =>
    codeAt(seeds.SHA1, { algorithm: 'SHA1', digits: 6 }, step),
  )
  expect(codes.join(' ')).toBe('755224 287082 359152 969429 338314 254676 287922 162583 399871 520489')
})

describe('the period of a code', () => {
  const settings: TotpSettings = { algorithm: 'SHA1', digits: 6, periodSeconds: 30, skew: 1 }
  const code = (step: number) => codeAt(seeds.SHA1, settings, step)
  for (const [name, given, skew, after, want] of [
    ['is the present one', code(100), 1, -1, 100],
    ['may be the one before', code(99), 1, -1, 99],
    ['may be the next one', code(101), 1, -1, 101],
    ['may not be two before', code(98), 1, -1, undefined],
    ['may not be two ahead', code(102), 1, -1, undefined],
    ['is the present one only, without a skew', code(99), 0, -1, undefined],
    ['was used', code(100), 1, 100, undefined],
    ['comes behind the last one that was used', code(100), 1, 99, 100],
    ['is of none for a code that is cut', code(100).slice(1), 1, -1, undefined],
    ['is of none for no code', '', 1, -1, undefined],
  ] as const) {
    test(name, () => {
      expect(stepOf(given, seeds.SHA1, { ...settings, skew }, { nowMs: 3_000_000, after })).toBe(want)
    })
  }
})

test('base 32 is that of RFC 4648, section 10, without padding', () => {
  const texts = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar']
  const encoded = texts.map((text) => toBase32(Buffer.from(text)))
  expect(encoded).toEqual(['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI'])
})

test('the URL says all that an app must know, and no name breaks out of its place', () => {
  const settings: TotpSettings = { algorithm: 'SHA256', digits: 8, periodSeconds: 60, skew: 1 }
  const url = totpUrl(seeds.SHA1, settings, { issuer: 'A & B', account: 'x?secret=y' })
  expect(url).toBe(
    'otpauth://totp/A%20%26%20B:x%3Fsecret%3Dy?algorithm=SHA256&digits=8&issuer=A%20%26%20B&period=60&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  )
})
