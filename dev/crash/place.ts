import { type Barrier, openBarrier, ownStorage, usualLimits } from '../../src/barrier/index.ts'
import { systemClock, systemRandom } from '../../src/base/index.ts'
import { type Machine, type PlatformName, platforms, systemWait } from '../../src/machine/index.ts'

/** This machine, for real. */
export const machine: Machine = {
  platform: platforms[process.platform as PlatformName],
  clock: systemClock,
  random: systemRandom,
  wait: systemWait,
  pid: process.pid,
}

/** The barrier of a folder. Writes are counted and keys changed so often that kills fall into that too. */
export async function openPlace(folder: string): Promise<Barrier> {
  const limits = { ...usualLimits, countStep: 8, writesPerKey: 400 }
  return openBarrier({ ...machine, kv: await ownStorage(machine, folder) }, limits)
}
