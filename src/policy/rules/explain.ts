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

/** Each issue as one diagnostic, unknown keys as one each. */
export function explain(issues: readonly Issue[], yaml: ReadYaml): readonly Diagnostic[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, yaml))
    const value = valueAt(yaml.data?.value, path)
    const span =
      value === undefined ? yaml.keySpan(path) : value === null ? yaml.keySpan(path) : yaml.valueSpan(path)
    return [{ severity: 'error', ...wording(issue, path, value), span, location: locationOf(path) }]
  })
}

/** A path as people write it: `rules[0].conditions.time.hours`. */
export function locationOf(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')
}

const formOf = (path: Path) => locationOf(path).replace(/\[\d+\]/g, '[]')

function unknownKey(path: Path, key: string, yaml: ReadYaml): Diagnostic {
  const known = keysOf.get(formOf(path)) ?? []
  const near = closest(key, known)
  return {
    severity: 'error',
    message: `unknown key \`${key}\``,
    hint: near === undefined ? `the keys here are ${known.join(', ')}` : `did you mean \`${near}\`?`,
    span: yaml.keySpan([...path, key]),
    location: locationOf([...path, key]),
  }
}

function wording(issue: Issue, path: Path, value: unknown): Wording {
  const form = formOf(path)
  const { is, write } = advice.get(form) ?? { is: 'something else', write: undefined }
  const subject = subjectOf(path)
  if (value === undefined) return { message: `${subject} is missing`, hint: write }
  if (value === null) return { message: `${subject} has no value`, hint: write }
  switch (issue.code) {
    case 'invalid_type':
      return ofWrongType(subject, issue.expected, value, write, form)
    case 'invalid_value':
      return {
        message: `\`${shown(value)}\` is not ${form === 'version' ? 'a known version' : is}`,
        hint: meant(form, value) ?? write,
      }
    case 'too_small':
      return { message: `${subject} is empty`, hint: write }
    case 'invalid_format':
      return String(value).trim() === ''
        ? { message: `${subject} is empty`, hint: write }
        : { message: `\`${shown(value)}\` is not ${is}`, hint: meant(form, value) ?? write }
    default:
      return ofOwnCheck(issue, form, value, is, write)
  }
}

function ofOwnCheck(issue: Issue, form: string, value: unknown, is: string, write?: string): Wording {
  const hint = issue.code === 'custom' ? issue.params?.hint : undefined
  if (form !== 'rules[].conditions.time.timezone') return { message: issue.message, hint: hint ?? write }
  const near = closest(String(value), knownTimeZones())
  return {
    message: value === '' ? '`timezone` is empty' : `\`${shown(value)}\` is not ${is.replace(/;.*/, '')}`,
    hint: near === undefined ? write : `did you mean \`${near}\`?`,
  }
}

function ofWrongType(
  subject: string,
  expected: string,
  value: unknown,
  write: string | undefined,
  form: string,
): Wording {
  const kinds = new Map([
    ['string', 'text'],
    ['array', 'a list'],
    ['object', 'a mapping'],
  ])
  const message = `${subject} must be ${kinds.get(expected) ?? expected}, not ${kindOf(value)}`
  if (expected === 'array' && typeof value === 'string') return { message, hint: `write \`[${value}]\`` }
  const scalar = typeof value === 'number' || typeof value === 'boolean'
  if (expected !== 'string' || !scalar) return { message, hint: write }
  if (write !== undefined && !/\.(name|profiles\[\]|users\[\]|reason)$/.test(form))
    return { message, hint: meant(form, value) ?? write }
  return { message, hint: `put it in quotes: \`"${value}"\`` }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'number') return `the number ${value}`
  return typeof value === 'boolean' ? `the truth value ${value}` : 'text'
}

function subjectOf(path: Path): string {
  const last = path.at(-1)
  if (last === undefined) return 'the policy'
  if (typeof last === 'string') return `\`${last}\``
  return path.length === 2 && path[0] === 'rules'
    ? `rule ${last + 1}`
    : `item ${last + 1} of \`${path.at(-2)}\``
}

/** A suggestion for a value that is nearly right. */
function meant(form: string, value: unknown): string | undefined {
  if (/hours\.(start|end)$/.test(form)) return meantTime(value, form.endsWith('end'))
  const words = new Map<string, readonly string[]>([
    ['rules[].effect', effects],
    ['rules[].conditions.mode[]', modes],
    ['rules[].conditions.time.days[]', weekdays],
  ]).get(form)
  const near = words && (closest(String(value).trim(), words) ?? abbreviated(String(value), words))
  return near === undefined ? undefined : `did you mean \`${near}\`?`
}

const abbreviated = (value: string, words: readonly string[]) =>
  value.length >= 2 ? words.find((word) => word.startsWith(value.toLowerCase().trim())) : undefined

/** `9:00`, `0900` (which YAML reads as the number 900) and `9.30` are nearly times of day. */
function meantTime(value: unknown, isEnd: boolean): string | undefined {
  const text = String(value)
  const [, hour = '', minute = ''] = /^(\d{1,2})[:.h]?(\d{2})$/.exec(text) ?? /^(\d{1,2})$/.exec(text) ?? []
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  const legal = /^([01]\d|2[0-3]):[0-5]\d$/.test(time) || (isEnd && time === '24:00')
  return hour !== '' && legal ? `write "${time}", with the quotes` : undefined
}

const shown = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
