// The audit devices of a server: which there are, and writing to all of them. A request is served, and an answer
// released, only when at least one device has written it (decision 8).

import { asSentinelError, inTurn, newUuid, type Random, SentinelError } from '../../base/index.ts'
import { type Confines, confined } from './confine.ts'
import { type Device, type DeviceDeps, openDevice } from './device.ts'
import type { AuditEntry } from './entry.ts'
import { type HeaderTable, openHeaderTable } from './headers.ts'
import { readOptions } from './options.ts'
import {
  type AuditStore,
  type DeviceRequest,
  type DeviceRow,
  keepWith,
  keepWithout,
  readSalt,
  readTable,
} from './table.ts'

export type AuditDeps = DeviceDeps & {
  readonly random: Random
  /** Behind the barrier: salts are kept there. */
  readonly store: AuditStore
}

/** Where a server writes what was asked of it and what it answered. */
export interface AuditDevices {
  /** Without any, nothing is recorded, and `record` ends at once. */
  isEnabled(): boolean
  list(): readonly DeviceRequest[]
  /**
   * Enables a device, once a first entry could be written.
   *
   * @throws SentinelError REQUEST_INVALID where the path is taken, an option means nothing, or nothing can be written
   */
  enable(request: DeviceRequest): Promise<void>
  /** Nothing happens where there is none. What was recorded before is written first. */
  disable(path: string): Promise<void>
  /**
   * The text that stands for a value in the entries of a device.
   *
   * @throws SentinelError REQUEST_INVALID where there is no such device
   */
  hash(path: string, input: string): string
  /**
   * Ends when one device at least has written all entries.
   *
   * @throws SentinelError AUDIT_FAILED where none has: nothing may be done or released then
   */
  record(entries: readonly AuditEntry[]): Promise<void>
  /** The headers of requests that are written down. */
  readonly headers: HeaderTable
  /** Lets go of every file, as after SIGHUP; each is opened anew with the next entry. */
  reopen(): Promise<void>
  /** Ends when all that was recorded is written, or has failed. */
  close(): Promise<void>
}

const saltBytes = 32

/** Reads from the storage which devices there are. A file that cannot be opened is reported with the first entry. */
export async function openDevices(deps: AuditDeps): Promise<AuditDevices> {
  const { store } = deps
  const headers = await openHeaderTable(store)
  let rows = await readTable(store)
  let devices = await Promise.all(rows.map((row) => opened(deps, row, headers)))
  const oneAtATime = inTurn()
  const enable = async (request: DeviceRequest): Promise<void> => {
    requireFree(rows, request.path)
    await refusing(() => requireOwnFile(deps, rows, request))
    const salt = deps.random.bytes(saltBytes)
    const row: DeviceRow = { ...request, uuid: newUuid(deps.random) }
    const device = openDevice(deps, row, salt, headers)
    await refusing(() => tested(deps, device))
    await keepWith(store, rows, row, salt)
    rows = [...rows, row]
    devices = [...devices, device]
  }
  const disable = async (path: string): Promise<void> => {
    const gone = rows.find((row) => row.path === path)
    if (gone === undefined) return
    await keepWithout(store, rows, gone)
    const device = devices.find((each) => each.path === path)
    rows = rows.filter((row) => row !== gone)
    devices = devices.filter((each) => each !== device)
    await device?.close()
  }
  return {
    isEnabled: () => devices.length > 0,
    list: () => rows,
    enable: (request) => oneAtATime(() => enable(request)),
    disable: (path) => oneAtATime(() => disable(path)),
    hash(path, input) {
      const device = devices.find((each) => each.path === path)
      if (device !== undefined) return device.hash(input)
      throw new SentinelError('REQUEST_INVALID', `unknown audit backend "${path}"`)
    },
    record: (entries) => recorded(devices, entries),
    headers,
    async reopen() {
      await Promise.allSettled(devices.map((device) => device.reopen()))
    },
    async close() {
      await Promise.all(devices.map((device) => device.close()))
    },
  }
}

async function recorded(devices: readonly Device[], entries: readonly AuditEntry[]): Promise<void> {
  const [first, ...others] = devices
  if (first === undefined) return
  try {
    if (others.length === 0) await first.record(entries)
    else await Promise.any(devices.map((device) => device.record(entries)))
  } catch (cause) {
    throw new SentinelError('AUDIT_FAILED', 'internal error', {
      hint: 'see what the server says of its audit devices: none of them could write',
      cause,
    })
  }
}

async function opened(deps: AuditDeps, row: DeviceRow, headers: HeaderTable): Promise<Device> {
  const salt = await readSalt(deps.store, row)
  if (salt !== undefined) return openDevice(deps, row, salt, headers)
  throw new SentinelError('STORE_CORRUPT', `the audit device \`${row.path}\` has lost its salt`, {
    hint: 'restore the storage from a backup',
  })
}

/** Neither the same, nor inside, nor around. */
function requireFree(rows: readonly DeviceRow[], wanted: string): void {
  if (!/^[\w.-]+(?:\/[\w.-]+)*\/$/.test(wanted))
    throw new SentinelError('REQUEST_INVALID', `\`${wanted}\` cannot be the path of an audit device`)
  if (rows.some(({ path }) => path.startsWith(wanted) || wanted.startsWith(path)))
    throw new SentinelError('REQUEST_INVALID', 'path already in use')
}

/** Two devices in one file would write everything twice. */
async function requireOwnFile(
  confines: Confines,
  rows: readonly DeviceRow[],
  wanted: DeviceRequest,
): Promise<void> {
  const real = await realFile(confines, wanted)
  if (real === undefined) return
  for (const row of rows) {
    if ((await realFile(confines, row).catch(() => undefined)) === real)
      throw new SentinelError('REQUEST_INVALID', `the audit device \`${row.path}\` writes that file already`)
  }
}

async function realFile(confines: Confines, { type, options }: DeviceRequest): Promise<string | undefined> {
  const { target } = readOptions(type, options)
  return typeof target === 'string' ? undefined : confined(confines, target.file)
}

async function tested({ clock, random }: AuditDeps, device: Device): Promise<void> {
  const request = {
    id: newUuid(random),
    operation: 'update',
    path: 'sys/audit/test',
    mount: undefined,
    token: undefined,
    accessor: '',
    entityId: '',
    namespace: { id: 'root', path: '' },
    data: undefined,
    policyOverride: false,
    remote: { address: '', port: 0 },
    wrapSeconds: 0,
    headers: new Map(),
  } as const
  const nothing = { auth: undefined, response: undefined, error: undefined } as const
  try {
    await device.record([{ type: 'request', timeMs: clock.now(), request, ...nothing }])
  } catch (thrown) {
    await device.close()
    throw thrown
  }
}

/** Whoever enables a device that cannot write has asked for the wrong thing. */
async function refusing(run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (cause) {
    const { message, hint } = asSentinelError(cause)
    throw new SentinelError('REQUEST_INVALID', message, { hint, cause })
  }
}
