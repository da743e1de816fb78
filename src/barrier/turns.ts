/** Runs one thing after the other, in the order in which they were asked for. */
export type Turns = <Result>(run: () => Promise<Result>) => Promise<Result>

/** Makes a queue of its own. */
export function turns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return (run) => {
    const result = last.then(run)
    last = result.catch(() => undefined)
    return result
  }
}

/** The same, where each begins with a question that throws when it may not. */
export function turnsWhile(requireMay: () => void): Turns {
  const turn = turns()
  return (run) =>
    turn(async () => {
      requireMay()
      return run()
    })
}
