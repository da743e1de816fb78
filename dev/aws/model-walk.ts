// A walk through what a service model says of an operation's input: for each member, what the model forbids (another
// type, too little, too much, another pattern, another value, nothing where something is required) and the extremes
// that it allows, each put into an input that is right otherwise.

/** What botocore_model.py prints. */
export type Tree = {
  readonly type: string
  readonly required: boolean
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly location?: string
  readonly locationName?: string
  readonly members?: Readonly<Record<string, Tree>>
  readonly member?: Tree
}

export type Input = Readonly<Record<string, unknown>>

/** An input in which one member is tried. */
export type Try = {
  /** As AWS's messages write the member: `tags.1.member.key`. */
  readonly at: string
  readonly what: string
  readonly legal: boolean
  readonly input: Input
}

/** Whether everything is text on the wire, as in a form or a query. */
type Wire = { readonly isText: boolean }

/** Every try of an input. `base` is one that the service takes. */
export function walk(tree: Tree, base: Input, wire: Wire): readonly Try[] {
  return [...membersOf(tree, base, '', (input) => input, wire)]
}

type Put = (value: unknown) => Input

function* membersOf(
  tree: Tree,
  sent: Input,
  before: string,
  put: (value: Input) => Input,
  wire: Wire,
): Generator<Try> {
  for (const [name, member] of Object.entries(tree.members ?? {})) {
    // The token of the access portal stands in a header: what is wrong with it is that nobody knows it.
    if (member.location === 'header') continue
    const at = `${before}${name.charAt(0).toLowerCase()}${name.slice(1)}`
    const { [name]: _, ...without } = sent
    if (member.required) {
      yield { at, what: 'nothing', legal: false, input: put(without) }
      if (!wire.isText) yield { at, what: 'null', legal: false, input: put({ ...sent, [name]: null }) }
    }
    yield* valuesOf(
      member,
      sent[name] ?? rightValue(member),
      at,
      (value) => put({ ...sent, [name]: value }),
      wire,
    )
  }
}

function* valuesOf(tree: Tree, sent: unknown, at: string, put: Put, wire: Wire): Generator<Try> {
  for (const value of otherTypes(tree, wire)) {
    yield { at, what: `the value ${JSON.stringify(value)}`, legal: false, input: put(value) }
  }
  for (const [what, legal, value] of extremesOf(tree, sent)) yield { at, what, legal, input: put(value) }
  if (tree.members !== undefined) yield* membersOf(tree, sent as Input, `${at}.`, put, wire)
  if (tree.member !== undefined) {
    const [first = rightValue(tree.member)] = sent as readonly unknown[]
    yield* valuesOf(tree.member, first, `${at}.1.member`, (value) => put([value]), wire)
  }
}

const kinds: Readonly<Record<string, 'text' | 'whole' | 'flag' | 'moment' | 'list' | 'structure'>> = {
  string: 'text',
  integer: 'whole',
  long: 'whole',
  boolean: 'flag',
  timestamp: 'moment',
  list: 'list',
  structure: 'structure',
}

const kindOf = ({ type }: Tree) => {
  const kind = kinds[type]
  if (kind === undefined) throw new Error(`the walk knows no ${type}`)
  return kind
}

function otherTypes(tree: Tree, { isText }: Wire): readonly unknown[] {
  const inText = {
    text: [['a']],
    whole: ['x', '1.5'],
    flag: ['x'],
    moment: ['x'],
    list: ['x'],
    structure: ['x'],
  }
  const inJson = {
    text: [1, true, {}, ['a']],
    whole: ['1', 1.5, true],
    flag: ['true', 1],
    moment: ['x', '2026-01-01T00:00:00Z', true],
    list: ['x', {}],
    structure: ['x', ['x']],
  }
  return isText && tree.location === 'querystring' && kindOf(tree) === 'text'
    ? []
    : (isText ? inText : inJson)[kindOf(tree)]
}

type Extreme = readonly [what: string, legal: boolean, value: unknown]

function extremesOf(tree: Tree, sent: unknown): readonly Extreme[] {
  const kind = kindOf(tree)
  if (kind === 'whole') return sizesOf(tree, (size) => size)
  if (kind === 'list') {
    const [first = rightValue(tree.member ?? tree)] = sent as readonly unknown[]
    return sizesOf(tree, (length) => Array.from({ length }, () => first))
  }
  return kind === 'text' ? textsOf(tree) : []
}

/** Sizes at the limits, and just beyond. */
function sizesOf({ min, max }: Tree, make: (size: number) => unknown): readonly Extreme[] {
  const found: Extreme[] = []
  if (min !== undefined) found.push([`the least, ${min}`, true, make(min)])
  if (min !== undefined && (min > 0 || make(0) === 0)) found.push([`less than ${min}`, false, make(min - 1)])
  if (max !== undefined) found.push([`the most, ${max}`, true, make(max)])
  if (max !== undefined) found.push([`more than ${max}`, false, make(max + 1)])
  return found
}

function textsOf(tree: Tree): readonly Extreme[] {
  if (tree.enum !== undefined) {
    const wrong = ['', `${tree.enum[0]}x`, tree.enum[0]?.toLowerCase() ?? '']
    return [
      ...tree.enum.map((value): Extreme => [`the value ${value}`, true, value]),
      ...wrong
        .filter((value) => !tree.enum?.includes(value))
        .map((value): Extreme => [`the value ${JSON.stringify(value)}`, false, value]),
    ]
  }
  const sizes = sizesOf(tree, (length) => rightText(tree, length))
  const pattern = patternOf(tree)
  const length = Math.max(tree.min ?? 1, 1)
  const wrong = strange.map((sign) => sign.repeat(length)).filter((value) => !pattern.test(value))
  return [
    ...sizes.filter(([, legal, value]) => !legal || pattern.test(String(value))),
    ...wrong.map((value): Extreme => [`the signs ${JSON.stringify(value)}`, false, value]),
  ]
}

const strange = ['\u0001', ' ', '*', '<', 'ä']

const patternOf = ({ pattern = '[^]*' }: Tree) => new RegExp(`^(?:${pattern})$`, 'u')

/** A text of this length, by the pattern where one of a few signs fits it. */
function rightText(tree: Tree, length: number): string {
  if (length === 0) return ''
  const pattern = patternOf(tree)
  const texts = ['a', '1', '/'].map((sign) => sign.repeat(length))
  return texts.find((text) => pattern.test(text)) ?? `tag:${'a'.repeat(Math.max(length - 4, 1))}`
}

/** A value that the model allows. */
function rightValue(tree: Tree): unknown {
  switch (kindOf(tree)) {
    case 'text':
      return tree.enum?.[0] ?? rightText(tree, Math.max(tree.min ?? 1, 1))
    case 'whole':
      return tree.min ?? 1
    case 'flag':
      return false
    case 'moment':
      return 0
    case 'list':
      return [rightValue(tree.member ?? tree)]
    case 'structure': {
      const members = Object.entries(tree.members ?? {})
      const needed = members.filter(([, member]) => member.required)
      // One at least: a form cannot write an empty structure.
      const sent = needed.length > 0 ? needed : members.slice(0, 1)
      return Object.fromEntries(sent.map(([name, member]) => [name, rightValue(member)]))
    }
  }
}
