// Programs that want more than they may have, each with what they must come to: an error with its place.

import type { EvaluationInputs } from './policy.ts'

/** A hostile program: its name, its text, and what its error must say, as `line:column: message`. */
export type Hostile = {
  readonly name: string
  readonly text: () => string
  readonly want: RegExp
  readonly inputs: EvaluationInputs
}

const hostile = (
  name: string,
  text: string | (() => string),
  want: RegExp,
  inputs: EvaluationInputs = {},
): Hostile => ({
  name,
  text: typeof text === 'string' ? () => text : text,
  want,
  inputs,
})

const repeated = (text: string, count: number) => () => text.repeat(count)
/** Statements that make a string `s` of `part`, doubled so many times. */
const doubled = (part: string, times: number) => `s = ${part}\nfor range(${times}) as _ { s += s }\n`
const deep = 100_000
const bytes = /values of more than \d+ bytes/
const steps = /more than \d+ steps/
const either = new RegExp(`${bytes.source}|${steps.source}`)
const tooLarge = /the source is too large: more than 900000 words, marks and comments$/
const nested = /nested more than 400 levels deep/

// biome-ignore format: table
const sources: readonly Hostile[] = [
  hostile('a text that is no policy', 'main = rule { a b }', /^1:17: expected `}`, found `b`/),
  hostile('two million characters that are none', repeated('$ ', 1_000_000), /^1:1: unexpected character/),
  hostile('four hundred thousand errors', repeated('= = )\n', 200_000), /^1:1: expected an expression/),
  hostile('many closing braces', repeated('}', 800_000), /^1:1: `}` closes nothing/),
  hostile('more words than a source may have', repeated('a = 1\n', 500_000), tooLarge),
  hostile('more comments than a source may have', repeated('#a\n', 1_000_000), tooLarge),
  hostile('parentheses', () => `${'('.repeat(deep)}1${')'.repeat(deep)}`, nested),
  hostile('open lists', () => `x = ${'['.repeat(deep)}`, nested),
  hostile('maps', () => `x = ${'{"a":'.repeat(deep)}`, nested),
  hostile('blocks', repeated('{', deep), nested),
  hostile('functions', repeated('f = func() {\n', deep), nested),
  hostile('negations', () => `main = ${'not '.repeat(deep)}true`, nested),
  hostile('indexes', () => `a${'[a'.repeat(deep)}`, nested),
  hostile('quantifiers', repeated('all a as b { ', deep), nested),
  hostile('conditions', repeated('if a {', deep), nested),
  hostile('selectors', () => `main = a${'.a'.repeat(deep)}`, /more than 200 selectors and calls in a row/),
  hostile('sixty thousand parameters', () => `${Array.from({ length: 60_000 }, (_, at) => `param p${at}\n`).join('')}main = true`, /^1:1: requires value for parameter p0$/),
  hostile('a parameter a hundred thousand times', repeated('param p\n', 100_000), /^2:7: parameter `p` is declared twice$/),
  hostile('a hundred thousand jumps out of nothing', repeated('break\n', 100_000), /^1:1: `break` stands outside of a loop$/),
  hostile('a hundred thousand escapes that are none', () => `main = "${'\\q'.repeat(100_000)}"`, /^1:9: unknown escape sequence$/),
  hostile('a comment of blanks', () => `#${' '.repeat(300_000)}x\nmain = 1 / 0`, /division by zero$/),
  hostile('a comment of stars', () => `/*${' *'.repeat(300_000)}*/\nmain = 1 / 0`, /division by zero$/),
  hostile('a hundred thousand comments above a rule', () => `${'#\n'.repeat(100_000)}main = rule { 1 / 0 }`, /division by zero$/),
  hostile('a name of eight million letters', () => `main = ${'ж'.repeat(8_000_000)}`, /^1:8: a name of more than 65536 letters$/),
  hostile('a name of fifteen million letters of ASCII', () => `main = a.${'b'.repeat(15_000_000)}`, /^1:10: a name of more than 65536 letters$/),
  hostile('an import of eight million letters', () => `import "${'ж'.repeat(8_000_000)}"\nmain = true`, /^1:1: the path of an import of more than 65536 letters$/),
  hostile('five million signs of another language', () => `main = ${'€'.repeat(5_000_000)}`, /^1:8: unexpected character U\+20AC$/),
  hostile('an integer of a million digits', () => `main = ${'1'.repeat(1_000_000)}`, /^1:8: `1{60}…` does not fit into 64 bits$/),
]

