// V8 lets garbage lie as long as it takes no more than what was alive at its peak. Where one hungry thing comes after the
// other, each with a limit of its own, both would lie there at once.

/** So much more than at the last look is worth a collection, which takes some milliseconds. */
const worthIt = 64 * 1024 * 1024

/** Something to call between two hungry things: it collects the garbage of the first, if that is much. */
export function openGarbage(): () => Promise<void> {
  // Not looked at here: to ask costs a small run more than its policy.
  let before = 0
  return async () => {
    if (used() - before < worthIt) return
    await collect()
    before = used()
  }
}

function used(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function collect(): Promise<void> {
  // Loaded where it is needed only: most runs never come here.
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([
    import('node:v8'),
    import('node:vm'),
  ])
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  if (typeof gc === 'function') gc()
}
