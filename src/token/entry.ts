/** What is known of a token. The token itself is nowhere: a service token is kept under a keyed hash of it. */
export type TokenEntry = {
  /** The keyed hash that a service token is kept under; that of a batch token, which is kept nowhere, all the same. */
  readonly key: string
  readonly type: 'service' | 'batch'
  /** Empty for a batch token. */
  readonly accessor: string
  /** Undefined for an orphan. */
  readonly parentKey: string | undefined
  /** Sorted, in lower case, without those of the entity. */
  readonly policies: readonly string[]
  readonly noDefaultPolicy: boolean
  /** Where it was made: `auth/userpass/login/bob`. */
  readonly path: string
  readonly displayName: string
  readonly meta: ReadonlyMap<string, string>
  /** Empty where nobody stands behind it. */
  readonly entityId: string
  /** Undefined where it was not made with a role. */
  readonly role: string | undefined
  /** Uses that are left after this one; 0 means that they are not counted. */
  readonly usesLeft: number
  readonly createdAtMs: number
  /** Seconds that it was made for; 0 means that it does not end. */
  readonly ttlSeconds: number
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