// biome-ignore format: table
const recursions: readonly Hostile[] = [
  hostile('a function that calls itself for ever', 'f = func() { return f() }\nmain = f()', /^1:21: more than 500 nested calls$/),
  hostile('two that call each other', 'f = func() { return 1 + g() }\ng = func() { return [f()] }\nmain = f()', /more than 500 nested calls$/),
  hostile('through an import', 'import "collection"\nf = func(x) { return collection.find([1], f) is 1 }\nmain = f(1)', /more than 500 nested calls$/),
  hostile('a call inside of three hundred lists', () => `f = func(n) { return ${'[1, '.repeat(300)}f(n)${']'.repeat(300)} }\nmain = f(1)`, /^1:1222: more than 500 nested calls$/, { limits: {} }),
  hostile('a rule that needs its own result', 'a = rule { a }\nmain = a', /^1:5: the rule needs its own result$/),
  hostile('two rules that need each other', 'a = rule { b }\nb = rule { a }\nmain = a', /the rule needs its own result$/),
  hostile('a million rules, each of the one before', 'r = rule { 1 }\nfor range(1000000) as x { old = r\nr = rule { x + old } }\nmain = r', either),
]

// biome-ignore format: table
const large: readonly Hostile[] = [
  hostile('a string doubled sixty times', `${doubled('"ab"', 60)}main = s`, bytes),
  hostile('a list doubled sixty times', 'l = [1]\nfor range(60) as _ { l = l + l }\nmain = true', bytes),
  hostile('a range of a thousand million', 'main = range(1000000000)', /^1:8: `range` of more than 10000000 elements$/),
  hostile('ranges', 'l = []\nfor range(1000) as _ { append(l, range(1000000)) }\nmain = l', either),
  hostile('endless appends', 'l = []\nfor range(10000000) as x { append(l, x) }\nmain = true', either),
  hostile('endless maps', 'l = []\nfor range(10000000) as x { append(l, {"a": {}}) }\nmain = true', either),
  hostile('endless functions', 'l = []\nfor range(10000000) as x { append(l, func() { return x }) }\nmain = true', either),
  hostile('endless keys', 'm = {}\nfor range(10000000) as x { m["k" + string(x)] = x }\nmain = true', either),
  hostile('endless floats', 'main = map range(9000000) as x { x * 1.5 }', either),
  hostile('replace', `import "strings"\n${doubled('"a"', 22)}main = strings.replace(s, "a", "${'b'.repeat(200)}")`, bytes),
  hostile('replace at each character', `import "strings"\n${doubled('"é"', 22)}main = strings.replace(s, "", "${'b'.repeat(200)}")`, bytes),
  hostile('replace of nothing', `import "strings"\n${doubled('"a"', 25)}main = strings.replace(s, "", "bb")`, bytes),
  hostile('replace of nothing beyond ASCII', `import "strings"\n${doubled('"é"', 25)}main = strings.replace(s, "", "b")`, bytes),
  hostile('replace of most of it', `import "strings"\n${doubled('"ab"', 24)}t = strings.replace(s, "a", "cc")\nmain = strings.replace(t, "b", "cc")`, bytes),
  hostile('capitals beyond ASCII', `import "strings"\n${doubled('"é"', 24)}main = strings.to_upper(s) + strings.to_upper(s)`, either),
  hostile('trim', `import "strings"\n${doubled('"a"', 26)}main = strings.trim(s, "a")`, either),
  hostile('trim of every character there is', `import "strings"\n${doubled('"é"', 24)}main = strings.trim(s, s + s)`, either),
  hostile('trim of two million letters beyond ASCII', `import "strings"\n${doubled('"éü"', 23)}main = strings.trim_left(s, s)`, either),
  hostile('split', `import "strings"\n${doubled('"a,"', 23)}main = strings.split(s, ",")`, either),
  hostile('join', `import "strings"\n${doubled('"a"', 24)}main = strings.join([s, s, s, s, s, s, s, s, s, s, s], s)`, either),
  hostile('base64', `import "base64"\n${doubled('"a"', 25)}l = []\nfor range(10) as _ { append(l, base64.encode(s)) }\nmain = l`, bytes),
  hostile('base64 with other letters', `import "base64"\n${doubled('"\\xff"', 25)}main = base64.urlencode(s + s)`, bytes),
  hostile('base64 with line breaks', `import "base64"\n${doubled('"aaa\\n"', 23)}main = base64.decode(s) + base64.decode(s) + base64.decode(s)`, bytes),
  hostile('base64 of other letters', `import "base64"\n${doubled('"_-_-"', 24)}main = base64.urldecode(s) + base64.urldecode(s)`, bytes),
  hostile('json.unmarshal of lists', `import "json"\n${doubled('"[],"', 22)}main = json.unmarshal("[" + s + "1]")`, bytes),
  hostile('json.unmarshal of maps', `import "json"\n${doubled('"{},"', 22)}main = json.unmarshal("[" + s + "1]")`, bytes),
  hostile('json.unmarshal of brackets', `import "json"\n${doubled('"["', 17)}main = json.unmarshal(s)`, /invalid JSON at byte 1001$/),
  hostile('json.marshal', `import "json"\n${doubled('"\\x00"', 24)}main = json.marshal([s, s])`, bytes),
  hostile('sort', 'import "collection/lists" as lists\nmain = lists.sort(range(5000000), func(a, b) { return b - a })', either),
  hostile('a filter that keeps everything', 'main = filter range(9000000) as x { true }', either),
  hostile('a filter of a map that keeps everything', 'm = {}\nfor range(1000000) as x { m[x] = x }\nl = []\nfor range(50) as _ { append(l, filter m as k, v { true }) }\nmain = l', either),
  hostile('collection.filter that keeps everything', 'import "collection"\nmain = collection.filter(range(9000000), func(x) { return true })', either),
  hostile('collection.reject that keeps everything, often', 'import "collection"\nl = []\nfor range(99) as _ { append(l, collection.reject(range(200000), func(x) { return false })) }\nmain = l', either),
  hostile('decimal powers', 'import "decimal"\nfor range(1000000) as _ { x = decimal.new("1.0000001").power("999999") }\nmain = true', steps),
  hostile('a decimal that is too long', `import "decimal"\n${doubled('"9"', 20)}main = decimal.new(s)`, /a decimal number of more than 4096 bytes$/),
  hostile('quadratic membership', 'l = range(1000000)\nmain = all l as x { x in l }', steps),
  hostile('what is shared, printed', 'l = [1]\nfor range(40) as _ { l = [l, l] }\nprint(l)\nmain = true', either),
  hostile('what is shared, as the result', 'l = [1]\nfor range(40) as _ { l = [l, l] }\nmain = l', either),
  hostile('what is shared, matched', 'import "collection"\nm = {}\nfor range(100) as _ { m = {"a": m, "b": m} }\nmain = collection.matches([m], m)', steps),
  hostile('what is shared, compared', 'm = {}\nn = {}\nfor range(100) as _ { m = {"a": m, "b": m}\nn = {"a": n, "b": n} }\nmain = m is n', steps),
  hostile('more output than there may be', `${doubled('"a"', 21)}for range(10) as _ { print(s) }\nmain = true`, /more than 4194304 bytes printed$/),
]

