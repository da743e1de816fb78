/** What is known of a token. The token itself is nowhere: a service token is kept under a keyed hash of it. */
export type TokenEntry = {
  /** The keyed hash that a service token is kept under; that of a batch token, which is kept nowhere, all the same. */
  readonly key: string
  readonly type: 'service' | 'batch'
  /** Empty for a batch token. */
  readonly accessor: string
  /** Undefined for an orphan. */
  readonly parent: Parent | undefined
  /** Sorted, in lower case, without those of the entity. */
  readonly policies: readonly string[]
  readonly noDefaultPolicy: boolean
  /** Where it was made: `auth/userpass/login/bob`. */
  readonly path: string
  /** Of a batch token: what the mount was known by that made it. It ends with that. */
  readonly maker?: string
  readonly displayName: string
  readonly meta: ReadonlyMap<string, string>
  /** Empty where nobody stands behind it. */
  readonly entityId: string
  /** Undefined where it was not made with a role. */
  readonly role: string | undefined
  /** Uses that are left after this one; undefined where they are not counted, 0 in the last request that it makes. */
  readonly usesLeft: number | undefined
  readonly createdAtMs: number
  /** Seconds that it was made for; 0 means that it does not end. */
  readonly ttlSeconds: number
  /** Seconds from its making that a login set as the longest; 0 where only the mount's counts. */
  readonly maxSeconds: number
  /** Seconds from its making that no renewal goes beyond; 0 where there is no such end. */
  readonly explicitMaxSeconds: number
  /** Seconds of each renewal of a periodic token; 0 for any other. */
  readonly periodSeconds: number
  readonly renewable: boolean
  /** Undefined where it does not end. */
  readonly expiresAtMs: number | undefined
  readonly renewedAtMs: number | undefined
  /** The networks it may be used from; empty means anywhere. */
  readonly boundCidrs: readonly string[]
}

/**
 * Which token another one dies with. The accessor is part of it, because a token may be made again under an id that was
 * chosen, and must not inherit the children of the one before.
 */
export type Parent = {
  readonly key: string
  readonly accessor: string
  /** How many tokens stood above when it was made: at most {@link maxDepth}, so that asking them all costs little. */
  readonly depth: number
}

/** A child of as many parents has no children. */
export const maxDepth = 64

/** Why a token no longer counts at an instant, whether or not it was cleared away. */
export const isOver = ({ expiresAtMs, usesLeft }: TokenEntry, nowMs: number): boolean =>
  usesLeft === 0 || (expiresAtMs !== undefined && expiresAtMs <= nowMs)
