// One audit device: its lines, its hashes, the file they go to.

import { asSentinelError, type Clock, type SentinelError } from '../../base/index.ts'
import type { Wait } from '../../machine/index.ts'
import { concealer, raw } from './concealer.ts'
import { type Confines, confined } from './confine.ts'
import type { AuditEntry } from './entry.ts'
import { type Durability, fileTarget } from './file-target.ts'
import { Groups, type GroupsDeps, type Target } from './groups.ts'
import type { HeaderTable } from './headers.ts'
import { entriesToLines, type LineStyle } from './line.ts'
import { type DeviceSettings, readOptions } from './options.ts'
import type { DeviceRow } from './table.ts'

/** A device that began to fail, or, where no error is told, to write again. */
export type AuditTrouble = { readonly device: string; readonly error: SentinelError | undefined }

export type DeviceDeps = Confines & {
  readonly clock: Clock
  readonly wait: Pick<Wait, 'after'>
  readonly durability: Durability
  /** Ends when the standard output has taken it. */
  stdout(bytes: Uint8Array): Promise<void>
  report(trouble: AuditTrouble): void
}

/** Takes a file for one device. @throws SentinelError REQUEST_INVALID where another has it */
export type Claim = (file: string) => void

export type Device = {
  readonly path: string
  /** Rejects with whatever kept the entries from being written. */
  record(entries: readonly AuditEntry[]): Promise<void>
  hash(input: string): string
  reopen(): Promise<void>
  /** For good. What does not end in time is not waited for. */
  close(): Promise<void>
  /** Ends when nothing of it is under way any more. */
  ended(): Promise<void>
}

/**
 * Makes the device. Nothing is opened before the first entry.
 *
 * @throws SentinelError REQUEST_INVALID where an option means nothing
 */
export function openDevice(
  deps: DeviceDeps & { readonly claim: Claim },
  row: DeviceRow,
  salt: Uint8Array,
  headers: HeaderTable,
): Device {
  const settings = readOptions(row.type, row.options)
  const hashing = concealer(salt, settings)
  const style: LineStyle = { ...settings, concealer: settings.logRaw ? raw() : hashing }
  const target = targetOf(deps, settings)
  const groups = new Groups({ wait: deps.wait, ended: watching(deps, row.path) }, target)
  return {
    path: row.path,
    record: (entries) => groups.write(entriesToLines(style, headers.all(), entries)),
    hash: hashing.text,
    async reopen() {
      target.reopen()
      await groups.write('')
    },
    close: () => groups.close(),
    ended: () => groups.ended(),
  }
}

/** Reports when failing begins, and when it ends. */
function watching({ report }: DeviceDeps, device: string): GroupsDeps['ended'] {
  let isFailing = false
  return (failure) => {
    const failed = failure !== undefined
    if (failed !== isFailing) report({ device, error: failed ? asSentinelError(failure.cause) : undefined })
    isFailing = failed
  }
}

function targetOf(
  deps: DeviceDeps & { readonly claim: Claim },
  { target, mode }: DeviceSettings,
): Target & { reopen(): void } {
  const nothing = async () => {}
  const without = { look: nothing, close: nothing, reopen: () => {} }
  if (target === 'discard') return { ...without, put: nothing }
  if (target === 'stdout') return { ...without, put: (bytes) => deps.stdout(bytes) }
  const { file } = target
  // By its name too: where it really lies may never be found out, when its file system hangs.
  deps.claim(file)
  const real = async () => {
    const found = await confined(deps, file)
    deps.claim(found)
    return found
  }
  return fileTarget(deps, { named: file, real, mode })
}
