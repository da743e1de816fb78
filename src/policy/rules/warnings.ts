// What is legal in an access policy and yet most likely not meant.

import type { Diagnostic } from '../../source/index.ts'
import type { CompiledPolicy, CompiledRule } from './compiled.ts'
import { holdsAll, holdsProfiles, isForEveryProfile, nobody, unreachable, warningAtKey } from './remarks.ts'
import type { ReadYaml } from './yaml.ts'

/** Everything worth a remark. */
export function warnings({ rules }: CompiledPolicy, yaml: ReadYaml): readonly Diagnostic[] {
  return rules.flatMap((rule, index) => [
    ...catchAll(rule, index, yaml),
    ...unreachable(rules, index, yaml, covers),
    ...nobody(rule.users, ['rules', index, 'conditions', 'users'], yaml),
  ])
}

function catchAll(rule: CompiledRule, index: number, yaml: ReadYaml): readonly Diagnostic[] {
  if (!isForEveryProfile(rule) || rule.users !== undefined) return []
  const message = `rule \`${rule.name}\` matches every user and every profile`
  const hint = 'name `profiles` or `users` unless it is meant for all'
  return [warningAtKey(yaml, ['rules', index, 'conditions'], message, hint)]
}

/** Whether whatever matches `rule` also matches `earlier`. */
function covers(earlier: CompiledRule, rule: CompiledRule): boolean {
  if (earlier.time !== undefined) return false
  return (
    holdsProfiles(earlier, rule) && holdsAll(earlier.users, rule.users) && holdsAll(earlier.modes, rule.modes)
  )
}
