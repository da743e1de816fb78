// zod's findings in the words of people who write policies: what is wrong, where, and what to write instead.

import type { z } from 'zod'
import { closest } from '../../base/index.ts'
import type { Diagnostic } from '../../source/index.ts'
import { effects, modes, weekdays } from './compiled.ts'
import { advice, keysOf } from './document.ts'
import type { Path, ReadYaml } from './yaml.ts'
import { knownTimeZones } from './zones.ts'

type Issue = z.core.$ZodIssue
type Wording = { readonly message: string; readonly hint?: string | undefined }

/** Each issue as one diagnostic, unknown keys as one each; nothing that only follows from what YAML found wrong. */
export function explain(issues: readonly Issue[], yaml: ReadYaml): readonly Diagnostic[] {
  const found = issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
    if (issue.code === 'unrecognized_keys') {
      const keys = issue.keys.filter((key) => yaml.isWhole([...path, key]))
      return keys.map((key) => unknownKey(path, key, yaml))
    }
    return yaml.isWhole(path) ? [diagnosticOf(issue, path, yaml)] : []
  })
  // A misspelt key is one mistake: that its right spelling is missing is no second one.
  const misspelt = new Set(found.flatMap(({ meant }) => meant ?? []))
  return found.filter(({ missing }) => missing === undefined || !misspelt.has(missing)).map(withoutNotes)
}

/** A path as people write it: `rules[0].conditions.time.hours`. */
export function locationOf(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')
}

const formOf = (path: Path) => locationOf(path).replace(/\[\d+\]/g, '[]')

/** A diagnostic with the place of a key that is missing, or that an unknown key was meant to be. */
type Noted = Diagnostic & { readonly missing?: string; readonly meant?: string }

const withoutNotes = ({ missing: _missing, meant: _meant, ...diagnostic }: Noted): Diagnostic => diagnostic

function unknownKey(path: Path, key: string, yaml: ReadYaml): Noted {
  const known = keysOf.get(formOf(path)) ?? []
  const near = closest(key, known)
  return {
    severity: 'error',
    message: `unknown key \`${key}\``,
    hint: near === undefined ? `the keys here are ${known.join(', ')}` : `did you mean \`${near}\`?`,
    span: yaml.keySpan([...path, key]),
    location: locationOf([...path, key]),
    ...(near === undefined ? {} : { meant: locationOf([...path, near]) }),
  }
}

function diagnosticOf(issue: Issue, path: Path, yaml: ReadYaml): Noted {
  const value = valueAt(yaml.data?.value, path)
  const absent = value === undefined || value === null
  const location = locationOf(path)
  return {
    severity: 'error',
    ...wording(issue, path, value),
    span: absent ? yaml.keySpan(path) : yaml.valueSpan(path),
    location,
    ...(value === undefined ? { missing: location } : {}),
  }
}

function wording(issue: Issue, path: Path, value: unknown): Wording {
  const form = formOf(path)
  const { is, write, noun = is } = advice.get(form) ?? { is: 'what belongs here', write: undefined }
  const subject = subjectOf(path)
  if (value === undefined) return { message: `${subject} is missing`, hint: write }
  if (value === null) return { message: `${subject} has no value`, hint: write }
  const isOfType =
    issue.code !== 'invalid_type' && (issue.code !== 'invalid_value' || typeof value === 'string')
  if (!isOfType) {
    const expected = issue.code === 'invalid_type' ? issue.expected : 'string'
    const message = `${subject} must be ${kinds.get(expected) ?? expected}, not ${kindOf(value)}`
    return { message, hint: inRightType(expected, form, value) ?? write }
  }
  if (isEmpty(value)) return { message: `${subject} is empty`, hint: write }
  if (issue.code === 'custom' && issue.message !== unnamedCheck) {
    return { message: issue.message, hint: issue.params?.hint ?? write }
  }
  return { message: `\`${value}\` is not ${noun}`, hint: meant(form, value) ?? write }
}

/** What zod says of a check that has no words of its own. */
const unnamedCheck = 'Invalid input'

const isEmpty = (value: unknown) =>
  typeof value === 'string' ? value.trim() === '' : Array.isArray(value) && value.length === 0

const kinds = new Map([
  ['string', 'text'],
  ['array', 'a list'],
  ['object', 'a mapping'],
])

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value === 'boolean') return `the truth value ${value}`
  return typeof value === 'object' ? 'a mapping' : 'text'
}

/** A hint for a value that is of the wrong type only. */
function inRightType(expected: string, form: string, value: unknown): string | undefined {
  if (expected === 'array' && typeof value === 'string') return `write \`[${value}]\``
  if (typeof value !== 'number' && typeof value !== 'boolean') return undefined
  const isFree = /(\.name|profiles\[\]|users\[\]|\.reason)$/.test(form)
  return expected === 'string' && isFree ? `put it in quotes: \`"${value}"\`` : meant(form, value)
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
function meant(form: string, value: unknown): string | undefined {
  if (/hours\.(start|end)$/.test(form)) return meantTime(value, form.endsWith('end'))
  const words = form.endsWith('.timezone') ? knownTimeZones() : (vocabulary.get(form) ?? [])
  const text = String(value).trim()
  const near = closest(text, words) ?? abbreviated(text, words)
  return near === undefined ? undefined : `did you mean \`${near}\`?`
}

const vocabulary = new Map<string, readonly string[]>([
  ['rules[].effect', effects],
  ['rules[].conditions.mode[]', modes],
  ['rules[].conditions.time.days[]', weekdays],
])

const abbreviated = (text: string, words: readonly string[]) =>
  text.length < 2 ? undefined : words.find((word) => word.startsWith(text.toLowerCase()))

/** `9:00`, `0900` (which YAML reads as the number 900) and `9.30` are nearly times of day. */
function meantTime(value: unknown, isEnd: boolean): string | undefined {
  const text = String(value)
  const [, hour = '', minute = ''] = /^(\d{1,2})[:.h]?(\d{2})$/.exec(text) ?? /^(\d{1,2})$/.exec(text) ?? []
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  const legal = /^([01]\d|2[0-3]):[0-5]\d$/.test(time) || (isEnd && time === '24:00')
  return hour !== '' && legal ? `write "${time}", with the quotes` : undefined
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
