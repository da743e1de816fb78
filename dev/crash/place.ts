import { type Barrier, openBarrier, ownStorage, usualLimits } from '../../src/barrier/index.ts'
import { machine } from '../machine.ts'

/** The barrier of a folder. Writes are counted and keys changed so often that kills fall into that too. */
export async function openPlace(folder: string): Promise<Barrier> {
  const limits = { ...usualLimits, countStep: 8, writesPerKey: 400 }
  return openBarrier({ ...machine, kv: await ownStorage(machine, folder) }, limits)
}
