import { denyBit } from './capability.ts'
import type { MergedRule } from './merge.ts'
import { kindOf, withoutStar } from './pattern.ts'

/**
 * Whether something is granted on some path that begins with `prefix`, which ends in a slash.
 *
 * @param decisive the rule that decides about the prefix itself
 */
export function reaches(
  rules: readonly MergedRule[],
  decisive: MergedRule | undefined,
  prefix: string,
): boolean {
  if (decisive !== undefined && isGranting(decisive)) return true
  return rules.some((rule) => isGranting(rule) && reachesBelow(rule.pattern, prefix))
}

const isGranting = ({ capabilities }: MergedRule) => capabilities !== 0 && (capabilities & denyBit) === 0

/** Whether a pattern is about paths below the prefix only, or has a `+` for it. */
function reachesBelow(pattern: string, prefix: string): boolean {
  if (kindOf(pattern) !== 'segments') return pattern.startsWith(prefix)
  const wanted = prefix.split('/').slice(0, -1)
  const segments = withoutStar(pattern).split('/')
  if (segments.length <= wanted.length) return false
  return wanted.every((segment, index) => segments[index] === '+' || segments[index] === segment)
}
