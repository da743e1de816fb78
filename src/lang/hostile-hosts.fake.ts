// Data of hosts, modules and static imports, with policies that want more of it than they may have. Each says what comes of
// it, in both evaluators. The makers of inputs stand by themselves: their text is handed to a process of its own.

import type { EvaluationInputs } from './policy.ts'

/** A policy with what its host gives; `n` is how much, a million in earnest. */
export type HostileHost = {
  readonly name: string
  readonly text: string
  readonly inputs: (n: number) => EvaluationInputs
  /** The status, or the message of the error. */
  readonly want: RegExp
}

const bytes = /^values of more than \d+ bytes$|: values of more than \d+ bytes$/
const either = /values of more than \d+ bytes$|more than \d+ steps$/
const passes = /^pass$/

const host = (
  name: string,
  text: string,
  inputs: HostileHost['inputs'],
  want: RegExp = passes,
): HostileHost => ({ name, text, inputs, want })

// biome-ignore format: table
const globals: readonly HostileHost[] = [
  host('objects, of which a field is read', 'main = all big as x { x.a > -1 }', (n) => ({ globals: { big: Array.from({ length: n }, (_, a) => ({ a })) } })),
  host('objects, of which four fields are read', 'main = all big as x { x.a > -1 and x.a < 10000000 and x.a is not "b" and x.b is not defined }', (n) => ({ globals: { big: Array.from({ length: n }, (_, a) => ({ a })) } })),
  host('objects in objects', 'main = all big as x { x.a.b.c > -1 }', (n) => ({ globals: { big: Array.from({ length: n }, (_, c) => ({ a: { b: { c } } })) } }), bytes),
  host('objects, kept', 'main = length(filter big as x { x.a > -1 }) > 0', (n) => ({ globals: { big: Array.from({ length: 2 * n }, (_, a) => ({ a })) } }), bytes),
  host('objects, appended', 'l = []\nfor big as x { append(l, x) }\nmain = true', (n) => ({ globals: { big: Array.from({ length: 2 * n }, (_, a) => ({ a })) } }), bytes),
  host('objects, all compared', 'main = big is also', (n) => ({ globals: { big: Array.from({ length: n }, (_, a) => ({ a })), also: Array.from({ length: n }, (_, a) => ({ a })) } }), bytes),
  host('objects, printed', 'print(big)\nmain = true', (n) => ({ globals: { big: Array.from({ length: n }, (_, a) => ({ a })) } }), /bytes/),
  host('objects, as the result', 'main = big', (n) => ({ globals: { big: Array.from({ length: n }, (_, a) => ({ a })) } }), bytes),
  host('objects, marshalled', 'import "json"\nmain = json.marshal(big) is "x"', (n) => ({ globals: { big: Array.from({ length: n }, (_, a) => ({ a })) } }), either),
  host('objects, sorted', 'import "collection/lists" as lists\nmain = length(lists.sort(big, func(a, b) { return b.a - a.a })) > 0', (n) => ({ globals: { big: Array.from({ length: n }, (_, a) => ({ a })) } }), either),
  host('floats', 'main = all big as x { x > -1 }', (n) => ({ globals: { big: Array.from({ length: n }, (_, a) => a + 0.5) } })),
  host('floats, listed', 'main = length(big + big) > 0', (n) => ({ globals: { big: Array.from({ length: 3 * n }, (_, a) => a + 0.5) } }), either),
  host('texts beyond ASCII', 'main = any big as x { x is "q" }', (n) => ({ globals: { big: Array.from({ length: n }, (_, a) => `é${a}`) } }), /^fail$|bytes$/),
  host('long texts beyond ASCII that nobody looks at', 'main = all big as x { true }', (n) => ({ globals: { big: Array.from({ length: 100 }, () => 'é'.repeat(n / 100)) } })),
  host('long texts beyond ASCII, far more of them', 'main = all big as x { all more as y { true } }', (n) => ({ globals: { big: Array.from({ length: 1000 }, (_, a) => a), more: Array.from({ length: 100 }, () => 'é'.repeat(n / 100)) } }), bytes),
  host('one text beyond ASCII that nobody needs', 'main = a is defined or b is defined', (n) => ({ globals: { a: 'é'.repeat(20 * n), b: 'ü'.repeat(100 * n) } })),
  host('one text beyond ASCII, defined or not', 'main = a is defined and b is defined and c is defined', (n) => ({ globals: { a: 'é'.repeat(30 * n), b: 'ü'.repeat(30 * n), c: 'ä'.repeat(30 * n) } }), bytes),
  host('one text beyond ASCII, by its bytes', 'main = all range(1000) as i { big[i] is defined }', (n) => ({ globals: { big: 'é'.repeat(20 * n) } })),
  host('a text in a field, matched again and again', 'main = all range(10000) as i { m.big not matches "zz" }', (n) => ({ globals: { m: { big: 'é'.repeat(n) } } }), either),
  host('a map of a million keys', 'main = "k5" in big and length(big) > 4 and big.k7 is 7', (n) => ({ globals: { big: Object.fromEntries(Array.from({ length: n }, (_, a) => [`k${a}`, a])) } })),
  host('a map of a million keys, gone through', 'main = all big as k, v { v > -1 }', (n) => ({ globals: { big: Object.fromEntries(Array.from({ length: n }, (_, a) => [`k${a}`, a])) } })),
  host('a map of a million keys beyond ASCII', 'main = all big as k { k is not "q" }', (n) => ({ globals: { big: Object.fromEntries(Array.from({ length: n }, (_, a) => [`é${a}`, a])) } }), /^pass$|bytes$/),
  host('a Map of numbers', 'main = big[5] is 5 and big[77] is 77', (n) => ({ globals: { big: new Map(Array.from({ length: n }, (_, a) => [a, a])) } })),
  host('a Map of a million lists', 'main = all big as k, v { v[0] is k }', (n) => ({ globals: { big: new Map(Array.from({ length: n }, (_, a) => [a, [a]])) } }), bytes),
  host('lists that nest two hundred thousand deep, compared', 'main = d is e', (n) => { const deep = () => { let d: unknown = 1; for (let i = 0; i < n / 5; i++) d = [d]; return d }; return { globals: { d: deep(), e: deep() } } }, /nest more than 1000 levels deep$/),
  host('lists that nest two hundred thousand deep, walked down', 'for range(1000000) as _ { d = d[0] }\nmain = d is 1', (n) => { let d: unknown = 1; for (let i = 0; i < n / 5; i++) d = [d]; return { globals: { d } } }, /int has no elements$|bytes$/),
  host('an object that holds itself', 'for range(2000000) as _ { d = d.d }\nmain = true', (n) => { const d: Record<string, unknown> = { n }; d.d = d; return { globals: { d } } }, bytes),
  host('a parameter that is large', 'param big\nmain = all big as x { all x as y { y > -1 } }', (n) => ({ params: { big: Array.from({ length: n }, (_, a) => [a]) } })),
  host('closures around host values', 'l = []\nfor big as x { append(l, func() { return x.a }) }\nmain = l[3]() is 3', (n) => ({ globals: { big: Array.from({ length: n }, (_, a) => ({ a })) } }), bytes),
]

