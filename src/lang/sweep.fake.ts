// Every built-in function, every function and method of every standard import, and every operator, with values of the worst
// shapes. What there is comes from the engine's own tables: a new function is swept by itself.

import { standardImport, standardPaths } from './imports/standard.ts'
import { builtins } from './run/builtins.ts'
import { type Kind, Native } from './run/native.ts'
import { operators } from './run/operators.ts'
import { utc } from './run/zone.ts'
import { Dict } from './values/dict.ts'

/** Something that can be applied to values, with the programs that apply it to hostile ones. */
export type Sweep = { readonly name: string; readonly programs: readonly string[] }

const doubled = (name: string, part: string, times: number) =>
  `${name} = ${part}\nfor range(${times}) as _ { ${name} += ${name} }\n`

// Statements that put something hostile into `s`.
const texts = [
  doubled('s', '"ab"', 24),
  doubled('s', '"é"', 22),
  doubled('s', '"\\xff"', 23),
  doubled('s', '"\\n\\x01"', 22),
  doubled('s', '"a."', 21),
  doubled('s', '" "', 24),
  doubled('s', '"9"', 23),
  // A part that is nearly everywhere.
  `${doubled('t', '"a"', 22)}s = t[:1000000] + "b" + t[:1000000]\n`,
  `${doubled('t', '"[],"', 21)}s = "[" + t + "1]"\n`,
] as const
const lists = [
  's = range(3000000)\n',
  's = map range(500000) as x { "k" + string(x) }\n',
  's = map range(300000) as x { {"a": x} }\n',
  `${doubled('t', '"é"', 20)}s = map range(30) as _ { t }\n`,
  's = []\nfor range(900) as _ { s = [s] }\n',
  's = [1]\nfor range(20) as _ { s = [s, s] }\n',
] as const
const maps = [
  's = {}\nfor range(400000) as x { s["k" + string(x)] = x }\n',
  's = {}\nfor range(300000) as x { s[x * 1.5] = x }\n',
  's = {}\nfor range(900) as _ { s = {"a": s} }\n',
  `${doubled('t', '"é"', 20)}s = {}\nfor range(20) as x { s[t + string(x)] = t }\n`,
] as const

const shapes: Readonly<Record<Kind, readonly string[]>> = {
  any: [...texts, ...lists, ...maps],
  string: texts,
  list: lists,
  map: maps,
  int: [],
  float: [],
  bool: [],
}
const harmless: Readonly<Record<Kind, string>> = {
  any: '"a"',
  string: '"a"',
  int: '1',
  float: '1.5',
  bool: 'true',
  list: '["a"]',
  map: '{"a": 1}',
}
/** What a parameter that takes anything is also given where the hostile value stands elsewhere. */
const others = ['func(x) { return true }', 'func(a, b) { return 1 }', '["a.b"]', '2']

type Call = (values: readonly string[]) => string

/** Programs that call something with hostile values: one at a time, then everywhere; and small ones, kept for ever. */
function calls(head: string, call: Call, kinds: readonly Kind[]): readonly string[] {
  const one = kinds.flatMap((_, at) => callsAt(head, call, kinds, at))
  const isText = (kind: Kind) => kind === 'string' || kind === 'any'
  const all = (text: string) => call(kinds.map((kind) => (isText(kind) ? text : harmless[kind])))
  const everywhere = kinds.length > 1 ? texts.map((shape) => `${head}${shape}main = ${all('s')}\n`) : []
  const kept = `${head}l = []\nfor range(9000000) as i { append(l, ${all('string(i)')}) }\nmain = l\n`
  return [...one, ...everywhere, kept]
}

/** With a hostile value at one place, and others beside it. */
function callsAt(head: string, call: Call, kinds: readonly Kind[], at: number): readonly string[] {
  const kind = kinds[at] ?? 'any'
  const hasOther = kinds.some((other, place) => place !== at && other === 'any')
  const beside = (any: string) =>
    call(kinds.map((other, place) => (place === at ? 's' : other === 'any' ? any : harmless[other])))
  return shapes[kind].flatMap((shape) => {
    const given = hasOther && !isOfText(shape) ? [harmless.any, ...others] : [harmless.any]
    return given.map((any) => `${head}${shape}main = ${beside(any)}\n`)
  })
}

const isOfText = (shape: string) => (texts as readonly string[]).includes(shape)

function kindsOf({ takes: { kinds, most } }: Native): readonly Kind[] {
  const count = Number.isFinite(most) ? Math.max(most, kinds.length) : 2
  return Array.from({ length: count }, (_, at) => kinds[Math.min(at, kinds.length - 1)] ?? 'any')
}

function* ofBuiltins(): Generator<Sweep> {
  for (const [name, native] of builtins) {
    const call = (values: readonly string[]) => `[${name}(${values.join(', ')})]`
    // `append` gives no value: it stands in a function.
    const head = name === 'append' ? 'f = func(a, b) { append(a, b)\nreturn a }\n' : ''
    const made = name === 'append' ? (values: readonly string[]) => `f(${values.join(', ')})` : call
    yield { name, programs: calls(head, made, kindsOf(native)) }
  }
}

