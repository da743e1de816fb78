import { expect, test } from 'vitest'
import type { GoverningPolicy } from '../../policy/index.ts'
import { openBreaker } from './breaker.ts'

const named = (name: string) => ({ name }) as GoverningPolicy
const [a, b] = [named('a'), named('b')]

test('three times within ten seconds suspend a policy for ten seconds', () => {
  const breaker = openBreaker()
  expect([0, 4000, 9999].map((ms) => breaker.exceeded(a, ms))).toEqual([false, false, true])
  expect([...breaker.suspended(9999)]).toEqual([a])
  expect([...breaker.suspended(19_998)]).toEqual([a])
  expect([...breaker.suspended(19_999)]).toEqual([])
})

test('three times within more than ten seconds do not', () => {
  const breaker = openBreaker()
  expect([0, 5000, 10_000, 15_000, 20_000].map((ms) => breaker.exceeded(a, ms))).not.toContain(true)
})

test('it begins to count anew afterwards, and for each policy apart', () => {
  const breaker = openBreaker()
  for (const ms of [0, 1, 2]) breaker.exceeded(a, ms)
  expect(breaker.exceeded(b, 3)).toBe(false)
  expect([...breaker.suspended(3)]).toEqual([a])
  expect([...breaker.suspended(10_002)]).toEqual([])
  expect(breaker.exceeded(a, 10_002)).toBe(false)
})
