// Counts what the obvious evaluator does: how often each kind of node, operator and function was evaluated, and how
// often something came out. It listens by standing before a few methods, for as long as one function runs.

import { ExpressionWalker } from '../../src/lang/run/expressions.ts'
import { after } from '../../src/lang/run/later.ts'
import { Native } from '../../src/lang/run/native.ts'
import type { Scope } from '../../src/lang/run/scope.ts'
import { Walker } from '../../src/lang/run/walker.ts'
import { nameOfImport } from '../../src/lang/syntax/check.ts'
import type { Binary, Expression, Statement } from '../../src/lang/syntax/tree.ts'
import type { Value } from '../../src/lang/values/value.ts'
import { labelOf } from './catalogue.ts'

/** How often something occurred, and how often it came to a value. */
export type Count = { seen: number; defined: number }
export type Counts = Map<string, Count>

type Method = (this: unknown, ...given: never[]) => unknown
type Methods = Record<string, Method>

/** Runs something, and counts all evaluations meanwhile. */
export function watching<T>(counts: Counts, run: () => T): T {
  const [expressions, statements] = [ExpressionWalker.prototype, Walker.prototype] as unknown as [
    Methods,
    Methods,
  ]
  const undo = [
    before(expressions, 'evaluate', counts, labelsOfExpression),
    before(expressions, 'operate', counts, ({ operator }: Binary) => [`operator ${operator}`]),
    before(expressions, 'call', counts, (callee: Value) =>
      callee instanceof Native ? [`function ${labelOf(callee)}`] : [],
    ),
    before(statements, 'statement', counts, labelsOfStatement),
  ]
  try {
    return run()
  } finally {
    for (const one of undo) one()
  }
}

function before<Given extends readonly unknown[]>(
  methods: Methods,
  name: string,
  counts: Counts,
  labels: (...given: Given) => readonly string[],
): () => void {
  const original = methods[name]
  if (original === undefined) throw new Error(`the evaluator has no method ${name}`)
  methods[name] = function (this: unknown, ...given: never[]) {
    const all = labels(...(given as unknown as Given)).map((label) => countOf(counts, label))
    for (const one of all) one.seen++
    return after(original.apply(this, given), (result) => {
      if (result !== undefined) for (const one of all) one.defined++
      return result
    })
  }
  return () => {
    methods[name] = original
  }
}

function countOf(counts: Counts, label: string): Count {
  const known = counts.get(label) ?? { seen: 0, defined: 0 }
  counts.set(label, known)
  return known
}

function labelsOfExpression(node: Expression, scope: Scope): readonly string[] {
  const kind = `node ${node.kind}`
  switch (node.kind) {
    case 'unary':
      return [kind, `operator unary ${node.operator}`]
    case 'test':
    case 'quantifier':
      return [
        kind,
        `operator ${node.operator}${node.kind === 'quantifier' ? ` of ${node.names.length}` : ''}`,
      ]
    case 'rule':
      return [kind, node.predicate === undefined ? 'operator rule' : 'operator rule when']
    case 'selector':
      return [kind, ...memberOf(node.operand, node.name.text, scope)]
    default:
      return [kind]
  }
}

/** What a selector takes out of a standard import. */
function memberOf(operand: Expression, name: string, scope: Scope): readonly string[] {
  if (operand.kind !== 'identifier' || scope.unit.imports.get(operand.name)?.kind !== 'table') return []
  if (scope.find(operand.name) !== undefined) return []
  const item = scope.unit.program.imports.find((one) => nameOfImport(one) === operand.name)
  return item === undefined ? [] : [`member ${item.path}.${name}`]
}

function labelsOfStatement(node: Statement): readonly string[] {
  const kind = `node ${node.kind}`
  return node.kind === 'assignment'
    ? [kind, `operator ${node.operator}`, `assignment to ${node.target.kind}`]
    : [kind]
}