/** How a map with methods is made, by the import that makes it. */
const makers: ReadonlyMap<string, string> = new Map([
  ['decimal', 'decimal.new("12345.6789")'],
  ['http', 'http.request("http://a")'],
  ['time', 'time.now'],
  ['version', 'version.new("1.2.3-a+b")'],
])

function* ofImports(): Generator<Sweep> {
  for (const path of standardPaths) {
    const members = membersOf(path)
    const head = `import "${path}" as imported\n`
    for (const [name, member] of members) {
      if (!(member instanceof Native)) continue
      const call = (values: readonly string[]) => `[imported.${name}(${values.join(', ')})]`
      yield { name: `${path}.${name}`, programs: calls(head, call, kindsOf(member)) }
    }
    for (const [maker, methods] of methodsOf(path, members)) {
      for (const [name, method] of methods) {
        if (!(method instanceof Native)) continue
        const call = (values: readonly string[]) => `[(${maker}).${name}(${values.join(', ')})]`
        yield { name: `${path}: ${name}`, programs: calls(head, call, kindsOf(method).slice(1)) }
      }
    }
  }
}

function membersOf(path: string): ReadonlyMap<string, unknown> {
  const imported = standardImport(path, { now: 0n, zone: utc, http: true })
  return imported?.kind === 'table' ? imported.members : new Map()
}

/** The methods of what an import makes: of the maps among its members, and of those that its functions give. */
function* methodsOf(
  path: string,
  members: ReadonlyMap<string, unknown>,
): Generator<readonly [maker: string, methods: ReadonlyMap<string, unknown>]> {
  const seen = new Set<unknown>()
  for (const [name, member] of members) {
    if (!(member instanceof Dict) || member.methods === undefined || seen.has(member.methods)) continue
    seen.add(member.methods)
    yield [`imported.${name}`, member.methods]
  }
  const maker = makers.get(path)?.replace(/^\w+/, 'imported')
  const native = members.get(/^imported\.(\w+)\(/.exec(maker ?? '')?.[1] ?? '')
  if (maker === undefined || !(native instanceof Native)) return
  const made = native.run(nowhere, [/"(.*)"/.exec(maker)?.[1] ?? ''])
  if (made instanceof Dict && made.methods !== undefined && !seen.has(made.methods))
    yield [maker, made.methods]
}

const free = { step: () => {}, pay: () => {} }
const nowhere = { meter: free, now: 0n, print: () => {}, ask: () => undefined } as unknown as Parameters<
  Native['run']
>[0]

const expressions = [
  ...[
    's[1:]',
    's[:1000000]',
    's[0]',
    's["a"]',
    's.a',
    'not s',
    '-s',
    's is empty',
    's is defined',
    's else 1',
  ],
  ...[
    'all s as x { x is s or true }',
    'any s as k, v { v is s }',
    'filter s as x { true }',
    'map s as x { x }',
  ],
  ...[
    'map s as k, v { {k: v} }',
    '[s, s, s]',
    '{"a": s}',
    'rule { s }',
    '[s] + [s]',
    '[s] is [s]',
    '{s: 1}',
    '{}[s]',
  ],
]
const statements = [
  ...[
    'for s as x { y = x }',
    'for s as k, v { y = v }',
    's[0] = 1',
    's["a"] = 1',
    's += s',
    'delete(s, "a")',
  ],
  ...['print(s)', 'error(s)', 'case s { when s: }', 'x = rule { s }\ny = rule { x is s }\nprint(y)'],
  ...[
    'l = []\nfor range(1000000) as i { append(l, s + s) }',
    'l = []\nfor range(1000000) as i { append(l, s[1:]) }',
  ],
  'f = func(x) { x[0] = 1\nreturn x }\nl = []\nfor range(1000) as i { append(l, f(s)) }',
]

function* ofSyntax(): Generator<Sweep> {
  const all = [...texts, ...lists, ...maps]
  const twin = (shape: string) => shape.replace(/\bs\b/g, 'u').replace(/\bt\b/g, 'v')
  for (const operator of [...Object.keys(operators), 'and', 'or', 'xor', 'else']) {
    yield {
      name: `s ${operator} s`,
      programs: all.flatMap((shape) => [
        `${shape}main = s ${operator} s\n`,
        `${shape}${twin(shape)}main = s ${operator} u\n`,
        `${shape}main = s ${operator} "a"\n`,
        `${shape}main = "a" ${operator} s\n`,
        `${shape}main = s ${operator} "(a|b)*c"\n`,
        ...(isOfText(shape)
          ? [`${shape}main = all range(10000000) as i { (s ${operator} s) is not 7 }\n`]
          : []),
      ]),
    }
  }
  for (const one of expressions) yield { name: one, programs: all.map((shape) => `${shape}main = ${one}\n`) }
  for (const one of statements)
    yield { name: one, programs: all.map((shape) => `${shape}${one}\nmain = true\n`) }
}

/** All of them. */
export const sweeps: readonly Sweep[] = [...ofBuiltins(), ...ofImports(), ...ofSyntax()]
