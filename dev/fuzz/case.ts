// Everything that one evaluation of a random program is given.

export type Case = {
  readonly text: string
  readonly modules: ReadonlyMap<string, string>
  readonly globals: ReadonlyMap<string, unknown>
  readonly params: ReadonlyMap<string, unknown>
  readonly data: ReadonlyMap<string, unknown>
  readonly now: bigint
  readonly http: boolean
  /** Whether named things are given as plain objects instead of Maps. */
  readonly asObjects: boolean
}

/** A policy that is given nothing. */
export const plainCase = (text: string): Case => ({
  text,
  modules: new Map(),
  globals: new Map(),
  params: new Map(),
  data: new Map(),
  now: 0n,
  http: false,
  asObjects: false,
})
