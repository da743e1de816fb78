// What approvals and break-glass events have in common where somebody wants to use one.

import { printable } from '../base/index.ts'
import type { Party } from '../policy/index.ts'

/** Who wants to use an approval or an event, and for what. */
export type Use = {
  readonly caller: Party
  readonly profile: string
  /** The role that the profile gives now; undefined where it gives none. */
  readonly roleArn: string | undefined
  readonly walkId: string
}

/**
 * Why something that was given for the role of a profile is of no use for the one that it gives by now: a whole phrase. A
 * profile is a name in a file of whoever asks, and can come to mean another role.
 */
export function otherRole(
  given: { readonly roleArn?: string },
  profile: string,
  roleArn: string | undefined,
): string | undefined {
  if (given.roleArn === roleArn) return undefined
  const [then, now] = [given.roleArn, roleArn].map((role) =>
    role === undefined ? 'no role' : printable(role),
  )
  return `it is for ${then}, and profile \`${printable(profile)}\` gives ${now} by now`
}
