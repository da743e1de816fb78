/** The time, as an argument: nothing but the program's root reads the machine's clock. */
export type Clock = {
  /** Milliseconds since the Unix epoch. */
  now(): number
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() }

/** An instant as RFC 3339 in UTC with whole seconds, as the decision log and AWS's documents write it. */
export function toTimestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
