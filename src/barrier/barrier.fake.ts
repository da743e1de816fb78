import { fakeClock } from '../base/clock.fake.ts'
import { systemRandom } from '../base/index.ts'
import { type Kv, memoryKv } from '../store/index.ts'
import { type Barrier, type BarrierLimits, openBarrier, type Sharing, usualLimits } from './index.ts'

/** A barrier for tests, with the storage under it and the shares of its key. */
export type OpenedBarrier = {
  readonly barrier: Barrier
  readonly storage: Kv
  readonly shares: readonly Uint8Array[]
}

const parts = () => ({ random: systemRandom, clock: fakeClock('2026-02-03T10:00:00Z') })

/** A barrier over a storage, as a server that starts has it. */
export function reopened(storage: Kv, limits: Partial<BarrierLimits> = {}): Promise<Barrier> {
  return openBarrier({ ...parts(), kv: storage }, { ...usualLimits, ...limits })
}

/** A barrier that was just initialised and unsealed. */
export async function unsealedBarrier({
  storage = memoryKv(),
  sharing = { shares: 3, threshold: 2 },
  limits = {},
}: {
  readonly storage?: Kv
  readonly sharing?: Sharing
  readonly limits?: Partial<BarrierLimits>
} = {}): Promise<OpenedBarrier> {
  const barrier = await reopened(storage, limits)
  const shares = await barrier.initialise(sharing)
  await unsealWith(barrier, shares)
  return { barrier, storage, shares }
}

/** Gives shares until the barrier is unsealed, or there are none left. */
export async function unsealWith(barrier: Barrier, shares: readonly Uint8Array[]): Promise<void> {
  for (const share of shares) if (barrier.state() === 'sealed') await barrier.unseal(share)
}
