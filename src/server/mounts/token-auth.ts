// A token in the words of a response: that which is told once, when it is made or renewed.

import type { Secret } from '../../base/index.ts'
import { policyNames, type TokenEntry } from '../../token/index.ts'
import type { Auth, Data } from '../door.ts'

/** What whoever has a token is told of it. `seconds` is how long it lives from now on. */
export function authOf(
  entry: TokenEntry,
  token: Secret,
  identityPolicies: readonly string[],
  seconds: number,
): Auth {
  return {
    clientToken: token,
    accessor: entry.accessor,
    policies: allPolicies(entry, identityPolicies),
    tokenPolicies: entry.policies,
    identityPolicies,
    metadata: metaOf(entry.meta),
    leaseSeconds: seconds,
    renewable: entry.renewable,
    entityId: entry.entityId,
    tokenType: entry.type,
    orphan: entry.parent === undefined,
    numUses: entry.usesLeft ?? 0,
  }
}

/** Those of the token and of whoever stands behind it. The same lists give the same list. */
export function allPolicies(
  { policies }: TokenEntry,
  identityPolicies: readonly string[],
): readonly string[] {
  // Those of a token alone are in order already; this is asked for every request.
  if (identityPolicies.length === 0) return policies
  const before = lately.get(policies)
  if (before?.identityPolicies === identityPolicies) return before.all
  const all = policyNames([...policies, ...identityPolicies])
  lately.set(policies, { identityPolicies, all })
  return all
}

type Together = { readonly identityPolicies: readonly string[]; readonly all: readonly string[] }

/** By the policies of a token, which are one list as long as it is remembered. */
const lately = new WeakMap<readonly string[], Together>()

/** Metadata as JSON has it; null where there is none. */
export const metaOf = (meta: ReadonlyMap<string, string>): Data | null =>
  meta.size === 0 ? null : Object.assign(Object.create(null), Object.fromEntries(meta))
