import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { coreFiles } from './core-files.ts'
import { type Gap, judge } from './gaps.ts'
import { outcomesIn } from './junit.ts'

const report =
  '<testsuite><testcase classname="tests.integration_tests.v1.test_a.TestA" name="test_good" time="1" />' +
  '<testcase classname="tests.integration_tests.v1.test_a.TestA" name="test_bad"><failure message="x">y</failure></testcase>' +
  '<testcase classname="tests.integration_tests.v1.test_a.TestA" name="test_broken"><error message="x">y</error></testcase>' +
  '<testcase classname="tests.integration_tests.v1.test_a.TestA" name="test_left"><skipped type="s">z</skipped></testcase></testsuite>'

test('each test of a report has its outcome', () => {
  expect([...outcomesIn(report)]).toEqual([
    ['v1/test_a.py::test_good', 'passed'],
    ['v1/test_a.py::test_bad', 'failed'],
    ['v1/test_a.py::test_broken', 'failed'],
    ['v1/test_a.py::test_left', 'skipped'],
  ])
})

describe('a run is wrong', () => {
  const listed = (...tests: readonly string[]): readonly Gap[] => [{ reason: 'of that', tests }]
  for (const [name, outcomes, gaps, wrong] of [
    ['where a test fails that is not listed', { a: 'failed' }, listed(), ['a: failed, and not listed']],
    [
      'where a test is skipped that is not listed',
      { a: 'skipped' },
      listed(),
      ['a: skipped, and not listed'],
    ],
    ['where a listed test passes', { a: 'passed' }, listed('a'), ['a: passes, although: of that']],
    ['where a listed test is not there', { a: 'passed' }, listed('b'), ['b: listed, and not there']],
    ['where a test is listed twice', { a: 'failed' }, listed('a', 'a'), ['a: listed twice']],
    ['where nothing was run', {}, listed(), ['no test was run']],
  ] as const)
    test(name, () => expect(judge(new Map(Object.entries(outcomes)), gaps).wrong).toEqual(wrong))

  test('in no other case', () => {
    const { lines, wrong } = judge(new Map([['a', 'passed'] as const, ['b', 'failed'] as const]), listed('b'))
    expect(wrong).toEqual([])
    expect(lines[0]).toBe('2 tests: 1 passed, 1 did not, 1 of them listed')
  })
})

test('the list names tests of core files, each with a reason', () => {
  const gaps = JSON.parse(readFileSync(join(import.meta.dirname, 'gaps.json'), 'utf8')) as readonly Gap[]
  for (const { reason, tests } of gaps) {
    expect(reason.length).toBeGreaterThan(20)
    for (const each of tests) expect(coreFiles).toContain(each.split('::')[0])
  }
})
