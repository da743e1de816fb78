// What comes out of an evaluation, in the host's terms.

import { type Diagnostic, placeIn, type Source, type Span } from '../../source/index.ts'
import type { HostValue } from './border.ts'
import type { Need } from './need.ts'

/** A place for people, as Go counts: line and column from 1, the column in bytes; the offset in bytes from 0. */
export type Location = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly offset: number
}

/** What went wrong in a policy. */
export type EvaluationError = Location & {
  readonly message: string
  /** Whether the evaluation used up what it may. */
  readonly isOverLimit: boolean
  /** The place in the source, for a drawing. */
  readonly source: Source
  readonly span: Span
}

/** A rule that was evaluated. */
export type RuleTrace = {
  readonly name: string
  /** The comment above it. */
  readonly description: string
  readonly position: Location
  /** The whole value; undefined where `isCut`. */
  readonly value: HostValue
  /** Whether the value is left out: it was too large for what the limits of the evaluation had left, or nests too deep. */
  readonly isCut: boolean
  /** The value as `print` shows it: the first 4000 bytes, more or less, then `…`. */
  readonly text: string
  /** The same of a list or map, an element or entry each, of at most 20; undefined for other values. */
  readonly items: readonly string[] | undefined
  /** How many elements or entries are not among `items`. */
  readonly more: number
}

/** How the result came about. */
export type Trace = {
  /** The comment at the top of the policy. */
  readonly description: string
  /** The rules of the policy that were evaluated: `main` first, the others by name. */
  readonly rules: readonly RuleTrace[]
}

/**
 * The outcome. `pass` and `fail` say whether `main` holds; `undefined` that it is neither, with the place where
 * the undefined came from; `error` that the policy went wrong; `invalid` that a source is no policy;
 * `need` that the host has to find out a fact first.
 */
export type Status = 'pass' | 'fail' | 'undefined' | 'error' | 'invalid' | 'need'

/** The result of one evaluation. */
export type Result = {
  readonly status: Status
  /** What `main` gave. */
  readonly value: HostValue
  /** Whatever was printed, a line each. */
  readonly print: readonly string[]
  readonly error: EvaluationError | undefined
  /** Everything wrong with a source that is `invalid`. */
  readonly diagnostics: readonly Diagnostic[]
  readonly undefinedAt: Location | undefined
  readonly need: Need | undefined
  readonly trace: Trace
}

/** The place of an offset in a source. */
export const positionIn = (source: Source, offset: number): Location => ({
  file: source.name,
  ...placeIn(source, offset),
})
