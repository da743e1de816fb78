// When the key that encrypts changes by itself: after so many values, or so much time (`sys/rotate/config`). The barrier
// changes it before what GCM allows is used up, whatever is said here.

import { type Barrier, usualLimits } from '../../barrier/index.ts'
import { type Clock, SentinelError } from '../../base/index.ts'
import type { Kv } from '../../store/index.ts'

export type RotationConfig = {
  readonly enabled: boolean
  readonly maxOperations: number
  /** Seconds; 0: never by time. */
  readonly intervalSeconds: number
}

export interface Rotation {
  config(): RotationConfig
  /** @throws SentinelError REQUEST_INVALID */
  configure(change: Partial<RotationConfig>): Promise<void>
  /** Changes the key where it is time; to be called now and then. */
  tick(): Promise<void>
}

export type RotationDeps = {
  readonly kv: Kv
  readonly clock: Clock
  readonly barrier: Pick<Barrier, 'keyStatus' | 'rotate'>
}

const key = 'sys/rotate/config'
const usual: RotationConfig = { enabled: true, maxOperations: usualLimits.writesPerKey, intervalSeconds: 0 }
const [leastOperations, leastInterval] = [1_000_000, 86_400]

/** Reads from the storage what was said. */
export async function openRotation({ kv, clock, barrier }: RotationDeps): Promise<Rotation> {
  const stored = await kv.get(key)
  let config: RotationConfig = stored === undefined ? usual : JSON.parse(Buffer.from(stored.value).toString())
  return {
    config: () => config,
    async configure(change) {
      const next = { ...config, ...change }
      requireSensible(next)
      const value = Buffer.from(JSON.stringify(next))
      await kv.batch([{ kind: 'put', key, value, expected: 'anything' }])
      config = next
    },
    async tick() {
      const { enabled, maxOperations, intervalSeconds } = config
      if (!enabled) return
      const { encryptions, installedAt } = barrier.keyStatus()
      const ageMs = clock.now() - Date.parse(installedAt)
      if (encryptions >= maxOperations || (intervalSeconds > 0 && ageMs >= intervalSeconds * 1000))
        await barrier.rotate()
    },
  }
}

function requireSensible({ maxOperations, intervalSeconds }: RotationConfig): void {
  if (maxOperations < leastOperations || maxOperations > usual.maxOperations)
    throw new SentinelError(
      'REQUEST_INVALID',
      `\`max_operations\` must be ${leastOperations} to ${usual.maxOperations}`,
    )
  if (intervalSeconds !== 0 && intervalSeconds < leastInterval)
    throw new SentinelError('REQUEST_INVALID', '`interval` must be at least 24h, or 0 for never')
}
