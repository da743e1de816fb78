// The whole of a source as generated code: its variables and functions, and what starts and runs it.

import { membersOf } from '../imports/standard.ts'
import { shortText } from '../run/border.ts'
import { builtins } from '../run/builtins.ts'
import { changesData } from '../run/changes.ts'
import { freeLevels, levelsIn } from '../run/nesting.ts'
import { maxStates, plainRegex, type Regex } from '../run/regex.ts'
import { nameOfImport, namesMadeBy } from '../syntax/check.ts'
import type { Import, Program, RuleLiteral } from '../syntax/tree.ts'
import { everyNode, type TreeNode } from '../syntax/visit.ts'
import type { Value } from '../values/value.ts'
import { type absent, readBytes } from './host.ts'
import type { ImportCode } from './lowering.ts'
import type { LazyRule, Machine } from './machine.ts'
import { Names, namesMadeIn, type RuleSlot, type Slot, soleRules, usesOf } from './names.ts'
import { hostGiven, isPlain, type Kind, objectNames } from './operands.ts'
import { Lowering } from './statements.ts'
import { type GeneratedImport, support } from './support.ts'
import { quoted, Writer } from './writer.ts'

/** What a variable of the generated code may hold. */
export type Held = Value | LazyRule | typeof absent

/** Generated code, with the variables of one evaluation. */
export type Running = {
  /** Forgets what was, and takes what is paid already, and the globals that it uses: an object or a Map. */
  start(machine: Machine, steps: number, bytes: number, globals: unknown): void
  /** Sets the parameters: those given, else their defaults. */
  params(given: unknown): void
  imports(loaded: (name: string) => GeneratedImport | undefined): void
  /** Runs the source; gives what its `main` holds. */
  run(): Held
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

/**
 * What code is made for: a module; a policy; or, as `quick`, a policy of standard imports only, which reads the
 * host's data where it lies unless it changes any.
 */
export type Role = 'module' | 'policy' | 'quick'

/** Sources with more nodes than that, or longer names and texts, are left to the walker. */
const [maxNodes, tokensOfNode, maxLetters] = [20_000, 5, 1024 * 1024]

/** Whether a source is small enough for code of its own. */
export function isGenerable({ imports, params, statements, size }: Program): boolean {
  if (size > maxNodes * tokensOfNode) return false
  let nodes = 0
  let letters = [...imports, ...params].reduce((sum, { span }) => sum + span.end - span.start, 0)
  for (const node of everyNode(statements)) {
    letters += lettersOf(node)
    if (++nodes > maxNodes || letters > maxLetters) return false
  }
  return true
}

/** How many letters a node itself brings into the code. */
function lettersOf(node: TreeNode): number {
  if (node.kind === 'string') return node.value.length
  if (node.kind === 'identifier') return node.name.length
  if (node.kind === 'selector') return node.name.text.length
  return namesMadeBy(node).reduce((sum, { text }) => sum + text.length, 0)
}

/** Code for a source. */
export function generate(program: Program, role: Role): Code {
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
  private readonly role: Role
  private readonly readsInPlace: boolean
  private readonly writer = new Writer()
  private readonly names: Names
  private readonly lowering: Lowering
  private readonly uses: ReturnType<typeof usesOf>
  /** The variables of the outermost scope, by name. */
  private readonly slots = new Map<string, Slot>()
  private readonly imports: ReadonlyMap<string, ImportCode>
  /** Names that stand for what they do as long as the host gives no global of that name. */
  private readonly expected = new Set<string>()

  constructor(program: Program, role: Role) {
    this.program = program
    this.role = role
    this.readsInPlace = role === 'quick' && !changesData(program)
    this.uses = usesOf(program)
    this.imports = new Map(program.imports.map((item) => [nameOfImport(item), this.import(item)]))
    this.lowering = new Lowering(this.writer, this.uses, this.imports, plainPatterns(program))
    this.names = new Names(undefined, role === 'module' ? undefined : (name) => this.unseen(name))
    for (const name of namesMadeIn(program.statements)) this.names.declare(name, this.slot(name))
    for (const { name } of program.params) this.names.declare(name.text, this.slot(name.text))
    // A host may give it, to a policy that never names it.
    if (role !== 'module') this.slot('main')
  }

  private import({ path }: Import): ImportCode {
    return {
      variable: this.writer.name('m'),
      members: this.role === 'quick' ? membersOf(path) : undefined,
    }
  }

  private unseen(name: string): Slot | undefined {
    if (this.role === 'quick' && (this.imports.has(name) || builtins.has(name))) {
      this.expected.add(name)
      return undefined
    }
    return this.slot(name)
  }

  private slot(name: string): Slot {
    const known = this.slots.get(name)
    if (known !== undefined) return known
    const host = this.isHost(name)
    const code = this.writer.name('x')
    const slot = { code, always: false, host, ...(host ? { plain: this.writer.name('o') } : {}) }
    this.slots.set(name, slot)
    return slot
  }

  /** Whether a name can only be what the host gives. */
  private isHost(name: string): boolean {
    const isAssigned =
      this.uses.assigned.has(name) || this.program.params.some((param) => param.name.text === name)
    // What `main` holds goes back to the host as a value of the language.
    return this.readsInPlace && !isAssigned && name !== 'main'
  }

  write(): { readonly text: string; readonly constants: readonly unknown[] } {
    // The body comes first: it says which variables there are.
    const rules: RuleSlot[] = []
    const body = this.writer.apart(() => {
      if (this.role === 'quick') {
        const sole = [...soleRules(this.program)].map(
          ([name, node]) => [this.ruleSlot(name, rules), node] as const,
        )
        for (const [{ slot, kind }, node] of sole) kind.known = this.rule(slot, node)
      }
      this.writer.metered('function run()', () => {
        this.lowering.statements(this.program.statements, this.names)
        this.writer.line(`return ${this.lowering.main(this.names)}`)
      })
      this.writer.metered('function params(values)', () => this.params())
    })
    const head = this.writer.apart(() => this.head(rules))
    const end = 'return { start, params, imports, run, members }'
    return { text: [...head, ...body, end].join('\n'), constants: this.writer.constants }
  }

  private ruleSlot(name: string, rules: RuleSlot[]): { slot: RuleSlot; kind: { known: Kind } } {
    const kind = { known: 'any' as Kind }
    const [result, state, code] = ['p', 's', 'r'].map((start) => this.writer.name(start))
    const slot = { result: result ?? '', state: state ?? '', code: code ?? '', kind: () => kind.known }
    rules.push(slot)
    this.names.declare(name, { ...this.slot(name), host: false, rule: slot })
    return { slot, kind }
  }

  /** Whether all rules together, one in the other, need not be counted: there are no functions to repeat any. */
  private get nestsLittle(): boolean {
    if (this.program.hasFunctions) return false
    const rules = [...everyNode(this.program.statements)].filter((node) => node.kind === 'rule')
    return rules.reduce((sum, rule) => sum + levelsIn(rule), 0) <= freeLevels
  }

  /** Writes the function of a rule; gives what is known of its result. */
  private rule({ result, state, code }: RuleSlot, node: RuleLiteral): Kind {
    let kind: Kind = 'any'
    this.writer.metered(`function ${code}()`, () => {
      this.writer.line(`if (${state} !== 1) $notWaiting(${state})`)
      this.writer.line(`${state} = 2`)
      const body = () => this.lowering.ruleBody(node, this.names)
      const value = this.nestsLittle ? body() : this.lowering.nested(node, body)
      kind = value.kind
      this.writer.line(`return ${result} = ${value.code}`)
    })
    return kind
  }

  private params(): void {
    if (this.program.params.length === 0) return
    this.writer.line('const isPlain = values != null && values.__proto__ === $plain')
    for (const { name, value } of this.program.params) {
      const { code } = this.slot(name.text)
      this.writer.line(`${code} = ${hostGiven('values', name.text)}`)
      this.writer.inside(`if (${code} === $absent)`, () => {
        const other = value && this.lowering.valueOf(value, this.names)
        this.writer.line(`${code} = ${other ?? `$needsValue(${this.writer.constant(name.text)})`}`)
      })
      this.writer.line(`else ${code} = $fromHost(${code}, $meter)`)
    }
  }

  private head(rules: readonly RuleSlot[]): void {
    const { writer } = this
    const names = Object.keys(support).map((name) => `${name}: $${name}`)
    writer.line('"use strict"')
    writer.line(`const { ${names.join(', ')} } = $support`)
    writer.line('let $machine, $meter, $steps = 0, $bytes = 0')
    writer.line('const $moreSteps = () => { $steps += $meter.ahead(-$steps) }')
    writer.line('const $moreBytes = () => { $bytes += $meter.bytesAhead(-$bytes) }')
    for (const { code, plain } of this.slots.values())
      writer.line(`let ${code}${plain === undefined ? '' : `, ${plain}`}`)
    for (const { variable, members } of this.imports.values()) {
      writer.line(
        `let ${variable}${members === undefined ? '' : ` = ${writer.constant({ kind: 'table', members })}`}`,
      )
    }
    for (const { result, state } of rules) writer.line(`let ${result}, ${state}`)
    for (const name of writer.resets.keys()) writer.line(`let ${name}`)
    writer.inside('function start(machine, steps, bytes, globals)', () => this.start(rules))
    writer.inside('function imports(loaded)', () => {
      for (const [name, { variable, members }] of this.imports) {
        if (members === undefined) writer.line(`${variable} = loaded(${quoted(name)})`)
      }
    })
    writer.line('const members = new Map([')
    for (const [name, { code }] of this.slots) writer.line(`  [${quoted(name)}, () => ${code}],`)
    writer.line('])')
  }

  private start(rules: readonly RuleSlot[]): void {
    const { writer } = this
    // Fields that somebody gave to every object cannot be told from its own at a glance.
    const fields = [...writer.fields, ...this.slots.keys()].filter((name) => !objectNames.has(name))
    const isPolluted = fields.map((name) => `$plain[${quoted(name)}] !== undefined`).join(' || ')
    if (this.role === 'quick' && isPolluted !== '') writer.line(`if (${isPolluted}) $unusual()`)
    writer.line('const isPlain = globals != null && globals.__proto__ === $plain')
    const inPlace = [...this.slots].filter(
      ([name, { host }]) => host && this.names.own(name)?.rule === undefined,
    )
    const read = inPlace.length * readBytes
    writer.line(`$machine = machine; $meter = machine.meter; $steps = steps; $bytes = bytes - ${read}`)
    for (const [name, value] of writer.resets) writer.line(`${name} = ${value}`)
    for (const { result, state } of rules) writer.line(`${result} = $pending; ${state} = 0`)
    for (const name of this.expected) {
      writer.line(`if ((${hostGiven('globals', name)}) !== $absent) $unusual()`)
    }
    for (const [name, { code, host, plain }] of this.slots) {
      if (this.names.own(name)?.rule !== undefined) continue
      writer.line(`${code} = ${hostGiven('globals', name)}`)
      if (plain !== undefined) {
        writer.line(`${plain} = ${isPlain(code)}`)
        writer.line(
          `if (typeof ${code} === "string" && ${code}.length > ${shortText}) $heed(${code}, $meter)`,
        )
      }
      if (!host) writer.line(`if (${code} !== $absent) ${code} = $fromHost(${code}, $meter)`)
    }
  }
}

/**
 * Literal patterns for JavaScript's engine, none where there are so many that an evaluation would not keep them all. All
 * others are compiled where they are used first, under the limits of the evaluation.
 */
function plainPatterns({ statements }: Program): ReadonlyMap<unknown, Regex> {
  const patterns = new Map<unknown, Regex>()
  let states = 0
  for (const node of everyNode(statements)) {
    if (node.kind !== 'binary' || !node.operator.endsWith('matches')) continue
    if (node.right.kind !== 'string') return new Map()
    const regex = patterns.has(node.right.value) ? undefined : plainRegex(node.right.value)
    if (regex === undefined) continue
    states += regex.size
    if (states >= maxStates) return new Map()
    patterns.set(node.right.value, regex)
  }
  return patterns
}
