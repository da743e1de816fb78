// The policies of one holder as one thing to ask: which rule decides about a path, and what it grants.

import { capabilityNames, denyBit, type Operation } from './capability.ts'
import { type Lookup, lookupOf } from './lookup.ts'
import { type FilledRule, grantingPolicy, type MergedRule, merged } from './merge.ts'
import { reaches } from './reach.ts'
import { type ResultantAcl, resultantOf } from './resultant.ts'
import { type AclPolicy, type AclRule, rootPolicy } from './rule.ts'
import { filledIn, type TemplateIdentity } from './template.ts'

/** The policies of one holder, merged and filled in. Made once for a holder, and asked by every request. */
export type Acl = {
  /** May do everything. */
  readonly isRoot: boolean
  /** Before this moment the same policies and the same identity give the same; Infinity: for ever. */
  readonly validUntilMs: number
  /**
   * The one rule that decides about a path; without one nothing is granted.
   *
   * @param anyCaseBehind behind so many segments a path means the same in every case, and so do rules
   */
  match(path: string, operation: Operation, anyCaseBehind?: number): MergedRule | undefined
  /** What is granted on a path, by name and sorted: `root` alone, or `deny` alone for nothing (spec/vault.md 3.6). */
  capabilities(path: string, anyCaseBehind?: number): readonly string[]
  /** Whether anything is granted on a path that begins so, for what a holder may see of mounts. */
  reaches(prefix: string): boolean
  /** All of it, as `sys/internal/ui/resultant-acl` tells it. */
  resultant(): ResultantAcl
}

/**
 * Merges policies for one holder. Names that nobody wrote a policy for are left out by whoever calls.
 *
 * @param identity who holds them; undefined without an entity
 * @param nowMs what counts of rules that expire
 */
export function compileAcl(
  policies: readonly AclPolicy[],
  identity: TemplateIdentity | undefined,
  nowMs: number,
): Acl {
  const held = inOrder(policies)
  const rules = mergedRules(held, identity, nowMs, (pattern) => pattern)
  const lookup = lookupOf(rules)
  const folded = new Map<number, Lookup<MergedRule>>()
  const lookupBehind = (segments: number) => {
    const known = folded.get(segments)
    if (known !== undefined) return known
    const made = lookupOf(mergedRules(held, identity, nowMs, (pattern) => inLowerCase(pattern, segments)))
    folded.set(segments, made)
    return made
  }
  const ruleOf = (path: string, operation: Operation, anyCaseBehind: number | undefined) =>
    anyCaseBehind === undefined
      ? ruleFor(lookup, path, operation)
      : ruleFor(lookupBehind(anyCaseBehind), inLowerCase(path, anyCaseBehind), operation)
  const isRoot = held.length === 1 && held[0] === rootPolicy
  return {
    isRoot,
    validUntilMs: nextExpiry(held, nowMs),
    match: ruleOf,
    // Asked as a list, so that rules without the last slash count (spec/vault.md 3.6).
    capabilities: (path, anyCaseBehind) =>
      isRoot ? ['root'] : capabilityNames(ruleOf(path, 'list', anyCaseBehind)?.capabilities ?? 0),
    reaches: (prefix) => isRoot || reaches([...rules.values()], lookup.best(prefix)?.value, prefix),
    resultant: () => resultantOf(isRoot, [...rules.values()]),
  }
}

/** By name, so that what comes first does not depend on who asked; each once. */
function inOrder(policies: readonly AclPolicy[]): readonly AclPolicy[] {
  const byKey = new Map(policies.map((policy) => [`${policy.namespace}\n${policy.name}`, policy]))
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, policy]) => policy)
}

function mergedRules(
  policies: readonly AclPolicy[],
  identity: TemplateIdentity | undefined,
  nowMs: number,
  spelt: (pattern: string) => string,
): ReadonlyMap<string, MergedRule> {
  const filled = new Map<string, FilledRule[]>()
  for (const policy of policies) {
    const granting = grantingPolicy(policy)
    for (const rule of policy.rules) {
      const written = isExpired(rule, nowMs) ? undefined : filledIn(rule.pattern, identity)
      if (written === undefined) continue
      const pattern = spelt(written)
      const same = filled.get(pattern)
      if (same === undefined) filled.set(pattern, [{ policy: granting, rule }])
      else same.push({ policy: granting, rule })
    }
  }
  return new Map([...filled].map(([pattern, same]) => [pattern, merged(pattern, same)]))
}

/** With all that stands behind the first segments in lower case. */
function inLowerCase(path: string, behind: number): string {
  let at = 0
  for (let segment = 0; segment < behind && at !== -1; segment++) at = path.indexOf('/', at) + 1 || -1
  return at === -1 ? path : path.slice(0, at) + path.slice(at).toLowerCase()
}

const isExpired = ({ expiresAtMs }: AclRule, nowMs: number) =>
  expiresAtMs !== undefined && expiresAtMs <= nowMs

function nextExpiry(policies: readonly AclPolicy[], nowMs: number): number {
  let next = Number.POSITIVE_INFINITY
  for (const { expiresAtMs } of policies.flatMap(({ rules }) => rules)) {
    if (expiresAtMs !== undefined && expiresAtMs > nowMs) next = Math.min(next, expiresAtMs)
  }
  return next
}

/** Spec/vault.md 4.4: exact rules before others, and a list counts without its last slash too. */
function ruleFor(lookup: Lookup<MergedRule>, path: string, operation: Operation): MergedRule | undefined {
  const exact = lookup.exact(path)
  if (exact !== undefined) return exact
  if (operation !== 'list' || !path.endsWith('/')) return lookup.best(path)?.value
  const bare = path.slice(0, -1)
  const exactBare = lookup.exact(bare)
  if (exactBare !== undefined) return exactBare
  const best = lookup.best(path)
  const bestBare = lookup.best(bare)
  if (best === undefined || bestBare === undefined) return (best ?? bestBare)?.value
  // A deny on `a/+` is more specific than a list on `a/*`, but does not match `a/b/` (GHSA-xp3c-3jw3-4vcr and its like).
  const isSlippedPast = (bestBare.value.capabilities & denyBit) !== 0 && bestBare.rank > best.rank
  return isSlippedPast ? bestBare.value : best.value
}
