// Values that are not there yet. Calls and rules nest as deep as a policy likes, and the host's stack is small. So
// whatever evaluates an expression gives its value, or a Later: what has to be done first, and how to go on then. What
// waits for something else waits in a list, not on the host's stack.

/** Something to do first, and what to do with what comes out. */
export class Later<T> {
  readonly first: unknown
  readonly goOn: (value: never) => Eventually<T>

  constructor(first: unknown, goOn: (value: never) => Eventually<T>) {
    this.first = first
    this.goOn = goOn
  }
}

/** A value, or how to come to it. */
export type Eventually<T> = T | Later<T>

/** What comes of a value: now if it is there, else later. */
export function after<A, B>(given: Eventually<A>, goOn: (value: A) => Eventually<B>): Eventually<B> {
  return given instanceof Later ? new Later(given, goOn) : goOn(given)
}

/** What is done when everything that is going on now waits: on an empty stack. */
export const later = <T>(run: () => Eventually<T>): Later<T> => new Later<T>(undefined, run)

/** Does one thing after the other, so many, until one says that it is enough: the number of that one, else of none. */
export function inTurn(
  count: number,
  one: (at: number) => Eventually<boolean>,
  start = 0,
): Eventually<number> {
  for (let at = start; at < count; at++) {
    const isEnough = one(at)
    if (isEnough instanceof Later) return after(isEnough, (is) => (is ? at : inTurn(count, one, at + 1)))
    if (isEnough) return at
  }
  return count
}

/** Does all that has to be done first: the value. */
export function settled<T>(given: Eventually<T>): T {
  const waiting: ((value: never) => unknown)[] = []
  for (let now: unknown = given; ; ) {
    if (now instanceof Later) {
      waiting.push(now.goOn)
      now = now.first
      continue
    }
    const goOn = waiting.pop()
    if (goOn === undefined) return now as T
    now = goOn(now as never)
  }
}
