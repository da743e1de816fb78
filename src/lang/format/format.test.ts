import { describe, expect, it } from 'vitest'
import { format } from './format.ts'

function formatted(text: string): string {
  const result = format({ name: 'p.sentinel', text })
  if (result.kind === 'invalid') throw new Error(`${JSON.stringify(result.diagnostics)} in ${text}`)
  return result.text
}

describe('canonical style', () => {
  for (const [name, before, after] of [
    [
      'blanks around operators, none inside brackets',
      'x=[ 1,2 ]+{ "a":f( y,z ) }.a',
      'x = [1, 2] + {"a": f(y, z)}.a\n',
    ],
    ['prefix operators stand tight, `not` apart', 'a = - 1 and ! b or not  c', 'a = -1 and !b or not c\n'],
    ['semicolons become lines', 'a = 1; b = 2;', 'a = 1\nb = 2\n'],
    [
      'tabs indent',
      'func f(a){\n  if a {\n   return 1 } else {\n return 2\n}\n}',
      'func f(a) {\n\tif a {\n\t\treturn 1\n\t} else {\n\t\treturn 2\n\t}\n}\n',
    ],
    [
      'blank lines collapse to one, also beside braces',
      'f = func() {\n\n\n\ta = 1\n\n\n\treturn a\n\n\n}\n\n\n\nb = 1\n\n\n',
      'f = func() {\n\n\ta = 1\n\n\treturn a\n\n}\n\nb = 1\n',
    ],
    ['blank lines at the top go', '\n\n\na = 1', 'a = 1\n'],
    ['carriage returns go', 'a = 1\r\n# c\r\nb = 2\r\n', 'a = 1\n# c\nb = 2\n'],
    [
      'parentheses, literals and spellings stay',
      'a = ((0x0F)) == 072.40 and b is `r`',
      'a = ((0x0F)) == 072.40 and b is `r`\n',
    ],
    [
      'values are aligned',
      'x = {\n"a": 1,\n"long key": 2,\n"b" : {},\n}',
      'x = {\n\t"a":        1,\n\t"long key": 2,\n\t"b":        {},\n}\n',
    ],
    [
      'a value of more than one line parts the columns',
      'x = {\n"a": 1,\n"bbbb": [\n1,\n],\n"cc": 2,\n"ddd": 3,\n}',
      'x = {\n\t"a": 1,\n\t"bbbb": [\n\t\t1,\n\t],\n\t"cc":  2,\n\t"ddd": 3,\n}\n',
    ],
    ['so does a blank line', 'x = {\n"a": 1,\n\n"bbbb": 2,\n}', 'x = {\n\t"a": 1,\n\n\t"bbbb": 2,\n}\n'],
    ['so does a comment', 'x = {\n"a": 1,\n# c\n"bbbb": 2,\n}', 'x = {\n\t"a": 1,\n\t# c\n\t"bbbb": 2,\n}\n'],
    [
      'keys of 20 are small',
      'x = {\n"a": 1,\n"bbbbbbbbbbbbbbbbbb": 2,\n}',
      'x = {\n\t"a":                  1,\n\t"bbbbbbbbbbbbbbbbbb": 2,\n}\n',
    ],
    [
      'a key of 21 next to one of 5 parts the columns',
      'x = {\n"aaa": 1,\n"bbbbbbbbbbbbbbbbbbb": 2,\n}',
      'x = {\n\t"aaa": 1,\n\t"bbbbbbbbbbbbbbbbbbb": 2,\n}\n',
    ],
    [
      'a key of 21 next to one of 6 does not',
      'x = {\n"aaaa": 1,\n"bbbbbbbbbbbbbbbbbbb": 2,\n}',
      'x = {\n\t"aaaa":                1,\n\t"bbbbbbbbbbbbbbbbbbb": 2,\n}\n',
    ],
    [
      'pairs on one line are not aligned',
      'x = [\n{"a": 1, "b": 2},\n{"aaa": 1, "b": 2},\n]',
      'x = [\n\t{"a": 1, "b": 2},\n\t{"aaa": 1, "b": 2},\n]\n',
    ],
    ['assignments are not aligned', 'a = 1\nlong = 2', 'a = 1\nlong = 2\n'],
    ['a needless last comma goes', 'f(1, 2,)', 'f(1, 2)\n'],
    ['the breaks of a list stay', 'f(1, 2,\n3,\n)', 'f(1, 2,\n\t3,\n)\n'],
    [
      'later lines of a chain of operators stand one deeper',
      'a = b and\nc and\nd\ne = f',
      'a = b and\n\tc and\n\td\ne = f\n',
    ],
    ['but not in a rule', 'main = rule {\na and\nb or\nc\n}', 'main = rule {\n\ta and\n\tb or\n\tc\n}\n'],
    [
      'in parentheses in a rule they do',
      'main = rule {\na and\n(b or\nc)\n}',
      'main = rule {\n\ta and\n\t(b or\n\t\tc)\n}\n',
    ],
    ['chains of calls break behind the point', 'a = b.\nc().\nd', 'a = b.\n\tc().\n\td\n'],
    ['an int before a point keeps its distance', 'a = 1   . b', 'a = 1 .b\n'],
    ['an expression below its `=` is indented', 'a =\nb', 'a =\n\tb\n'],
    [
      'one-line quantifiers and functions stay',
      'a = map b as c {c.d}\nf = func() { return 1 }',
      'a = map b as c { c.d }\nf = func() { return 1 }\n',
    ],
    [
      'rules of more lines get lines for their braces',
      'main = rule { a and\nb }',
      'main = rule {\n\ta and\n\tb\n}\n',
    ],
    [
      '`case` clauses stand below `case`',
      'case a {\n  when 1,2:\nb\n  else:\nc\n}',
      'case a {\nwhen 1, 2:\n\tb\nelse:\n\tc\n}\n',
    ],
    [
      'imports keep their names',
      'import  "a"  as a\nimport "b"\nparam c  default [ 1 ]',
      'import "a" as a\nimport "b"\nparam c default [1]\n',
    ],
    ['comments behind lines get one blank', 'a = 1   # b', 'a = 1 # b\n'],
    [
      'comments behind neighbouring lines are aligned',
      'a = 1 # b\nlong = 2 // c',
      'a = 1    # b\nlong = 2 // c\n',
    ],
    [
      'comments keep their text and their depth',
      'f = func() {\n#  a\n\t\treturn 1\n    // b\n}\n   # c',
      'f = func() {\n\t#  a\n\treturn 1\n\t// b\n}\n# c\n',
    ],
    [
      'comments beside braces stay there',
      'f = func() { # a\nreturn 1 # b\n} # c',
      'f = func() { # a\n\treturn 1 # b\n} # c\n',
    ],
    [
      'comments above a clause that they align with stay at its depth',
      'case {\n# one\nwhen a:\n\tb\n# two\nelse:\n\tc\n}',
      'case {\n# one\nwhen a:\n\tb\n# two\nelse:\n\tc\n}\n',
    ],
    ['comments inside of a line stay in it', 'a = f(1 /* b */, 2)', 'a = f(1 /* b */, 2)\n'],
    ['nothing stays nothing', '', '\n'],
    ['only comments', '# a\n\n\n\n# b\n', '# a\n\n# b\n'],
  ] as const) {
    it(name, () => {
      expect(formatted(before)).toBe(after)
      expect(formatted(after)).toBe(after)
    })
  }
})

