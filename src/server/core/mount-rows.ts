// The mounts as they are kept: one list, in which those that are being taken away stay until nothing of theirs is left.

import { batchLimit, type Kv } from '../../store/index.ts'
import type { Mount } from '../mounts/path.ts'

/** All mounts of a server. */
export type MountRows = {
  readonly mounts: readonly Mount[]
  /** They answer no more; what was made there and what they kept is not all gone yet. */
  readonly leaving: readonly Mount[]
}

const tableKey = 'sys/mounts'

type StoredMount = Omit<Mount, 'options'> & {
  readonly options: readonly (readonly [string, string])[]
  readonly isLeaving?: true
}

/** undefined where a server begins. */
export async function readRows(kv: Kv): Promise<MountRows | undefined> {
  const entry = await kv.get(tableKey)
  if (entry === undefined) return undefined
  const stored = JSON.parse(Buffer.from(entry.value).toString()) as readonly StoredMount[]
  const mountOf = ({ isLeaving: _, options, ...mount }: StoredMount): Mount => ({
    ...mount,
    options: new Map(options),
  })
  return {
    mounts: stored.filter(({ isLeaving }) => isLeaving !== true).map(mountOf),
    leaving: stored.filter(({ isLeaving }) => isLeaving === true).map(mountOf),
  }
}

export async function writeRows(kv: Kv, { mounts, leaving }: MountRows): Promise<void> {
  const stored: readonly StoredMount[] = [
    ...mounts.map((mount) => ({ ...mount, options: [...mount.options] })),
    ...leaving.map((mount) => ({ ...mount, options: [...mount.options], isLeaving: true as const })),
  ]
  const value = Buffer.from(JSON.stringify(stored))
  await kv.batch([{ kind: 'put', key: tableKey, value, expected: 'anything' }])
}

/** Takes everything out of a storage. */
export async function emptied(store: Kv): Promise<void> {
  for (;;) {
    const keys = await store.keys({ prefix: '', limit: batchLimit })
    if (keys.length === 0) return
    await store.batch(keys.map((key) => ({ kind: 'delete', key, expected: 'anything' })))
  }
}
