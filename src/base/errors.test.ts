import { describe, expect, it } from 'vitest'
import { asSentinelError, codes, SentinelError, unreachable } from './index.ts'

describe('the table of codes', () => {
  it('is in alphabetical order', () => expect(Object.keys(codes)).toEqual(Object.keys(codes).sort()))

  it('has plain names, an exit status above 0 and an HTTP status of an error', () => {
    for (const [code, { exit, http }] of Object.entries(codes)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
      expect(exit).toBeGreaterThan(0)
      expect(http).toBeGreaterThanOrEqual(400)
    }
  })
})

describe('a failure', () => {
  it('keeps code, hint, details and cause', () => {
    const cause = new Error('disk')
    const error = new SentinelError('LOG_UNWRITABLE', 'cannot write', {
      hint: 'free space',
      details: ['a'],
      cause,
    })
    expect(error).toMatchObject({
      name: 'SentinelError',
      code: 'LOG_UNWRITABLE',
      message: 'cannot write',
      hint: 'free space',
      details: ['a'],
      cause,
    })
    expect(error).toBeInstanceOf(Error)
  })

  it('without extras has no cause at all', () => {
    const error = new SentinelError('USAGE', 'wrong')
    expect([error.hint, error.details, 'cause' in error]).toEqual([undefined, [], false])
  })

  it('of our own passes as it is', () => {
    const error = new SentinelError('USAGE', 'wrong')
    expect(asSentinelError(error)).toBe(error)
  })

  for (const [name, thrown, message] of [
    ['an error', new TypeError('x is undefined\n  at y'), 'unexpected failure: x is undefined'],
    ['a text', 'boom', 'unexpected failure: boom'],
    ['nothing', undefined, 'unexpected failure: undefined'],
  ] as const) {
    it(`${name} that was not foreseen is a bug`, () => {
      const error = asSentinelError(thrown)
      expect(error).toMatchObject({ code: 'INTERNAL', message })
      expect(error.cause).toBe(thrown)
      expect(error.hint).toContain('bug')
    })
  }

  it('of a branch that cannot be taken', () =>
    expect(() => unreachable('x' as never)).toThrowError(expect.objectContaining({ code: 'INTERNAL' })))
})
