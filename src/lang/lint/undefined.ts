// Whether an expression may be undefined, as far as the text tells: fields and elements may be missing, and
// whatever is computed from them. What cannot be known counts as defined: a warning must be worth its reading.
//
// Nothing here calls itself: chains of operators and of variables are as long as their author likes. Each expression
// is walked once, and each variable that may be undefined makes those undefined that are made of it, once.

import { standardImports } from '../imports/names.ts'
import { nameOfImport, namesMadeBy } from '../syntax/check.ts'
import type { Binary, Call, Expression, Program, Selector } from '../syntax/tree.ts'
import { everyNode, pushChildren, type TreeNode } from '../syntax/visit.ts'
import { nodesWithin } from './within.ts'

/** What Vault gives with every request. */
const alwaysGiven: ReadonlySet<string> = new Set([
  ...['request.path', 'request.operation', 'request.unauthenticated', 'request.policy_override'],
  ...['namespace.id', 'namespace.path'],
])

/** Built-in functions that give undefined for undefined. */
const passesOn: ReadonlySet<string> = new Set(['compare', 'keys', 'length', 'range', 'values'])

/** Whether an expression of a program may be undefined. */
export function undefinedIn(program: Program): (node: Expression) => boolean {
  let looked: ((node: Expression) => boolean) | undefined
  // Most programs have nobody who asks.
  return (node) => {
    looked ??= new Undefined(program).mayBe
    return looked(node)
  }
}

class Undefined {
  /** Variables at the top of the source that only one line gives a value, with that value. */
  private readonly onceAssigned: ReadonlyMap<string, Expression>
  private readonly imports: ReadonlyMap<string, string>
  private readonly asksForDefined: ReturnType<typeof nodesWithin>
  /** Those of the variables that may be undefined. */
  private readonly variables = new Set<string>()

  constructor(program: Program) {
    this.onceAssigned = variablesAssignedOnce(program)
    this.imports = new Map(program.imports.map((item) => [nameOfImport(item), item.path]))
    this.asksForDefined = nodesWithin(
      program.statements,
      (node) => node.kind === 'test' && node.operator === 'is defined',
    )
    this.spread()
  }

  /** Finds the variables that may be undefined: first by themselves, then for those that they are made of. */
  private spread(): void {
    const madeOf = new Map<string, string[]>()
    const found: string[] = []
    for (const [name, value] of this.onceAssigned) {
      if (this.look(value, (other) => add(madeOf, other, name))) found.push(name)
    }
    for (let name = found.pop(); name !== undefined; name = found.pop()) {
      if (this.variables.has(name)) continue
      this.variables.add(name)
      for (const other of madeOf.get(name) ?? []) found.push(other)
    }
  }

  /** Whether an expression may be undefined. */
  readonly mayBe = (node: Expression): boolean => {
    let isMadeOfUndefined = false
    const isUndefined = this.look(node, (name) => {
      isMadeOfUndefined ||= this.variables.has(name)
    })
    return isUndefined || isMadeOfUndefined
  }

  /** Whether an expression may be undefined whatever the variables are; tells the variables that it is made of. */
  private look(root: Expression, tell: (name: string) => void): boolean {
    const open: TreeNode[] = [root]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node.kind === 'identifier') {
        if (node.name === 'undefined') return true
        if (this.onceAssigned.has(node.name)) tell(node.name)
      } else if (this.isBySelf(node)) return true
      else this.pushParts(node, open)
    }
    return false
  }

  private isBySelf(node: TreeNode): boolean {
    if (node.kind === 'selector') return !this.isAlwaysThere(node)
    return node.kind === 'index' || node.kind === 'slice'
  }

  /** Puts the parts of an expression on a stack that make it undefined when they are. */
  private pushParts(node: TreeNode, open: TreeNode[]): void {
    switch (node.kind) {
      case 'selector':
      case 'function':
      case 'list':
      case 'map':
        return
      case 'test':
        if (!node.operator.endsWith('defined')) open.push(node.operand)
        return
      case 'rule':
        if (node.predicate === undefined) open.push(node.body)
        return
      case 'call':
        pushArguments(node, open)
        return
      case 'binary':
        this.pushOperands(node, open)
        return
      default:
        pushChildren(node, open)
    }
  }

  /** `x else default` is as defined as its default; what follows `x is defined and` was asked for. */
  private pushOperands(node: Binary, open: TreeNode[]): void {
    let first: Expression = node
    for (; first.kind === 'binary'; first = first.left) {
      const { operator, left, right } = first
      if (operator === 'and' && this.asksForDefined(left.span)) return
      open.push(right)
      if (operator === 'else') return
    }
    open.push(first)
  }

  /** A name that the host always gives, a member of a standard import, or an export of a module. */
  private isAlwaysThere(node: Selector): boolean {
    const path = pathOf(node)
    const [root = '', ...rest] = path ?? []
    const from = this.imports.get(root)
    if (from !== undefined) return standardImports.has(from) || rest.length === 1
    return path !== undefined && !this.onceAssigned.has(root) && alwaysGiven.has(path.join('.'))
  }
}

function pushArguments({ callee, arguments: given }: Call, open: TreeNode[]): void {
  if (callee.kind !== 'identifier' || !passesOn.has(callee.name)) return
  for (const one of given) open.push(one)
}

function add(lists: Map<string, string[]>, key: string, value: string): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [value])
  else if (known.at(-1) !== value) known.push(value)
}

/** `a.b.c` as its names, or undefined where there is more than names in it. */
function pathOf(node: Expression): readonly string[] | undefined {
  const names: string[] = []
  let root = node
  for (; root.kind === 'selector'; root = root.operand) names.push(root.name.text)
  return root.kind === 'identifier' ? [root.name, ...names.reverse()] : undefined
}

function variablesAssignedOnce({ statements }: Program): ReadonlyMap<string, Expression> {
  const values = new Map<string, Expression>()
  for (const node of statements) {
    if (node.kind === 'assignment' && node.target.kind === 'identifier')
      values.set(node.target.name, node.value)
  }
  for (const node of everyNode(statements)) {
    const isThere = node.kind === 'assignment' && node.operator === '='
    for (const { text } of namesMadeBy(node)) {
      if (!isThere || values.get(text) !== node.value) values.delete(text)
    }
  }
  return values
}
