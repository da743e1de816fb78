// What a decision is. INVARIANT: an `Allow` is leave to do one thing, and only this room's decide functions
// can make one: the class is nominal by its private field, its grant cannot change any more, and index.ts does not
// export the maker. So what was not decided cannot be acted on.

import type { SentinelError } from '../base/index.ts'

/** A thing that was looked up: found out, or impossible to find out just now, and why. Unavailable denies. */
export type Fact<T> = { readonly known: T } | { readonly unavailable: SentinelError }

class AllowOf<Grant> {
  readonly kind = 'allow'
  readonly grant: Grant
  /** The rule that allowed it, or what else did. */
  readonly because: string
  readonly #seal = true

  constructor(grant: Grant, because: string) {
    // A copy costs more than the rest of a decision of the server.
    this.grant = isFixed(grant) ? grant : (Object.freeze(structuredClone(grant)) as Grant)
    this.because = because
    Object.freeze(this)
  }

  static made(thing: object): boolean {
    return #seal in thing && thing.#seal
  }
}

/** Whether nothing in a thing can change: plain data, frozen all the way down. Loops, because each request asks. */
function isFixed(thing: unknown): boolean {
  if (typeof thing !== 'object' || thing === null) return typeof thing !== 'function'
  if (!Object.isFrozen(thing)) return false
  if (Array.isArray(thing)) {
    for (const each of thing) if (!isFixed(each)) return false
    return true
  }
  if (thing.constructor !== Object) return false
  for (const name in thing) if (!isFixed((thing as Readonly<Record<string, unknown>>)[name])) return false
  return true
}

/** Leave to do the one thing that `grant` describes. */
export type Allow<Grant> = AllowOf<Grant>

/** A refusal, with what a person needs to know about it. */
export type Deny<Why = unknown> = { readonly kind: 'deny'; readonly because: string; readonly why: Why }

/** A question that evaluation cannot answer itself; the corridor asks it and decides again (decision 26). */
export type Need<Ask> = { readonly kind: 'need'; readonly ask: Ask }

/** What `decide` answers. */
export type Decision<Grant, Why, Ask> = Allow<Grant> | Deny<Why> | Need<Ask>

/** Makes an Allow. For this room's decide functions only. */
export function allow<Grant>(grant: Grant, because: string): Allow<Grant> {
  return new AllowOf(grant, because)
}

/** Whether a thing is an Allow that this room made, and no look-alike. */
export function isAllow(thing: object): boolean {
  return AllowOf.made(thing)
}
