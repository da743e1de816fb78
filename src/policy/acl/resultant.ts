import { capabilityNames } from './capability.ts'
import type { MergedRule } from './merge.ts'
import { kindOf, withoutStar } from './pattern.ts'
import type { ParameterRules } from './rule.ts'

/** What a holder may do, in Vault's words (spec/vault.md 3.8). Objects have no prototype: their names come from outside. */
export type ResultantAcl = {
  readonly root: boolean
  readonly exact_paths: Readonly<Record<string, ResultantRule>>
  readonly glob_paths: Readonly<Record<string, ResultantRule>>
}

type ResultantRule = {
  readonly capabilities: readonly string[]
  readonly allowed_parameters?: Readonly<Record<string, readonly unknown[]>>
  readonly denied_parameters?: Readonly<Record<string, readonly unknown[]>>
  readonly required_parameters?: readonly string[]
  readonly min_wrapping_ttl?: number
  readonly max_wrapping_ttl?: number
}

/** Tells rules: a prefix without its `*`, as Vault does, a pattern with `+` as it was written. */
export function resultantOf(isRoot: boolean, rules: readonly MergedRule[]): ResultantAcl {
  const exact = rules.filter(({ pattern }) => kindOf(pattern) === 'exact')
  const globs = rules.filter(({ pattern }) => kindOf(pattern) !== 'exact')
  return {
    root: isRoot,
    exact_paths: bareObject(exact.map((rule) => [rule.pattern, told(rule)])),
    glob_paths: bareObject(globs.map((rule) => [nameOf(rule.pattern), told(rule)])),
  }
}

const nameOf = (pattern: string) => (kindOf(pattern) === 'prefix' ? withoutStar(pattern) : pattern)

function told({ capabilities, conditions }: MergedRule): ResultantRule {
  const { allowed, denied, required, minWrapSeconds, maxWrapSeconds } = conditions
  return {
    capabilities: capabilityNames(capabilities),
    ...(allowed.size > 0 && { allowed_parameters: parameters(allowed) }),
    ...(denied.size > 0 && { denied_parameters: parameters(denied) }),
    ...(required.length > 0 && { required_parameters: required }),
    ...(minWrapSeconds > 0 && { min_wrapping_ttl: minWrapSeconds }),
    ...(maxWrapSeconds > 0 && { max_wrapping_ttl: maxWrapSeconds }),
  }
}

const parameters = (rules: ParameterRules) =>
  bareObject([...rules].map(([name, values]) => [name, values.map(asJson)]))

/** Values of HCL as JSON has them. */
function asJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(asJson)
  if (value instanceof Map) return bareObject([...value].map(([name, each]) => [name, asJson(each)]))
  return value
}

function bareObject<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const object: Record<string, T> = Object.create(null)
  for (const [name, value] of entries) object[name] = value
  return object
}
