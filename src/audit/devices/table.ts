// Which devices there are, and their salts, in the storage behind the barrier.

import type { Soon } from '../../base/index.ts'
import type { DeviceOptions } from './options.ts'

type StoredWrite =
  | {
      readonly kind: 'put'
      readonly key: string
      readonly value: Uint8Array
      readonly expected: 'anything'
    }
  | { readonly kind: 'delete'; readonly key: string; readonly expected: 'anything' }

/** What this room needs of a storage; a Kv is one. */
export type AuditStore = {
  get(key: string): Soon<{ readonly value: Uint8Array } | undefined>
  /** All or nothing. */
  batch(writes: readonly StoredWrite[]): Promise<void>
}

/** What somebody asks to be enabled. */
export type DeviceRequest = {
  /** `file/`: with a slash at the end, without one in front. */
  readonly path: string
  readonly type: string
  readonly description: string
  readonly local: boolean
  readonly options: DeviceOptions
}

/** A device as it is kept. */
export type DeviceRow = DeviceRequest & { readonly uuid: string }

type StoredRow = Omit<DeviceRow, 'options'> & { readonly options: readonly (readonly [string, string])[] }

const tableKey = 'sys/audit'
const saltKey = (uuid: string) => `audit/${uuid}/salt`

/** All devices, in the order in which they were enabled. */
export async function readTable(store: AuditStore): Promise<readonly DeviceRow[]> {
  const entry = await store.get(tableKey)
  if (entry === undefined) return []
  const stored = JSON.parse(Buffer.from(entry.value).toString()) as readonly StoredRow[]
  return stored.map((row) => ({ ...row, options: new Map(row.options) }))
}

/** The salt of a device; undefined where it is gone. */
export async function readSalt(store: AuditStore, { uuid }: DeviceRow): Promise<Uint8Array | undefined> {
  return (await store.get(saltKey(uuid)))?.value
}

/** Keeps one device more, with its salt. */
export async function keepWith(
  store: AuditStore,
  rows: readonly DeviceRow[],
  added: DeviceRow,
  salt: Uint8Array,
): Promise<void> {
  const put = { kind: 'put', key: saltKey(added.uuid), value: salt, expected: 'anything' } as const
  await store.batch([put, tableOf([...rows, added])])
}

/** Keeps one device less. Its salt goes too, so that nothing in its files can be looked for any more. */
export async function keepWithout(
  store: AuditStore,
  rows: readonly DeviceRow[],
  gone: DeviceRow,
): Promise<void> {
  const left = rows.filter(({ path }) => path !== gone.path)
  await store.batch([tableOf(left), { kind: 'delete', key: saltKey(gone.uuid), expected: 'anything' }])
}

function tableOf(rows: readonly DeviceRow[]): StoredWrite {
  const stored: readonly StoredRow[] = rows.map((row) => ({ ...row, options: [...row.options] }))
  return { kind: 'put', key: tableKey, value: Buffer.from(JSON.stringify(stored)), expected: 'anything' }
}
