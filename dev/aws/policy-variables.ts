// Policy variables such as `${aws:username}`. Sources, IAM User Guide: "IAM policy elements: Variables and tags"
// (reference_policies_variables) and "IAM JSON policy elements: Version" (reference_policies_elements_version).

import { globMatches } from '../../src/base/index.ts'

/** A text of a policy whose variables have their values. */
export type Filled = {
  /** As it is compared sign by sign. */
  readonly text: string
  /** As a pattern, in which the signs that only stand for themselves are marked. */
  readonly pattern: string
}

/** Whether a document may use variables: in one of an older version, or of none, their signs are only signs. */
export function hasVariables(document: { readonly Version?: string }): boolean {
  return document.Version === '2012-10-17'
}

/** Puts values for the variables of a text; undefined when one has no value. */
export function fill(text: string, context: ReadonlyMap<string, string>): Filled | undefined {
  let missing = false
  const filledBy = (write: (value: string) => string) =>
    text.replace(variable, (_, name: string) => {
      const value = isSign(name) ? name : context.get(name.toLowerCase())
      missing ||= value === undefined
      return write(value ?? '')
    })
  const filled = { text: filledBy((value) => value), pattern: filledBy(marked) }
  return missing ? undefined : filled
}

/** A text in which nothing is a variable. */
export const unfilled = (text: string): Filled => ({ text, pattern: text })

/** Whether a text matches a pattern: what a variable brought, and `${*}` and `${?}`, are no wildcards. */
export function patternMatches(pattern: string, text: string): boolean {
  return globMatches(pattern, marked(text))
}

/** The names of the variables in a text. `*`, `?` and `$` are none: they stand for these signs. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(variable)].map(([, name = '']) => name).filter((name) => !isSign(name))
}

/** "Where you can use policy variables": in a resource after the fifth colon only. */
export function isMisplaced(resource: string): boolean {
  const parts = resource.replace(variable, '$').split(':')
  return parts.slice(0, 5).some((part) => part.includes('$'))
}

const variable = /\$\{([^}]*)\}/g
const isSign = (name: string) => name === '*' || name === '?' || name === '$'

// Marking changes sign for sign, in pattern and text alike, so that wildcards still count signs.
const marked = (text: string) => text.replaceAll('*', '\u0001').replaceAll('?', '\u0002')
