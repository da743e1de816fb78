import {
  constants,
  lutimesSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { acquire } from './acquire.ts'
import { lockTimeout, tryLock, withLock } from './lock.ts'
import { fakeMachine, freshFolder } from './machine.fake.ts'
import { lookAtProcess, ownerToText, placeOfSelf } from './owner.ts'
import { platforms } from './platform.ts'

const machine = fakeMachine()
const staying = { aborted: false }
const lockPath = () => join(freshFolder(), 'x.lock')
const nonce = (digit: string) => digit.repeat(16)
/** A process that lived here, before the machine's present processes began. */
const dead = (digit: string) => ownerToText({ ...placeOfSelf(), nonce: nonce(digit), pid: 1, startTime: '0' })
const seen = lookAtProcess(process.pid)
const living = (digit: string) =>
  ownerToText({
    ...placeOfSelf(),
    nonce: nonce(digit),
    pid: process.pid,
    startTime: seen === 'gone' ? '' : seen.startTime,
  })
const inFolderOf = (path: string) => readdirSync(join(path, '..')).sort()

describe('a lock by link', () => {
  test('is held while the function runs, and given back after it', () => {
    const path = lockPath()
    const result = withLock(machine, path, () => {
      expect(readlinkSync(path)).toMatch(new RegExp(`^[0-9a-f]{16}\\.${process.pid}\\.`))
      expect(tryLock(machine, path).kind).toBe('held')
      return 7
    })
    expect(result).toBe(7)
    expect(inFolderOf(path)).toEqual([])
  })

  test('is given back when the function throws', () => {
    const path = lockPath()
    expect(() =>
      withLock(machine, path, () => {
        throw new Error('inside')
      }),
    ).toThrow('inside')
    expect(inFolderOf(path)).toEqual([])
  })

  test('is made together with its folder', () => {
    const path = join(freshFolder(), 'a', 'b', 'x.lock')
    expect(withLock(machine, path, () => 1)).toBe(1)
  })

  test('that stays taken is an error that names the owner', () => {
    const path = lockPath()
    symlinkSync(living('a'), path)
    const clock = machine.clock.now()
    expect(() => withLock(machine, path, () => 1)).toThrow(
      expect.objectContaining({
        code: 'LOCK_TIMEOUT',
        message: `process ${process.pid} has held \`${path}\` for more than 10 s`,
      }),
    )
    expect(machine.clock.now() - clock).toBeLessThan(10_100)
    expect(readlinkSync(path)).toBe(living('a'))
  })

  test('is waited for without blocking', async () => {
    const path = lockPath()
    const first = await acquire(machine, path, staying)
    const second = acquire(machine, path, staying)
    await new Promise((resolve) => setImmediate(resolve))
    first()
    const release = await second
    expect(tryLock(machine, path).kind).toBe('held')
    release()
    expect(inFolderOf(path)).toEqual([])
  })

  test('that stays taken ends the wait without blocking too', async () => {
    const path = lockPath()
    symlinkSync(living('a'), path)
    await expect(acquire(machine, path, staying)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })
  })

  test('is not waited for any longer by whoever goes away meanwhile, and is left to its owner', async () => {
    const path = lockPath()
    symlinkSync(living('a'), path)
    const asker = new AbortController()
    const began = machine.clock.now()
    const waiting = acquire(machine, path, asker.signal)
    await new Promise((resolve) => setImmediate(resolve))
    asker.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' })
    expect(machine.clock.now() - began).toBeLessThan(1_000)
    expect(readlinkSync(path)).toBe(living('a'))
  })

  test('is waited for by somebody for one who had gone before', async () => {
    const path = lockPath()
    const first = await acquire(machine, path, staying)
    const second = acquire(machine, path, AbortSignal.abort())
    await new Promise((resolve) => setImmediate(resolve))
    first()
    const release = await second
    release()
  })

  test('is not given back twice: the second owner keeps it', () => {
    const path = lockPath()
    const attempt = tryLock(machine, path)
    if (attempt.kind !== 'got') throw new Error('not got')
    rmSync(path)
    symlinkSync(living('b'), path)
    attempt.release()
    expect(readlinkSync(path)).toBe(living('b'))
  })

  for (const [name, make] of [
    ['a file in the way', (path: string) => writeFileSync(path, '')],
    ['a file where the folder should be', (path: string) => writeFileSync(join(path, '..', 'file'), '')],
  ] as const) {
    test(`${name} is an error with the path`, () => {
      const folder = freshFolder()
      const path = name.startsWith('a file in') ? join(folder, 'x.lock') : join(folder, 'file', 'x.lock')
      make(join(folder, 'x.lock'))
      expect(() => tryLock(machine, path)).toThrow(expect.objectContaining({ code: 'FILE_UNWRITABLE' }))
    })
  }
})

