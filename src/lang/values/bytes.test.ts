import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bytesToText,
  characterAt,
  characterBefore,
  charactersOf,
  isAscii,
  mapCharacters,
  piecesOf,
  textToBytes,
} from './bytes.ts'

const anyBytes = fc.uint8Array({ maxLength: 60 }).map((array) => String.fromCharCode(...array))
const anyText = fc.string({ unit: 'grapheme', maxLength: 40 })
const long = fc
  .tuple(anyText, fc.integer({ min: 1, max: 20_000 }))
  .map(([text, count]) => textToBytes(text.repeat(count)))

describe('bytes and text', () => {
  it('a text comes back from its bytes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(bytesToText(textToBytes(text))).toBe(text)
      }),
    )
  })

  it('what is no UTF-8 becomes U+FFFD, and a lone surrogate too', () => {
    expect(bytesToText('a\xffb')).toBe('a\ufffdb')
    expect(textToBytes('\ud800')).toBe('\xef\xbf\xbd')
    expect([isAscii('a~\0'), isAscii('\x80')]).toEqual([true, false])
  })
})

describe('characters', () => {
  it('are code points, and single bytes where there are none', () => {
    expect(charactersOf(`aé用😀\xff\xc3`.replace(/[é用😀]/gu, textToBytes))).toEqual(
      ['a', 'é', '用', '😀'].map(textToBytes).concat('\xff', '\xc3'),
    )
    // Overlong forms, surrogates and what lies beyond U+10FFFF are no characters (RFC 3629).
    for (const bytes of ['\xc0\x80', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\xe0\x80\x80']) {
      expect(charactersOf(bytes)).toHaveLength(bytes.length)
    }
  })

  it('are the whole, in order', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(charactersOf(bytes).join('')).toBe(bytes)
        expect(mapCharacters(bytes, (one) => one)).toBe(bytes)
      }),
    )
  })

  it('of a text are its code points', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(charactersOf(textToBytes(text)).map(bytesToText)).toEqual([...text])
      }),
    )
  })

  it('can be found from both ends', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const bytes = textToBytes(text)
        const points = [...text].map(textToBytes)
        let [start, end] = [0, bytes.length]
        for (const point of points) {
          expect(characterAt(bytes, start)).toBe(point)
          start += point.length
        }
        for (const point of points.toReversed()) {
          expect(characterBefore(bytes, end)).toBe(point)
          end -= point.length
        }
      }),
    )
  })
})

describe('pieces', () => {
  it('are the whole, none too long, and none cuts a character', () => {
    fc.assert(
      fc.property(long, (bytes) => {
        const pieces = [...piecesOf(bytes)]
        expect(pieces.join('') === bytes).toBe(true)
        expect(pieces.every((piece) => piece.length > 0 && piece.length <= 65_536)).toBe(true)
        expect(pieces.every((piece) => !bytesToText(piece).includes('\ufffd'))).toBe(
          !bytesToText(bytes).includes('\ufffd'),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('end even where all bytes look like the middle of a character', () => {
    const bytes = '\x80'.repeat(200_000)
    expect([...piecesOf(bytes)].join('') === bytes).toBe(true)
  })
})
