import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type FakeClock, fakeClock } from '../base/clock.fake.ts'
import { systemRandom } from '../base/index.ts'
import type { Machine } from './machine.ts'
import { platforms } from './platform.ts'

/** A machine for tests: Linux, a clock that stands still, and waiting that only moves this clock. */
export type FakeMachine = Machine & { readonly clock: FakeClock }

/** Makes a machine whose clock shows `at`. Other parts can be given. */
export function fakeMachine(
  at: number | string = '2026-02-03T10:00:00Z',
  parts: Partial<Machine> = {},
): FakeMachine {
  const clock = fakeClock(at)
  return {
    platform: platforms.linux,
    random: systemRandom,
    pid: process.pid,
    wait: {
      block: (ms) => clock.advance(ms),
      pause: async (ms) => {
        clock.advance(ms)
        await new Promise((resolve) => setImmediate(resolve))
      },
      after: () => () => {},
    },
    warn: () => {},
    ...parts,
    clock,
  }
}

/** An empty folder of this test's own, removed when the test is over. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sentinel-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
