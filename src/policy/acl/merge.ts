// Rules of the same pattern from several policies, or from several blocks of one, are one rule (spec/vault.md 4.7):
// deny wins, capabilities add up, conditions add up too, so that another policy can make a holder ask for more.

import type { Span } from '../../source/index.ts'
import { bitsIn, denyBit } from './capability.ts'
import { type AclPolicy, type AclRule, type Conditions, noConditions, type ParameterRules } from './rule.ts'

/** A policy that granted something, as the audit log names it. */
export type GrantingPolicy = { readonly name: string; readonly namespace: string }

/** What the policies of one holder say about one pattern. */
export type MergedRule = {
  /** With the path of its namespace, filled in. */
  readonly pattern: string
  readonly capabilities: number
  readonly conditions: Conditions
  /** For each capability the policies that grant it, in the order of their names. */
  readonly granting: ReadonlyMap<number, readonly GrantingPolicy[]>
  /** Where it says so. */
  readonly from: readonly { readonly policy: GrantingPolicy; readonly span: Span }[]
}

/** A rule for one holder, before it is merged. */
export type FilledRule = { readonly policy: GrantingPolicy; readonly rule: AclRule }

/** The name of a policy and its namespace, one object for all its rules. */
export const grantingPolicy = ({ name, namespace }: AclPolicy): GrantingPolicy =>
  Object.freeze({ name, namespace })

/** Merges what is said about one pattern; the order is that of the policies. */
export function merged(pattern: string, filled: readonly FilledRule[]): MergedRule {
  const rules = filled.map(({ rule }) => rule)
  const isDenied = rules.some(({ capabilities }) => (capabilities & denyBit) !== 0)
  const capabilities = isDenied ? denyBit : rules.reduce((set, rule) => set | rule.capabilities, 0)
  const granting = bitsIn(capabilities).map((bit) => [bit, grantingOf(filled, bit)] as const)
  return {
    pattern,
    capabilities,
    conditions: isDenied ? noConditions : rules.map(({ conditions }) => conditions).reduce(both),
    granting: new Map(granting),
    from: filled.map(({ policy, rule }) => ({ policy, span: rule.span })),
  }
}

/** Frozen, so that an Allow can keep it as it is. */
function grantingOf(filled: readonly FilledRule[], bit: number): readonly GrantingPolicy[] {
  const policies = filled.filter(({ rule }) => (rule.capabilities & bit) !== 0).map(({ policy }) => policy)
  return Object.freeze([...new Set(policies)])
}

function both(a: Conditions, b: Conditions): Conditions {
  return {
    allowed: bothParameters(a.allowed, b.allowed),
    denied: bothParameters(a.denied, b.denied),
    required: [...new Set([...a.required, ...b.required])],
    minWrapSeconds: smallerSet(a.minWrapSeconds, b.minWrapSeconds),
    maxWrapSeconds: smallerSet(a.maxWrapSeconds, b.maxWrapSeconds),
    mfaMethods: [...new Set([...a.mfaMethods, ...b.mfaMethods])],
    controlGroups: [...a.controlGroups, ...b.controlGroups],
  }
}

/** No value means any value, and stays so. */
function bothParameters(a: ParameterRules, b: ParameterRules): ParameterRules {
  if (a.size === 0 || b.size === 0) return a.size === 0 ? b : a
  const rules = new Map(a)
  for (const [name, values] of b) {
    const before = rules.get(name)
    const isAny = values.length === 0 || before?.length === 0
    rules.set(name, isAny ? [] : [...(before ?? []), ...values])
  }
  return rules
}

/** Of two times the smaller; 0 is none. */
const smallerSet = (a: number, b: number) => (a === 0 || b === 0 ? Math.max(a, b) : Math.min(a, b))
