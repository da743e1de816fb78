// The whole of a source as generated code: its variables and functions, and what starts and runs it.

import { nameOfImport } from '../syntax/check.ts'
import type { Program } from '../syntax/tree.ts'
import { everyNode } from '../syntax/visit.ts'
import type { Value } from '../values/value.ts'
import type { LazyRule, Machine } from './machine.ts'
import { Names, namesMadeIn, type Slot, usesOf } from './names.ts'
import { Lowering } from './statements.ts'
import { type absent, type GeneratedImport, support } from './support.ts'
import { quoted, Writer } from './writer.ts'

/** What a variable of the generated code may hold. */
export type Held = Value | LazyRule | typeof absent

/** Generated code, with the variables of one evaluation. */
export type Running = {
  /** Forgets what was, and takes the globals that it uses. */
  start(machine: Machine, globals: ReadonlyMap<string, Value>): void
  /** Sets the parameters: those given, else their defaults. */
  params(given: ReadonlyMap<string, Value>): void
  imports(loaded: ReadonlyMap<string, GeneratedImport>): void
  run(): void
  /** The variables of the outermost scope. */
  readonly members: ReadonlyMap<string, () => Held>
}

/** What a source became. */
export type Code = {
  /** The code, to be looked at. */
  readonly text: string
  /** Makes a set of variables with the code that works on them. */
  readonly make: () => Running
}

/** Sources with more nodes than that are left to the walker. */
const maxNodes = 20_000

/** Whether a source is small enough for code of its own. */
export function isGenerable({ statements }: Program): boolean {
  let nodes = 0
  for (const _ of everyNode(statements)) if (++nodes > maxNodes) return false
  return true
}

/** Code for a source; only a policy's sees what the host gives. */
export function generate(program: Program, role: 'policy' | 'module'): Code {
  const { text, constants } = new SourceLowering(program, role).write()
  // The one place where text becomes code: see INVARIANT in writer.ts.
  const factory = new Function('$support', '$k', text) as (
    kit: typeof support,
    k: readonly unknown[],
  ) => Running
  return { text, make: () => factory(support, constants) }
}

class SourceLowering {
  private readonly program: Program
  private readonly writer = new Writer()
  private readonly names: Names
  private readonly lowering: Lowering
  /** The variables of the outermost scope, by name. */
  private readonly slots = new Map<string, Slot>()
  private readonly imports: ReadonlyMap<string, string>

  constructor(program: Program, role: 'policy' | 'module') {
    this.program = program
    this.imports = new Map(program.imports.map((item) => [nameOfImport(item), this.writer.name('m')]))
    this.lowering = new Lowering(this.writer, usesOf(program), this.imports)
    this.names = new Names(undefined, role === 'policy' ? (name) => this.slot(name) : undefined)
    const own = [...namesMadeIn(program.statements), ...program.params.map(({ name }) => name.text)]
    for (const name of own) this.names.declare(name, this.slot(name))
    // A host may give it, to a policy that never names it.
    if (role === 'policy') this.slot('main')
  }

  private slot(name: string): Slot {
    const known = this.slots.get(name)
    const slot = known ?? { code: this.writer.name('x'), always: false }
    this.slots.set(name, slot)
    return slot
  }

  write(): { readonly text: string; readonly constants: readonly unknown[] } {
    // The body comes first: it says which variables there are.
    const body = this.writer.apart(() => {
      this.writer.metered('function run()', () =>
        this.lowering.statements(this.program.statements, this.names),
      )
      this.writer.metered('function params($given)', () => this.params())
    })
    const head = this.writer.apart(() => this.head())
    return {
      text: [...head, ...body, 'return { start, params, imports, run, members }'].join('\n'),
      constants: this.writer.constants,
    }
  }

  private params(): void {
    for (const { name, value } of this.program.params) {
      const { code } = this.slot(name.text)
      this.writer.line(
        `${code} = $given.has(${quoted(name.text)}) ? $given.get(${quoted(name.text)}) : $absent`,
      )
      this.writer.inside(`if (${code} === $absent)`, () => {
        const given = value && this.lowering.evaluate(value, this.names).code
        this.writer.line(`${code} = ${given ?? `$needsValue(${this.writer.constant(name.text)})`}`)
      })
    }
  }

  private head(): void {
    const { writer } = this
    writer.line('"use strict"')
    writer.line(
      `const { ${Object.keys(support)
        .map((name) => `${name}: $${name}`)
        .join(', ')} } = $support`,
    )
    writer.line('let $machine, $meter, $fuel = 0')
    writer.line('const $refuel = () => { $fuel += $meter.ahead(-$fuel) }')
    const slots = [...this.slots]
    for (const [, { code }] of slots) writer.line(`let ${code}`)
    for (const [, code] of this.imports) writer.line(`let ${code}`)
    writer.inside('function start(machine, globals)', () => {
      writer.line('$machine = machine; $meter = machine.meter; $fuel = 0')
      for (const [name, { code }] of slots) {
        writer.line(`${code} = globals.has(${quoted(name)}) ? globals.get(${quoted(name)}) : $absent`)
      }
    })
    writer.inside('function imports(loaded)', () => {
      for (const [name, code] of this.imports) writer.line(`${code} = loaded.get(${quoted(name)})`)
    })
    writer.line('const members = new Map([')
    for (const [name, { code }] of slots) writer.line(`  [${quoted(name)}, () => ${code}],`)
    writer.line('])')
  }
}
