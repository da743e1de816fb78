import { expect, test } from 'vitest'
import type { Soon } from '../../base/index.ts'
import { followed } from './followed.ts'

const failure = new Error('it failed')

test('what follows is done before anybody goes on', () => {
  const done: string[] = []
  done.push(
    followed(
      () => 'step' as Soon<string>,
      () => done.push('after'),
    ) as string,
  )
  expect(done).toEqual(['after', 'step'])
})
test('what follows a failure is done too', () => {
  const done: string[] = []
  expect(() =>
    followed(
      (): Soon<string> => {
        throw failure
      },
      () => void done.push('after'),
    ),
  ).toThrow(failure)
  expect(done).toEqual(['after'])
})

test('what follows is done when it has failed', async () => {
  const done: string[] = []
  await expect(
    followed(
      () => Promise.reject(failure),
      () => void done.push('after'),
    ),
  ).rejects.toBe(failure)
  expect(done).toEqual(['after'])
})
