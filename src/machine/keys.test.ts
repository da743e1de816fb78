import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SentinelError } from '../base/index.ts'
import { openKeys, readKeys } from './keys.ts'
import { fakeMachine, freshFolder } from './machine.fake.ts'
import { platforms } from './platform.ts'

const deps = fakeMachine()

test('keys are made once, for their owner alone, and are three different ones', () => {
  const path = join(freshFolder(), 'state', 'keys.json')
  expect(readKeys(deps, path)).toBeUndefined()
  const made = openKeys(deps, path)
  const again = openKeys(deps, path)
  expect(again.id).toBe(made.id)
  expect(again.log.equals(made.log)).toBe(true)
  const secrets = [made.seal, made.cache, made.log].map((key) => key.export().toString('hex'))
  expect(new Set(secrets).size).toBe(3)
  expect(secrets.every((secret) => secret.length === 64)).toBe(true)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(path, '..'))).toEqual(['keys.json'])
})

test('where they cannot be made, the hint names what moves them', () => {
  const folder = join(freshFolder(), 'state')
  symlinkSync('nowhere', folder)
  expect(() => openKeys(deps, join(folder, 'keys.json'))).toThrow(
    expect.objectContaining({
      code: 'FILE_UNWRITABLE',
      hint: expect.stringContaining(', or set XDG_STATE_HOME'),
    }),
  )
})

describe('a keys file that is not as it was written is an error and stays as it is', () => {
  const written = () => {
    const path = join(freshFolder(), 'keys.json')
    openKeys(deps, path)
    return { path, text: readFileSync(path, 'utf8') }
  }
  for (const [name, change] of [
    ['empty', () => ''],
    ['cut short', (text: string) => text.slice(0, 100)],
    ['without its last line break', (text: string) => text.trimEnd()],
    ['one key shorter', (text: string) => text.replace(/[0-9a-f]"}/, '"}')],
    ['another format', (text: string) => text.replace('"format":1', '"format":2')],
    ['no JSON', () => 'keys\n'],
  ] as const) {
    test(name, () => {
      const { path, text } = written()
      writeFileSync(path, change(text))
      expect(() => openKeys(deps, path)).toThrow(
        expect.objectContaining({ code: 'KEYS_UNREADABLE', hint: expect.stringContaining('backup') }),
      )
      expect(readFileSync(path, 'utf8')).toBe(change(text))
    })
  }

  for (const mode of [0o640, 0o604, 0o660, 0o601]) {
    test(`open to others: ${mode.toString(8)}`, () => {
      const { path } = written()
      chmodSync(path, mode)
      let error: SentinelError | undefined
      try {
        openKeys(deps, path)
      } catch (thrown) {
        error = thrown as SentinelError
      }
      expect(error?.code).toBe('KEYS_UNREADABLE')
      expect(error?.message).toContain(`mode 0${mode.toString(8)}`)
      expect(error?.hint).toContain(`chmod 600 '${path}'`)
      const windows = fakeMachine(0, { platform: { ...platforms.win32, path: platforms.linux.path } })
      expect(openKeys(windows, path).id).toMatch(/^[0-9a-f]{16}$/)
    })
  }

  test('a folder', () => {
    const path = join(freshFolder(), 'keys.json')
    mkdirSync(path)
    chmodSync(path, 0o700)
    expect(() => openKeys(deps, path)).toThrow(expect.objectContaining({ code: 'KEYS_UNREADABLE' }))
  })
})
