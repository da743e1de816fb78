// What walks the road of the server: requests as they are after the door has read them, and responses as they are before
// the door has written them. Both are plain data.
//
// INVARIANT: the path of a request is computed once, by http/. Nothing behind it decodes, cleans or trims it again, so
// what the ACL saw is what the mount gets (spec/vault.md 11.2).

import type { Secret } from '../base/index.ts'
import type { TokenSettings } from '../token/index.ts'

/** What JSON holds. Objects have no prototype, so that `__proto__` is a name like any other. */
export type Json = null | boolean | string | number | Numeral | readonly Json[] | Data

/** A JSON object without a prototype. */
export type Data = { readonly [name: string]: Json }

/** A number that a double would change, as it was written: `12345678901234567890`, `1.10`. */
export class Numeral {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Text that is JSON already, as it was stored: it goes into a response without being read. */
export class RawJson {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a request wants. Whoever writes wants `update`; whether that is a `create`, the mount knows. */
export type Operation = 'create' | 'read' | 'update' | 'patch' | 'delete' | 'list' | 'help'

/** One request, after the door has read it. */
export type Request = {
  /** A UUID, in the response and in the audit log. */
  readonly id: string
  readonly operation: Operation
  /** Without `v1/` and without a leading slash; that of a list ends with a slash. */
  readonly path: string
  /** The body, or the query of a request without one. */
  readonly data: Data
  readonly token: Secret | undefined
  readonly remote: { readonly address: string; readonly port: number }
  /** How long the response may wait in a wrapping token; undefined where it is not to be wrapped. */
  readonly wrapSeconds: number | undefined
  /** `X-Vault-Policy-Override`. */
  readonly policyOverride: boolean
  /** Names in lower case. Tokens are not among them. */
  readonly headers: ReadonlyMap<string, string>
}

/** What a login or the making of a token gives. */
export type Auth = {
  readonly clientToken: Secret
  readonly accessor: string
  readonly policies: readonly string[]
  readonly tokenPolicies: readonly string[]
  readonly identityPolicies: readonly string[]
  readonly metadata: Data | null
  readonly leaseSeconds: number
  readonly renewable: boolean
  readonly entityId: string
  readonly tokenType: 'service' | 'batch'
  readonly orphan: boolean
  readonly numUses: number
}

/** Whom a mount has before it, in its own words. */
export type LoginAlias = {
  readonly name: string
  readonly metadata: ReadonlyMap<string, string>
  /** The mount's names of the groups that they belong to; a mount that knows no groups says nothing. */
  readonly groups?: readonly string[]
}

/** What an auth mount found out about whoever logs in; the token is made of it on the road. */
export type Login = {
  /** By which name of the mount the entity is found; undefined where there is to be none. */
  readonly alias: LoginAlias | undefined
  /** Without the mount, which is put in front: `bob` of `userpass-bob`. */
  readonly displayName: string
  readonly metadata: ReadonlyMap<string, string>
  readonly settings: TokenSettings
}

/** The token in which a response waits. */
export type WrapInfo = {
  readonly token: Secret
  readonly accessor: string
  readonly ttlSeconds: number
  readonly createdAtMs: number
  readonly creationPath: string
  /** The accessor of what is wrapped, where that is a token. */
  readonly wrappedAccessor: string | undefined
}

/** One response, before the door has written it. Nothing in it: 204. */
export type Response = {
  /** Where it is not 200, or 204 for nothing. */
  readonly status?: number
  readonly data?: Data | RawJson
  readonly auth?: Auth
  /** Somebody who is to get a token for this. */
  readonly login?: Login
  readonly lease?: { readonly id: string; readonly renewable: boolean; readonly seconds: number }
  readonly warnings?: readonly string[]
  /** The keys of `data` stand beside it too, as some old paths have them (spec/vault.md 8.1). */
  readonly isAlsoTopLevel?: true
  readonly wrap?: WrapInfo
  /** What is told of the response while it waits in a token, where that is no token itself. */
  readonly wrappedAccessor?: string
  /** The whole body, for the paths that never had an envelope. */
  readonly plain?: Data | RawJson
  /** Of the whole body, where it is no JSON. */
  readonly contentType?: string
}

/** What a request came to, and the type of the mount that answered. */
export type Answered = { readonly response: Response; readonly mountType: string }
