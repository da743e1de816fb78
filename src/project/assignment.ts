// `name=value` as -param, -global and SENTINEL_PARAM_… take it: JSON numbers (which are floats), arrays, objects and
// quoted strings; anything else is a string as it stands, `true` too (specification 4.1).

import { SentinelError } from '../base/index.ts'
import { readJson, toPlain } from '../hcl/index.ts'
import { Float } from '../lang/index.ts'
import { draw } from '../source/index.ts'

/**
 * The name and value of `name=value`.
 *
 * @param flag how the person gave it, for errors: `-param`
 * @throws SentinelError USAGE
 */
export function readAssignment(flag: string, text: string): readonly [name: string, value: unknown] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name !== undefined && value !== undefined) return [name, readGiven(`${flag} ${name}`, value)]
  throw new SentinelError('USAGE', `\`${flag}\` takes name=value, not \`${text}\``, {
    hint: `write it like ${flag} 'name=value'`,
  })
}

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/

/** The value of a text. @throws SentinelError USAGE where it begins as JSON and is none */
export function readGiven(what: string, text: string): unknown {
  if (number.test(text)) return float(what, text)
  if (!/^\s*["[{]/.test(text)) return text
  const source = { name: what, text }
  const { value, diagnostics } = readJson(source)
  if (value !== undefined) return withFloats(what, toPlain(value))
  throw new SentinelError('USAGE', `the value of \`${what}\` begins as JSON and is none`, {
    details: diagnostics.flatMap((diagnostic) => draw(source, diagnostic)),
    hint: 'a text that begins with a bracket or a quote goes into double quotes: \'name="[text"\'',
  })
}

function withFloats(what: string, value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'bigint') return float(what, value)
  if (Array.isArray(value)) return value.map((one) => withFloats(what, one))
  if (!(value instanceof Map)) return value
  return new Map([...value].map(([name, one]) => [name, withFloats(what, one)]))
}

function float(what: string, given: string | number | bigint): Float {
  const value = Number(given)
  if (Number.isFinite(value)) return new Float(value)
  throw new SentinelError('USAGE', `a number of \`${what}\` is too large`, {
    hint: 'the largest number there is has 309 digits',
  })
}
