import { describe, expect, test } from 'vitest'
import { matcherOf } from './match.ts'
import { path } from './path.ts'

const patterns = [
  'config',
  'data/:path*',
  ':path*',
  'role',
  'role/:name',
  'role/:name/role-id',
  'role/:name/:field',
]
const match = matcherOf({
  type: 'test',
  class: 'secret',
  help: '',
  // Their order means nothing.
  paths: patterns.toReversed().map((pattern) => path({ pattern, summary: '', fields: {}, operations: {} })),
})

describe('the most exact pattern is meant', () => {
  for (const [rest, pattern, params] of [
    ['config', 'config', {}],
    ['config/more', ':path*', { path: 'config/more' }],
    ['data/a/b', 'data/:path*', { path: 'a/b' }],
    ['data/', 'data/:path*', { path: '' }],
    ['data', ':path*', { path: 'data' }],
    ['role/', 'role', {}],
    ['role/x', 'role/:name', { name: 'x' }],
    ['role/x/role-id', 'role/:name/role-id', { name: 'x' }],
    ['role/x/policies', 'role/:name/:field', { name: 'x', field: 'policies' }],
    ['role/x/y/z', ':path*', { path: 'role/x/y/z' }],
    ['role/__proto__', 'role/:name', { name: '__proto__' }],
    ['', ':path*', { path: '' }],
  ] as const)
    test(`\`${rest}\``, () => {
      const found = match(rest, 'list')
      expect([found?.path.pattern, { ...found?.params }]).toEqual([pattern, params])
    })
})
