// Which principals IAM lets a trust policy name. Saving turns the ARN of a user or role into its unique id ("AWS JSON
// policy elements: Principal", reference_policies_elements_principal, IAM User Guide), so it must be there by then.

import type { PolicyDocument } from './policy-types.ts'
import type { World } from './world-types.ts'

/** The first user or role that a trust policy names and that is not there, or undefined. Accounts are not looked up. */
export function missingPrincipal(world: World, trust: PolicyDocument): string | undefined {
  return many(trust.Statement)
    .flatMap(({ Principal }) => (typeof Principal === 'object' ? many(Principal.AWS ?? []) : []))
    .find((name) => !exists(world, name))
}

function exists(world: World, name: string): boolean {
  if (/^arn:aws:iam::\d{12}:user\//.test(name)) return world.users.has(name)
  if (/^arn:aws:iam::\d{12}:role\//.test(name)) return world.roles.has(name)
  // A session's ARN has its role's name without the path.
  const [, account, role] = /^arn:aws:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(name) ?? []
  if (role === undefined) return true
  return [...world.roles.values()].some((one) => one.account === account && one.name === role)
}

function many<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}
