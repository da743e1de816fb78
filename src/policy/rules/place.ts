// What a place in a document is for, said beside its schema: the loader's advice, the keys and words to suggest and
// the editors' JSON Schema are all read from there.

import { z } from 'zod'
import type { Path } from './yaml.ts'

/** What a place in the document is for, and how to write it. */
export type Advice = {
  readonly is: string
  readonly write: string
  /** What one value of it is called, where that is not what it is for. */
  readonly noun?: string
  /** `any text`: whatever one writes there, so that a number only wants quotes. */
  readonly takes?: 'any text'
  /** A hint for a value that is nearly right. */
  readonly near?: (value: unknown) => string | undefined
}

const adviceOf = z.registry<Advice>()

/** The schema, with advice for whoever writes that place. */
export function place<Schema extends z.ZodType>(
  schema: Schema,
  advice: Advice,
  more: Readonly<Record<string, unknown>> = {},
): Schema {
  const described = schema.meta({ ...more, description: advice.is })
  adviceOf.add(described, advice)
  return described
}

/** What is known of one place of a document. */
export type Place = {
  readonly advice: Advice
  /** The keys of a mapping; empty for anything else. */
  readonly keys: readonly string[]
  /** The words that may stand there, if only some may. */
  readonly words: readonly string[]
}

/** The place that a path leads to. Where it leads nowhere, little is known. */
export function placeAt(root: z.ZodType, path: Path): Place {
  let schema: unknown = bare(root)
  for (const step of path) schema = bare(within(schema, step))
  return {
    advice: (schema instanceof z.ZodType && adviceOf.get(schema)) || { is: 'what belongs here', write: '' },
    keys: schema instanceof z.ZodObject ? Object.keys(schema.shape) : [],
    words: schema instanceof z.ZodEnum ? schema.options.map(String) : [],
  }
}

function within(schema: unknown, step: string | number): unknown {
  if (schema instanceof z.ZodArray) return schema.element
  if (!(schema instanceof z.ZodObject) || !Object.hasOwn(schema.shape, step)) return undefined
  return schema.shape[step]
}

const bare = (schema: unknown): unknown => (schema instanceof z.ZodOptional ? bare(schema.unwrap()) : schema)
