// Reads of one thing that many ask for at once. INVARIANT: whoever asks is given what was read after they asked, never
// what was being read already: what they are told of may have happened in between.

/** Reads for all who ask: at most so many at once, and whoever comes meanwhile waits with others for the next. */
export function readTogether<Found>(most: number): (read: () => Promise<Found>) => Promise<Found> {
  let running = 0
  let next: { readonly found: Promise<Found>; start(): void } | undefined
  const run = async (read: () => Promise<Found>) => {
    running++
    try {
      return await read()
    } finally {
      running--
      const waiting = next
      next = undefined
      waiting?.start()
    }
  }
  return (read) => {
    if (next !== undefined) return next.found
    if (running < most) return run(read)
    let start = () => {}
    const turn = new Promise<void>((resolve) => {
      start = resolve
    })
    next = { found: turn.then(() => run(read)), start }
    return next.found
  }
}
