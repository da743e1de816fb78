import { describe, expect, test } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { openServerLog } from './server-log.ts'

/** A reader that takes a line only when it is told to, and a wait whose time is told too. */
function kit() {
  const taken: string[] = []
  const held: (() => void)[] = []
  const waits: (() => void)[] = []
  const put = (bytes: Uint8Array) =>
    new Promise<void>((resolve) => {
      held.push(() => {
        taken.push(Buffer.from(bytes).toString().trimEnd().split(' ').slice(1).join(' '))
        resolve()
      })
    })
  const wait = {
    pause: () => new Promise<void>((resolve) => void waits.push(resolve)),
  }
  const read = async () => {
    for (const take of held.splice(0)) take()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const clock = fakeClock('2026-03-01T00:00:00Z')
  return { taken, held, waits, read, clock, wait, log: openServerLog({ clock, wait }, put) }
}

describe('the log of a server', () => {
  test('is written in order, each line with its time', async () => {
    const lines: string[] = []
    const put = async (bytes: Uint8Array) => void lines.push(Buffer.from(bytes).toString())
    const log = openServerLog(kit(), put)
    log.say('one\u001b[2J')
    log.say('two')
    await log.end()
    expect(lines.map((line) => line.slice(0, 20))).toEqual(Array(2).fill('2026-03-01T00:00:00Z'))
    expect(lines.join('')).not.toContain('\u001b')
  })

  test('keeps a bounded part of what nobody reads, and says how much is missing', async () => {
    const { taken, held, read, log } = kit()
    const line = 'x'.repeat(10_000)
    for (let at = 0; at < 500; at++) log.say(line)
    expect(held.length).toBeLessThan(120)
    const kept = held.length
    await read()
    log.say('read again')
    await read()
    expect(taken.slice(kept)).toEqual([
      `${500 - kept} lines are missing here: nobody read the log in time`,
      'read again',
    ])
  })

  test('holds up the end of the server for a while only', async () => {
    const { held, waits, log } = kit()
    log.say('a')
    const end = log.end()
    expect(waits).toHaveLength(1)
    waits[0]?.()
    await end
    expect(held).toHaveLength(1)
  })

  test('where nobody can read any more, goes on', async () => {
    const log = openServerLog(kit(), async () => {
      throw new Error('EPIPE')
    })
    log.say('a')
    await log.end()
    log.say('b')
    await log.end()
  })
})
