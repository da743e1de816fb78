import { describe, expect, test } from 'vitest'
import { rescued, type Soon, soon } from './soon.ts'

const failure = new Error('it failed')
const [fails, rejects] = [
  (): Soon<string> => {
    throw failure
  },
  (): Soon<string> => Promise.reject(failure),
]

describe('what is there is gone on with at once', () => {
  test('one step after the other', () => expect(soon(1, (one) => soon(one + 1, (two) => two * 2))).toBe(4))
  test('what was thrown is rescued', () => expect(rescued(fails, () => 'rescued')).toBe('rescued'))
})

describe('what is not there yet is waited for', () => {
  test('one step after the other', async () =>
    expect(await soon(Promise.resolve(1), (one) => soon(Promise.resolve(one + 1), (two) => two * 2))).toBe(4))
  test('what is rejected is rescued', async () =>
    expect(await rescued(rejects, async () => 'rescued')).toBe('rescued'))
})
