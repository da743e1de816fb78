// What ACL policies, RGPs and EGPs are written by: their names and texts.

import { type inTurn, SentinelError } from '../../../base/index.ts'
import type { GoverningPolicies } from '../../core/governing.ts'
import type { Policies } from '../../core/policies.ts'

/** What the paths of policies work on. */
export type PolicyMountDeps = {
  readonly policies: Policies
  readonly governing: GoverningPolicies
  /** Paths that answer outside of all policies. */
  readonly exempt: readonly string[]
  /** ACLs and RGPs share their names: of two that are written at once one comes first. */
  readonly oneAtATime: ReturnType<typeof inTurn>
}

/** The name in a path, in lower case already. */
export const nameIn = (params: Readonly<Record<string, string>>) => params.name ?? ''

/** What whoever wrote a name in another case is told. */
export const convertedTo = (name: string) => `policy name was converted to ${name}`

/** @throws SentinelError REQUEST_INVALID where a policy of the other kind has the name */
export function requireFree(name: string, type: 'acl' | 'rgp', isTaken: boolean): void {
  if (isTaken)
    throw new SentinelError('REQUEST_INVALID', `policy "${name}" already exists with type "${type}"`)
}

/** The text in base64, where it is base64: a policy has blanks and braces, so it never is by accident. */
export function decoded(policy: string): string {
  const compact = policy.trim()
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact) || compact.length % 4 !== 0) return policy
  return Buffer.from(compact, 'base64').toString()
}
