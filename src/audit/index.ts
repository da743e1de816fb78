import type { Verdict } from './chain.ts'
import type { AuditDeps, AuditDevices } from './devices/devices.ts'
import type { LogDeps } from './log.ts'
import type { Found } from './look-up.ts'
import { realPath } from './place.ts'
import type { Rotated, RotationEntry } from './rotate.ts'
import type { VerifyDeps } from './verify.ts'

export type { Verdict } from './chain.ts'
export type { AuditTrouble } from './devices/device.ts'
export type { AuditDeps, AuditDevices } from './devices/devices.ts'
export type {
  AuditAuth,
  AuditData,
  AuditEntry,
  AuditGoverned,
  AuditMount,
  AuditRequest,
  AuditResponse,
  AuditToken,
  AuditWrap,
  PolicyResults,
} from './devices/entry.ts'
export type { Durability } from './devices/file-target.ts'
export type { AuditedHeaders, HeaderTable } from './devices/headers.ts'
export type { AuditStore, DeviceRequest } from './devices/table.ts'
export type {
  AcceptClockEntry,
  AdministrationEntry,
  ChangedThing,
  ChangeEntry,
  ChangeEvent,
  ChangeWords,
  DecisionEntry,
  Entry,
  OutcomeEntry,
  RepeatsEntry,
} from './entry.ts'
export type { Also, BlockingLog, DecisionLog, LogDeps, LogOptions } from './log.ts'
export { nobodyElse, openLog } from './log.ts'
export type { Found, LoggedLine } from './look-up.ts'
export type { PatientLog } from './patient-log.ts'
export { openPatientLog } from './patient-log.ts'
export type { Rotated, RotationEntry } from './rotate.ts'
export type { Note, Problem, VerifyDeps } from './verify.ts'
export { isSealed, openWords, sealingLog } from './words.ts'

/**
 * Checks a whole log: every line against its key, its neighbours and the head in the state folder, and every older file
 * of it beside it. A log of another machine or person cannot be checked: their keys are needed.
 *
 * @param scope `file` leaves the older files out
 * @returns what is wrong, if anything: `problemCount` is 0 for a log that is as it was written
 * @throws SentinelError LOG_UNREADABLE when there is no log at that path and never was, or it cannot be read
 */
export async function verifyLog(
  deps: VerifyDeps,
  file: string,
  scope: 'chain' | 'file' = 'chain',
): Promise<Verdict> {
  const { verifyAlone, verifyChain } = await import('./chain.ts')
  return (scope === 'file' ? verifyAlone : verifyChain)(deps, realPath(deps, file))
}

/**
 * Moves a log aside, under a name with the time, and begins a new one that goes on from it. Others may append meanwhile.
 *
 * @throws SentinelError LOG_NOT_ROTATED when it holds nothing, or is not this person's; and what appending throws.
 *   Whatever is thrown, and wherever the process is killed, nothing is lost and the next decision goes on.
 */
export async function rotateLog(deps: LogDeps, file: string, who: RotationEntry): Promise<Rotated> {
  const { rotate } = await import('./rotate.ts')
  return rotate(deps, file, who)
}

/**
 * What a log says about one request: the decision, its outcomes, and every later use of the credentials it issued. Older
 * files of a log that was rotated are looked into too, as far back as the request may go.
 *
 * @param log a path, or an open file such as standard input
 * @param asked a request id, or a SourceIdentity in either form
 * @throws SentinelError LOG_UNREADABLE; DECISION_NOT_FOUND when the text is neither, or no line is about it
 */
export async function findDecision(
  deps: Pick<VerifyDeps, 'platform'>,
  log: string | number,
  asked: string,
): Promise<Found> {
  const { findIn, findInOpen } = await import('./find.ts')
  return typeof log === 'number' ? findInOpen(log, asked) : findIn(deps, realPath(deps, log), asked)
}

/**
 * The audit devices of a server, as they are kept in its storage.
 *
 * @throws SentinelError what the storage throws; STORE_CORRUPT where a device has lost its salt
 */
export async function openAuditDevices(deps: Omit<AuditDeps, 'files'>): Promise<AuditDevices> {
  const [{ openDevices }, { systemFiles }] = await Promise.all([
    import('./devices/devices.ts'),
    import('./devices/files.ts'),
  ])
  return openDevices({ ...deps, files: systemFiles })
}
