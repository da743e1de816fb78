// What a governing policy is. One of a role (RGP) goes with whoever asks, one of an endpoint (EGP) with the path that is
// asked for. Both can only restrict what ACLs grant.

import type { Policy } from '../../lang/index.ts'

/** By what a policy applies: `rgp` to tokens, entities and groups that name it, `egp` to paths. */
export type GoverningKind = 'rgp' | 'egp'

/** What it means when a policy does not pass. */
export type Level = (typeof levels)[number]

/** `advisory` is only told, `soft-mandatory` can be overridden, `hard-mandatory` cannot. */
export const levels = ['advisory', 'soft-mandatory', 'hard-mandatory'] as const

/** A policy as it is stored. */
export type WrittenPolicy = {
  readonly kind: GoverningKind
  /** In lower case. */
  readonly name: string
  /** The path of its namespace: empty for the root namespace, else with a slash at the end. */
  readonly namespace: string
  readonly level: Level
  /** Of an EGP, as they were written; empty for an RGP. */
  readonly paths: readonly string[]
  readonly text: string
}

/** A policy that can be evaluated. */
export type GoverningPolicy = WrittenPolicy & {
  /** What its text means, read at its first use and kept. */
  program(): Policy
}

/** How people call it: `root/deny-all`, `education/training/deny-all`. */
export const titleOf = ({ namespace, name }: Pick<WrittenPolicy, 'namespace' | 'name'>): string =>
  `${namespace === '' ? 'root/' : namespace}${name}`