describe('what takes several lines when it is written, not in the source', () => {
  for (const [name, before, after] of [
    ['a block parts the columns of comments', '{ }# c\nint(1, # c\n)', '{\n} # c\nint(1, # c\n)\n'],
    ['so does a `case`', 'case { }# c\nv6 # c', 'case {\n} # c\nv6 # c\n'],
    [
      'so does a function',
      'func f() { if a { b } } # c\nlong() # d',
      'func f() {\n\tif a {\n\t\tb\n\t}\n} # c\nlong() # d\n',
    ],
    [
      'a comment before a semicolon is one at the end of a line',
      'a() /* c */; long() /* d */',
      'a()    /* c */\nlong() /* d */\n',
    ],
    [
      'a function in a function makes both longer',
      'f = func() { x = func() { if a { b } } }',
      'f = func() {\n\tx = func() {\n\t\tif a {\n\t\t\tb\n\t\t}\n\t}\n}\n',
    ],
    [
      'a function in a rule gives it lines for its braces',
      'main = rule { f(func() { if a { b } }) }',
      'main = rule {\n\tf(func() {\n\t\tif a {\n\t\t\tb\n\t\t}\n\t})\n}\n',
    ],
    [
      'a function in a map has no column behind it',
      'x = {\n"f": func() { if a { b } }, "x": 1,\n"longer": 2,\n}',
      'x = {\n\t"f": func() {\n\t\tif a {\n\t\t\tb\n\t\t}\n\t}, "x": 1,\n\t"longer": 2,\n}\n',
    ],
  ] as const) {
    it(name, () => {
      expect(formatted(before)).toBe(after)
      expect(formatted(after)).toBe(after)
    })
  }

  for (const [name, width, isOneLine] of [
    ['a function of 100 stays on its line', 100, true],
    ['one of 101 does not', 101, false],
  ] as const) {
    const body = (inner: string) => `f = func(){return ${inner}}`
    const inner = `${'a+'.repeat(15)}${'b'.repeat(width - 'func() { return  }'.length - 15 * 4)}`
    const shown = inner.replaceAll('+', ' + ')
    const wanted = isOneLine ? `f = func() { return ${shown} }\n` : `f = func() {\n\treturn ${shown}\n}\n`
    it(name, () => expect(formatted(body(inner))).toBe(wanted))
    it(`${name}, whatever blanks it had`, () =>
      expect(formatted(body(inner.replaceAll('+', '     +    ')))).toBe(wanted))
    it(`${name}, comments counted`, () => {
      const [start, end] = [`${inner.slice(0, -10)}`, '/* ccc */']
      expect(formatted(body(`${start} ${end}`)).split('\n').length).toBe(isOneLine ? 2 : 4)
    })
  }
})

