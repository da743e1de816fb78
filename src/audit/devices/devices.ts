// The audit devices of a server: which there are, and writing to all of them. A request is served, and an answer
// released, only when at least one device has written it (decision 8).

import { asSentinelError, inTurn, newUuid, type Random, SentinelError } from '../../base/index.ts'
import { openClaims } from './claims.ts'
import { type Device, type DeviceDeps, openDevice } from './device.ts'
import type { AuditEntry } from './entry.ts'
import { type HeaderTable, openHeaderTable } from './headers.ts'
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

/**
 * Devices at most. Each may hold one of the process's threads for as long as its file system hangs, and so may one that
 * was disabled or refused meanwhile; there are twice as many threads (`sentinel server` sees to it), so that the healthy
 * devices and the storage go on.
 */
export const mostDevices = 8

/** Reads from the storage which devices there are. A file that cannot be opened is reported with the first entry. */
export async function openDevices(deps: AuditDeps): Promise<AuditDevices> {
  const { store } = deps
  const headers = await openHeaderTable(store)
  const claims = openClaims()
  const open = (row: DeviceRow, salt: Uint8Array) =>
    openDevice({ ...deps, claim: (file) => claims.take(file, row.path) }, row, salt, headers)
  let rows = await readTable(store)
  let devices = await Promise.all(rows.map(async (row) => open(row, await saltOf(store, row))))
  const oneAtATime = inTurn()
  const attempts = new Map<string, DeviceRequest>()
  const leaving = waitingRoom()
  const leave = (device: Device): Promise<void> => {
    claims.release(device.path)
    return leaving.enter(device)
  }
  const keep = async (row: DeviceRow, salt: Uint8Array, device: Device): Promise<void> => {
    await keepWith(store, rows, row, salt)
    rows = [...rows, row]
    devices = [...devices, device]
  }
  /** Only what is kept is changed in turn: a file system that hangs holds up nobody else. */
  const tryOut = async (request: DeviceRequest): Promise<void> => {
    const salt = deps.random.bytes(saltBytes)
    const row: DeviceRow = { ...request, uuid: newUuid(deps.random) }
    const device = open(row, salt)
    try {
      await refusing(() => tested(deps, device))
      await oneAtATime(() => keep(row, salt, device))
    } catch (thrown) {
      await leave(device)
      throw thrown
    }
  }
  const enable = async (request: DeviceRequest): Promise<void> => {
    requireFree([...rows, ...attempts.values()], request.path)
    requireRoom(rows.length + attempts.size + leaving.size())
    attempts.set(request.path, request)
    try {
      await tryOut(request)
    } finally {
      attempts.delete(request.path)
    }
  }
  const disable = async (path: string): Promise<Device | undefined> => {
    const gone = rows.find((row) => row.path === path)
    if (gone === undefined) return undefined
    await keepWithout(store, rows, gone)
    rows = rows.filter((row) => row !== gone)
    const device = devices.find((each) => each.path === path)
    devices = devices.filter((each) => each !== device)
    return device
  }
  return {
    isEnabled: () => devices.length > 0,
    list: () => rows,
    enable,
    async disable(path) {
      const gone = await oneAtATime(() => disable(path))
      if (gone !== undefined) await leave(gone)
    },
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

/** Devices that are closed, and hold a thread for as long as something of theirs is under way. */
function waitingRoom() {
  const inside = new Set<Device>()
  return {
    size: () => inside.size,
    enter(device: Device): Promise<void> {
      inside.add(device)
      const closed = device.close()
      void closed.then(() => device.ended()).then(() => inside.delete(device))
      return closed
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

async function saltOf(store: AuditStore, row: DeviceRow): Promise<Uint8Array> {
  const salt = await readSalt(store, row)
  if (salt !== undefined) return salt
  throw new SentinelError('STORE_CORRUPT', `the audit device \`${row.path}\` has lost its salt`, {
    hint: 'restore the storage from a backup',
  })
}

/** Neither the same, nor inside, nor around. */
function requireFree(rows: readonly DeviceRequest[], wanted: string): void {
  if (!/^[\w.-]+(?:\/[\w.-]+)*\/$/.test(wanted))
    throw new SentinelError('REQUEST_INVALID', `\`${wanted}\` cannot be the path of an audit device`)
  if (rows.some(({ path }) => path.startsWith(wanted) || wanted.startsWith(path)))
    throw new SentinelError('REQUEST_INVALID', 'path already in use')
}

function requireRoom(held: number): void {
  if (held < mostDevices) return
  throw new SentinelError('REQUEST_INVALID', `there are ${held} audit devices, of ${mostDevices} at most`, {
    hint: 'disable one; one that hangs counts until its file system answers again',
  })
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
  await device.record([{ type: 'request', timeMs: clock.now(), request, ...nothing }])
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
