// What a file of HCL says: bodies of attributes and blocks, and values. Plain data with the place of everything, in
// the order of the file. HCL's JSON form gives the same values.

import type { Span } from '../source/index.ts'

/** A name or label with its place. */
export type Name = { readonly text: string; readonly span: Span }

/** A value. The span of a string has its quotes. */
export type Value = { readonly span: Span } & (
  | { readonly kind: 'string'; readonly value: string }
  /** Integers that a number cannot hold exactly are bigints. */
  | { readonly kind: 'number'; readonly value: number | bigint }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'list'; readonly elements: readonly Value[] }
  | ObjectValue
)

/** Each name occurs once, in what HCL 1 reads as often as it was written. */
export type ObjectValue = {
  readonly kind: 'object'
  readonly entries: readonly Attribute[]
  readonly span: Span
}

/** `name = value`, in a body or in an object. */
export type Attribute = { readonly name: Name; readonly value: Value }

/** `type "label" { … }` */
export type Block = {
  readonly type: Name
  readonly labels: readonly Name[]
  readonly body: Body
  /** Of the whole block. */
  readonly span: Span
}

/** The inside of a file or block. Each attribute occurs once, blocks as often as they were written. */
export type Body = { readonly attributes: readonly Attribute[]; readonly blocks: readonly Block[] }

/** The value as plain data: objects are Maps, so that no name is special. */
export function toPlain(value: Value): unknown {
  switch (value.kind) {
    case 'null':
      return null
    case 'list':
      return value.elements.map(toPlain)
    case 'object':
      return new Map(value.entries.map((entry) => [entry.name.text, toPlain(entry.value)]))
    default:
      return value.value
  }
}
