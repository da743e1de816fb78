/** What is being done, so that nothing is closed under it. */
export type UnderWay = {
  during<T>(step: () => Promise<T>): Promise<T>
  /** Ends as soon as nothing is being done. */
  idle(): Promise<void>
}

/** Counts what begins and what ends. */
export function underWay(): UnderWay {
  let count = 0
  let waiting: (() => void)[] = []
  return {
    async during(step) {
      count++
      try {
        return await step()
      } finally {
        count--
        if (count === 0) {
          for (const go of waiting) go()
          waiting = []
        }
      }
    },
    idle: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}
