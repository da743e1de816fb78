import { inTurn } from '../base/index.ts'

/** Runs one thing after the other, in the order in which they were asked for. */
export type Turns = ReturnType<typeof inTurn>

/** A queue of its own, where each begins with a question that throws when it may not. */
export function turnsWhile(requireMay: () => void): Turns {
  const turn = inTurn()
  return (run) =>
    turn(async () => {
      requireMay()
      return run()
    })
}
