// Whether an expression may be undefined, as far as the text tells: fields and elements may be missing, and
// whatever is computed from them. What cannot be known counts as defined: a warning must be worth its reading.

import { standardImports } from '../imports/names.ts'
import { nameOfImport, namesMadeBy } from '../syntax/check.ts'
import type { Binary, Expression, Program, Selector } from '../syntax/tree.ts'
import { childrenOf, everyNode } from '../syntax/visit.ts'

/** What Vault gives with every request. */
const alwaysGiven: ReadonlySet<string> = new Set([
  ...['request.path', 'request.operation', 'request.unauthenticated', 'request.policy_override'],
  ...['namespace.id', 'namespace.path'],
])

/** Built-in functions that give undefined for undefined. */
const passesOn: ReadonlySet<string> = new Set(['compare', 'keys', 'length', 'range', 'values'])

/** Whether an expression of a program may be undefined. */
export function undefinedIn(program: Program): (node: Expression) => boolean {
  const onceAssigned = variablesAssignedOnce(program)
  const imports = new Map(program.imports.map((item) => [nameOfImport(item), item.path]))
  const known = new Map<Expression, boolean>()

  function mayBe(node: Expression): boolean {
    const before = known.get(node)
    if (before !== undefined) return before
    known.set(node, false)
    const found = judge(node)
    known.set(node, found)
    return found
  }

  function judge(node: Expression): boolean {
    switch (node.kind) {
      case 'identifier': {
        const value = onceAssigned.get(node.name)
        return node.name === 'undefined' || (value !== undefined && mayBe(value))
      }
      case 'selector':
        return !isAlwaysThere(node)
      case 'index':
      case 'slice':
        return true
      case 'test':
        return !node.operator.endsWith('defined') && mayBe(node.operand)
      case 'binary':
        return chainMayBe(node)
      case 'call':
        return node.callee.kind === 'identifier' && passesOn.has(node.callee.name)
          ? node.arguments.some(mayBe)
          : false
      case 'rule':
        return node.predicate === undefined && mayBe(node.body)
      case 'function':
      case 'list':
      case 'map':
        return false
      default:
        return childrenOf(node).some((child) => mayBe(child as Expression))
    }
  }

  /** `x else default` is as defined as its default; what follows `x is defined and` was asked for. */
  function chainMayBe(node: Binary): boolean {
    let first: Expression = node
    for (; first.kind === 'binary'; first = first.left) {
      if (first.operator === 'else') return mayBe(first.right)
      if (first.operator === 'and' && asksForDefined(first.left)) return false
      if (mayBe(first.right)) return true
    }
    return mayBe(first)
  }

  /** A name that the host always gives, a member of a standard import, or an export of a module. */
  function isAlwaysThere(node: Selector): boolean {
    const path = pathOf(node)
    const [root = '', ...rest] = path ?? []
    const from = imports.get(root)
    if (from !== undefined) return standardImports.has(from) || rest.length === 1
    return path !== undefined && !onceAssigned.has(root) && alwaysGiven.has(path.join('.'))
  }

  return mayBe
}

/** `a.b.c` as its names, or undefined where there is more than names in it. */
function pathOf(node: Expression): readonly string[] | undefined {
  if (node.kind === 'identifier') return [node.name]
  if (node.kind !== 'selector') return undefined
  const above = pathOf(node.operand)
  return above === undefined ? undefined : [...above, node.name.text]
}

const asksForDefined = (node: Expression): boolean =>
  [...everyNode([node])].some(
    ({ kind, ...rest }) => kind === 'test' && 'operator' in rest && rest.operator === 'is defined',
  )

/** Variables at the top of a source that only one line of it gives a value, with that value. */
function variablesAssignedOnce({ statements }: Program): ReadonlyMap<string, Expression> {
  const counts = new Map<string, number>()
  for (const node of everyNode(statements)) {
    for (const { text } of namesMadeBy(node)) counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  const values = new Map<string, Expression>()
  for (const node of statements) {
    if (node.kind !== 'assignment' || node.target.kind !== 'identifier' || node.operator !== '=') continue
    if (counts.get(node.target.name) === 1) values.set(node.target.name, node.value)
  }
  return values
}
