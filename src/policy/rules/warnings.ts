// What is legal in a policy and yet most likely not meant. Warnings never change a decision.

import { globMatches } from '../../base/index.ts'
import type { Diagnostic } from '../../source/index.ts'
import type { CompiledPolicy, CompiledRule } from './compiled.ts'
import type { ReadYaml } from './yaml.ts'

/** Everything worth a remark, in order of place. */
export function warnings(policy: CompiledPolicy, yaml: ReadYaml): readonly Diagnostic[] {
  return policy.rules.flatMap((rule, index) => [
    ...catchAll(rule, index, yaml),
    ...unreachable(policy, index, yaml),
    ...nobody(rule, index, yaml),
  ])
}

function catchAll(rule: CompiledRule, index: number, yaml: ReadYaml): readonly Diagnostic[] {
  const anyProfile = rule.profiles === undefined || rule.profiles.includes('*')
  if (!anyProfile || rule.users !== undefined) return []
  return [
    {
      severity: 'warning',
      message: `rule \`${rule.name}\` matches every user and every profile`,
      hint: 'name `profiles` or `users` unless it is meant for all',
      span: yaml.keySpan(['rules', index, 'conditions']),
      location: `rules[${index}].conditions`,
    },
  ]
}

/** A rule whose every request an earlier one has already answered. */
function unreachable(policy: CompiledPolicy, index: number, yaml: ReadYaml): readonly Diagnostic[] {
  const rule = policy.rules[index]
  const earlier = policy.rules.slice(0, index).find((other) => rule !== undefined && covers(other, rule))
  if (rule === undefined || earlier === undefined) return []
  return [
    {
      severity: 'warning',
      message: `rule \`${rule.name}\` is never reached: \`${earlier.name}\` matches all of its requests before it`,
      hint: `move it before \`${earlier.name}\`, or remove it`,
      span: yaml.valueSpan(['rules', index, 'name']),
      location: `rules[${index}]`,
    },
  ]
}

/** Whether whatever matches `rule` also matches `earlier`. Only what is plain to see: equal patterns and `*`. */
function covers(earlier: CompiledRule, rule: CompiledRule): boolean {
  if (earlier.time !== undefined) return false
  const within = (outer: readonly string[] | undefined, inner: readonly string[] | undefined) =>
    outer === undefined || inner?.every((item) => outer.includes(item)) === true
  const profiles = earlier.profiles?.includes('*') ? undefined : earlier.profiles
  return (
    within(profiles, rule.profiles) && within(earlier.users, rule.users) && within(earlier.modes, rule.modes)
  )
}

/** Patterns that no user's name can match. */
function nobody(rule: CompiledRule, index: number, yaml: ReadYaml): readonly Diagnostic[] {
  return (rule.users ?? []).flatMap((pattern, at): readonly Diagnostic[] => {
    const why = whyNobody(pattern)
    if (why === undefined) return []
    const path = ['rules', index, 'conditions', 'users', at]
    return [
      {
        severity: 'warning',
        message: `\`${pattern}\` matches nobody: ${why}`,
        hint: 'write the name as `sentinel whoami` shows it',
        span: yaml.valueSpan(path),
        location: `rules[${index}].conditions.users[${at}]`,
      },
    ]
  })
}

function whyNobody(pattern: string): string | undefined {
  if (/^arn:/.test(pattern)) return 'users are written by name, not by ARN'
  if (/^:/.test(pattern)) {
    return mayBeSpecial(pattern)
      ? undefined
      : 'the names that begin with a colon are `:root` and `:federated/NAME`'
  }
  if (pattern.split('/').length > 2) return 'a name has at most one `/`, between role and session'
  if (/^\/|\/$/.test(pattern)) return 'the role or the session is missing beside the `/`'
  if (/^AWSReservedSSO_.*\//.test(pattern)) return 'Identity Center users are written without their role'
  // IAM: user, role and session names are made of these characters.
  return /[^\w+=,.@*?/-]/.test(pattern) ? 'names hold only letters, digits and `_ + = , . @ -`' : undefined
}

/** Whether a pattern with a colon in front may match `:root` or `:federated/NAME`. */
function mayBeSpecial(pattern: string): boolean {
  const [kind = '', ...names] = pattern.split('/')
  if (names.length === 0) return globMatches(kind, ':root')
  return names.length === 1 && names[0] !== '' && globMatches(kind, ':federated')
}
