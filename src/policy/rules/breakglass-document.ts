// The break-glass policy as people write it: who may open an emergency for which profiles, and what it goes over.

import { z } from 'zod'
import { parseDuration } from '../../base/index.ts'
import type { Diagnostic } from '../../source/index.ts'
import { longestEmergencySeconds, shortestSeconds } from '../limits.ts'
import {
  type CompiledBreakglassPolicy,
  type CompiledBreakglassRule,
  overridable,
  reasonCodes,
} from './compiled.ts'
import type { Definition } from './definition.ts'
import { documentOf, duration, profiles, ruleName, some, time, trustedSessionRoles, users } from './parts.ts'
import { place } from './place.ts'
import { aboutProfiles, nobody, warningAt } from './remarks.ts'
import type { ReadYaml } from './yaml.ts'

const rule = place(
  z.strictObject({
    name: ruleName,
    profiles,
    users: users({
      is: 'who may break the glass, as `sentinel whoami` shows them, with `*` and `?`',
      write: 'write a list of at least one: `[oncall1, "Oncall/*"]`',
    }),
    allowed_reason_codes: some(
      place(z.enum(reasonCodes), { is: 'a reason code', write: `write one of ${reasonCodes.join(', ')}` }),
      {
        is: 'what an emergency may be about; anything when left out',
        write: `write a list of ${reasonCodes.join(', ')}, or leave the key out for any`,
      },
    ).optional(),
    time: time.optional(),
    max_duration: duration(
      {
        is: 'the longest emergency, at most 4 hours',
        write: 'write a duration from 15m to 4h, or leave the key out for 4h',
      },
      {
        least: shortestSeconds,
        tooShort: 'nothing can be had for less than 15 minutes',
        most: longestEmergencySeconds,
        tooLong: 'no emergency lasts longer than 4 hours',
      },
    ).optional(),
    overrides: some(
      place(z.enum(overridable), {
        is: 'an effect of the access policy',
        noun: 'an effect that has to be listed',
        write: `write one of ${overridable.join(', ')}`,
        near: (value) =>
          value === 'require_approval' ? 'leave it out: break-glass always goes over it' : undefined,
      }),
      {
        is: 'what it goes over, besides `require_approval` and no matching rule; nothing else when left out',
        write: `write a list of ${overridable.join(', ')}, or leave the key out`,
      },
    ).optional(),
    mfa: place(z.enum(['required', 'none']), {
      is: 'whether AWS must have verified an MFA code',
      noun: '`required` or `none`',
      write: 'write `mfa: required`, or leave the key out',
    }).optional(),
  }),
  { is: 'a rule', write: 'write a mapping of `name`, `profiles` and `users`' },
)

const schema = documentOf(
  { kind: 'breakglass', title: 'Sentinel break-glass policy' },
  { trusted_session_roles: trustedSessionRoles },
  rule,
)

type Written = z.infer<typeof schema>

/** The break-glass policy. */
export const breakglassDocument: Definition<Written, CompiledBreakglassPolicy> = {
  kind: 'breakglass',
  schema,
  compile: ({ trusted_session_roles, rules }, windowOf) => ({
    trustedSessionRoles: trusted_session_roles ?? [],
    rules: rules.map(
      (rule): CompiledBreakglassRule => ({
        name: rule.name,
        ...(rule.profiles && { profiles: rule.profiles }),
        users: rule.users,
        ...(rule.allowed_reason_codes && { reasonCodes: rule.allowed_reason_codes }),
        ...(rule.time && { time: windowOf(rule.time) }),
        ...(rule.max_duration && { maxDurationSeconds: parseDuration(rule.max_duration) }),
        overrides: rule.overrides ?? [],
        mfa: rule.mfa ?? 'none',
      }),
    ),
  }),
  warnings: ({ rules }, yaml) =>
    rules.flatMap((rule, index) => [
      ...aboutProfiles(rules, index, yaml),
      ...nobody(rule.users, ['rules', index, 'users'], yaml),
      ...anyReason(rule, index, yaml),
    ]),
}

function anyReason(
  { name, reasonCodes }: CompiledBreakglassRule,
  index: number,
  yaml: ReadYaml,
): readonly Diagnostic[] {
  if (reasonCodes !== undefined) return []
  const message = `rule \`${name}\` takes every reason code`
  const hint = 'name `allowed_reason_codes` unless any will do'
  return [{ ...warningAt(yaml, ['rules', index, 'name'], message, hint), location: `rules[${index}]` }]
}