// biome-ignore format: table
const imported: readonly HostileHost[] = [
  host('copies of what a module has', 'import "m"\nl = []\nfor range(250) as i { x = m.big\ny = x[0]\nappend(l, x) }\nmain = true', (n) => ({ modules: { m: `big = range(${n})` } })),
  host('copies of what a module has, gone through', 'import "m"\nl = []\nfor range(250) as i { x = m.big\nfor x as y { }\nappend(l, x) }\nmain = true', (n) => ({ modules: { m: `big = range(${n})` } }), bytes),
  host('copies of what a module has, changed', 'import "m"\nl = []\nfor range(250) as i { x = m.big\nx[0] = 1\nappend(l, x) }\nmain = true', (n) => ({ modules: { m: `big = range(${n})` } }), bytes),
  host('copies of maps of a module', 'import "m"\nl = []\nfor range(250) as i { x = m.big\nx["a"] = 1\nappend(l, x) }\nmain = true', (n) => ({ modules: { m: `big = {}\nfor range(${n / 10}) as i { big[i] = [i] }` } }), bytes),
  host('copies of what a module with a function has', 'import "m"\nl = []\nfor range(120) as i { append(l, m.big) }\nmain = true', (n) => ({ modules: { m: `big = {}\nfor range(${n / 10}) as i { big[i] = i }\nf = func() { return 1 }` } }), bytes),
  host('copies of lists that a module with a function has', 'import "m"\nl = []\nfor range(120) as i { append(l, m.big) }\nmain = true', (n) => ({ modules: { m: `big = map range(${n / 10}) as i { [i] }\nf = func() { return 1 }` } }), bytes),
  host('copies through two modules', 'import "m"\nl = []\nfor range(250) as i { x = m.big\nfor x as y { }\nappend(l, x) }\nmain = true', (n) => ({ modules: { m: 'import "k"\nbig = k.big', k: `big = range(${n})` } }), bytes),
  host('what a function of a module gives, again and again', 'import "m"\nl = []\nfor range(1000000) as i { append(l, m.f()) }\nmain = true', () => ({ modules: { m: 'import "k"\nf = func() { return k.big }', k: 'big = [[1], [2]]' } }), bytes),
  host('copies of data', 'import "d"\nl = []\nfor range(2500) as i { x = d.big\ny = x[0]\nappend(l, x) }\nmain = true', (n) => ({ data: { d: { big: Array.from({ length: n }, (_, a) => a) } } })),
  host('copies of data, gone through', 'import "d"\nl = []\nfor range(2500) as i { x = d.big\nfor x as y { }\nappend(l, x) }\nmain = true', (n) => ({ data: { d: { big: Array.from({ length: n / 20 }, (_, a) => [a]) } } }), bytes),
  host('copies of data, sliced', 'import "d"\nl = []\nfor range(2500) as i { append(l, d.big[1:]) }\nmain = true', (n) => ({ data: { d: { big: Array.from({ length: n / 20 }, (_, a) => [a]) } } }), bytes),
  host('copies of data, added up', 'import "d"\nl = []\nfor range(2500) as i { l = l + d.big }\nmain = true', (n) => ({ data: { d: { big: Array.from({ length: n / 20 }, (_, a) => [a]) } } }), bytes),
  host('copies of copies', 'import "d"\nx = d.big\nl = []\nfor range(2000000) as i { append(x, d.big) }\nmain = true', () => ({ data: { d: { big: [[1]] } } }), bytes),
  host('data, found again and again', 'import "d"\nimport "collection"\nfor range(3000) as i { collection.find(d.big, func(x) { return true }) }\nmain = true', (n) => ({ data: { d: { big: Object.fromEntries(Array.from({ length: n / 3 }, (_, a) => [`k${a}`, a])) } } }), bytes),
  host('a map, found in again and again', 'import "collection"\nm = {}\nfor range(30000) as i { m[i] = i }\nfor range(3000) as i { collection.find(m, func(x) { return true }) }\nmain = true', () => ({}), either),
  host('headers that are copied', 'import "http"\nr = http.request("http://a")\nfor range(1500) as i { r = r.with_header(string(i), "") }\nl = []\nfor range(20000) as i { append(l, r.with_body("")) }\nmain = true', () => ({ http: true }), bytes),
  host('a body that is asked about again and again', 'import "http"\nb = "\\x01"\nfor range(22) as i { b = b + b }\nr = http.request("http://a").with_body(b)\nfor range(2000) as i { x = http.post(r) }\nmain = true', () => ({ http: true }), /^need$|bytes$/),
  host('answers that are large', 'import "http"\nfor range(60) as i { x = http.get("http://a/" + string(i)) }\nmain = true', (n) => ({ http: true, answers: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [JSON.stringify(['http', { import: 'http', method: 'GET', url: `http://a/${i}`, headers: [['Accept', '*/*']], body: '', timeoutSeconds: 10, retries: 1, verifiesCertificates: true }]), { value: { status_code: 200, headers: {}, body: 'a'.repeat(4 * n) } }])) }), bytes),
  host('powers of nothing', 'import "decimal"\nz = decimal.new("0E-1000000")\no = decimal.new("2")\nfor range(25000) as i { o.power(z) }\nmain = true', () => ({}), either),
]