describe("a dead owner's lock", () => {
  for (const [name, links, want] of [
    ['is taken over', { '': dead('d') }, 'got'],
    ['is left to a living claimant', { '': dead('d'), [nonce('d')]: living('a') }, 'held'],
    ['is inherited from a dead claimant', { '': dead('d'), [nonce('d')]: dead('c') }, 'got'],
    [
      'is inherited along a chain of dead claimants',
      { '': dead('d'), [nonce('d')]: dead('c'), [nonce('c')]: dead('b'), [nonce('b')]: dead('a') },
      'got',
    ],
    [
      'is left to the living end of the chain',
      { '': dead('d'), [nonce('d')]: dead('c'), [nonce('c')]: living('a') },
      'held',
    ],
    ['is left alone when its claims go in a circle', { '': dead('d'), [nonce('d')]: dead('d') }, 'held'],
    ['does not matter where a living one has it', { '': living('a'), [nonce('d')]: dead('c') }, 'held'],
  ] as const) {
    test(name, () => {
      const path = lockPath()
      for (const [suffix, target] of Object.entries(links))
        symlinkSync(target, suffix === '' ? path : `${path}.${suffix}`)
      const before = inFolderOf(path)
      const attempt = tryLock(machine, path)
      expect(attempt.kind).toBe(want)
      if (attempt.kind !== 'got') {
        expect(inFolderOf(path)).toEqual(before)
        return
      }
      expect(readlinkSync(path)).toContain(`.${process.pid}.`)
      expect(inFolderOf(path)).toEqual(['x.lock'])
      attempt.release()
      expect(inFolderOf(path)).toEqual([])
    })
  }

  test('is left alone when somebody else took it over between the look and the claim', () => {
    const path = lockPath()
    symlinkSync('somebody', path)
    const now = () => {
      rmSync(path)
      symlinkSync(living('a'), path)
      return 1e15
    }
    expect(tryLock({ ...machine, clock: { now } }, path).kind).toBe('held')
    expect(readlinkSync(path)).toBe(living('a'))
    expect(inFolderOf(path)).toEqual(['x.lock'])
  })

  test("from another machine is taken over after a minute, by the link's own time", () => {
    const path = lockPath()
    symlinkSync(
      ownerToText({ nonce: nonce('e'), pid: 1, startTime: '1', bootId: 'a-b', pidNamespace: '1' }),
      path,
    )
    const now = machine.clock.now() / 1000
    lutimesSync(path, now, now - 59)
    expect(tryLock(machine, path)).toMatchObject({ kind: 'held' })
    lutimesSync(path, now, now - 61)
    expect(tryLock(machine, path).kind).toBe('got')
  })
})

describe('a lock by open file', () => {
  // O_EXCL stands in for the kernel's lock here: the file itself is what is exclusive.
  const lock = { kind: 'open', flags: constants.O_EXCL, held: ['EEXIST'] } as const
  const kernel = fakeMachine(0, { platform: { ...platforms.linux, lock }, pid: 4321 })

  test('names its owner while it is held, and the file stays', () => {
    const path = lockPath()
    const attempt = tryLock(kernel, path)
    expect(attempt.kind).toBe('got')
    expect(tryLock(kernel, path)).toEqual({ kind: 'held', holder: '4321' })
    if (attempt.kind === 'got') attempt.release()
    expect(inFolderOf(path)).toEqual(['x.lock'])
    expect(() => withLock(kernel, path, () => 1)).toThrow(/^process 4321 has held/)
  })

  test('another error of open is no lock', () => {
    const folder = freshFolder()
    expect(() => tryLock({ ...kernel, platform: platforms.linux }, join(folder, 'a'.repeat(300)))).toThrow(
      expect.objectContaining({ code: 'FILE_UNWRITABLE' }),
    )
  })

  test('macOS and Windows ask libuv by number', () => {
    expect(platforms.darwin.lock).toEqual({ kind: 'open', flags: 0x24, held: ['EAGAIN', 'EWOULDBLOCK'] })
    expect(platforms.win32.lock).toMatchObject({ kind: 'open', flags: 0x10000000 })
  })
})

test('an owner without a name is another process', () => {
  expect(lockTimeout('/x', '', 1000).message).toBe('another process has held `/x` for more than 1 s')
})
