import { describe, expect, it } from 'vitest'
import { everyCase, openSuiteShelf, readWanted, suiteOf } from './cases.ts'
import { fakeFiles } from './files.fake.ts'
import { openShelf } from './files.ts'

const files = fakeFiles({
  'p/a.sentinel': 'main = true',
  'p/test/a/good.hcl': '',
  'p/test/a/bad.json': '{}',
  'p/test/a/mock.sentinel': 'a = 1',
  'p/test/a/mocks/deep.sentinel': 'a = 1',
  'p/test/ab/mock.sentinel': 'a = 1',
  'p/b.sentinel': 'main = true',
  'common.sentinel': 'a = 1',
})

describe('the cases of a policy', () => {
  for (const [name, policy, wanted, want] of [
    [
      'its .hcl and .json files by name',
      'p/a.sentinel',
      everyCase,
      ['p/test/a/bad.json', 'p/test/a/good.hcl'],
    ],
    ['none', 'p/b.sentinel', everyCase, []],
    ['a policy by its name', 'p/a.sentinel', readWanted('^a$'), ['p/test/a/bad.json', 'p/test/a/good.hcl']],
    [
      'a policy by its whole name',
      'p/a.sentinel',
      readWanted(String.raw`^a\.sentinel$`),
      ['p/test/a/bad.json', 'p/test/a/good.hcl'],
    ],
    ['a policy not by its folder', 'p/a.sentinel', readWanted('p'), undefined],
    ['another policy', 'p/b.sentinel', readWanted('a$'), undefined],
    ['cases by their names', 'p/a.sentinel', readWanted('/^go'), ['p/test/a/good.hcl']],
    ['both', 'p/a.sentinel', readWanted('a/json'), ['p/test/a/bad.json']],
    ['a slash in brackets', 'p/a.sentinel', readWanted('[/a]/bad'), ['p/test/a/bad.json']],
    ['no case', 'p/a.sentinel', readWanted('a/nothing'), undefined],
    ['a policy without cases, where cases are wanted', 'p/b.sentinel', readWanted('b/x'), []],
  ] as const) {
    it(name, () => expect(suiteOf(files, policy, wanted)?.cases).toEqual(want))
  }

  it('a pattern that is none is an error', () => expect(() => readWanted('(')).toThrow(SyntaxError))
})

it('files of other suites are shared, those of its own are not', () => {
  const common = openShelf(files)
  const [one, two] = [1, 2].map(() => openSuiteShelf(common, { policy: 'p/a.sentinel', cases: [] }))
  const isShared = (path: string) => one?.policy(path) === two?.policy(path)
  expect(isShared('common.sentinel')).toBe(true)
  expect(isShared('p/test/ab/mock.sentinel')).toBe(true)
  for (const path of ['p/a.sentinel', 'p/test/a/mock.sentinel', 'p/test/a/mocks/deep.sentinel']) {
    expect(isShared(path)).toBe(false)
    expect(one?.policy(path)).toBe(one?.policy(path))
  }
})
