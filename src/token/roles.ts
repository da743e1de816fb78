// Token roles: what tokens that are made with one are like, whoever makes them (spec/vault.md 5.4).

import { globMatches, SentinelError } from '../base/index.ts'
import type { Kv } from '../store/index.ts'
import { requireConsistent } from './consistent.ts'
import { deletion, everyKey } from './kv-steps.ts'
import { policyNames, withDefault } from './policy-names.ts'

/** Which kind of token is made; `default-…` lets whoever asks choose. */
export type TokenType = 'service' | 'batch' | 'default-service' | 'default-batch'

export type Role = {
  readonly name: string
  readonly allowedPolicies: readonly string[]
  readonly disallowedPolicies: readonly string[]
  readonly allowedPoliciesGlob: readonly string[]
  readonly disallowedPoliciesGlob: readonly string[]
  readonly isOrphan: boolean
  readonly renewable: boolean
  /** Stands behind the role's name in the path of its tokens; empty for none. */
  readonly pathSuffix: string
  readonly allowedEntityAliases: readonly string[]
  readonly tokenType: TokenType
  readonly periodSeconds: number
  readonly explicitMaxSeconds: number
  readonly numUses: number
  readonly boundCidrs: readonly string[]
  readonly noDefaultPolicy: boolean
}

export interface Roles {
  get(name: string): Promise<Role | undefined>
  /** Sorted. */
  names(): Promise<readonly string[]>
  /** @throws SentinelError REQUEST_INVALID where its parts contradict each other */
  put(role: Role): Promise<void>
  remove(name: string): Promise<void>
}

/** A role of which nothing was said. */
export const plainRole = (name: string): Role => ({
  name,
  allowedPolicies: [],
  disallowedPolicies: [],
  allowedPoliciesGlob: [],
  disallowedPoliciesGlob: [],
  isOrphan: false,
  renewable: true,
  pathSuffix: '',
  allowedEntityAliases: [],
  tokenType: 'default-service',
  periodSeconds: 0,
  explicitMaxSeconds: 0,
  numUses: 0,
  boundCidrs: [],
  noDefaultPolicy: false,
})

/** The roles in a part of a storage. */
export function openRoles(kv: Kv): Roles {
  return {
    async get(name) {
      const found = await kv.get(name)
      return found === undefined ? undefined : (JSON.parse(Buffer.from(found.value).toString()) as Role)
    },
    names: () => everyKey(kv, ''),
    async put(role) {
      requireSense(role)
      await kv.batch([
        { kind: 'put', key: role.name, value: Buffer.from(JSON.stringify(role)), expected: 'anything' },
      ])
    },
    remove: (name) => kv.batch([deletion(name)]),
  }
}

/** Batch tokens are neither renewed nor counted, and they do not die with anybody (spec/vault.md 5.1). */
function requireSense(role: Role): void {
  if (role.name.length > 256) throw invalid('the name of a role has at most 256 characters')
  if (role.pathSuffix !== '' && !/^\w[\w.-]{0,126}\w$/.test(role.pathSuffix))
    throw invalid('given role path suffix contains invalid characters')
  requireConsistent({ ...role, type: role.tokenType, ttlSeconds: 0, maxSeconds: 0 })
  if (role.tokenType !== 'batch') return
  const wrong = [
    [!role.isOrphan, 'non-orphan'],
    [role.renewable, 'renewable'],
    [role.explicitMaxSeconds > 0, 'limited'],
  ] as const
  const [, what] = wrong.find(([isWrong]) => isWrong) ?? []
  if (what !== undefined)
    throw invalid(`'token_type' cannot be 'batch' when role is set to generate ${what} tokens`)
}

/**
 * The policies of a token that is made with a role which has lists of them: the role's take the place of the parent's.
 *
 * @returns undefined where the role has no lists
 * @throws SentinelError REQUEST_INVALID for a policy that the role does not allow
 */
export function policiesByRole(
  role: Role,
  asked: { readonly policies: readonly string[]; readonly noDefaultPolicy: boolean },
  parentPolicies: readonly string[],
): readonly string[] | undefined {
  const allowed = policyNames(role.allowedPolicies)
  const hasAllowed = allowed.length + role.allowedPoliciesGlob.length > 0
  const hasDisallowed = role.disallowedPolicies.length + role.disallowedPoliciesGlob.length > 0
  if (!hasAllowed && !hasDisallowed) return undefined
  const addsDefault = !asked.noDefaultPolicy && !role.noDefaultPolicy && !isDisallowed(role, 'default')
  const completed = addsDefault ? withDefault : policyNames
  const wanted = policyNames(asked.policies)
  const chosen = asked.policies.length > 0 ? wanted : hasAllowed ? allowed : parentPolicies
  const policies = completed(chosen)
  if (hasAllowed && wanted.length > 0) {
    const isAllowed = (name: string) =>
      (addsDefault && name === 'default') ||
      allowed.includes(name) ||
      matchesAny(role.allowedPoliciesGlob, name)
    if (!policies.every(isAllowed)) throw invalid(notAllowed(role, policies))
  }
  const disallowed = policies.find((name) => isDisallowed(role, name))
  if (disallowed !== undefined) throw invalid(`token policy "${disallowed}" is disallowed by this role`)
  return policies
}

function notAllowed(role: Role, policies: readonly string[]): string {
  const lists = [policies, policyNames(role.allowedPolicies), role.allowedPoliciesGlob].map(
    (names) => `["${names.join('" "')}"]`,
  )
  const [asked, allowed, globs] = lists
  return `token policies (${asked}) must be subset of the role's allowed policies (${allowed}) or glob policies (${globs})`
}

const isDisallowed = (role: Role, name: string) =>
  policyNames(role.disallowedPolicies).includes(name) || matchesAny(role.disallowedPoliciesGlob, name)

/** Names of policies are in lower case, so what matches them is as well. */
const matchesAny = (globs: readonly string[], name: string) =>
  globs.some((glob) => globMatches(glob.trim().toLowerCase(), name))

const invalid = (message: string) => new SentinelError('REQUEST_INVALID', message)
