// What whoever is refused by a governing policy is told: several failures as Go writes them, each with its trace
// (spec/vault.md 1.5). People look for `permission denied`, `evaluation resulted in denial` and the name of the policy.

import { severalText } from '../several.ts'
import type { Governed } from './outcome.ts'
import { titleOf } from './policy.ts'

/**
 * The text for whoever asked.
 *
 * @param failed one policy at least
 * @param told what else they are told
 */
export const refusalText = (failed: readonly Governed[], told: readonly string[]): string =>
  severalText([...failed.map(failureText), ...told, 'permission denied'])

function failureText(governed: Governed): string {
  const { kind, why } = governed
  const title = titleOf(governed)
  const parts = [
    `${kind} standard policy "${title}" evaluation resulted in denial.`,
    `The specific error was:\n${errorText(governed) ?? '<nil>'}`,
  ]
  if (why?.description !== undefined) {
    parts.push(
      `A trace of the execution for policy "${title}" is available:`,
      'Result: false',
      `Description: ${why.description || '<none>'}`,
    )
    if (why.print !== '') parts.push(`print() output:\n\n${why.print}`)
    if (why.rules !== '') parts.push(why.rules)
  }
  return parts.join('\n\n')
}

/** What went wrong and where; undefined where a policy passed, or is merely false. */
export function errorText({ why }: Pick<Governed, 'why'>): string | undefined {
  if (why?.error === undefined) return undefined
  return why.place === undefined ? why.error : `${why.place}: ${why.error}`
}

/** How people speak of a policy: `egp root/x (soft-mandatory)`. It holds nothing of the request. */
export const nameText = (governed: Pick<Governed, 'kind' | 'namespace' | 'name' | 'level'>): string =>
  `${governed.kind} ${titleOf(governed)} (${governed.level})`
