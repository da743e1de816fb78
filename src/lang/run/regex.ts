// `matches`: regular expressions of RE2 syntax in linear time, on bytes that are UTF-8 text.

import { RE2JS } from 're2js'
import { bytesToText } from '../values/bytes.ts'
import { fail } from '../values/failure.ts'
import { typeOf } from '../values/types.ts'
import type { Value } from '../values/value.ts'
import type { Meter } from './meter.ts'

const maxPatternBytes = 64 * 1024

/** Whether a pattern is found anywhere in a string; undefined when either is. */
export function matches(text: Value, pattern: Value, meter: Meter): boolean | undefined {
  if (text === undefined || pattern === undefined) return undefined
  if (typeof text !== 'string' || typeof pattern !== 'string') {
    return fail(`\`matches\` takes two strings, not ${typeOf(text)} and ${typeOf(pattern)}`)
  }
  meter.step(1 + ((text.length * (1 + pattern.length)) >> 6))
  return compiled(pattern, meter).matcher(bytesToText(text)).find()
}

function compiled(pattern: string, meter: Meter): RE2JS {
  if (pattern.length > maxPatternBytes) fail(`a regular expression of more than ${maxPatternBytes} bytes`)
  const known = meter.patterns.get(pattern)
  if (known !== undefined) return known as RE2JS
  meter.step(pattern.length)
  try {
    const made = RE2JS.compile(bytesToText(pattern))
    meter.patterns.set(pattern, made)
    return made
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    return fail(`not a regular expression: ${reason.split('\n', 1)[0]}`)
  }
}
