// Configurations, cases, mocks and data that want more than they may have, each with the command that reads them and
// what must be said: an error with its place, or a result where there is nothing to forbid.

/** Files of a folder, and a command in it. */
export type HostileProject = {
  readonly name: string
  readonly args: readonly string[]
  readonly files: () => Readonly<Record<string, string>>
  /** What must stand in what it prints. */
  readonly want: RegExp
}

const many = (count: number, make: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => make(at)).join('')
const project = (
  name: string,
  args: string,
  want: RegExp,
  files: () => Readonly<Record<string, string>>,
): HostileProject => ({ name, args: args.split(' '), want, files })

const main = 'main = rule { true }\n'
const policy = { 'p.sentinel': main }
const mebibyte = 1024 * 1024
const mark = /\.(?:hcl|json|sentinel):\d+:\d+: error: /
const together = /too large together/
const passes = /Pass - |PASS - /
const either =
  /:\d+:\d+: error: (?:error calling function "[^"]*": )?(?:values of more than \d+ bytes|more than \d+ (?:steps|ms))/
const nestedJson = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const apply = 'apply -config=sentinel.hcl'
const one = 'policy "p" { source = "./p.sentinel" }\n'
/** The mock of a million values, as a module. */
const bigMock = (values: number) => `x = [${many(values, (at) => `${at},`)}]\n`

