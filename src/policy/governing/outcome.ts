// What one governing policy came to. From this one value the audit log, the warnings of a response, the server's log and
// the text of a refusal are made.

import type { Level, WrittenPolicy } from './policy.ts'

/** What one policy said of one request. Plain and frozen: it goes into the grant. */
export type Governed = Pick<WrittenPolicy, 'kind' | 'name' | 'namespace' | 'level'> & {
  /** `error` also where `main` is undefined, and where it was not evaluated. Only `pass` passes. */
  readonly result: 'pass' | 'fail' | 'error'
  /** It did not pass, and the request goes on because somebody asked to override it. */
  readonly overridden: boolean
  /** Microseconds, whole ones. */
  readonly durationUs: number
  /** It used up what it may, or had just done so too often. */
  readonly isOverBudget: boolean
  /** Why; undefined where it passed. */
  readonly why: Why | undefined
}

/** Why a policy did not pass. Values of the request may be in all of it but the place. */
export type Why = {
  /** Where it went wrong: `root/x:45:15`; undefined where it was evaluated to its end, or not at all. */
  readonly place: string | undefined
  /** What went wrong there; undefined where the policy is false. */
  readonly error: string | undefined
  /** The comment at the top of the policy; undefined where nothing was evaluated. */
  readonly description: string | undefined
  /** The rules that were evaluated with their values, a line each. */
  readonly rules: string
  /** What the policy printed, a line each. */
  readonly print: string
}

/** Whether a request may go on as far as this policy is concerned. */
export const isSatisfied = ({ result, level, overridden }: Governed): boolean =>
  result === 'pass' || level === 'advisory' || overridden

/** Whether a policy of this level gives way to whoever asks to override it. */
export const yields = (level: Level): boolean => level === 'soft-mandatory'
