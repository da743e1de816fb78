// The approval policy as people write it: who may approve requests for which profiles, and what is approved by itself.

import { z } from 'zod'
import { parseDuration } from '../../base/index.ts'
import type { Diagnostic } from '../../source/index.ts'
import { longestRequestSeconds, shortestSeconds } from '../limits.ts'
import { mostApprovers, whyOnlyAnybody } from '../people.ts'
import type { AutoApproval, CompiledApprovalPolicy, CompiledApprovalRule } from './compiled.ts'
import type { Definition } from './definition.ts'
import {
  documentOf,
  duration,
  profiles,
  ruleName,
  some,
  time,
  trustedSessionRoles,
  users,
  type WrittenTime,
} from './parts.ts'
import { place } from './place.ts'
import { aboutProfiles, nobody, warningAt, warningAtKey } from './remarks.ts'
import type { ReadYaml } from './yaml.ts'

const autoApprove = place(
  z
    .strictObject({
      users: users({
        is: 'users whose requests are approved by themselves; anybody when left out',
        write: 'write a list, `[alice]`',
      }).optional(),
      time: time.optional(),
      max_duration: duration(
        {
          is: 'the longest request that is approved by itself, at most 8 hours',
          write: 'write a duration from 15m to 8h, or leave the key out for any',
        },
        {
          least: shortestSeconds,
          tooShort: 'nothing shorter than 15 minutes can be asked for',
          most: longestRequestSeconds,
          tooLong: 'nothing longer than 8 hours can be asked for',
        },
      ).optional(),
    })
    .refine((written) => Object.values(written).some((value) => value !== undefined), {
      error: '`auto_approve` has no condition, so every request would be approved by itself',
    }),
  {
    is: 'which requests are approved by themselves: users, time and duration must all fit',
    write: 'write `users`, `time`, `max_duration` or several of them, or leave `auto_approve` out',
  },
  { minProperties: 1 },
)

/** More approvals than this for one request are a mistake. */
const mostRequired = 10

const rule = place(
  z
    .strictObject({
      name: ruleName,
      profiles,
      approvers: users({
        is: 'who may approve, as `sentinel whoami` shows them, with `*` and `?`',
        write: 'write a list of at least one: `[carol, "Leads/*"]`',
      }),
      required_approvals: place(z.int().min(1).max(mostRequired), {
        is: 'how many different people must approve; 1 when left out',
        noun: 'a number from 1 to 10',
        write: 'write a number from 1 to 10: `required_approvals: 2`',
      }).optional(),
      single_use: place(z.boolean(), {
        is: 'whether an approval serves for one issue of credentials only',
        write: 'write `single_use: true`, or leave the key out',
      }).optional(),
      auto_approve: autoApprove.optional(),
    })
    .refine(
      ({ approvers, required_approvals: required = 0 }) =>
        required > mostRequired || mostApprovers(approvers) >= required,
      {
        path: ['required_approvals'],
        error: 'more people must approve than `approvers` names, so nothing could ever be approved',
        params: { hint: 'name more approvers, or ask for fewer approvals' },
      },
    ),
  { is: 'a rule', write: 'write a mapping of `name`, `profiles` and `approvers`' },
)

const schema = documentOf(
  { kind: 'approval', title: 'Sentinel approval policy' },
  {
    trusted_session_roles: trustedSessionRoles,
    approver_accounts: some(
      place(z.string().regex(/^\d{12}$/), {
        is: 'an account',
        noun: "an account's number",
        write: 'write the twelve digits in quotes: `"111122223333"`',
        near: (value) => (/^\d{12}$/.test(String(value)) ? `put it in quotes: \`"${value}"\`` : undefined),
      }),
      {
        is: "accounts whose callers may approve, besides the requester's own",
        write: 'write a list: `["111122223333"]`',
      },
    ).optional(),
    signing_key: place(z.string().regex(/^(alias\/|arn:)?[\w:/=+@,.-]{1,512}$/), {
      is: 'the KMS key that approvals are signed with',
      noun: 'a KMS key',
      write: "write the key's ARN, or an alias: `alias/sentinel-approvals`",
    }).optional(),
  },
  rule,
)

type Written = z.infer<typeof schema>