// biome-ignore format: table
const configurations: readonly HostileProject[] = [
  project('stray lines', apply, /sentinel\.hcl:1:1: error: `a0` must be a block/, () => ({ ...policy, 'sentinel.hcl': many(190_000, (at) => `a${at} = 1\n`) })),
  project('stray lines, as JSON', `${apply} -json`, /`a0` must be a block/, () => ({ ...policy, 'sentinel.hcl': many(190_000, (at) => `a${at} = 1\n`) })),
  project('parameters without a value', apply, /error: `param` needs `value`/, () => ({ ...policy, 'sentinel.hcl': many(65_000, (at) => `param "p${at}" {}\n`) })),
  project('unknown blocks', apply, /unknown block `parm`/, () => ({ ...policy, 'sentinel.hcl': many(90_000, () => 'parm {}\n') })),
  project('unknown attributes', apply, /unknown attribute/, () => ({ ...policy, 'sentinel.hcl': `param "a" {\n${many(190_000, (at) => `valu${at} = 1\n`)}}\n` })),
  project('one name, given again and again', apply, /is given twice/, () => ({ ...policy, 'sentinel.hcl': many(60_000, () => 'param "a" { value = 1 }\n') })),
  project('attributes given twice', apply, /is given twice/, () => ({ ...policy, 'sentinel.hcl': many(190_000, () => 'a = 1\n') })),
  project('keys given twice', apply, /is given twice: this one counts/, () => ({ ...policy, 'sentinel.hcl': `${one}param "a" {\n value = {\n${many(190_000, () => 'a = 1\n')}}\n}\n` })),
  project('sixteen million blanks', apply, /there is no policy/, () => ({ ...policy, 'sentinel.hcl': ' '.repeat(15 * mebibyte) })),
  project('sixteen million line breaks, then a mistake', apply, mark, () => ({ ...policy, 'sentinel.hcl': `${'\n'.repeat(15 * mebibyte)}${many(200, () => 'a = b\n')}` })),
  project('an open string of many letters', apply, mark, () => ({ ...policy, 'sentinel.hcl': `a = "${'x'.repeat(15 * mebibyte)}` })),
  project('strings with a mistake before them', apply, mark, () => ({ ...policy, 'sentinel.hcl': many(1000, () => `a = b "${'x'.repeat(15_000)}"\n`) })),
  project('a mistake before a long string', apply, mark, () => ({ ...policy, 'sentinel.hcl': `a = (b "${'x'.repeat(15 * mebibyte)}"\n` })),
  project('brackets', apply, /nest more than 250 deep/, () => ({ ...policy, 'sentinel.hcl': `a = ${'['.repeat(8 * mebibyte)}` })),
  project('blocks in blocks', apply, /nest more than 250 deep/, () => ({ ...policy, 'sentinel.hcl': 'a {\n'.repeat(3 * mebibyte) })),
  project('escapes', apply, mark, () => ({ ...policy, 'sentinel.hcl': `param "a" { value = "${'\\n'.repeat(7 * mebibyte)}" }\nx\n` })),
  project('templates', apply, /templates are not evaluated/, () => ({ ...policy, 'sentinel.hcl': `param "a" { value = "${`${'$'}{a}`.repeat(3 * mebibyte)}" }\n` })),
  project('a heredoc of blanks and signs', apply, mark, () => ({ ...policy, 'sentinel.hcl': `param "a" { value = <<-EOT\n${' '.repeat(7 * mebibyte)}${'$'.repeat(7 * mebibyte)}\n  EOT\n}\nx\n` })),
  project('digits', apply, mark, () => ({ ...policy, 'sentinel.hcl': `param "a" { value = ${'1'.repeat(15 * mebibyte)}x }\n` })),
  project('a name of seven million letters', apply, /a name of more than 65536 letters/, () => ({ ...policy, 'sentinel.hcl': `${'ж'.repeat(7_000_000)} = 1\n` })),
  project('a heredoc of a word of seven million letters', apply, /a name of more than 65536 letters/, () => ({ ...policy, 'sentinel.hcl': `a = <<${'ж'.repeat(7_000_000)}\n` })),
  project('letters where the line should end', apply, /expected the end of the line, found/, () => ({ ...policy, 'sentinel.hcl': `a = 1 ${'ж'.repeat(7_000_000)}\n` })),
  project('a quoted name of fifteen million letters', apply, /a name of more than 65536 letters/, () => ({ ...policy, 'sentinel.hcl': `"${'a'.repeat(15_000_000)}" = 1\n` })),
  project('a JSON name of fifteen million letters', 'apply -config=c.json p.sentinel', mark, () => ({ ...policy, 'c.json': `{"${'a'.repeat(15_000_000)}": 1}` })),
  project('braces where nothing begins', apply, mark, () => ({ ...policy, 'sentinel.hcl': '{\n'.repeat(7_000_000) })),
  project('brackets where nothing begins', apply, mark, () => ({ ...policy, 'sentinel.hcl': '(['.repeat(7_000_000) })),
  project('labels', apply, mark, () => ({ ...policy, 'sentinel.hcl': `a ${'b '.repeat(7 * mebibyte)}` })),
  project('names that are nearly known', apply, /unknown block/, () => ({ ...policy, 'sentinel.hcl': many(90_000, (at) => `paramm${at} {}\n`) })),
  project('a hundred thousand policies', apply, mark, () => ({ ...policy, 'sentinel.hcl': many(45_000, (at) => `policy "p${at}" { source = "./p.sentinel" }\n`) })),
  project('policies of one broken file', apply, mark, () => ({ 'p.sentinel': '= = )\n'.repeat(200), 'sentinel.hcl': many(1000, (at) => `policy "p${at}" { source = "./p.sentinel" }\n`) })),
  project('policies that give much', apply, /Fail - p5/, () => ({ 'p.sentinel': 'main = map range(600000) as x { x * 1.5 }', 'sentinel.hcl': many(6, (at) => `policy "p${at}" { source = "./p.sentinel" }\n`) })),
  project('policies that give much, as JSON', `${apply} -json`, /./, () => ({ 'p.sentinel': 'main = map range(600000) as x { x * 1.5 }', 'sentinel.hcl': many(6, (at) => `policy "p${at}" { source = "./p.sentinel" }\n`) })),
  project('policies that take all there is', apply, either, () => ({ 'p.sentinel': 'l = []\nfor range(10000000) as x { append(l, [x]) }\nmain = l', 'sentinel.hcl': many(3, (at) => `policy "p${at}" { source = "./p.sentinel" }\n`) })),
  project('modules of a large text', apply, together, () => ({ ...policy, 'm.sentinel': `#${'x'.repeat(15 * mebibyte)}\n`, ...Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`m${at}.sentinel`, `#${'x'.repeat(15 * mebibyte)}\n`])), 'sentinel.hcl': `${one}${many(20, (at) => `import "module" "m${at}" { source = "./m${at}.sentinel" }\n`)}` })),
  project('modules of many words', apply, /too large/, () => ({ ...policy, ...Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`m${at}.sentinel`, bigMock(200_000)])), 'sentinel.hcl': `${one}${many(10, (at) => `import "module" "m${at}" { source = "./m${at}.sentinel" }\n`)}` })),
  project('static imports of many values', apply, together, () => ({ ...policy, ...Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`d${at}.json`, `[${many(390_000, () => '1,')}1]`])), 'sentinel.hcl': `${one}${many(6, (at) => `import "static" "d${at}" {\n source = "./d${at}.json"\n format = "json"\n}\n`)}` })),
  project('static imports of large texts', apply, together, () => ({ ...policy, ...Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`d${at}.json`, `"${'é'.repeat(7 * mebibyte)}"`])), 'sentinel.hcl': `${one}${many(20, (at) => `import "static" "d${at}" {\n source = "./d${at}.json"\n format = "json"\n}\n`)}` })),
  project('a static import that nests', apply, /nest more than 250 deep/, () => ({ ...policy, 'd.json': nestedJson(5 * mebibyte), 'sentinel.hcl': `${one}import "static" "d" {\n source = "./d.json"\n format = "json"\n}\n` })),
  project('much data and a policy that takes all there is', apply, either, () => ({ 'p.sentinel': 'import "d"\nl = []\nfor range(10000000) as x { append(l, [x]) }\nmain = l', 'd.json': `[${many(120_000, (at) => `{"a": ${at}},`)}1]`, 'sentinel.hcl': `${one}import "static" "d" {\n source = "./d.json"\n format = "json"\n}\n` })),
  project('files of a folder that are large together', 'apply p.sentinel', together, () => ({ ...policy, ...Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`c${at}.hcl`, `param "p${at}" {\n value = [${many(380_000, () => '1,')}]\n}\n`])) })),
  project('twenty thousand parameters, overridden', 'apply p.sentinel', passes, () => ({ ...policy, 'a.hcl': many(20_000, (at) => `param "p${at}" { value = 1 }\n`), 'z_override.hcl': many(20_000, (at) => `param "p${at}" { value = 2 }\n`) })),
  project('overrides of nothing', 'apply p.sentinel', /to override/, () => ({ ...policy, 'a.hcl': 'param "p" { value = 1 }\n', 'z_override.hcl': many(60_000, (at) => `param "p${at}" { value = 2 }\n`) })),
  project('a mistake in many overrides', 'apply p.sentinel', mark, () => ({ ...policy, 'a.hcl': 'param "p" { value = 1 }\n', ...Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`z${at}_override.hcl`, 'a = b\n'.repeat(1000)])) })),
  project('the older JSON of many names', 'apply -config=c.json p.sentinel', mark, () => ({ ...policy, 'c.json': `{"test": {"main": true}, ${many(150_000, (at) => `"x${at}": 1, `)}"y": 1}` })),
  project('the older JSON of many values that are no objects', 'apply -config=c.json p.sentinel', mark, () => ({ ...policy, 'c.json': `{"modules": {}, "mock": [${many(190_000, () => '1,')}1]}` })),
]

