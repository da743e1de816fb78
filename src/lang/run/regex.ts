// `matches`: regular expressions of RE2 syntax in linear time, on bytes that are UTF-8 text.

import { RE2JS } from 're2js'
import { type Bytes, bytesToText, isAscii } from '../values/bytes.ts'
import { fail } from '../values/failure.ts'
import { typeOf } from '../values/types.ts'
import type { Value } from '../values/value.ts'
import type { Meter } from './meter.ts'
import { plainPattern } from './pattern.ts'

const maxPatternBytes = 64 * 1024
const [stateBytes, stateSteps, shortWork] = [512, 8, 1_000_000]
/** States of the patterns that are kept; when there are more, all are forgotten. */
export const maxStates = 20_000

/** What is not plain ASCII is decoded: an array of its bytes, and UTF-16. */
const decodedBytes = 4

/** Whether a pattern is found anywhere in a string; undefined when either is. */
export function matches(text: Value, pattern: Value, meter: Meter): boolean | undefined {
  if (text === undefined || pattern === undefined) return undefined
  if (typeof text !== 'string' || typeof pattern !== 'string') {
    return fail(`\`matches\` takes two strings, not ${typeOf(text)} and ${typeOf(pattern)}`)
  }
  const regex = known(pattern, meter)
  meter.step(stepsOfMatch(text.length, regex))
  if (!isAscii(text)) meter.pay(text.length * decodedBytes)
  return regex.test(bytesToText(text))
}

/** A compiled pattern. */
export type Regex = {
  test(text: string): boolean
  /** How many states a character may be in. */
  readonly size: number
}

/** Linear in the text, times the states that a byte may be in. One match cannot be stopped: a long one costs more. */
export function stepsOfMatch(bytes: number, { size }: Regex): number {
  const work = bytes * size
  return 1 + Math.ceil(work / 64) + Math.max(0, Math.ceil((work - shortWork) / 4))
}

/** What compiling a pattern costs, once in an evaluation. */
export const costOf = (
  pattern: Bytes,
  { size }: Regex,
): { readonly steps: number; readonly bytes: number } => ({
  steps: (pattern.length + size) * stateSteps,
  bytes: size * stateBytes,
})

function known(pattern: Bytes, meter: Meter): Regex {
  if (pattern.length > maxPatternBytes) fail(`a regular expression of more than ${maxPatternBytes} bytes`)
  const made = meter.patterns.get(pattern)
  if (made !== undefined) return made as Regex
  meter.step(pattern.length * stateSteps)
  const regex = compileRegex(pattern)
  const { size } = regex
  meter.step(size * stateSteps)
  meter.pay(size * stateBytes)
  if (meter.patternStates + size > maxStates) {
    meter.patterns.clear()
    meter.patternStates = 0
  }
  meter.patternStates += size
  meter.patterns.set(pattern, regex)
  return regex
}

/** A pattern for JavaScript's engine where that is proved to be as good, else for a linear one. */
export function compileRegex(pattern: Bytes): Regex {
  const plain = plainPattern(pattern)
  if (plain !== undefined) return { size: plain.size, test: (text) => plain.regex.test(text) }
  const regex = linear(pattern)
  return { size: regex.programSize(), test: (text) => regex.matcher(text).find() }
}

function linear(pattern: Bytes): RE2JS {
  try {
    return RE2JS.compile(bytesToText(pattern))
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    return fail(`not a regular expression: ${reason.split('\n', 1)[0]}`)
  }
}
