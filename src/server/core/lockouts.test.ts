import { describe, expect, test } from 'vitest'
import { fakeClock } from '../../base/clock.fake.ts'
import type { Mount } from '../mounts/path.ts'
import { roadKit } from '../road.fake.ts'
import { openLockouts } from './lockouts.ts'

const mount: Mount = {
  path: 'auth/people/',
  type: 'userpass',
  accessor: 'userpass_1',
  uuid: 'u',
  stay: 's',
  description: '',
  options: new Map(),
  defaultLeaseSeconds: 0,
  maxLeaseSeconds: 0,
}

function kit() {
  const clock = fakeClock('2026-03-01T00:00:00Z')
  const lockouts = openLockouts(clock)
  const fail = (times: number, on = mount) => {
    for (let at = 0; at < times; at++) lockouts.failed(on, 'bob')
  }
  const isOpen = (on = mount, name = 'bob') => {
    try {
      lockouts.requireOpen(on, name)
      return true
    } catch {
      return false
    }
  }
  return { clock, lockouts, fail, isOpen }
}

describe('a name that was tried with wrong passwords', () => {
  test('is locked after the fifth, for a quarter of an hour, and then has as many tries again', () => {
    const { clock, fail, isOpen } = kit()
    fail(4)
    expect(isOpen()).toBe(true)
    fail(1)
    expect([isOpen(), isOpen(mount, 'eve'), isOpen({ ...mount, accessor: 'userpass_2' })]).toEqual([
      false,
      true,
      true,
    ])
    clock.advance(899_999)
    expect(isOpen()).toBe(false)
    clock.advance(1)
    expect(isOpen()).toBe(true)
    fail(4)
    expect(isOpen()).toBe(true)
  })

  test('begins anew after a right one, after a while, and when it is unlocked', () => {
    const { clock, lockouts, fail, isOpen } = kit()
    fail(4)
    lockouts.succeeded(mount, 'bob')
    fail(4)
    clock.advance(900_000)
    fail(4)
    expect(isOpen()).toBe(true)
    fail(1)
    expect([...lockouts.locked([mount])]).toEqual([['userpass_1', ['bob']]])
    lockouts.unlock('userpass_1', 'bob')
    expect([isOpen(), lockouts.locked([mount]).size]).toEqual([true, 0])
  })

  test('is locked as the mount says, or never', () => {
    const { fail, isOpen } = kit()
    const settings = { isDisabled: false, threshold: 2, lockedSeconds: 60, forgottenSeconds: 60 }
    const strict = { ...mount, lockout: settings }
    const open = { ...mount, accessor: 'o', lockout: { ...settings, isDisabled: true } }
    fail(2, strict)
    fail(20, open)
    expect([isOpen(strict), isOpen(open)]).toEqual([false, true])
  })

  test('is forgotten when very many others were tried since', () => {
    const { lockouts, fail, isOpen } = kit()
    fail(5)
    for (let at = 0; at < 10_000; at++) lockouts.failed(mount, String(at))
    expect(isOpen()).toBe(true)
  })
})

test('of very many guesses at once no more are checked than lead to the lock', async () => {
  const { ask, enable } = await roadKit()
  await enable('auth/users/', 'userpass')
  await ask('update', 'auth/users/users/bob', { data: { password: 'p' } })
  const guess = (password: string) =>
    ask('update', 'auth/users/login/bob', { token: undefined, data: { password } }).then(
      () => 'none',
      (thrown) => thrown.code,
    )
  const codes = await Promise.all([...Array.from({ length: 30 }, (_, at) => `q${at}`), 'p'].map(guess))
  expect(codes.filter((code) => code === 'REQUEST_INVALID').length).toBe(5)
  expect(codes.filter((code) => code === 'POLICY_DENIED').length).toBe(26)
})

test('a locked user is refused with the right password too, and an unknown name is locked alike', async () => {
  const { ask, enable, clock } = await roadKit()
  await enable('auth/users/', 'userpass')
  await ask('update', 'auth/users/users/bob', { data: { password: 'p' } })
  const login = (name: string, password: string) =>
    ask('update', `auth/users/login/${name}`, { token: undefined, data: { password } })
  for (const name of ['bob', 'nobody']) {
    for (let at = 0; at < 5; at++)
      await expect(login(name, 'q')).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    await expect(login(name, 'p')).rejects.toMatchObject({ code: 'POLICY_DENIED' })
  }
  clock.advance(900_000)
  for (let round = 0; round < 3; round++) {
    // What went wrong before a right password is forgotten.
    for (let at = 0; at < 4; at++) await expect(login('bob', 'q')).rejects.toThrow('invalid username')
    expect((await login('BOB', 'p')).auth).toBeDefined()
  }
})
