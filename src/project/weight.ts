// What results take as long as they are kept. A run keeps those of all its policies or cases until it has shown them, and
// each evaluation has less for what is kept of those before it.

import { SentinelError } from '../base/index.ts'
import type { HostValue, Result } from '../lang/index.ts'

// With the JSON that is made of them in the end.
const [valueBytes, entryBytes, letterBytes, lineBytes] = [128, 256, 6, 64]

/** How many bytes a result takes, more or less. */
export function weightOf({ value, print, trace }: Result): number {
  const rules = trace.rules.map(
    (rule) => 2 * weightOfValue(rule.value) + weightOfText(rule.text) + weightOfLines(rule.items ?? []),
  )
  return rules.reduce((sum, one) => sum + one, weightOfValue(value) + weightOfLines(print))
}

/** How many bytes JSON takes that is kept as text. */
export const weightOfJson = (json: string): number =>
  json === '' ? 0 : bytesOfReport + bytesOfUnit * json.length

/** What lies around the text; a unit of it, with what it takes to be made and laid out. */
const [bytesOfReport, bytesOfUnit] = [512, 4]

const weightOfText = (text: string) => lineBytes + letterBytes * text.length

/** How many bytes lines take. */
export const weightOfLines = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + weightOfText(line), 0)

function weightOfValue(value: HostValue): number {
  if (typeof value === 'string') return weightOfText(value)
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + weightOfValue(one), valueBytes)
  if (!(value instanceof Map)) return valueBytes
  let sum = entryBytes
  for (const [key, one] of value) sum += entryBytes + weightOfValue(key) + weightOfValue(one)
  return sum
}

/** What was not tried since there was no room left for what it would give. */
export const resultsTooLarge = () =>
  new SentinelError('RESULTS_TOO_LARGE', 'not tried: what the others gave is too large to be kept', {
    hint: 'run it by itself',
  })
