/**
 * What was made of things that do not change, as long as the things are there and there is room: then all of it is
 * forgotten, and made again when somebody asks.
 *
 * @param limit of the sum of the sizes
 */
export function remembered<Thing extends object, Made>(
  limit: number,
  sizeOf: (made: Made) => number,
): (thing: Thing, make: () => Made) => Made {
  let known = new WeakMap<Thing, Made>()
  let size = 0
  return (thing, make) => {
    const before = known.get(thing)
    if (before !== undefined) return before
    const made = make()
    size += sizeOf(made)
    if (size > limit) {
      known = new WeakMap()
      size = sizeOf(made)
    }
    known.set(thing, made)
    return made
  }
}