// biome-ignore format: table
const traced: readonly HostileHost[] = [
  host('six hundred rules of one long text', `b = "\\xff"\nfor range(20) as i { b = b + b }\n${Array.from({ length: 600 }, (_, at) => `r${at} = rule { b }\n`).join('')}main = rule { ${Array.from({ length: 600 }, (_, at) => `r${at} is defined`).join(' and ')} }`, () => ({})),
  host('a thousand rules of one map', `m = {}\nfor range(n) as i { m[string(i)] = "\\x00\\xff" }\n${Array.from({ length: 1000 }, (_, at) => `r${at} = rule { m }\n`).join('')}main = rule { ${Array.from({ length: 1000 }, (_, at) => `r${at} is defined`).join(' and ')} }`, (n) => ({ globals: { n: n / 10 } })),
  host('a thousand rules of host data', `${Array.from({ length: 1000 }, (_, at) => `r${at} = rule { big }\n`).join('')}main = rule { ${Array.from({ length: 1000 }, (_, at) => `r${at} is defined`).join(' and ')} }`, (n) => ({ globals: { big: Array.from({ length: n / 10 }, (_, a) => ({ a })) } })),
  host('a rule of a long key', 'm = {}\nb = "\\xff"\nfor range(20) as i { b = b + b }\nm[b] = b\nr = rule { m }\nmain = rule { r is defined }', () => ({})),
]

/** All of them. */
export const hostileHosts: readonly HostileHost[] = [...globals, ...imported, ...traced]
