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
export function matches(
  text: Value,
  pattern: Value,
  meter: Meter,
  compiled: typeof compileRegex = compileRegex,
): boolean | undefined {
  if (text === undefined || pattern === undefined) return undefined
  if (typeof text !== 'string' || typeof pattern !== 'string') {
    return fail(`\`matches\` takes two strings, not ${typeOf(text)} and ${typeOf(pattern)}`)
  }
  const regex = known(pattern, meter, compiled)
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

function known(pattern: Bytes, meter: Meter, compiled: typeof compileRegex): Regex {
  if (pattern.length > maxPatternBytes) fail(`a regular expression of more than ${maxPatternBytes} bytes`)
  const made = meter.patterns.get(pattern)
  if (made !== undefined) return made as Regex
  meter.step(pattern.length * stateSteps)
  payForClasses(pattern, meter)
  const regex = compiled(pattern)
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

/** What a class of Unicode takes, `\pL`, and what it takes to look for the other cases of each letter of a wide range. */
const [classBytes, rangeSteps] = [24 * 1024, 125_000]
const classOrRange = /-(?:\\x\{|[\x80-\xff])|\\[\s\S]/g

/** Pays ahead for what is no state and takes long or much all the same: nothing stops the engine that compiles it. */
function payForClasses(pattern: Bytes, meter: Meter): void {
  const folds = pattern.includes('(?') && pattern.includes('i')
  for (const [found] of pattern.matchAll(classOrRange)) {
    if (found === '\\p' || found === '\\P') meter.pay(classBytes)
    else if (folds && found.startsWith('-')) meter.step(rangeSteps)
  }
}

/** A pattern for JavaScript's engine, undefined where that is not proved to be as good as a linear one. */
export function plainRegex(pattern: Bytes): Regex | undefined {
  const plain = plainPattern(pattern)
  return plain && { size: plain.size, test: (text) => plain.regex.test(text) }
}

/** A pattern for JavaScript's engine where that is proved to be as good, else for a linear one. */
function compileRegex(pattern: Bytes): Regex {
  const plain = plainRegex(pattern)
  if (plain !== undefined) return plain
  const regex = linear(pattern)
  return { size: regex.programSize(), test: (text) => regex.matcher(text).find() }
}

/** `matches` for the patterns of one source: compiled ones are kept, up to a size, though each evaluation pays for them. */
export function keepingMatches(): typeof matches {
  const kept = new Map<Bytes, Regex>()
  let states = 0
  const compiled = (pattern: Bytes) => {
    const known = kept.get(pattern)
    if (known !== undefined) return known
    const regex = compileRegex(pattern)
    states += regex.size
    if (states <= maxStates) kept.set(pattern, regex)
    else states -= regex.size
    return regex
  }
  return (text, pattern, meter) => matches(text, pattern, meter, compiled)
}

function linear(pattern: Bytes): RE2JS {
  try {
    return RE2JS.compile(bytesToText(pattern))
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    return fail(`not a regular expression: ${reason.split('\n', 1)[0]}`)
  }
}
