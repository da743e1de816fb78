// What makes a kind of document: its schema, what it is compiled to, and what is worth a remark.

import type { z } from 'zod'
import type { Diagnostic } from '../../source/index.ts'
import type { Compiled, CompiledWindow, DocumentKind, Horizon } from './compiled.ts'
import type { WrittenTime } from './parts.ts'
import type { ReadYaml } from './yaml.ts'

/** One kind of document. */
export type Definition<Written, Policy extends Compiled<{ readonly name: string }>> = {
  readonly kind: DocumentKind
  readonly schema: z.ZodType<Written>
  /** The document as data to be asked, but for what a time zone does. */
  compile(written: Written, windowOf: (time: WrittenTime) => CompiledWindow): Omit<Policy, keyof Horizon>
  /** What is legal and yet most likely not meant. */
  warnings(policy: Policy, yaml: ReadYaml): readonly Diagnostic[]
}
