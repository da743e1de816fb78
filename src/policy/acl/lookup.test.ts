import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aclOf, rulesOf } from './kit.fake.ts'
import { decisive } from './reference.fake.ts'

/** The pattern that decides. */
const decides = (lines: readonly string[], path: string, operation: 'read' | 'list' = 'read') =>
  aclOf(rulesOf(lines)).match(path, operation)?.pattern

describe('the rule that applies to a path', () => {
  for (const [name, rules, path, want] of [
    ['is the exact one', ['a/b', 'a/*', 'a/+'], 'a/b', 'a/b'],
    ['is none where none matches', ['a/b', 'c/*'], 'a/c', undefined],
    ['is none for no rules', [], 'a', undefined],
    ['a prefix matches in the middle of a segment', ['a/b*'], 'a/bc/d', 'a/b*'],
    ['a prefix matches itself', ['a/*'], 'a/', 'a/*'],
    ['a prefix needs its slash', ['a/*'], 'a', undefined],
    ['a star elsewhere is a letter', ['a*/b'], 'ax/b', undefined],
    ['a star elsewhere matches a star', ['a*/b'], 'a*/b', 'a*/b'],
    ['a star alone matches all', ['*'], 'x/y/z', '*'],
    ['the longest prefix goes first', ['a*', 'a/b/*', 'a/*'], 'a/b/c', 'a/b/*'],
    ['a prefix that only looks alike is passed over', ['a/*', 'a/b/*', 'a/bb/*'], 'a/bc', 'a/*'],
    ['a plus is one segment', ['a/+/c'], 'a/b/c', 'a/+/c'],
    ['a plus is not two segments', ['a/+/c'], 'a/b/b/c', undefined],
    ['a plus is a segment with anything in it', ['a/+'], 'a/ %*+', 'a/+'],
    ['a plus at the end matches an empty segment', ['a/+'], 'a/', 'a/+'],
    ['a plus alone', ['+'], 'a', '+'],
    ['a plus alone is one segment', ['+'], 'a/b', undefined],
    ['a plus at the beginning', ['+/b'], 'a/b', '+/b'],
    ['a plus within a segment is a letter', ['a/+b'], 'a/xb', undefined],
    ['a plus within a segment matches a plus', ['a/+b'], 'a/+b', 'a/+b'],
    ['a plus with a prefix', ['a/+/team*'], 'a/b/teams/x', 'a/+/team*'],
    ['a plus with a prefix needs as many segments', ['a/+/*'], 'a/b', undefined],
    ['a plus with a prefix of nothing', ['a/+/*'], 'a/b/', 'a/+/*'],
    ['a prefix behind a plus may span segments', ['a/+/b/c*'], 'a/x/b/cd/e', 'a/+/b/c*'],
    ['a leading slash is dropped', ['/a/b'], 'a/b', 'a/b'],
    ['a later wildcard goes first', ['secret/a*', 'secret/+'], 'secret/ab', 'secret/a*'],
    ['a later plus goes first', ['secret/foo/+/x', 'secret/+/bar/x'], 'secret/foo/bar/x', 'secret/foo/+/x'],
    ['a plus goes before a star at its place', ['secret/+', 'secret/*'], 'secret/a', 'secret/+'],
    ['no star goes before a star', ['a/+/c', 'a/+/c*'], 'a/b/c', 'a/+/c'],
    ['fewer plusses go first', ['+/+/c', '+/b/c'], 'a/b/c', '+/b/c'],
    ['longer goes first', ['+/b*', '+/bc*'], 'a/bcd', '+/bc*'],
    ['longer goes first though it is less', ['+/a/+', '+/+/bb'], 'x/a/bb', '+/+/bb'],
    ['greater goes first', ['+/b/+', '+/+/c'], 'a/b/c', '+/b/+'],
    ['deny on a less specific pattern does not count', ['a/*: deny', 'a/b*: read'], 'a/bc', 'a/b*'],
  ] as const) {
    it(name, () => expect(decides(rules, path)).toBe(want))
  }

  for (const [name, rules, path, want] of [
    ['is the exact one with its slash', ['a/b/: list', 'a/b: list'], 'a/b/', 'a/b/'],
    ['is the exact one without its slash', ['a/b: list', 'a/b/*: list'], 'a/b/', 'a/b'],
    ['is the best with its slash', ['a/*: list', 'a/b*: list'], 'a/b/', 'a/b*'],
    ['is the best without its slash if there is no other', ['a/+: list'], 'a/b/', 'a/+'],
    ['is the best with its slash though that is less specific', ['a/+: read', 'a/*: list'], 'a/b/', 'a/*'],
    ['is a deny behind its slash', ['a/*: list', 'a/b/*: deny'], 'a/b/', 'a/b/*'],
    ['is a more specific deny without its slash', ['a/*: list', 'a/+: deny'], 'a/b/', 'a/+'],
    ['is no less specific deny without its slash', ['a/b/*: list', 'a/+: deny'], 'a/b/', 'a/b/*'],
    ['is a deny deeper in the tree', ['*: list', 'a/+/c: deny'], 'a/b/c/', 'a/+/c'],
  ] as const) {
    it(`of a list ${name}`, () => expect(decides(rules, path, 'list')).toBe(want))
  }

  it('of a read does not count without its slash', () => expect(decides(['a/b'], 'a/b/')).toBeUndefined())
})

describe('the lookup and its reference', () => {
  const segment = fc.constantFrom('a', 'b', 'ab', '+', '+', '+b', 'a*', '', 'é', '\uffff', '😀')
  const path = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'abc', '+b', 'a*', 'é', '😀'), { minLength: 1, maxLength: 5 })
    .chain((segments) => fc.constantFrom(segments.join('/'), `${segments.join('/')}/`))
  const pattern = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 5 }), fc.constantFrom('', '*', '*'))
    .map(([segments, end]) => segments.join('/') + end)
    .filter((text) => !text.includes('+*') && !text.startsWith('/'))
  const rules = fc.uniqueArray(fc.record({ pattern, isDeny: fc.boolean() }), {
    selector: (rule) => rule.pattern,
    maxLength: 12,
  })
  const count = Number(process.env.ACL_RUNS ?? 500)

  it('agree about any rules and paths', () => {
    let hits = 0
    fc.assert(
      fc.property(rules, fc.array(path, { minLength: 1, maxLength: 6 }), (given, paths) => {
        const acl = aclOf(
          rulesOf(given.map((rule) => `${rule.pattern}: ${rule.isDeny ? 'deny' : 'read, list'}`)),
        )
        for (const each of paths) {
          for (const operation of ['read', 'list'] as const) {
            const want = decisive(given, each, operation === 'list')?.pattern
            if (want !== undefined) hits++
            expect(acl.match(each, operation)?.pattern).toBe(want)
          }
        }
      }),
      { numRuns: count, seed: 6 },
    )
    expect(hits).toBeGreaterThan(count)
  }, 1_200_000)
})