/** A case of `sentinel test`, with the policy that it is for. */
const testCase = (
  name: string,
  want: RegExp,
  files: () => Readonly<Record<string, string>>,
  args = 'test p.sentinel',
) => project(name, args, want, () => ({ 'p.sentinel': main, ...files() }))

// biome-ignore format: table
const cases: readonly HostileProject[] = [
  testCase('a case of stray lines', /must be a block/, () => ({ 'test/p/a.hcl': many(190_000, (at) => `a${at} = 1\n`) })),
  testCase('a case of stray lines, as JSON', /must be a block/, () => ({ 'test/p/a.hcl': many(190_000, (at) => `a${at} = 1\n`) }), 'test -json p.sentinel'),
  testCase('expectations of rules that are not there', /expected "r0"/, () => ({ 'test/p/a.hcl': `test {\n rules = {\n${many(190_000, (at) => `r${at} = true\n`)}}\n}\n` })),
  testCase('expectations of many rules', /PASS|FAIL|ERROR/, () => ({ 'p.sentinel': `${many(20_000, (at) => `r${at} = rule { true }\n`)}main = rule { ${Array.from({ length: 20_000 }, (_, at) => `r${at}`).join(' and ')} }\n`, 'test/p/a.hcl': `test {\n rules = {\n${many(20_000, (at) => `r${at} = false\n`)}}\n}\n` })),
  testCase('a rule that gives much and was expected to give else', /expected "r" to be/, () => ({ 'p.sentinel': 'r = rule { map range(500000) as x { x * 1.5 } }\nmain = rule { r is 1 }', 'test/p/a.hcl': 'test {\n rules = { r = 1 }\n}\n' })),
  testCase('a rule that gives a long text and was expected to give else', /expected "r" to be/, () => ({ 'p.sentinel': 's = "\\u0080\\n"\nfor range(22) as _ { s += s }\nr = rule { s }\nmain = rule { r is 1 }', 'test/p/a.hcl': 'test {\n rules = { r = 1 }\n}\n' })),
  testCase('many cases that give much', /expected "r" to be/, () => ({ 'p.sentinel': 'r = rule { map range(300000) as x { x * 1.5 } }\nmain = rule { r is 1 }', ...Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`test/p/a${at}.hcl`, 'test {\n rules = { r = 1 }\n}\n'])) })),
  testCase('many cases that give much, as JSON', /"status"/, () => ({ 'p.sentinel': 'r = rule { map range(300000) as x { x * 1.5 } }\nmain = rule { r is 1 }', ...Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`test/p/a${at}.hcl`, 'test {\n rules = { r = 1 }\n}\n'])) }), 'test -json p.sentinel'),
  testCase('a mock of many values', passes, () => ({ 'p.sentinel': 'import "m"\nmain = rule { m.x[7] is 7 }', 'm.sentinel': bigMock(400_000), 'test/p/a.hcl': 'mock "m" {\n module {\n  source = "../../m.sentinel"\n }\n}\n' })),
  testCase('a mock that is too large', /too large/, () => ({ 'p.sentinel': 'import "m"\nmain = rule { m.x[7] is 7 }', 'm.sentinel': bigMock(600_000), 'test/p/a.hcl': 'mock "m" {\n module {\n  source = "../../m.sentinel"\n }\n}\n' })),
  testCase('a mock that runs for ever', either, () => ({ 'p.sentinel': 'import "m"\nmain = rule { m.x }', 'm.sentinel': 'x = 0\nfor range(10000000) as a { for range(10000000) as b { x += 1 } }\n', 'test/p/a.hcl': 'mock "m" {\n module {\n  source = "../../m.sentinel"\n }\n}\n' })),
  testCase('a mock that takes all there is', either, () => ({ 'p.sentinel': 'import "m"\nmain = rule { m.x }', 'm.sentinel': 'x = []\nfor range(10000000) as a { append(x, {"a": a}) }\n', 'test/p/a.hcl': 'mock "m" {\n module {\n  source = "../../m.sentinel"\n }\n}\n' })),
  testCase('mocks that import one another', /imports itself/, () => ({ 'p.sentinel': 'import "m"\nmain = rule { m.x }', 'm.sentinel': 'import "n"\nx = n.x\n', 'n.sentinel': 'import "m"\nx = m.x\n', 'test/p/a.hcl': 'mock "m" {\n module {\n  source = "../../m.sentinel"\n }\n}\nmock "n" {\n module {\n  source = "../../n.sentinel"\n }\n}\n' })),
  testCase('a mock whose data nests', /nest more than 250 deep/, () => ({ 'p.sentinel': 'import "m"\nmain = rule { m.x }', 'test/p/a.json': `{"mock": {"m": {"data": ${'{"x":'.repeat(mebibyte)}1${'}'.repeat(mebibyte)}}}}` })),
  testCase('mock data of many values, changed', either, () => ({ 'p.sentinel': 'import "m"\nl = []\nfor range(10000000) as x { append(l, m.x) }\nmain = l', 'test/p/a.json': `{"mock": {"m": {"data": {"x": [${many(190_000, () => '{},')}1]}}}}` })),
  testCase('a case with much to print', /p\.sentinel|FAIL/, () => ({ 'p.sentinel': 's = "\\n"\nfor range(21) as _ { s += s }\nprint(s)\nprint(s)\nmain = rule { false }', 'test/p/a.hcl': '' })),
  testCase('a case with much to print, as JSON', /FAIL|ERROR/, () => ({ 'p.sentinel': 's = "\\x01"\nfor range(21) as _ { s += s }\nprint(s)\nmain = rule { false }', 'test/p/a.hcl': '' }), 'test -json p.sentinel'),
  testCase('two thousand cases', /must be a block/, () => ({ ...Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`test/p/a${at}.hcl`, 'x = 1\n'.repeat(20)])) })),
]

