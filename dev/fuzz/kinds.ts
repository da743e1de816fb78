// What a run must have tried, read from the engine itself: every kind of node, operator, function and error that it
// has. Whatever is added there is demanded by the next run.

import { precedence } from '../../src/lang/syntax/precedence.ts'
import type {
  AssignmentOperator,
  Expression,
  QuantifierOperator,
  Statement,
  TestOperator,
  UnaryOperator,
} from '../../src/lang/syntax/tree.ts'
import { builtinCallees, importCallees, methodCallees, values } from './catalogue.ts'
import { hole, type Message } from './messages.ts'
import type { Count, Counts } from './watch.ts'

/** Every member of a union, which the compiler holds to be all of them. */
const all = <T extends string>(members: Readonly<Record<T, true>>) =>
  Object.keys(members) as unknown as readonly T[]

// biome-ignore format: table
const expressionKinds = all<Expression['kind']>({
  int: true, float: true, string: true, identifier: true, list: true, map: true, function: true, rule: true,
  quantifier: true, unary: true, binary: true, test: true, selector: true, index: true, slice: true, call: true, group: true,
})
// biome-ignore format: table
const statementKinds = all<Statement['kind']>({
  assignment: true, expression: true, if: true, for: true, case: true, declaration: true, return: true, break: true,
  continue: true, block: true,
})
const unary = all<UnaryOperator>({ '+': true, '-': true, '!': true, not: true })
const tests = all<TestOperator>({
  'is empty': true,
  'is not empty': true,
  'is defined': true,
  'is not defined': true,
})
const quantifiers = all<QuantifierOperator>({ any: true, all: true, filter: true, map: true })
const assignments = all<AssignmentOperator>({
  '=': true,
  '+=': true,
  '-=': true,
  '*=': true,
  '/=': true,
  '%=': true,
})

/** Everything that must have occurred with a value. */
export const wanted: readonly string[] = [
  // Parentheses and chains of operators are not evaluated by themselves; their operators are counted.
  ...expressionKinds.filter((kind) => kind !== 'group').map((kind) => `node ${kind}`),
  ...statementKinds.map((kind) => `node ${kind}`),
  ...Object.keys(precedence).map((operator) => `operator ${operator}`),
  ...unary.map((operator) => `operator unary ${operator}`),
  ...tests.map((operator) => `operator ${operator}`),
  ...quantifiers.flatMap((operator) => [`operator ${operator} of 1`, `operator ${operator} of 2`]),
  ...assignments.map((operator) => `operator ${operator}`),
  ...['assignment to identifier', 'assignment to index', 'operator rule', 'operator rule when'],
  ...[...builtinCallees, ...importCallees, ...[...methodCallees.values()].flat()].map(
    ({ label }) => `function ${label}`,
  ),
  ...values.map(({ label }) => `member ${label}`),
]

/** What comes to no value, and why that is right. */
export const withoutValue: ReadonlyMap<string, string> = new Map([
  ['function append', 'it changes a list and gives undefined'],
  ['function delete', 'it changes a map and gives undefined'],
  ['function error', 'it ends the policy'],
])

/** Messages that no made-up policy ends with, and why. */
export const withoutOccurrence: readonly (readonly [text: string, why: string])[] = [
  [`more than ${hole} imports`, 'a case has few modules; src/lang/policy.test.ts has one with too many'],
  [`cannot convert to client: ${hole}`, 'the methods of a client are found on clients only'],
  [`an answer nests more than ${hole} levels deep`, 'answers of a case are small'],
  [`more than ${hole} ms`, 'no clock is given, so that the same seed always ends the same way'],
]

/** What a run missed: kinds without a value, and messages that were never said. */
export function missing(counts: Counts, errors: ReadonlyMap<string, number>, messages: readonly Message[]) {
  const none: Count = { seen: 0, defined: 0 }
  const kinds = wanted.filter((label) => {
    const { seen, defined } = counts.get(label) ?? none
    return withoutValue.has(label) ? seen === 0 : defined === 0
  })
  const excused = new Set(withoutOccurrence.map(([text]) => text))
  const unsaid = messages.filter(
    ({ text, pattern }) => !excused.has(text) && ![...errors.keys()].some((one) => pattern.test(one)),
  )
  return { kinds, messages: unsaid.map(({ text }) => text) }
}
