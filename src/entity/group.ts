/** Entities that have something in common: its policies are theirs for as long as they belong to it. */
export type Group = {
  readonly id: string
  /** As it was written; no two differ in case only. */
  readonly name: string
  /** `external`: who belongs to it the auth mount of its alias says, at each login. It never becomes the other. */
  readonly type: 'internal' | 'external'
  readonly metadata: ReadonlyMap<string, string>
  /** Never `root`. */
  readonly policies: readonly string[]
  /** As they were written: some may be gone, or merged into others, since. None of an external group. */
  readonly memberEntityIds: readonly string[]
  /** Groups whose members are members of this one too; some may be gone. None of an external group. */
  readonly memberGroupIds: readonly string[]
  /** What a mount calls an external group. */
  readonly alias: GroupAlias | undefined
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** Another one after each change. */
  readonly version: number
}

/** What an auth mount calls a group. */
export type GroupAlias = {
  readonly id: string
  /** As the mount says it; another case is another name. */
  readonly name: string
  readonly mountAccessor: string
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** An alias and which group it means. */
export type FoundGroup = { readonly group: Group; readonly alias: GroupAlias }
