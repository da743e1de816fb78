// zod's findings in the words of people who write policies: what is wrong, where, and what to write instead.

import type { z } from 'zod'
import { closest } from '../../base/index.ts'
import type { Diagnostic } from '../../source/index.ts'
import { didYouMean } from './parts.ts'
import { type Place, placeAt } from './place.ts'
import { locationOf, type Path, type ReadYaml } from './yaml.ts'

type Issue = z.core.$ZodIssue
type Wording = { readonly message: string; readonly hint?: string | undefined }

/** Each issue as one diagnostic, unknown keys as one each; nothing that only follows from what YAML found wrong. */
export function explain(issues: readonly Issue[], yaml: ReadYaml, schema: z.ZodType): readonly Diagnostic[] {
  const found = issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
    if (issue.code === 'unrecognized_keys') {
      const keys = issue.keys.filter((key) => yaml.isWhole([...path, key]))
      return keys.map((key) => unknownKey(path, key, yaml, placeAt(schema, path)))
    }
    return yaml.isWhole(path) ? [diagnosticOf(issue, path, yaml, placeAt(schema, path))] : []
  })
  // A misspelt key is one mistake: that its right spelling is missing, or all that it might be, is no second one.
  const misspelt = new Set(found.flatMap(({ meant = [] }) => meant))
  return found.filter(({ missing }) => missing === undefined || !misspelt.has(missing)).map(withoutNotes)
}

/**
 * A diagnostic with the place where something is missing, or the places of which an unknown key was meant to be one:
 * the key, and the mapping as a whole, which may lack just that.
 */
type Noted = Diagnostic & { readonly missing?: string; readonly meant?: readonly string[] }

const withoutNotes = ({ missing: _missing, meant: _meant, ...diagnostic }: Noted): Diagnostic => diagnostic

function unknownKey(path: Path, key: string, yaml: ReadYaml, { keys: known }: Place): Noted {
  const near = closest(key, known)
  return {
    severity: 'error',
    message: `unknown key \`${key}\``,
    hint: near === undefined ? `the keys here are ${known.join(', ')}` : `did you mean \`${near}\`?`,
    span: yaml.keySpan([...path, key]),
    location: locationOf([...path, key]),
    ...(near === undefined ? {} : { meant: [locationOf([...path, near]), locationOf(path)] }),
  }
}

function diagnosticOf(issue: Issue, path: Path, yaml: ReadYaml, place: Place): Noted {
  const value = valueAt(yaml.data?.value, path)
  const absent = value === undefined || value === null
  const location = locationOf(path)
  return {
    severity: 'error',
    ...wording(issue, path, value, place),
    span: absent ? yaml.keySpan(path) : yaml.valueSpan(path),
    location,
    ...(value === undefined || issue.code === 'custom' ? { missing: location } : {}),
  }
}

function wording(issue: Issue, path: Path, value: unknown, place: Place): Wording {
  const { is, write, noun = is } = place.advice
  const subject = subjectOf(path)
  if (value === undefined) return { message: `${subject} is missing`, hint: write }
  if (value === null) return { message: `${subject} has no value`, hint: write }
  const expected = expectedBy(issue, value)
  if (expected !== undefined) {
    const message = `${subject} must be ${kinds.get(expected) ?? expected}, not ${kindOf(value)}`
    return { message, hint: inRightType(expected, place, value) ?? write }
  }
  if (isEmpty(value)) return { message: `${subject} is empty`, hint: write }
  if (issue.code === 'custom' && issue.message !== unnamedCheck) {
    return { message: issue.message, hint: issue.params?.hint ?? write }
  }
  return { message: `\`${value}\` is not ${noun}`, hint: nearly(place, value) ?? write }
}

/** The type that a value should have had, if that is what is wrong. */
function expectedBy(issue: Issue, value: unknown): string | undefined {
  if (issue.code === 'invalid_type') return issue.expected
  return issue.code === 'invalid_value' && typeof value !== 'string' ? 'string' : undefined
}

/** What zod says of a check that has no words of its own. */
const unnamedCheck = 'Invalid input'

const isEmpty = (value: unknown) =>
  typeof value === 'string' ? value.trim() === '' : Array.isArray(value) && value.length === 0

const kinds = new Map([
  ['string', 'text'],
  ['array', 'a list'],
  ['object', 'a mapping'],
  ['boolean', 'true or false'],
  ['number', 'a whole number'],
  ['int', 'a whole number'],
])

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value === 'boolean') return `the truth value ${value}`
  return typeof value === 'object' ? 'a mapping' : 'text'
}

/** A hint for a value that is of the wrong type only. */
function inRightType(expected: string, place: Place, value: unknown): string | undefined {
  if (expected === 'array' && typeof value === 'string') return `write \`[${value}]\``
  if (typeof value !== 'number' && typeof value !== 'boolean') return undefined
  const isFree = place.advice.takes === 'any text'
  return expected === 'string' && isFree ? `put it in quotes: \`"${value}"\`` : nearly(place, value)
}

function subjectOf(path: Path): string {
  const last = path.at(-1)
  if (last === undefined) return 'the policy'
  if (typeof last === 'string') return `\`${last}\``
  return path.length === 2 && path[0] === 'rules'
    ? `rule ${last + 1}`
    : `item ${last + 1} of \`${path.at(-2)}\``
}

/** A hint for a value that is nearly right. */
function nearly({ advice, words }: Place, value: unknown): string | undefined {
  return advice.near?.(value) ?? didYouMean(String(value).trim(), words)
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
