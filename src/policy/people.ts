// Who is whom, as far as separation of duties goes. INVARIANT: in doubt two callers are one person, since the price of
// a mistake the other way is somebody who approves their own request.

/** A caller, as AWS named them. */
export type Party = {
  /** The name that policies match (decision 20). */
  readonly user: string
  readonly arn: string
  /** Twelve digits. */
  readonly accountId: string
}

/**
 * Why two callers cannot be taken for different people; nothing when they can. One person is: the same ARN; the same
 * name, in any account and case; the same user or session name behind whatever role; and two sessions of one role,
 * since whoever may assume a role also chooses the session's name.
 *
 * @param trustedRoles roles whose session names an identity provider sets: their sessions are told apart by name
 */
export function samePerson(one: Party, other: Party, trustedRoles: readonly string[]): string | undefined {
  if (one.arn.toLowerCase() === other.arn.toLowerCase()) return 'they have the same ARN'
  if (one.user.toLowerCase() === other.user.toLowerCase()) {
    return `both are called \`${one.user}\`, whatever the account and the case`
  }
  const own = ownName(one.user)
  if (own.toLowerCase() === ownName(other.user).toLowerCase())
    return `both are called \`${own}\` behind the role`
  const [role, otherRole] = [roleOf(one.user), roleOf(other.user)]
  if (role === undefined || otherRole === undefined) return undefined
  const isOneRole = role.toLowerCase() === otherRole.toLowerCase() && one.accountId === other.accountId
  if (!isOneRole || [role, otherRole].every((each) => trustedRoles.includes(each))) return undefined
  return `both are sessions of the role \`${role}\`, whose names are not under \`trusted_session_roles\``
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

/**
 * At most how many different people a list of approvers can name; endless with a wildcard.
 *
 * @param trustedRoles given: sessions of any other role count as one person
 */
export function mostApprovers(approvers: readonly string[], trustedRoles?: readonly string[]): number {
  if (approvers.some((pattern) => /[*?]/.test(pattern))) return Number.POSITIVE_INFINITY
  const names = new Set(approvers.map((name) => ownName(name).toLowerCase()))
  if (trustedRoles === undefined) return names.size
  const roles = approvers.map((name) => {
    const role = roleOf(name)
    return (role === undefined || trustedRoles.includes(role) ? name : `${role}/`).toLowerCase()
  })
  return Math.min(names.size, new Set(roles).size)
}

/** The role of `Role/session`; nothing for the kinds of caller that have none. */
function roleOf(user: string): string | undefined {
  const slash = user.indexOf('/')
  return slash <= 0 || user.startsWith(':') ? undefined : user.slice(0, slash)
}

/** The name without what makes it unmistakable: user, session, federated user, or `root`. */
const ownName = (user: string) => user.slice(user.lastIndexOf('/') + 1).replace(/^:/, '')