/** Policies with a case each, in four threads that run out of their shares all at once. */
const inThreads = (
  name: string,
  want: RegExp,
  text: string,
  more: (at: number) => Readonly<Record<string, string>> = () => ({}),
) =>
  project(`${name} in four threads`, 'test -max-concurrency=4', want, () =>
    Object.fromEntries(
      Array.from({ length: 8 }, (_, at) => at).flatMap((at) =>
        Object.entries({ [`p${at}.sentinel`]: text, [`test/p${at}/a.hcl`]: '', ...more(at) }),
      ),
    ),
  )

// biome-ignore format: table
const threaded: readonly HostileProject[] = [
  inThreads('values', /8 passed/, 'l = map range(400000) as x { [x] }\nmain = rule { length(l) is 400000 }'),
  inThreads('values without end', either, 'l = []\nfor range(10000000) as x { append(l, [x]) }\nmain = l'),
  inThreads('files of fifteen million letters', /8 passed/, `# ${'ж'.repeat(7_500_000)}\n${main}`),
  inThreads('mocks of many values', /8 passed/, 'import "m"\nmain = rule { m.x[7] is 7 }', (at) => ({
    [`test/p${at}/a.hcl`]: 'mock "m" {\n module {\n  source = "m.sentinel"\n }\n}\n', [`test/p${at}/m.sentinel`]: bigMock(400_000) })),
  inThreads('rules that give much', /8 failed/, 'r = rule { map range(300000) as x { x * 1.5 } }\nmain = rule { r is 1 }'),
]

