// What the documents have in common: names, patterns, users, time windows, durations. Strict throughout (decision 5).
// Loads zod, so it is itself only loaded when a policy's text has to be read.

import { z } from 'zod'
import { closest, isTimeZone, knownTimeZones, parseDuration } from '../../base/index.ts'
import { weekdays } from './compiled.ts'
import { type Advice, place } from './place.ts'

/** The keys at the top of every document. */
const head = <Kind extends string>(kind: Kind) => ({
  version: place(z.literal('1'), {
    is: 'the version of the format',
    noun: 'a known version',
    write: 'write `version: "1"`, with the quotes',
  }),
  kind: place(z.literal(kind), {
    is: 'what kind of document it is',
    noun: 'the kind of this document',
    write: `write \`kind: ${kind}\`, or leave the key out`,
  }).optional(),
})

/** A list that is left out, or has something in it. */
export const some = <Item extends z.ZodType>(item: Item, advice: Advice) =>
  place(z.array(item).min(1), advice)

/** A whole document: what every kind has at its top, what this one has there besides, and its rules. */
export const documentOf = <Kind extends string, More extends z.ZodRawShape, Rule extends z.ZodType>(
  { kind, title }: { readonly kind: Kind; readonly title: string },
  more: More,
  rule: Rule,
) =>
  place(
    z.strictObject({
      ...head(kind),
      ...more,
      rules: some(rule, {
        is: 'the rules, of which the first that matches decides',
        write: 'write at least one rule',
      }),
    }),
    { is: 'the policy, a mapping of `version` and `rules`', write: 'begin with `version: "1"`' },
    { title },
  )

/** A rule's own name. */
export const ruleName = place(z.string().regex(/\S/), {
  is: "the rule's own name, which the record shows",
  write: 'write a unique name: `name: dev-allow`',
  takes: 'any text',
})

/** AWS's names have at most 128 characters. The bound is also what makes matching linear in the text. */
const longestPattern = 256

const pattern = (advice: Advice) =>
  place(
    z
      .string()
      .regex(/\S/)
      .refine((text) => [...text].length <= longestPattern, {
        error: `a pattern of more than ${longestPattern} characters`,
        params: {
          hint: 'write a shorter one with `*`, or several: names in AWS have at most 128 characters',
        },
      }),
    { ...advice, takes: 'any text' },
    { maxLength: longestPattern },
  )

/** Patterns of profiles; any when left out. */
export const profiles = some(
  pattern({ is: 'a profile or a pattern', write: 'write a name in quotes, or `"*"` for any' }),
  {
    is: 'profiles, with `*` and `?`',
    write: 'write a list, `[dev, staging]`, or leave the key out for any',
  },
).optional()

/** Patterns of users, as decision 20 has them. */
export const users = (advice: Advice) =>
  some(pattern({ is: 'a user or a pattern', write: 'write the name that `sentinel whoami` shows' }), advice)

/** Roles whose session names are taken at their word (decision 20). */
export const trustedSessionRoles = some(
  // IAM: role names are 1 to 64 of these characters.
  place(z.string().regex(/^[\w+=,.@-]{1,64}$/), {
    is: "a role's name",
    write: "write the role's name alone, without path, session or wildcard",
  }),
  {
    is: 'roles whose session names an identity provider sets',
    write: 'write a list of role names: `[FederatedLogin]`',
  },
).optional()

const timeOfDay = (form: RegExp, latest: string) =>
  place(z.string().regex(form), {
    is: 'a time of day',
    write: `write it as "HH:MM", from "00:00" to "${latest}"`,
    near: (value) => nearTime(value, form),
  })

/** `9:00`, `0900` (which YAML reads as the number 900) and `9.30` are nearly times of day. */
function nearTime(value: unknown, form: RegExp): string | undefined {
  const text = String(value)
  const [, hour = '', minute = ''] = /^(\d{1,2})[:.h]?(\d{2})$/.exec(text) ?? /^(\d{1,2})$/.exec(text) ?? []
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  return hour !== '' && form.test(time) ? `write "${time}", with the quotes` : undefined
}

const hours = place(
  z
    .strictObject({
      start: timeOfDay(/^([01]\d|2[0-3]):[0-5]\d$/, '23:59'),
      end: timeOfDay(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, '24:00'),
    })
    .refine(({ start, end }) => start !== end, {
      error: '`start` and `end` are the same, so the window is empty or endless',
      params: { hint: 'leave `hours` out for the whole day, or write "00:00" to "24:00"' },
    }),
  {
    is: 'from `start` to before `end`; over midnight when `end` is the earlier one',
    write: 'write `hours: {start: "09:00", end: "17:00"}`',
  },
)

const days = some(
  place(z.enum(weekdays), {
    is: 'a weekday',
    write: 'write the English name in small letters: monday … sunday',
  }),
  {
    is: 'weekdays on which the window starts',
    write: 'write a list, `[monday, friday]`, or leave it out',
  },
)

const timezone = place(
  z.string().refine(isTimeZone),
  {
    is: 'a time zone by its IANA name; UTC when absent',
    noun: 'a time zone',
    write: 'write a name such as America/New_York',
    near: (value) => didYouMean(String(value).trim(), knownTimeZones()),
  },
  { minLength: 1 },
)

/** A hint with the word that was most likely meant. */
export function didYouMean(text: string, words: readonly string[]): string | undefined {
  const abbreviated = text.length < 2 ? undefined : words.find((word) => word.startsWith(text.toLowerCase()))
  const near = closest(text, words) ?? abbreviated
  return near === undefined ? undefined : `did you mean \`${near}\`?`
}

/** When a rule applies. */
export const time = place(
  z
    .strictObject({ days: days.optional(), hours: hours.optional(), timezone: timezone.optional() })
    .refine(({ days, hours }) => days !== undefined || hours !== undefined, {
      error: '`time` has neither `days` nor `hours`',
    }),
  {
    is: 'when the rule applies',
    write: 'write `days`, `hours` or both, or leave `time` out for always',
  },
  { anyOf: [{ required: ['days'] }, { required: ['hours'] }] },
)

/** A time window as written. */
export type WrittenTime = z.infer<typeof time>

/** A duration within bounds (seconds), with what is wrong with one that lies outside. */
export const duration = (advice: Advice, { least, tooShort, most, tooLong }: Bounds) =>
  place(
    z
      .string()
      .regex(/^\+?((\d+(\.\d*)?|\.\d+)(h|ms|us|µs|ns|m|s))+$/, { abort: true })
      .refine((text) => secondsOf(text) !== undefined, {
        error: 'a duration must come to whole seconds, and be written in at most 64 characters',
      })
      .refine((text) => (secondsOf(text) ?? least) >= least, { error: tooShort })
      .refine((text) => (secondsOf(text) ?? most) <= most, { error: tooLong }),
    { noun: 'a duration', ...advice },
  )

/** The shortest and the longest that a duration may be, in seconds, and why. */
type Bounds = {
  readonly least: number
  readonly tooShort: string
  readonly most: number
  readonly tooLong: string
}

function secondsOf(text: string): number | undefined {
  try {
    return parseDuration(text)
  } catch {
    return undefined
  }
}
