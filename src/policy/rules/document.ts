// The access policy as people write it: one definition, from which the loader, `config validate`, the editors'
// JSON Schema and the error messages' advice are made. Strict throughout (decision 5). Loads zod, so it is itself
// only loaded when a policy's text has to be read.

import { z } from 'zod'
import { parseDuration } from '../../base/index.ts'
import { effects, modes, weekdays } from './compiled.ts'
import { isTimeZone } from './zones.ts'

/** What a place in the document is for, and how to write it. */
export type Advice = {
  readonly is: string
  readonly write: string
  /** What one value of it is called, where that is not what it is for. */
  readonly noun?: string
}

/** Advice for every place, by its path with the list indexes left out. */
export const advice: ReadonlyMap<string, Advice> = new Map<string, Advice>([
  ['', { is: 'the policy, a mapping of `version` and `rules`', write: 'begin with `version: "1"`' }],
  [
    'version',
    {
      is: 'the version of the format',
      noun: 'a known version',
      write: 'write `version: "1"`, with the quotes',
    },
  ],
  [
    'trusted_session_roles',
    {
      is: 'roles whose session names an identity provider sets',
      write: 'write a list of role names: `[FederatedLogin]`',
    },
  ],
  [
    'trusted_session_roles[]',
    { is: "a role's name", write: "write the role's name alone, without path, session or wildcard" },
  ],
  ['rules', { is: 'the rules, of which the first that matches decides', write: 'write at least one rule' }],
  ['rules[]', { is: 'a rule', write: 'write a mapping of `name`, `effect` and `conditions`' }],
  [
    'rules[].name',
    { is: "the rule's own name, which the record shows", write: 'write a unique name: `name: dev-allow`' },
  ],
  [
    'rules[].effect',
    {
      is: 'what happens to a request that matches',
      noun: 'an effect',
      write: `write one of ${effects.join(', ')}`,
    },
  ],
  [
    'rules[].conditions',
    {
      is: 'what must be true of a request, all of it',
      write: 'write `conditions: {}` for a rule that is meant to match everybody',
    },
  ],
  [
    'rules[].conditions.profiles',
    {
      is: 'profiles, with `*` and `?`',
      write: 'write a list, `[dev, staging]`, or leave the key out for any',
    },
  ],
  [
    'rules[].conditions.profiles[]',
    { is: 'a profile or a pattern', write: 'write a name in quotes, or `"*"` for any' },
  ],
  [
    'rules[].conditions.users',
    {
      is: 'users as `sentinel whoami` shows them, with `*` and `?`',
      write: 'write a list, `[alice, "Deploy/ci-*"]`, or leave the key out for anybody',
    },
  ],
  [
    'rules[].conditions.users[]',
    { is: 'a user or a pattern', write: 'write the name that `sentinel whoami` shows' },
  ],
  [
    'rules[].conditions.mode',
    {
      is: 'how credentials leave Sentinel',
      write: `write a list of ${modes.join(', ')}, or leave the key out for any`,
    },
  ],
  ['rules[].conditions.mode[]', { is: 'a mode', write: `write one of ${modes.join(', ')}` }],
  [
    'rules[].conditions.time',
    { is: 'when the rule applies', write: 'write `days`, `hours` or both, or leave `time` out for always' },
  ],
  [
    'rules[].conditions.time.days',
    { is: 'weekdays on which the window starts', write: 'write a list, `[monday, friday]`, or leave it out' },
  ],
  [
    'rules[].conditions.time.days[]',
    { is: 'a weekday', write: 'write the English name in small letters: monday … sunday' },
  ],
  [
    'rules[].conditions.time.hours',
    {
      is: 'from `start` to before `end`; over midnight when `end` is the earlier one',
      write: 'write `hours: {start: "09:00", end: "17:00"}`',
    },
  ],
  [
    'rules[].conditions.time.hours.start',
    { is: 'a time of day', write: 'write it as "HH:MM", from "00:00" to "23:59"' },
  ],
  [
    'rules[].conditions.time.hours.end',
    { is: 'a time of day', write: 'write it as "HH:MM", from "00:00" to "24:00"' },
  ],
  [
    'rules[].conditions.time.timezone',
    {
      is: 'a time zone by its IANA name; UTC when absent',
      noun: 'a time zone',
      write: 'write a name such as America/New_York',
    },
  ],
  ['rules[].reason', { is: 'why, for logs and refusals', write: 'write a sentence in quotes' }],
  [
    'rules[].max_server_duration',
    {
      is: 'the longest life of one credential in server mode, at least 15 minutes (what AWS STS allows)',
      noun: 'a duration',
      write: 'write a duration from 15m on, such as 20m or 1h30m',
    },
  ],
  [
    'rules[].session_table',
    {
      is: 'the DynamoDB table that must track the session',
      noun: 'a table name',
      write: 'write a table name: 3 to 255 of letters, digits and `_ . -`',
    },
  ],
])

