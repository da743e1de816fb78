/** Somebody behind tokens: the same one, whatever they log in with. */
export type Entity = {
  readonly id: string
  /** As it was written; no two differ in case only. */
  readonly name: string
  readonly metadata: ReadonlyMap<string, string>
  /** Given to each of their tokens, for as long as they stand here. Never `root`. */
  readonly policies: readonly string[]
  readonly isDisabled: boolean
  readonly aliases: readonly Alias[]
  /** Entities that are this one now: their tokens are its tokens. */
  readonly mergedIds: readonly string[]
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** Another one after each change, also of an alias. */
  readonly version: number
}

/** What an auth mount knows an entity by; at most one for each mount. */
export type Alias = {
  readonly id: string
  /** As the mount says it; another case is another name. */
  readonly name: string
  readonly mountAccessor: string
  /** What the mount said at the last login. */
  readonly metadata: ReadonlyMap<string, string>
  /** The mount's own names of the groups that it said they belong to, at the last login. Sorted, each once. */
  readonly groups: readonly string[]
  /** What administrators wrote. */
  readonly customMetadata: ReadonlyMap<string, string>
  /** Entities that it belonged to before those were merged. */
  readonly mergedFrom: readonly string[]
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** An alias and whose it is. */
export type Found = { readonly entity: Entity; readonly alias: Alias }
