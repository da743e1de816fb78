// Where the names of a policy live in generated code. A scope of the language is a block of JavaScript, and each name
// that may come to be in it is a variable of that block, which holds `$absent` as long as the name is not there.
// Which of several variables a name means may depend on what was run before; so reading one asks from the inside out.

import type { Expression, Program, RuleLiteral, Statement } from '../syntax/tree.ts'
import { everyNode } from '../syntax/visit.ts'
import type { Kind } from './operands.ts'

/** A variable of the generated code for a name of the policy's. */
export type Slot = {
  readonly code: string
  /** Whether the name is there as soon as its scope is: parameters, and what loops name. */
  readonly always: boolean
  /** Whether it holds a value of the host's, and never any other. */
  readonly host: boolean
  /** The variable that says whether it is an object whose fields can be read directly, where that is known. */
  readonly plain?: string
  /** The one rule that the name ever stands for, in the outermost scope of a policy. */
  readonly rule?: RuleSlot
}

/** A rule that has variables of its own. */
export type RuleSlot = {
  /** The variable for its result, `$pending` until there is one. */
  readonly result: string
  /** The variable for its state: 0 not assigned, 1 waiting, 2 running. */
  readonly state: string
  /** The function that evaluates it. */
  readonly code: string
  /** What is known of its result. */
  readonly kind: () => Kind
}

/** The names of one scope, inside of others. */
export class Names {
  readonly parent: Names | undefined
  private readonly slots = new Map<string, Slot>()
  /** Makes the variable of a name that was never seen, in the outermost scope of a policy, if it needs one. */
  private readonly unseen: ((name: string) => Slot | undefined) | undefined

  constructor(parent: Names | undefined, unseen?: (name: string) => Slot | undefined) {
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
    if (made !== undefined) this.slots.set(name, made)
    return made
  }
}

/** The names that statements make in their own scope: `if` and `case` have none, all other blocks do. */
export function namesMadeIn(statements: readonly Statement[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const node of inOneScope(statements)) {
    if (node.kind === 'declaration') names.add(node.name.text)
    if (node.kind === 'assignment' && node.target.kind === 'identifier') names.add(node.target.name)
  }
  return names
}

/** What the names of a source may come to hold, whatever the order of things. */
export type Uses = {
  /** Names that are given a value after they were made, or made by an assignment. */
  readonly assigned: ReadonlySet<string>
  /** Names that may hold a rule. */
  readonly rules: ReadonlySet<string>
}

/** Rules that are the only thing that their name ever stands for: assigned once, in the outermost scope. */
export function soleRules(program: Program): ReadonlyMap<string, RuleLiteral> {
  const rules = new Map<string, RuleLiteral>()
  const others = namesOfMore(program)
  for (const node of inOneScope(program.statements)) {
    if (node.kind !== 'assignment' || node.target.kind !== 'identifier' || node.value.kind !== 'rule')
      continue
    if (!others.has(node.target.name)) rules.set(node.target.name, node.value)
  }
  return rules
}

/** Names that are given a value more than once, or whose rule another name is bound to. */
function namesOfMore({ statements, params }: Program): ReadonlySet<string> {
  const seen = new Set(params.map(({ name }) => name.text))
  const more = new Set(seen)
  const give = (name: string) => (seen.has(name) ? more : seen).add(name)
  for (const node of everyNode(statements)) {
    if (node.kind === 'declaration') more.add(node.name.text)
    if (node.kind !== 'assignment') continue
    if (node.operator !== '=' && node.target.kind === 'identifier') more.add(node.target.name)
    else if (node.target.kind === 'identifier') give(node.target.name)
    if (node.value.kind === 'identifier') more.add(node.value.name)
  }
  return more
}

/** Statements with those that share their scope. */
function inOneScope(statements: readonly Statement[]): readonly Statement[] {
  return statements.flatMap((node) => {
    if (node.kind === 'if') {
      const inside = [...node.branches.map(({ body }) => body), ...(node.otherwise ? [node.otherwise] : [])]
      return inside.flatMap((block) => inOneScope(block.statements))
    }
    return node.kind === 'case' ? node.clauses.flatMap((clause) => inOneScope(clause.statements)) : [node]
  })
}

/** The names that are read or written anywhere in there. */
export function namesUsedIn(nodes: readonly (Expression | Statement)[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const node of everyNode(nodes)) {
    if (node.kind === 'identifier') names.add(node.name)
    if (node.kind === 'declaration') names.add(node.name.text)
  }
  return names
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
