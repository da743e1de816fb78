import type { Soon } from '../../base/index.ts'
import { followed } from './followed.ts'

/** What is being done, so that nothing is closed under it. */
export type UnderWay = {
  during<T>(step: () => Soon<T>): Soon<T>
  /** Ends as soon as nothing is being done. */
  idle(): Promise<void>
}

/** Counts what begins and what ends. */
export function underWay(): UnderWay {
  let count = 0
  let waiting: (() => void)[] = []
  const ended = () => {
    count--
    if (count > 0) return
    for (const go of waiting) go()
    waiting = []
  }
  return {
    during(step) {
      count++
      return followed(step, ended)
    },
    idle: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}