describe('what is long', () => {
  for (const [name, text] of [
    ['a chain of tests', `a = 1\nb = a${' is defined'.repeat(60_000)}\n`],
    ['a chain of tests and comparisons', `a = 1\nb = a${' is defined is true'.repeat(40_000)}\n`],
    ['a comment of millions of lines', `/*${'\n'.repeat(3_000_000)}*/\na = 1\n`],
    ['a comment of lines beside something', `a = 1 /* x\n\n y\n*/\nb = 2\n`],
    ['a wide column of a few lines', `a = "${'x'.repeat(5000)}" # a\nb = 1${' '.repeat(5001)} # b\n`],
  ] as const) {
    it(`${name} stays as it is`, () => expect(formatted(text)).toBe(text))
  }

  it('blanks at the ends of the lines of a comment go', () =>
    expect(formatted('/* a \r\n b\t \n  \n*/ a = 1')).toBe('/* a\n b\n\n*/ a = 1\n'))

  for (const [name, text, place] of [
    [
      'a column of many lines, one of which is wide',
      `a = "${'x'.repeat(20_000)}" # c\n${'b = 1 # c\n'.repeat(2000)}`,
      20_007,
    ],
    ['many lines far in', `${'if a {\n'.repeat(200)}${'b = 1\n'.repeat(100_000)}${'}\n'.repeat(200)}`, 0],
    ['many comments far in', `${'if a {\n'.repeat(200)}${'#\n'.repeat(100_000)}${'}\n'.repeat(200)}`, 0],
  ] as const) {
    it(`${name}: more letters than are ever read are not written`, () => {
      const result = format(text)
      const [problem] = result.kind === 'invalid' ? result.diagnostics : []
      expect(problem?.message).toBe('formatted, the source would have more than 16777216 letters')
      expect(problem?.span.start).toBeGreaterThanOrEqual(place)
      expect(problem?.span.start).toBeLessThan(text.length)
    })
  }
})

describe('what cannot be formatted', () => {
  it('is said, and there is no text', () => {
    const result = format({ name: 'p.sentinel', text: 'a = )' })
    expect(result).toMatchObject({
      kind: 'invalid',
      diagnostics: [{ message: 'expected an expression, found `)`' }],
    })
  })

  it('deep nesting is formatted as far as it may be written', () => {
    const text = `x = ${'['.repeat(390)}${']'.repeat(390)}\n`
    expect(formatted(text)).toBe(text)
    expect(formatted(`x = 1${' + 1'.repeat(100_000)}`)).toHaveLength(400_006)
  })
})
