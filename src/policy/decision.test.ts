import { describe, expect, it } from 'vitest'
import { allow, isAllow } from './decision.ts'

describe('the grant of an Allow', () => {
  for (const [name, grant] of [
    ['that can change', { roles: ['a'] }],
    ['that is frozen outside only', Object.freeze({ roles: ['a'] })],
    ['that is frozen to its own eyes', Object.freeze({ roles: Object.freeze(new Map([['a', 1]])) })],
  ] as const) {
    it(`${name} is copied`, () => {
      const { grant: kept } = allow(grant, 'a rule')
      expect([kept === grant, Object.isFrozen(kept)]).toEqual([false, true])
      expect(kept).toEqual(grant)
    })
  }

  it('that cannot change is kept', () => {
    const grant = Object.freeze({ path: 'a', roles: Object.freeze([Object.freeze({ name: 'b' })]) })
    expect(allow(grant, 'a rule').grant).toBe(grant)
  })

  it('has no functions', () =>
    expect(() => allow(Object.freeze({ act: () => 'done' }), 'a rule')).toThrow('could not be cloned'))
})

describe('an Allow', () => {
  it('is one that was made here', () => expect(isAllow(allow({}, 'a rule'))).toBe(true))
  it('is no look-alike', () => {
    const made = allow({ a: 1 }, 'a rule')
    expect(isAllow({ ...made })).toBe(false)
    expect(isAllow(Object.create(made) as object)).toBe(false)
  })
})
