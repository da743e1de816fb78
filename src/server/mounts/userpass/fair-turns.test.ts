import { expect, test } from 'vitest'
import { fairTurns } from './fair-turns.ts'

/** What is done, in the order in which it is begun; each ends when it is told to. */
function kit(options: Parameters<typeof fairTurns>[0]) {
  const turns = fairTurns(options)
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const ask = (asker: string, subject: string, name = `${asker} ${subject}`) =>
    turns(asker, subject, () => {
      begun.push(name)
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
    })
  const end = async (name: string) => {
    ends.get(name)?.()
    for (let step = 0; step < 5; step++) await undefined
  }
  return { ask, end, begun }
}

test('who asks for much does not come before others', async () => {
  const { ask, end, begun } = kit({ atOnce: 1, maxWaiting: 9 })
  for (const subject of ['x', 'y', 'z']) void ask('a', subject)
  void ask('b', 'x')
  for (const name of ['a x', 'a y', 'b x', 'a z']) await end(name)
  // Not `a z` before it, which was asked for earlier.
  expect(begun).toEqual(['a x', 'a y', 'b x', 'a z'])
})

test('of one subject one thing is done at a time, whoever asks, and others go on', async () => {
  const { ask, end, begun } = kit({ atOnce: 2, maxWaiting: 9 })
  void ask('a', 'x', 'first')
  void ask('b', 'x', 'second')
  void ask('a', 'y', 'third')
  expect(begun).toEqual(['first', 'third'])
  await end('first')
  expect(begun).toEqual(['first', 'third', 'second'])
})

test('no more is done at once than may be', async () => {
  const { ask, begun } = kit({ atOnce: 2, maxWaiting: 9 })
  for (const subject of ['x', 'y', 'z']) void ask(subject, subject)
  expect(begun).toEqual(['x x', 'y y'])
})

test('who has too much waiting is refused, and others are not', async () => {
  const { ask, end } = kit({ atOnce: 1, maxWaiting: 2 })
  void ask('a', 'x')
  void ask('a', 'y')
  void ask('a', 'z')
  await expect(ask('a', 'w')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  const other = ask('b', 'w')
  for (const name of ['a x', 'a y', 'b w', 'a z']) await end(name)
  expect(await other).toBe('b w')
})

test('what fails concerns only whoever asked, and the turn goes on', async () => {
  const turns = fairTurns({ atOnce: 1, maxWaiting: 9 })
  const failed = turns('a', 'x', () => Promise.reject(new Error('no')))
  const done = turns('a', 'x', async () => 'done')
  await expect(failed).rejects.toThrow('no')
  expect(await done).toBe('done')
})
