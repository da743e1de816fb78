// What is legal in any document and yet most likely not meant. Warnings never change a decision.

import { globMatches } from '../../base/index.ts'
import type { Diagnostic } from '../../source/index.ts'
import { locationOf, type Path, type ReadYaml } from './yaml.ts'

/** A warning at a value. */
export function warningAt(yaml: ReadYaml, path: Path, message: string, hint: string): Diagnostic {
  const span = yaml.valueSpan(path)
  return { severity: 'warning', message, hint, span, location: locationOf(path) }
}

/** A warning at a key, for what is in it or missing there. */
export function warningAtKey(yaml: ReadYaml, path: Path, message: string, hint: string): Diagnostic {
  return { ...warningAt(yaml, path, message, hint), span: yaml.keySpan(path) }
}

/** A rule whose every request an earlier one has already answered. */
export function unreachable<Rule extends { readonly name: string }>(
  rules: readonly Rule[],
  index: number,
  yaml: ReadYaml,
  covers: (earlier: Rule, rule: Rule) => boolean,
): readonly Diagnostic[] {
  const rule = rules[index]
  const earlier = rules.slice(0, index).find((other) => rule !== undefined && covers(other, rule))
  if (rule === undefined || earlier === undefined) return []
  const message = `rule \`${rule.name}\` is never reached: \`${earlier.name}\` matches all of its requests before it`
  const hint = `move it before \`${earlier.name}\`, or remove it`
  const { span } = warningAt(yaml, ['rules', index, 'name'], message, hint)
  return [{ severity: 'warning', message, hint, span, location: `rules[${index}]` }]
}

/** Whether whatever is in `inner` is also in `outer`. Only what is plain to see: equal patterns. */
export function holdsAll(
  outer: readonly string[] | undefined,
  inner: readonly string[] | undefined,
): boolean {
  return outer === undefined || inner?.every((item) => outer.includes(item)) === true
}

/** Whether every profile of `rule` is one of `earlier` too. */
export function holdsProfiles(earlier: Profiled, rule: Profiled): boolean {
  return holdsAll(isForEveryProfile(earlier) ? undefined : earlier.profiles, rule.profiles)
}

/** Whether a rule is for every profile. */
export function isForEveryProfile({ profiles }: Profiled): boolean {
  return profiles === undefined || profiles.includes('*')
}

type Profiled = { readonly profiles?: readonly string[] }

/** What is said of a rule in a document whose rules have nothing but `profiles` that says where they apply. */
export function aboutProfiles(
  rules: readonly NamedRule[],
  index: number,
  yaml: ReadYaml,
): readonly Diagnostic[] {
  const rule = rules[index]
  if (rule === undefined) return []
  return [...everyProfile(rule, index, yaml), ...unreachable(rules, index, yaml, holdsProfiles)]
}

type NamedRule = Profiled & { readonly name: string }

function everyProfile(rule: NamedRule, index: number, yaml: ReadYaml): readonly Diagnostic[] {
  if (!isForEveryProfile(rule)) return []
  const message = `rule \`${rule.name}\` is for every profile`
  const path = ['rules', index, rule.profiles === undefined ? 'name' : 'profiles']
  return [
    {
      ...warningAt(yaml, path, message, 'name `profiles` unless it is meant for all'),
      location: `rules[${index}]`,
    },
  ]
}

/** Patterns that no user's name can match. */
export function nobody(
  patterns: readonly string[] | undefined,
  path: Path,
  yaml: ReadYaml,
): readonly Diagnostic[] {
  return (patterns ?? []).flatMap((pattern, at): readonly Diagnostic[] => {
    const why = whyNobody(pattern)
    if (why === undefined) return []
    const message = `\`${pattern}\` matches nobody: ${why}`
    return [warningAt(yaml, [...path, at], message, 'write the name as `sentinel whoami` shows it')]
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
