import fc from 'fast-check'
import { expect, test } from 'vitest'
import { policyOf } from './kit.fake.ts'
import { PathIndex } from './paths.ts'
import type { GoverningPolicy } from './policy.ts'

function indexOf(policies: readonly GoverningPolicy[], fold?: (path: string) => string) {
  const index = new PathIndex(fold)
  for (const policy of policies) index.add(policy)
  return (path: string) => index.find(path)
}

const policies = (...paths: readonly (readonly string[])[]) =>
  paths.map((each, at) => policyOf('main = true', { name: `p${at}`, paths: each }))
const found = (paths: readonly (readonly string[])[], path: string) =>
  indexOf(policies(...paths))(path).map(({ name }) => name)

for (const [name, paths, path, want] of [
  ['exactly', [['a/b'], ['a/b/c'], ['a']], 'a/b', ['p0']],
  ['by a beginning', [['a/*'], ['a*'], ['b/*']], 'a/b', ['p0', 'p1']],
  ['by * alone', [['*']], 'anything', ['p0']],
  ['with a slash in front', [['/a/b'], ['//a/*']], 'a/b', ['p0', 'p1']],
  ['a list, whose path ends in a slash', [['a/b'], ['a/b/'], ['a/b/*']], 'a/b/', ['p0', 'p1', 'p2']],
  ['a path without the slash that the policy has', [['a/b/']], 'a/b', ['p0']],
  ['once, however often its paths match', [['*', 'a/*', 'a/b', 'a/b']], 'a/b', ['p0']],
  ['never by a + in the place of a segment', [['a/+'], ['+/b']], 'a/b', []],
  ['never in another case', [['A/b']], 'a/b', []],
  ['never by the folder alone', [['a/*']], 'a', []],
] as const)
  test(`a policy is found ${name}`, () => expect(found(paths, path)).toEqual(want))

test('where the same is meant in every case, it is found in every case', () => {
  const index = indexOf(policies(['auth/u/login/Bob']), (path) => path.toLowerCase())
  expect(index('auth/u/login/bob').length).toBe(1)
  expect(index('auth/u/login/BOB').length).toBe(1)
})

test('what was removed is found no more, and what shares its paths still is', () => {
  const index = new PathIndex()
  const [first, second] = policies(['a/*', 'a/b'], ['a/*'])
  if (first === undefined || second === undefined) throw new Error('two were made')
  for (const policy of [first, second]) index.add(policy)
  expect(index.find('a/b')).toEqual([first, second])
  index.remove(first)
  expect(index.find('a/b')).toEqual([second])
  index.remove(second)
  expect(index.find('a/b')).toEqual([])
})

test('those of namespaces further out come first, then by name', () => {
  const all = [
    policyOf('', { namespace: 'a/b/', name: 'a' }),
    policyOf('', { namespace: '', name: 'z' }),
    policyOf('', { namespace: 'a/', name: 'm' }),
    policyOf('', { namespace: '', name: 'b' }),
  ]
  expect(indexOf(all)('x').map(({ name }) => name)).toEqual(['b', 'z', 'm', 'a'])
})

const segment = fc.constantFrom('a', 'b', 'ab', 'a*', '*')
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))

test('the index finds what asking every policy finds', () => {
  const written = path.filter((each) => !each.slice(0, -1).includes('*'))
  const matches = (pattern: string, asked: string) =>
    pattern.endsWith('*')
      ? asked.startsWith(pattern.slice(0, -1))
      : pattern.replace(/\/$/, '') === asked.replace(/\/$/, '')
  fc.assert(
    fc.property(
      fc.array(fc.array(written, { minLength: 1, maxLength: 3 }), { maxLength: 8 }),
      fc.array(path, { minLength: 1, maxLength: 4 }),
      (paths, asked) => {
        const all = policies(...paths)
        const index = indexOf(all)
        for (const each of [...asked, ...asked])
          expect(index(each)).toEqual(all.filter((policy) => policy.paths.some((one) => matches(one, each))))
      },
    ),
  )
})
