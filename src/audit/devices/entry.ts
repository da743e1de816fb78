// What there is to say of a request and of its response, before it is written down: plain data, with everything that is
// secret still in it. Only line.ts makes text of it, and hides what must not be read.

import type { Secret } from '../../base/index.ts'

/** One entry: `request` before anything is done, `response` before anything is released. */
export type AuditEntry = {
  readonly type: 'request' | 'response'
  readonly timeMs: number
  /** Who asks, or who has just logged in; undefined where nobody is known. */
  readonly auth: AuditAuth | undefined
  readonly request: AuditRequest
  readonly response: AuditResponse | undefined
  /** Why it was refused, or failed. */
  readonly error: string | undefined
  /** Of a `request`: what governing policies said of it; missing where none were asked. */
  readonly governed?: readonly AuditGoverned[]
}

/** What one governing policy said. */
export type AuditGoverned = {
  readonly policy: string
  readonly namespacePath: string
  readonly type: 'rgp' | 'egp'
  readonly level: string
  readonly result: 'pass' | 'fail' | 'error'
  readonly overridden: boolean
  readonly durationUs: number
  /** Where it went wrong. */
  readonly place: string | undefined
  /** What may quote what was sent, and is hidden: the error, the rules with their values, what was printed. */
  readonly told: Readonly<Record<'error' | 'trace' | 'print', string>> | undefined
}

/** A token, and what it can be remembered by without keeping it: the keyed hash that it is stored under. */
export type AuditToken = { readonly secret: Secret; readonly key: string | undefined }

/** The holder of a token. */
export type AuditAuth = {
  readonly token: AuditToken | undefined
  readonly accessor: string
  readonly displayName: string
  readonly policies: readonly string[]
  readonly tokenPolicies: readonly string[]
  readonly identityPolicies: readonly string[]
  readonly noDefaultPolicy: boolean
  readonly numUses: number
  readonly remainingUses: number
  readonly metadata: Readonly<Record<string, unknown>>
  readonly entityId: string
  readonly tokenType: 'service' | 'batch'
  readonly ttlSeconds: number
  /** Undefined where it is not known. */
  readonly issuedAtMs: number | undefined
  /** What the policies said; undefined where none were asked. */
  readonly results: PolicyResults | undefined
}

/** What the policies said of a request. */
export type PolicyResults = {
  readonly allowed: boolean
  readonly granting: readonly {
    readonly name: string
    readonly namespaceId: string
    readonly namespacePath: string
    readonly type: 'acl' | 'rgp' | 'egp'
  }[]
}

/** The mount that answers. */
export type AuditMount = {
  readonly path: string
  readonly type: string
  readonly accessor: string
  readonly class: 'secret' | 'auth'
}

/** JSON as a text, and the names of those of its members whose values may be read. */
export type AuditData = { readonly json: string; readonly plainKeys: readonly string[] }

export type AuditRequest = {
  readonly id: string
  readonly operation: string
  readonly path: string
  readonly mount: AuditMount | undefined
  readonly token: AuditToken | undefined
  readonly accessor: string
  readonly entityId: string
  readonly namespace: { readonly id: string; readonly path: string }
  readonly data: AuditData | undefined
  readonly policyOverride: boolean
  readonly remote: { readonly address: string; readonly port: number }
  /** 0: the response is not to be wrapped. */
  readonly wrapSeconds: number
  /** All of them, by names in lower case. Only those that were asked for are written. */
  readonly headers: ReadonlyMap<string, string>
}

export type AuditResponse = {
  readonly mount: AuditMount | undefined
  /** What a login gave. */
  readonly auth: AuditAuth | undefined
  readonly data: AuditData | undefined
  readonly leaseId: string
  readonly warnings: readonly string[]
  readonly wrap: AuditWrap | undefined
}

/** The token in which a response waits. */
export type AuditWrap = {
  readonly token: Secret
  readonly accessor: string
  readonly ttlSeconds: number
  readonly createdAtMs: number
  readonly creationPath: string
  /** Empty where what is wrapped is no token. */
  readonly wrappedAccessor: string
}
