// The zone that times show in. Where there are tables of zones is the host's business.

/** A time zone: its name, and how far its clocks are ahead of UTC at an instant. */
export type TimeZone = {
  readonly name: string
  /** Seconds, negative in the west, at an instant in milliseconds since the Unix epoch. */
  offsetSeconds(atMs: number): number
}

/** The zone of every policy for which there is no other. It stands by itself: few policies need the import `time`. */
export const utc: TimeZone = { name: 'UTC', offsetSeconds: () => 0 }