// biome-ignore format: table
const others: readonly Hostile[] = [
  hostile('division by zero', 'x = 0\nmain = 1 / x', /^2:8: division by zero$/),
  hostile('an unknown import', 'import "nonsense"\nmain = true', /^1:1: unknown import `nonsense`$/),
  hostile('a list that holds itself, printed', 'l = []\nappend(l, l)\nprint(l)\nmain = true', /^3:1: cannot print values that nest more than 1000 levels deep$/),
  hostile('a map that holds itself, compared', 'm = {}\nm["m"] = m\nmain = m is m', /^3:8: cannot compare values that nest/),
  hostile('a list that holds itself, as the result', 'l = []\nappend(l, l)\nmain = l', /^3:1: the result nests more than 1000 levels deep$/),
  hostile('a map that holds itself, matched', 'import "collection"\nm = {}\nm["m"] = m\nmain = collection.matches([m], m)', /cannot compare values that nest/),
  hostile('a path of half a million parts', `import "collection/maps" as maps\nm = {}\nm["m"] = m\n${doubled('"m."', 18)}main = maps.get(m, s + "m")`, /a path of more than 1000 parts/),
  hostile('a list deeper than can be compared', 'l = []\nm = []\nfor range(20000) as _ { l = [l]\nm = [m] }\nmain = l is m', /cannot compare values that nest/),
  hostile('a regular expression of two million states', 'main = "aaaaaaaaaa" matches "((a{1,100}){1,100}){1,100}"', /not a regular expression: .*invalid repeat count/),
  hostile('endless regular expressions', 'for range(1000000) as x { y = "a" matches "[a-z0-9]{10,100}" + string(x) }\nmain = true', either),
  hostile('a regular expression of 128 KB', `${doubled('"ab"', 16)}main = "a" matches s`, /a regular expression of more than 65536 bytes$/),
  hostile('a regular expression of twenty thousand classes', () => `main = "a" matches "${'\\\\pL'.repeat(20_000)}"`, /^1:8: values of more than \d+ bytes$/),
  hostile('a choice of twenty thousand classes', () => `main = "a" matches "${'\\\\pL|'.repeat(16_000)}b"`, /^1:8: values of more than \d+ bytes$/),
  hostile('wide ranges whose cases do not count', () => `main = "a" matches "(?i)${'[\\\\x{42}-\\\\x{1e940}]'.repeat(2400)}"`, /^1:8: more than \d+ steps$/),
  hostile('wide ranges whose cases do not count, as letters', () => `main = "a" matches "(?i)${'[B-𞤿]'.repeat(6000)}"`, /^1:8: more than \d+ steps$/),
  hostile('a thousand paths of thousands of letters, left out', `import "collection/maps" as maps\n${doubled('"a."', 15)}main = maps.omit({"a": 1}, map range(65536) as _ { s })`, /a path of more than 1000 parts/),
  hostile('sixty thousand paths of many parts, left out', `import "collection/maps" as maps\n${doubled('"a."', 9)}main = maps.omit({"a": 1}, map range(65536) as _ { s })`, either),
  hostile('sixty thousand paths of many parts, picked', `import "collection/maps" as maps\n${doubled('"a."', 9)}main = maps.pick({"a": 1}, map range(65536) as _ { s })`, either),
  hostile('many paths for many entries', 'import "collection/maps" as maps\nm = {}\nfor range(100000) as x { m["k" + string(x)] = x }\np = map range(60000) as x { "k" + string(x) + "." + string(x) }\nfor range(1000) as _ { q = maps.pick(m, p) }\nmain = true', either),
  hostile('a constraint of a million blanks', `import "version"\n${doubled('" "', 20)}main = version.new("1.0.0").satisfies(">" + s + "x")`, /a version constraint of more than 256 bytes$/),
  hostile('a million constraints', `import "version"\n${doubled('">1,"', 20)}main = version.new("1.0.0").satisfies(s + ">1")`, /more than 100 version constraints in one text$/),
  hostile('json.marshal of a long text in a thousand lists', `import "json"\n${doubled('"a"', 20)}for range(900) as _ { s = [s] }\nl = []\nfor range(100) as _ { append(l, json.marshal(s)) }\nmain = l`, either),
  hostile('a part of many thousand letters that is nowhere', `${doubled('"a"', 22)}t = s[:1000000] + "b" + s[:1000000]\nmain = all range(1000) as _ { s not contains t }`, either),
  hostile('a separator of many thousand letters', `import "strings"\n${doubled('"a"', 22)}t = s[:1000000] + "b" + s[:1000000]\nl = []\nfor range(1000) as _ { append(l, strings.split(s, t)) }\nmain = l`, either),
  hostile('many thousand letters, replaced', `import "strings"\n${doubled('"a"', 22)}t = s[:1000000] + "b" + s[:1000000]\nl = []\nfor range(1000) as _ { append(l, strings.replace(s, t, "c")) }\nmain = l`, either),
  hostile('long texts, compared again and again', `${doubled('"a"', 24)}t = s[1:]\ns = s[:16777215]\nfor range(10000000) as _ { if compare(s, t) is not 0 { break } }\nmain = "never"`, either),
  hostile('a long key, looked for again and again', `${doubled('"a"', 24)}t = s[1:]\nm = {s[:16777215]: 1}\nfor range(10000000) as _ { if m[t] is not 1 { break } }\nmain = "never"`, either),
  hostile('a long key, given again and again', `${doubled('"a"', 24)}t = s[1:]\nm = {s[:16777215]: 1}\nfor range(10000000) as _ { m[t] = 1 }\nmain = "never"`, either),
  hostile('a long key in a map, again and again', `${doubled('"a"', 24)}t = s[1:]\nm = {s[:16777215]: 1}\nfor range(10000000) as _ { if t not in m { break } }\nmain = "never"`, either),
  hostile('sums of long texts, kept', `${doubled('"a"', 22)}l = []\nfor range(1000) as _ { append(l, s + s) }\nmain = all l as x { x contains "b" }`, either),
  hostile('an error that says very much', `${doubled('"é"', 20)}error(s)\nmain = true`, /^3:1: é{2000}…$/),
  hostile('a long text for a large expression', `${doubled('"aé"', 22)}main = s matches "(a|é|aé.?){1,20}$"`, either),
]

/** All of them. */
export const hostilePrograms: readonly Hostile[] = [...sources, ...recursions, ...large, ...others]
