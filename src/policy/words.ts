// What people must write beside a change, and how much of it.

import { formatDuration } from '../base/index.ts'
import { shortestSeconds } from './limits.ts'

/** What is wrong with something that was asked for. */
export type Problem = { readonly message: string; readonly hint: string }

/** What is wrong with a duration, if anything. Too long is not wrong: that is cut. */
export function durationProblem(seconds: number): Problem | undefined {
  if (Number.isSafeInteger(seconds) && seconds >= shortestSeconds) return undefined
  return {
    message: `${formatDuration(seconds)} is less than 15 minutes, and AWS issues nothing shorter`,
    hint: 'write a `--duration` from 15m on',
  }
}

/**
 * What is wrong with a text's length, if anything. At least: in characters that people can see, with one space between
 * words. At most: in code points.
 */
export function lengthProblem(what: string, text: string, least: number, most: number): Problem | undefined {
  const seen = visiblePoints(text)
  const all = [...text.trim()].length
  if (seen >= least && all <= most) return undefined
  const length = seen < least ? seen : all
  const has = length === 0 ? 'is empty' : `has ${length} ${length === 1 ? 'character' : 'characters'}`
  return {
    message: `the ${what} ${has}`,
    hint: `write \`--${what}\` in ${least} to ${most} characters`,
  }
}

/** What a font shows nothing for: controls, unassigned, ignorable by default, and a braille cell without dots. */
const unseen = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu

const visiblePoints = (text: string): number =>
  [
    ...text
      .replace(/[\p{Z}\s]+/gu, ' ')
      .replace(unseen, '')
      .replace(/ +/g, ' ')
      .trim(),
  ].length
