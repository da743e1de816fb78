import { expect, test } from 'vitest'
import { memoryKv } from '../../store/index.ts'
import { namesIn } from './folders.ts'

test('a folder lists names and folders, each once, whatever lies deeper', async () => {
  const store = memoryKv()
  const keys = ['a', 'b/1', 'b/2', 'b!', 'c', 'top/x/y']
  for (const key of [...keys, ...Array.from({ length: 1500 }, (_, n) => `many/${n}`)])
    await store.batch([{ kind: 'put', key, value: new Uint8Array(), expected: 'absent' }])
  expect(await namesIn(store, '')).toEqual(['a', 'b!', 'b/', 'c', 'many/', 'top/'])
  expect(await namesIn(store, 'b/')).toEqual(['1', '2'])
  expect(await namesIn(store, 'top/')).toEqual(['x/'])
  expect((await namesIn(store, 'many/')).length).toBe(1500)
})