const applied = (name: string, want: RegExp, text: () => string, args = 'apply -trace p.sentinel') =>
  project(name, args, want, () => ({ 'p.sentinel': text() }))
const doubled = (part: string, times: number) => `s = ${part}\nfor range(${times}) as _ { s += s }\n`

// biome-ignore format: table
const shown: readonly HostileProject[] = [
  applied('line breaks, printed', passes, () => `${doubled('"\\n"', 21)}print(s[2:])\nmain = rule { true }`),
  applied('tabs, printed', passes, () => `${doubled('"\\t"', 21)}print(s[2:])\nmain = rule { true }`),
  applied('colours, printed', passes, () => `${doubled('"\\x1b[m"', 20)}print(s)\nmain = rule { true }`),
  applied('a million lines, printed', either, () => 'for range(2000000) as x { print(1) }\nmain = rule { true }'),
  applied('rules of long texts with line breaks', passes, () => `${doubled('"\\n"', 23)}${many(40, (at) => `r${at} = rule { s }\n`)}main = rule { all [${Array.from({ length: 40 }, (_, at) => `r${at}`).join(', ')}] as r { r is s } }`),
  applied('a rule of a long text', passes, () => `${doubled('"\\x1b[m\\n"', 22)}r = rule { s }\nmain = rule { r is s }`),
  applied('a long text as the result', either, () => `${doubled('"a\\n"', 24)}main = s`),
  applied('a long text as the result, as JSON', /Fail|fail|error/, () => `${doubled('"\\x01"', 24)}main = s`, 'apply -json p.sentinel'),
  applied('a long text beyond ASCII as the result, as JSON', /Fail|fail|error/, () => `${doubled('"\\u0085"', 23)}main = s`, 'apply -json p.sentinel'),
  applied('a list of texts as the result, as JSON', /Fail|fail|error/, () => 'main = map range(600000) as x { string(x) }', 'apply -json p.sentinel'),
  applied('lists of lists as the result, as JSON', /Fail|fail|error/, () => 'main = map range(400000) as x { [] }', 'apply -json p.sentinel'),
  applied('a rule, by itself', /./, () => 'r = rule { map range(600000) as x { {"a": x} } }\nmain = rule { r is 1 }', 'apply -json-rule=r p.sentinel'),
  applied('a description of words', passes, () => `#${' a'.repeat(6 * mebibyte)}\n\n#${' b'.repeat(mebibyte)}\nmain = rule { true }\n`),
  applied('a description of lines', passes, () => `${'#\n'.repeat(100_000)}main = rule { true }\n`),
  applied('a hundred thousand rules', passes, () => `${many(60_000, (at) => `r${at} = rule { ${at === 0 ? 'true' : `r${at - 1}`} }\n`)}main = rule { r59999 }\n`),
  applied('an error that quotes much', /error: /, () => `${doubled('"é\\n"', 23)}error(s)\nmain = true`),
  applied('an undefined from far below', /Undefined/, () => `${'\n'.repeat(15 * mebibyte)}main = rule { undefined }\n`),
]

/** All of them. */
export const hostileProjects: readonly HostileProject[] = [...configurations, ...cases, ...threaded, ...shown]
