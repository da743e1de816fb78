// The rate-limit policy as people write it: how often the glass may be broken.

import { z } from 'zod'
import { parseDuration } from '../../base/index.ts'
import type { Diagnostic } from '../../source/index.ts'
import { longestWindowSeconds } from '../limits.ts'
import type { CompiledRateLimitPolicy, CompiledRateLimitRule } from './compiled.ts'
import type { Definition } from './definition.ts'
import { documentOf, duration, profiles, ruleName } from './parts.ts'
import { place } from './place.ts'
import { aboutProfiles, warningAtKey } from './remarks.ts'
import type { ReadYaml } from './yaml.ts'

const count = (is: string, key: string) =>
  place(z.int().min(1).max(1000), {
    is,
    noun: 'a number from 1 to 1000',
    write: `write a number from 1 to 1000: \`${key}: 3\`, or leave the key out for no limit`,
  }).optional()

const bounds = {
  least: 1,
  tooShort: 'a time of nothing limits nothing',
  most: longestWindowSeconds,
  tooLong: 'longer than 30 days, which is as far back as openings are counted',
}

const rule = place(
  z
    .strictObject({
      name: ruleName,
      profiles,
      cooldown: duration(
        {
          is: 'the least time between two openings by one user for one profile',
          write: 'write a duration up to 720h, such as 30m',
        },
        bounds,
      ).optional(),
      max_per_user: count(
        'how many openings one user has within the window, over all profiles',
        'max_per_user',
      ),
      max_per_profile: count('how many openings one profile has within the window', 'max_per_profile'),
      quota_window: duration(
        {
          is: 'how far back openings are counted',
          write: 'write a duration up to 720h, such as 24h',
        },
        bounds,
      ).optional(),
      escalation_threshold: count(
        'from how many openings of a user within the window on the next one is marked',
        'escalation_threshold',
      ),
    })
    .refine((rule) => (rule.cooldown ?? rule.max_per_user ?? rule.max_per_profile) !== undefined, {
      error: 'the rule limits nothing',
      params: { hint: 'write `cooldown`, `max_per_user`, `max_per_profile` or several of them' },
    })
    .refine((rule) => rule.quota_window !== undefined || !needsWindow(rule), {
      path: ['quota_window'],
      error: '`quota_window` is missing',
      params: { hint: 'write how far back openings are counted: `quota_window: 24h`' },
    }),
  {
    is: 'a rule',
    write: 'write a mapping of `name`, `profiles` and `cooldown`, `max_per_user` or `max_per_profile`',
  },
  {
    anyOf: ['cooldown', 'max_per_user', 'max_per_profile'].map((key) => ({ required: [key] })),
    dependencies: Object.fromEntries(
      ['max_per_user', 'max_per_profile', 'escalation_threshold'].map((key) => [key, ['quota_window']]),
    ),
  },
)

function needsWindow(rule: Quotas): boolean {
  return (rule.max_per_user ?? rule.max_per_profile ?? rule.escalation_threshold) !== undefined
}

type Quotas = {
  readonly max_per_user?: number | undefined
  readonly max_per_profile?: number | undefined
  readonly escalation_threshold?: number | undefined
}

const schema = documentOf({ kind: 'ratelimit', title: 'Sentinel rate-limit policy' }, {}, rule)

type Written = z.infer<typeof schema>

/** The rate-limit policy. */
export const rateLimitDocument: Definition<Written, CompiledRateLimitPolicy> = {
  kind: 'ratelimit',
  schema,
  compile: ({ rules }) => ({
    rules: rules.map(
      (rule): CompiledRateLimitRule => ({
        name: rule.name,
        ...(rule.profiles && { profiles: rule.profiles }),
        ...(rule.cooldown && { cooldownSeconds: parseDuration(rule.cooldown) }),
        ...(rule.max_per_user && { maxPerUser: rule.max_per_user }),
        ...(rule.max_per_profile && { maxPerProfile: rule.max_per_profile }),
        ...(rule.quota_window && { quotaWindowSeconds: parseDuration(rule.quota_window) }),
        ...(rule.escalation_threshold && { escalationThreshold: rule.escalation_threshold }),
      }),
    ),
  }),
  warnings: ({ rules }, yaml) =>
    rules.flatMap((rule, index) => [
      ...aboutProfiles(rules, index, yaml),
      ...briefly(rule, index, yaml),
      ...neverMarked(rule, index, yaml),
    ]),
}

function briefly(rule: CompiledRateLimitRule, index: number, yaml: ReadYaml): readonly Diagnostic[] {
  if ((rule.cooldownSeconds ?? 60) >= 60) return []
  const message = `the cooldown of rule \`${rule.name}\` is under a minute, which limits hardly anything`
  return [warningAtKey(yaml, ['rules', index, 'cooldown'], message, 'write a longer one, such as 30m')]
}

function neverMarked(rule: CompiledRateLimitRule, index: number, yaml: ReadYaml): readonly Diagnostic[] {
  const { escalationThreshold, maxPerUser = Number.POSITIVE_INFINITY } = rule
  if (escalationThreshold === undefined || escalationThreshold < maxPerUser) return []
  const message = `rule \`${rule.name}\` never marks an opening: \`max_per_user\` refuses it first`
  const hint = 'write an `escalation_threshold` below `max_per_user`'
  return [warningAtKey(yaml, ['rules', index, 'escalation_threshold'], message, hint)]
}
