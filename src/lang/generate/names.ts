// Where the names of a policy live in generated code. A scope of the language is a block of JavaScript, and each name
// that may come to be in it is a variable of that block, which holds `$absent` as long as the name is not there.
// Which of several variables a name means may depend on what was run before; so reading one asks from the inside out.

import type { Expression, Program, Statement } from '../syntax/tree.ts'
import { everyNode } from '../syntax/visit.ts'

/** A variable of the generated code for a name of the policy's. */
export type Slot = {
  readonly code: string
  /** Whether the name is there as soon as its scope is: parameters, and what loops name. */
  readonly always: boolean
}

/** The names of one scope, inside of others. */
export class Names {
  readonly parent: Names | undefined
  private readonly slots = new Map<string, Slot>()
  /** Makes the variable of a name that was never seen, in the outermost scope of a policy. */
  private readonly unseen: ((name: string) => Slot) | undefined

  constructor(parent: Names | undefined, unseen?: (name: string) => Slot) {
    this.parent = parent
    this.unseen = unseen
  }

  /** In how many scopes of its source it lies. */
  get depth(): number {
    return this.parent === undefined ? 0 : this.parent.depth + 1
  }

  declare(name: string, slot: Slot): void {
    this.slots.set(name, slot)
  }

  /** The variables that a name may mean, the innermost first; none behind one that is always there. */
  slotsOf(name: string): readonly Slot[] {
    const slots: Slot[] = []
    for (let scope: Names | undefined = this; scope !== undefined; scope = scope.parent) {
      const slot = scope.slot(name)
      if (slot !== undefined) slots.push(slot)
      if (slot?.always === true) break
    }
    return slots
  }

  /** The variable of this very scope. */
  own(name: string): Slot | undefined {
    return this.slots.get(name)
  }

  private slot(name: string): Slot | undefined {
    const slot = this.slots.get(name)
    if (slot !== undefined || this.unseen === undefined) return slot
    const made = this.unseen(name)
    this.slots.set(name, made)
    return made
  }
}

/** The names that statements make in their own scope: `if` and `case` have none, all other blocks do. */
export function namesMadeIn(statements: readonly Statement[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const node of statements) for (const name of namesMadeBy(node)) names.add(name)
  return names
}

function namesMadeBy(node: Statement): Iterable<string> {
  switch (node.kind) {
    case 'assignment':
      return node.target.kind === 'identifier' ? [node.target.name] : []
    case 'declaration':
      return [node.name.text]
    case 'if':
      return namesMadeIn([
        ...node.branches.flatMap(({ body }) => body.statements),
        ...(node.otherwise?.statements ?? []),
      ])
    case 'case':
      return namesMadeIn(node.clauses.flatMap(({ statements }) => statements))
    default:
      return []
  }
}

/** What the names of a source may come to hold, whatever the order of things. */
export type Uses = {
  /** Names that are given a value after they were made, or made by an assignment. */
  readonly assigned: ReadonlySet<string>
  /** Names that may hold a rule. */
  readonly rules: ReadonlySet<string>
}

/** How the names of a source are used. */
export function usesOf(program: Program): Uses {
  const assigned = new Set<string>()
  const rules = new Set<string>()
  const copies: (readonly [to: string, from: string])[] = []
  const assign = (name: string, value: Expression) => {
    assigned.add(name)
    if (value.kind === 'rule') rules.add(name)
    if (value.kind === 'identifier') copies.push([name, value.name])
  }
  for (const node of everyNode(program.statements)) {
    if (node.kind === 'declaration') assigned.add(node.name.text)
    if (node.kind === 'assignment' && node.target.kind === 'identifier') assign(node.target.name, node.value)
  }
  for (let before = -1; before !== rules.size; ) {
    before = rules.size
    for (const [to, from] of copies) if (rules.has(from)) rules.add(to)
  }
  return { assigned, rules }
}
