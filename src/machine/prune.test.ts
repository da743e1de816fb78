import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freshFolder } from './machine.fake.ts'
import { prune } from './prune.ts'

const entry = (mark: string, ending: string) => mark.repeat(32) + ending

/** A folder whose files were written so many hours before the newest of them. */
function folderOf(ages: Readonly<Record<string, number>>) {
  const folder = join(freshFolder(), 'sessions')
  mkdirSync(folder)
  for (const [name, hours] of Object.entries(ages)) {
    writeFileSync(join(folder, name), 'x')
    const seconds = 2_000_000_000 - hours * 3600
    utimesSync(join(folder, name), seconds, seconds)
  }
  return { folder, left: () => readdirSync(folder).sort() }
}

it('what ended more than a day ago is removed, and what killed writers left of it', () => {
  const temporary = `.${entry('d', '.enc')}.0123456789ab.tmp`
  const { folder, left } = folderOf({
    [entry('a', '.enc')]: 0,
    [entry('b', '.enc')]: 35.9,
    [entry('c', '.enc')]: 36.1,
    [entry('d', '.sealed')]: 1000,
    [temporary]: 36.1,
  })
  prune([{ folder, lifetimeMs: 12 * 3_600_000 }])
  expect(left()).toEqual([entry('a', '.enc'), entry('b', '.enc')])
})

it('what is not of the cache stays, and makes nothing old', () => {
  const names = ['keys.json', `${entry('a', '.enc')}.bak`, 'note.txt']
  const { folder, left } = folderOf({
    ...Object.fromEntries(names.map((name) => [name, 1000])),
    'today.txt': 0,
    [entry('b', '.enc')]: 500,
    [entry('c', '.enc')]: 501,
  })
  prune([{ folder, lifetimeMs: 0 }])
  expect(left()).toEqual([...names, 'today.txt', entry('b', '.enc'), entry('c', '.enc')].sort())
})

it('a folder that is not there, or empty, is no trouble', () => {
  const { folder } = folderOf({})
  const aging = ['', 'none', 'no/where'].map((name) => ({ folder: join(folder, name), lifetimeMs: 0 }))
  expect(() => prune(aging)).not.toThrow()
})
