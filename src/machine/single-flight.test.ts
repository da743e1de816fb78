import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SentinelError } from '../base/index.ts'
import { openKeys } from './keys.ts'
import { tryLock } from './lock.ts'
import { fakeMachine, freshFolder } from './machine.fake.ts'
import { lookAtProcess, ownerToText, placeOfSelf } from './owner.ts'
import { sealedFiles } from './sealed.ts'
import { type Flight, singleFlight } from './single-flight.ts'

function setUp() {
  const folder = freshFolder()
  const machine = fakeMachine()
  const keys = openKeys(machine, join(folder, 'keys.json'))
  const cache = sealedFiles({ ...machine, keys }, join(folder, 'cache'))
  const notes = sealedFiles({ ...machine, keys }, join(folder, 'notes'))
  let calls = 0
  const lock = join(folder, 'x.lock')
  const flight: Flight<string> = {
    name: 'x',
    lock,
    read: () => cache.read('x'),
    make: async () => {
      calls++
      await machine.wait.pause(300)
      return `made ${calls}`
    },
    write: (value) => cache.write('x', value),
    isShared: () => true,
  }
  return { deps: { ...machine, notes }, machine, cache, flight, lock, calls: () => calls }
}

const failing = (flight: Flight<string>, error: Error, count: { calls: number }): Flight<string> => ({
  ...flight,
  make: async () => {
    count.calls++
    await new Promise((resolve) => setImmediate(resolve))
    throw error
  },
})
const throttled = new SentinelError('STS_THROTTLED', 'slow down', { hint: 'wait', details: ['a', 'b'] })
const all = async (count: number, run: () => Promise<string>) =>
  await Promise.allSettled(Array.from({ length: count }, run))

describe('one maker', () => {
  test('fifty callers of a cold cache make one call and get one answer', async () => {
    const { deps, flight, calls } = setUp()
    const results = await all(50, () => singleFlight(deps, flight))
    expect(calls()).toBe(1)
    expect(
      new Set(results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed'))),
    ).toEqual(new Set(['made 1']))
    expect(tryLock(deps, flight.lock).kind).toBe('got')
  })

  test('a full cache is served without lock or call', async () => {
    const { deps, flight, cache, calls } = setUp()
    cache.write('x', 'there')
    symlinkSync('held by somebody', flight.lock)
    expect(await singleFlight(deps, flight)).toBe('there')
    expect(calls()).toBe(0)
  })

  test('what was made between the look and the lock is served', async () => {
    const { deps, flight, calls } = setUp()
    let looks = 0
    const read = () => (looks++ === 0 ? undefined : 'there')
    expect(await singleFlight(deps, { ...flight, read })).toBe('there')
    expect([looks, calls()]).toEqual([2, 0])
  })

  test('the lock of a maker that was killed is taken over', async () => {
    const { deps, flight, calls } = setUp()
    symlinkSync(ownerToText({ ...placeOfSelf(), nonce: 'd'.repeat(16), pid: 1, startTime: '0' }), flight.lock)
    expect(await singleFlight(deps, flight)).toBe('made 1')
    expect(calls()).toBe(1)
  })

  test('a maker that never ends is named after two minutes', async () => {
    const { deps, flight, calls } = setUp()
    const seen = lookAtProcess(process.pid)
    const startTime = seen === 'gone' ? '' : seen.startTime
    symlinkSync(
      ownerToText({ ...placeOfSelf(), nonce: 'a'.repeat(16), pid: process.pid, startTime }),
      flight.lock,
    )
    await expect(singleFlight(deps, flight)).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      message: expect.stringContaining(`process ${process.pid} `),
    })
    expect(calls()).toBe(0)
  })
})

describe('failure', () => {
  test('is told to all who wait, after one call', async () => {
    const { deps, flight } = setUp()
    const count = { calls: 0 }
    const results = await all(50, () => singleFlight(deps, failing(flight, throttled, count)))
    expect(count.calls).toBe(1)
    for (const result of results) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'STS_THROTTLED', message: 'slow down', hint: 'wait', details: ['a', 'b'] },
      })
    }
  })

  test('is told to whoever was waiting, however late they look', async () => {
    const { deps, machine, flight, calls } = setUp()
    const held = tryLock(deps, flight.lock)
    const late = {
      ...deps,
      wait: {
        ...deps.wait,
        pause: async () => {
          if (held.kind === 'got') held.release()
          await singleFlight(deps, failing(flight, throttled, { calls: 0 })).catch(() => {})
          machine.clock.advance(60_000)
        },
      },
    }
    await expect(singleFlight(late, flight)).rejects.toThrow('slow down')
    expect(calls()).toBe(0)
  })

  test('that is not shared is each caller for itself', async () => {
    const { deps, flight } = setUp()
    const count = { calls: 0 }
    const own = { ...failing(flight, throttled, count), isShared: () => false }
    await all(3, () => singleFlight(deps, own))
    expect(count.calls).toBe(3)
  })

  test('that is a bug is each caller for itself', async () => {
    const { deps, flight } = setUp()
    const count = { calls: 0 }
    await all(3, () => singleFlight(deps, failing(flight, new TypeError('bug'), count)))
    expect(count.calls).toBe(3)
  })

  test('is told for a second, then tried again', async () => {
    const { deps, machine, flight, calls } = setUp()
    await expect(singleFlight(deps, failing(flight, throttled, { calls: 0 }))).rejects.toThrow('slow down')
    machine.clock.advance(999)
    await expect(singleFlight(deps, flight)).rejects.toThrow('slow down')
    machine.clock.advance(1)
    expect(await singleFlight(deps, flight)).toBe('made 1')
    expect(calls()).toBe(1)
  })

  test('from a clock that was ahead says nothing', async () => {
    const { deps, machine, flight } = setUp()
    await expect(singleFlight(deps, failing(flight, throttled, { calls: 0 }))).rejects.toThrow('slow down')
    machine.clock.advance(-3_600_000)
    expect(await singleFlight(deps, flight)).toBe('made 1')
  })
})
