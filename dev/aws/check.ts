// Parameter checks in the words that AWS's services use: all problems at once, each naming member and constraint.

import { AwsError } from './wire.ts'

export type Constraint = {
  readonly required?: boolean
  readonly min?: number
  readonly max?: number
  /** Anchored at both ends. */
  readonly pattern?: RegExp
}

type Value = string | number | boolean | object | undefined
type Checked = readonly [member: string, value: Value, constraint: Constraint]

/** Refuses with one error that names every member that breaks its constraint. */
export function checkMembers(code: string, members: readonly Checked[]): void {
  const problems = members.flatMap(([member, value, constraint]) =>
    broken(value, constraint).map((what) => {
      const shown = value === undefined ? 'null' : `'${value}'`
      return `Value ${shown} at '${member}' failed to satisfy constraint: ${what}`
    }),
  )
  if (problems.length === 0) return
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`
  throw new AwsError(code, `${count}: ${problems.join('; ')}`)
}

function broken(value: Value, constraint: Constraint): readonly string[] {
  const { required = false, min = 0, max = Number.POSITIVE_INFINITY, pattern } = constraint
  if (value === undefined) return required ? ['Member must not be null'] : []
  if (typeof value !== 'number' && typeof value !== 'string') return []
  const [size, kind] = typeof value === 'number' ? [value, 'value'] : [value.length, 'length']
  const found: string[] = []
  if (size < min) found.push(`Member must have ${kind} greater than or equal to ${min}`)
  if (size > max) found.push(`Member must have ${kind} less than or equal to ${max}`)
  if (pattern !== undefined && !pattern.test(String(value))) {
    found.push(`Member must satisfy regular expression pattern: ${pattern.source.replace(/^\^|\$$/g, '')}`)
  }
  return found
}
