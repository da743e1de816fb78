import { systemClock, systemRandom } from '../src/base/index.ts'
import { type Machine, type PlatformName, platforms, systemWait } from '../src/machine/index.ts'

/** This machine, for real, for programs that have nothing to warn of. */
export const machine: Machine = {
  platform: platforms[process.platform as PlatformName],
  clock: systemClock,
  random: systemRandom,
  wait: systemWait,
  pid: process.pid,
  warn(message) {
    throw new Error(message)
  },
}