/** The approval policy. */
export const approvalDocument: Definition<Written, CompiledApprovalPolicy> = {
  kind: 'approval',
  schema,
  compile: (written, windowOf) => ({
    trustedSessionRoles: written.trusted_session_roles ?? [],
    approverAccounts: written.approver_accounts ?? [],
    ...(written.signing_key && { signingKey: written.signing_key }),
    rules: written.rules.map(
      (rule): CompiledApprovalRule => ({
        name: rule.name,
        ...(rule.profiles && { profiles: rule.profiles }),
        approvers: rule.approvers,
        requiredApprovals: rule.required_approvals ?? 1,
        singleUse: rule.single_use ?? false,
        ...(rule.auto_approve && { autoApprove: compileAutoApproval(rule.auto_approve, windowOf) }),
      }),
    ),
  }),
  warnings,
}

function compileAutoApproval(
  { users, time, max_duration }: z.infer<typeof autoApprove>,
  windowOf: (time: WrittenTime) => NonNullable<AutoApproval['time']>,
): AutoApproval {
  return {
    ...(users && { users }),
    ...(time && { time: windowOf(time) }),
    ...(max_duration && { maxDurationSeconds: parseDuration(max_duration) }),
  }
}

function warnings(policy: CompiledApprovalPolicy, yaml: ReadYaml): readonly Diagnostic[] {
  const { rules } = policy
  return [
    ...unsignable(policy, yaml),
    ...rules.flatMap((rule, index) => [
      ...aboutProfiles(rules, index, yaml),
      ...nobody(rule.approvers, ['rules', index, 'approvers'], yaml),
      ...anybodyApproves(rule, index, yaml),
      ...anybodies(policy, rule, index, yaml),
      ...everybodysRequest(rule, index, yaml),
      ...nobody(rule.autoApprove?.users, ['rules', index, 'auto_approve', 'users'], yaml),
    ]),
  ]
}

function unsignable({ signingKey }: CompiledApprovalPolicy, yaml: ReadYaml): readonly Diagnostic[] {
  if (signingKey === undefined) return []
  const message = 'signing comes with a later version: until then nothing can be approved under this policy'
  return [
    warningAtKey(yaml, ['signing_key'], message, 'leave `signing_key` out for approvals without signatures'),
  ]
}

function anybodyApproves({ name, approvers }: CompiledApprovalRule, index: number, yaml: ReadYaml) {
  const at = approvers.indexOf('*')
  if (at === -1) return []
  const message = `rule \`${name}\` lets everybody approve but the requester`
  return [warningAt(yaml, ['rules', index, 'approvers', at], message, 'name the approvers')]
}

/** Approvers whom nobody can tell from others, and the rule that has too few without them. */
function anybodies(
  { trustedSessionRoles }: CompiledApprovalPolicy,
  { name, approvers, requiredApprovals }: CompiledApprovalRule,
  index: number,
  yaml: ReadYaml,
): readonly Diagnostic[] {
  const whys = approvers.map((pattern) => whyOnlyAnybody(pattern, trustedSessionRoles))
  const found = approvers.flatMap((pattern, at): readonly Diagnostic[] => {
    const why = whys[at]
    if (why === undefined) return []
    const hint =
      'list the role under `trusted_session_roles` if an identity provider sets the names, or name users'
    return [
      warningAt(yaml, ['rules', index, 'approvers', at], `\`${pattern}\` approves nothing: ${why}`, hint),
    ]
  })
  if (
    found.length === 0 ||
    mostApprovers(approvers.filter((_, at) => whys[at] === undefined)) >= requiredApprovals
  )
    return found
  const message = `rule \`${name}\` can never be fulfilled: too few of its approvers can be told from others`
  const hint = 'name users, or list roles under `trusted_session_roles`'
  return [...found, warningAtKey(yaml, ['rules', index, 'approvers'], message, hint)]
}

function everybodysRequest({ name, autoApprove }: CompiledApprovalRule, index: number, yaml: ReadYaml) {
  if (autoApprove === undefined || autoApprove.users !== undefined) return []
  const message = `rule \`${name}\` approves requests of every user by itself`
  return [
    warningAtKey(yaml, ['rules', index, 'auto_approve'], message, 'name `users` unless it is meant for all'),
  ]
}
