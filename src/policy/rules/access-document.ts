// The access policy as people write it: one definition, from which the loader, `config validate`, the editors'
// JSON Schema and the error messages' advice are made.

import { z } from 'zod'
import { parseDuration } from '../../base/index.ts'
import { type CompiledPolicy, type CompiledRule, effects, modes } from './compiled.ts'
import type { Definition } from './definition.ts'
import { documentOf, duration, profiles, ruleName, some, time, trustedSessionRoles, users } from './parts.ts'
import { place } from './place.ts'
import { warnings } from './warnings.ts'

const conditions = place(
  z.strictObject({
    profiles,
    users: users({
      is: 'users as `sentinel whoami` shows them, with `*` and `?`',
      write: 'write a list, `[alice, "Deploy/ci-*"]`, or leave the key out for anybody',
    }).optional(),
    mode: some(place(z.enum(modes), { is: 'a mode', write: `write one of ${modes.join(', ')}` }), {
      is: 'how credentials leave Sentinel',
      write: `write a list of ${modes.join(', ')}, or leave the key out for any`,
    }).optional(),
    time: time.optional(),
  }),
  {
    is: 'what must be true of a request, all of it',
    write: 'write `conditions: {}` for a rule that is meant to match everybody',
  },
)

const rule = place(
  z.strictObject({
    name: ruleName,
    effect: place(z.enum(effects), {
      is: 'what happens to a request that matches',
      noun: 'an effect',
      write: `write one of ${effects.join(', ')}`,
    }),
    conditions,
    reason: place(z.string(), {
      is: 'why, for logs and refusals',
      write: 'write a sentence in quotes',
      takes: 'any text',
    }).optional(),
    max_server_duration: duration(
      {
        is: 'the longest life of one credential in server mode, at least 15 minutes (what AWS STS allows)',
        write: 'write a duration from 15m on, such as 20m or 1h30m',
      },
      {
        least: 900,
        tooShort: 'a credential cannot live less than 15 minutes',
        most: Number.POSITIVE_INFINITY,
        tooLong: '',
      },
    ).optional(),
    session_table: place(
      z.string().regex(/^(arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/)?[\w.-]{3,255}$/),
      {
        is: 'the DynamoDB table that must track the session',
        noun: 'a table name',
        write: 'write a table name: 3 to 255 of letters, digits and `_ . -`; or the ARN of a table',
      },
    ).optional(),
  }),
  { is: 'a rule', write: 'write a mapping of `name`, `effect` and `conditions`' },
)

const schema = documentOf(
  { kind: 'policy', title: 'Sentinel access policy' },
  { trusted_session_roles: trustedSessionRoles },
  rule,
)

type Written = z.infer<typeof schema>

/** The access policy. */
export const accessDocument: Definition<Written, CompiledPolicy> = {
  kind: 'policy',
  schema,
  compile: ({ trusted_session_roles, rules }, windowOf) => ({
    trustedSessionRoles: trusted_session_roles ?? [],
    rules: rules.map((written): CompiledRule => {
      const { profiles, users, mode, time } = written.conditions
      return {
        name: written.name,
        effect: written.effect,
        reason: written.reason ?? '',
        ...(profiles && { profiles }),
        ...(users && { users }),
        ...(mode && { modes: mode }),
        ...(time && { time: windowOf(time) }),
        ...(written.max_server_duration && {
          maxServerDurationSeconds: parseDuration(written.max_server_duration),
        }),
        ...(written.session_table && { sessionTable: written.session_table }),
      }
    }),
  }),
  warnings,
}
