import { closeSync, openSync } from 'node:fs'
import { fileError } from '../machine/index.ts'
import type { Found } from './look-up.ts'
import { realPath } from './place.ts'
import type { Verdict, VerifyDeps } from './verify.ts'

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
export type { Also, DecisionLog, LogDeps } from './log.ts'
export { nobodyElse, openLog } from './log.ts'
export type { Found, LoggedLine } from './look-up.ts'
export type { Problem, Verdict, VerifyDeps } from './verify.ts'

/**
 * Checks a whole log: every line against its key, its neighbours and the head in the state folder. A log of another
 * machine or person cannot be checked: their keys are needed.
 *
 * @returns what is wrong, if anything: `problemCount` is 0 for a log that is as it was written
 * @throws SentinelError LOG_UNREADABLE when there is no log at that path and never was, or it cannot be read
 */
export async function verifyLog(deps: VerifyDeps, file: string): Promise<Verdict> {
  const { verify } = await import('./verify.ts')
  return verify(deps, realPath(deps, file))
}

/**
 * What a log says about one request: the decision, its outcomes, and every later use of the credentials it issued.
 *
 * @param log a path, or an open file such as standard input
 * @param asked a request id, or a SourceIdentity in either form
 * @throws SentinelError LOG_UNREADABLE; DECISION_NOT_FOUND when the text is neither, or no line is about it
 */
export async function findDecision(log: string | number, asked: string): Promise<Found> {
  const { findIn } = await import('./find.ts')
  const file = typeof log === 'number' ? log : openToRead(log)
  try {
    return findIn(file, asked)
  } catch (thrown) {
    throw fileError('LOG_UNREADABLE', 'read the decision log', String(log), thrown)
  } finally {
    if (typeof log === 'string') closeSync(file)
  }
}

function openToRead(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (thrown) {
    throw fileError('LOG_UNREADABLE', 'read the decision log', path, thrown)
  }
}
