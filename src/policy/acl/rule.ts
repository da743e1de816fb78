// An ACL policy as it was written: plain data, read once when it is written to the server.

import type { Span } from '../../source/index.ts'
import type { Template } from './template.ts'

/** One policy. Its rules are those of its `path` blocks, in the order of the text. */
export type AclPolicy = {
  readonly name: string
  /** The path of the namespace that it belongs to: empty for the root, otherwise ending in a slash. */
  readonly namespace: string
  readonly rules: readonly AclRule[]
  /** Whether what it grants depends on who holds it. */
  readonly isTemplated: boolean
}

/** What the values of a parameter may or may not be, by its name in lower case. No value: any. */
export type ParameterRules = ReadonlyMap<string, readonly unknown[]>

/** What a rule asks of a request besides the capability. */
export type Conditions = {
  readonly allowed: ParameterRules
  readonly denied: ParameterRules
  /** Names in lower case. */
  readonly required: readonly string[]
  /** 0: not set. */
  readonly minWrapSeconds: number
  /** 0: not set. */
  readonly maxWrapSeconds: number
  /** Names of step-up methods; all are needed. */
  readonly mfaMethods: readonly string[]
  /** All have to be satisfied. */
  readonly controlGroups: readonly ControlGroup[]
}

/** Nothing is asked besides the capability. */
export const noConditions: Conditions = {
  allowed: new Map(),
  denied: new Map(),
  required: [],
  minWrapSeconds: 0,
  maxWrapSeconds: 0,
  mfaMethods: [],
  controlGroups: [],
}

/** One `path` block. */
export type AclRule = {
  readonly pattern: Template
  /** Bits of capability.ts. With deny the others and the conditions mean nothing. */
  readonly capabilities: number
  readonly conditions: Conditions
  /** From then on it is as if it were not there. */
  readonly expiresAtMs: number | undefined
  /** Of the block's name. */
  readonly span: Span
}

/** Others who have to agree before a request is carried out. */
export type ControlGroup = {
  readonly ttlSeconds: number | undefined
  readonly factors: readonly Factor[]
}

/** One group of people who have to agree. */
export type Factor = {
  readonly name: string
  /** The operations it is about, as bits; 0: all. */
  readonly controlled: number
  readonly groupNames: readonly string[]
  readonly groupIds: readonly string[]
  readonly approvals: number
}

/**
 * The policy that may do everything, and has no text. INVARIANT: only this very object is; a policy that calls itself
 * `root`, in whatever case, grants what its rules say.
 */
export const rootPolicy: AclPolicy = Object.freeze({
  name: 'root',
  namespace: '',
  rules: [],
  isTemplated: false,
})