const about = (path: string) => ({ description: advice.get(path)?.is ?? '' })
const names = (path: string, item: z.ZodType<string>) => z.array(item).min(1).meta(about(path)).optional()
const name = (path: string) => z.string().regex(/\S/).meta(about(path))

/** AWS's names have at most 128 characters. The bound is also what makes matching linear in the text. */
const longestPattern = 256

const pattern = (path: string) =>
  z
    .string()
    .regex(/\S/)
    .refine((text) => [...text].length <= longestPattern, {
      error: `a pattern of more than ${longestPattern} characters`,
      params: { hint: 'write a shorter one with `*`, or several: names in AWS have at most 128 characters' },
    })
    .meta({ ...about(path), maxLength: longestPattern })

const hours = z
  .strictObject({
    start: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .meta(about('rules[].conditions.time.hours.start')),
    end: z
      .string()
      .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/)
      .meta(about('rules[].conditions.time.hours.end')),
  })
  .refine(({ start, end }) => start !== end, {
    error: '`start` and `end` are the same, so the window is empty or endless',
    params: { hint: 'leave `hours` out for the whole day, or write "00:00" to "24:00"' },
  })
  .meta(about('rules[].conditions.time.hours'))

const time = z
  .strictObject({
    days: z
      .array(z.enum(weekdays).meta(about('rules[].conditions.time.days[]')))
      .min(1)
      .meta(about('rules[].conditions.time.days'))
      .optional(),
    hours: hours.optional(),
    timezone: z
      .string()
      .refine(isTimeZone)
      .meta({ ...about('rules[].conditions.time.timezone'), minLength: 1 })
      .optional(),
  })
  .refine(({ days, hours }) => days !== undefined || hours !== undefined, {
    error: '`time` has neither `days` nor `hours`',
  })
  .meta({ ...about('rules[].conditions.time'), anyOf: [{ required: ['days'] }, { required: ['hours'] }] })

const conditions = z
  .strictObject({
    profiles: names('rules[].conditions.profiles', pattern('rules[].conditions.profiles[]')),
    users: names('rules[].conditions.users', pattern('rules[].conditions.users[]')),
    mode: z
      .array(z.enum(modes).meta(about('rules[].conditions.mode[]')))
      .min(1)
      .meta(about('rules[].conditions.mode'))
      .optional(),
    time: time.optional(),
  })
  .meta(about('rules[].conditions'))

const rule = z
  .strictObject({
    name: name('rules[].name'),
    effect: z.enum(effects).meta(about('rules[].effect')),
    conditions,
    reason: z.string().meta(about('rules[].reason')).optional(),
    max_server_duration: z
      .string()
      .regex(/^\+?((\d+(\.\d*)?|\.\d+)(h|ms|us|µs|ns|m|s))+$/, { abort: true })
      .refine((text) => secondsOf(text) !== undefined, {
        error: 'a duration must come to whole seconds, and be written in at most 64 characters',
      })
      .refine((text) => (secondsOf(text) ?? 900) >= 900, {
        error: 'a credential cannot live less than 15 minutes',
      })
      .meta(about('rules[].max_server_duration'))
      .optional(),
    session_table: z
      .string()
      .regex(/^[\w.-]{3,255}$/)
      .meta(about('rules[].session_table'))
      .optional(),
  })
  .meta(about('rules[]'))

/** The access policy. */
export const accessPolicy = z
  .strictObject({
    version: z.literal('1').meta(about('version')),
    // IAM: role names are 1 to 64 of these characters.
    trusted_session_roles: names(
      'trusted_session_roles',
      z
        .string()
        .regex(/^[\w+=,.@-]{1,64}$/)
        .meta(about('trusted_session_roles[]')),
    ),
    rules: z.array(rule).min(1).meta(about('rules')),
  })
  .meta({ title: 'Sentinel access policy', ...about('') })

/** The access policy as written. */
export type AccessPolicy = z.infer<typeof accessPolicy>

/** The keys of each mapping of the document, by its path. */
export const keysOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['', Object.keys(accessPolicy.shape)],
  ['rules[]', Object.keys(rule.shape)],
  ['rules[].conditions', Object.keys(conditions.shape)],
  ['rules[].conditions.time', Object.keys(time.shape)],
  ['rules[].conditions.time.hours', Object.keys(hours.shape)],
])

/**
 * The JSON Schema for editors, as data. It knows all but what a duration comes to,
 * time zones, unique names and `start` equal to `end`.
 */
export function accessPolicyJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(accessPolicy, { target: 'draft-7' })
}

function secondsOf(text: string): number | undefined {
  try {
    return parseDuration(text)
  } catch {
    return undefined
  }
}
