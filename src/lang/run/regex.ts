// `matches`: regular expressions of RE2 syntax in linear time, on bytes that are UTF-8 text.

import { RE2JS } from 're2js'
import { bytesToText } from '../values/bytes.ts'
import { fail } from '../values/failure.ts'
import { typeOf } from '../values/types.ts'
import type { Value } from '../values/value.ts'
import type { Meter } from './meter.ts'

const maxPatternBytes = 64 * 1024
const [stateBytes, stateSteps, shortWork] = [512, 8, 1_000_000]
/** States of the patterns that are kept; when there are more, all are forgotten. */
const maxStates = 20_000

/** Whether a pattern is found anywhere in a string; undefined when either is. */
export function matches(text: Value, pattern: Value, meter: Meter): boolean | undefined {
  if (text === undefined || pattern === undefined) return undefined
  if (typeof text !== 'string' || typeof pattern !== 'string') {
    return fail(`\`matches\` takes two strings, not ${typeOf(text)} and ${typeOf(pattern)}`)
  }
  const regex = compiled(pattern, meter)
  // Linear in the text, times the states that a byte may be in. One match cannot be stopped, so a long one costs more.
  const work = text.length * regex.programSize()
  meter.step(1 + Math.ceil(work / 64) + Math.max(0, Math.ceil((work - shortWork) / 4)))
  return regex.matcher(bytesToText(text)).find()
}

function compiled(pattern: string, meter: Meter): RE2JS {
  if (pattern.length > maxPatternBytes) fail(`a regular expression of more than ${maxPatternBytes} bytes`)
  const known = meter.patterns.get(pattern)
  if (known !== undefined) return known as RE2JS
  meter.step(pattern.length * stateSteps)
  const made = compile(pattern)
  const states = made.programSize()
  meter.step(states * stateSteps)
  meter.pay(states * stateBytes)
  if (meter.patternStates + states > maxStates) {
    meter.patterns.clear()
    meter.patternStates = 0
  }
  meter.patternStates += states
  meter.patterns.set(pattern, made)
  return made
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(bytesToText(pattern))
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    return fail(`not a regular expression: ${reason.split('\n', 1)[0]}`)
  }
}
