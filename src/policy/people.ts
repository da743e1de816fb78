// Who is whom, as far as separation of duties goes. INVARIANT: in doubt two callers are one person, since the price of
// a mistake the other way is somebody who approves their own request.

import { globMatches } from '../base/index.ts'

/** A caller, as AWS named them. */
export type Party = {
  /** The name that policies match (decision 20). */
  readonly user: string
  readonly arn: string
  /** Twelve digits. */
  readonly accountId: string
}

/**
 * Why a caller's name says nothing about who they are; nothing when it does. AWS lets whoever opens a session of a role, or a
 * federated one, call it what they like: it may be anybody who can open one, and so also the person on the other side.
 *
 * @param trustedRoles roles whose session names an identity provider sets
 */
export function whyAnybody(
  { user }: Pick<Party, 'user'>,
  trustedRoles: readonly string[],
): string | undefined {
  if (user.startsWith(':federated/')) return 'whoever opens a federated session chooses its name'
  const role = roleOf(user)
  if (role === undefined || trustedRoles.includes(role)) return undefined
  return `whoever may assume the role \`${role}\` chooses the name of the session`
}

/**
 * Why two callers cannot be taken for different people, supposing that neither may be anybody; nothing when they can. One
 * person is: the same ARN; the same name, in any account and case; the same user or session name behind whatever role.
 */
export function samePerson(one: Party, other: Party): string | undefined {
  if (one.arn.toLowerCase() === other.arn.toLowerCase()) return 'they have the same ARN'
  if (one.user.toLowerCase() === other.user.toLowerCase()) {
    return `both are called \`${one.user}\`, whatever the account and the case`
  }
  const own = ownName(one.user)
  return own.toLowerCase() === ownName(other.user).toLowerCase()
    ? `both are called \`${own}\` behind the role`
    : undefined
}

/**
 * Whose place and whose limits a caller has in an emergency, for everybody who may be the same person: by the own name,
 * in whatever account and case and behind whatever role; and, where callers choose that name themselves, also by the
 * role. Two callers with one of these in common are one person. Nothing that a policy says changes it.
 */
export function personKeys({ user, accountId }: Party): readonly string[] {
  const own = `name:${ownName(user)}`
  const role = user.startsWith(':federated/') ? ':federated' : roleOf(user)
  return (role === undefined ? [own] : [own, `role:${accountId}:${role}`]).map((key) => key.toLowerCase())
}

/** At most how many different people a list of approvers can name; endless with a wildcard. */
export function mostApprovers(approvers: readonly string[]): number {
  if (approvers.some((pattern) => /[*?]/.test(pattern))) return Number.POSITIVE_INFINITY
  return new Set(approvers.map((name) => ownName(name).toLowerCase())).size
}

/**
 * Why a pattern of approvers names only callers who may be anybody; nothing when it may name others.
 *
 * @param trustedRoles roles whose session names an identity provider sets
 */
export function whyOnlyAnybody(pattern: string, trustedRoles: readonly string[]): string | undefined {
  const role = roleOf(pattern)
  const isTrusted = role !== undefined && trustedRoles.some((each) => globMatches(role, each))
  return isTrusted ? undefined : whyAnybody({ user: pattern }, trustedRoles)
}

/** The role of `Role/session`; nothing for the kinds of caller that have none. */
function roleOf(user: string): string | undefined {
  const slash = user.indexOf('/')
  return slash <= 0 || user.startsWith(':') ? undefined : user.slice(0, slash)
}

/** The name without what makes it unmistakable: user, session, federated user, or `root`. */
const ownName = (user: string) => user.slice(user.lastIndexOf('/') + 1).replace(/^:/, '')
