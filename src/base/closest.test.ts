import { describe, expect, it } from 'vitest'
import { closest } from './index.ts'

describe('what was most likely meant', () => {
  const words = [
    'allow',
    'deny',
    'require_approval',
    'require_server',
    'require_server_session',
    'rules',
    '__proto__',
  ]
  for (const [typed, want] of [
    ['allow', 'allow'],
    ['ALLOW', 'allow'],
    ['alow', 'allow'],
    ['alolw', 'allow'],
    ['dney', 'deny'],
    ['require-server', 'require_server'],
    ['requireserver', 'require_server'],
    ['require_server_sesion', 'require_server_session'],
    ['rulez', 'rules'],
    ['proto', undefined],
    ['permit', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ] as const) {
    it(`${typed.slice(0, 30)}: ${want ?? 'nothing near'}`, () => expect(closest(typed, words)).toBe(want))
  }

  it('the nearest of several, and the first of equals', () => {
    expect(closest('munday', ['sunday', 'monday', 'friday'])).toBe('sunday')
    expect(closest('moday', ['sunday', 'monday'])).toBe('monday')
    expect(closest('anything', [])).toBeUndefined()
  })
})
