import { describe, expect, it } from 'vitest'
import { evaluate } from '../lang/index.ts'
import { outcomeOf, outcomeText, traceLines, valueJson } from './index.ts'

const lines = (text: string, look: 'plain' | 'coloured' = 'plain') =>
  traceLines('p', evaluate({ name: 'p.sentinel', text }), look)

describe('the trace of a policy', () => {
  for (const [name, text, want] of [
    ['a policy without anything to say', 'main = true', ['Pass - p']],
    [
      'descriptions of the policy and of rules, wrapped at 78 columns where their lines are longer',
      `# ${'word '.repeat(16)}end\n#\n# second\n\n# of main\nmain = rule { false }`,
      [
        ...[
          'Fail - p',
          '',
          'Description:',
          `  ${'word '.repeat(15)}word`.slice(0, 76),
          '  word end',
          '',
          '  second',
          '',
        ],
        ...['p.sentinel:6:1 - Rule "main"', '  Description:', '    of main', '  Value:', '    false'],
      ],
    ],
    [
      'what was printed, line by line',
      'print("a\\nb", [1])\nmain = true',
      ['Pass - p', '', 'Print messages:', '', 'a', 'b [1]'],
    ],
    [
      'main first, then the other rules by name',
      'b = rule { 1 }\na = rule { "x" }\nmain = rule { b is 1 and a is "x" }',
      [
        ...['Pass - p', '', 'p.sentinel:3:1 - Rule "main"', '  Value:', '    true'],
        ...['', 'p.sentinel:2:1 - Rule "a"', '  Value:', '    x'],
        ...['', 'p.sentinel:1:1 - Rule "b"', '  Value:', '    1'],
      ],
    ],
    [
      'collections an element a line',
      'main = rule { {"b": [1, 2.5], "a": "x"} }',
      [
        'Fail - p',
        '',
        'p.sentinel:1:1 - Rule "main"',
        '  Value:',
        '    {',
        '      "a": "x"',
        '      "b": [1 2.500000]',
        '    }',
      ],
    ],
    [
      'an empty collection in one',
      'main = rule { [] }',
      ['Pass - p', '', 'p.sentinel:1:1 - Rule "main"', '  Value:', '    []'],
    ],
    [
      'where undefined came from',
      'm = {}\nmain = m.a',
      ['Undefined - p', '', 'Undefined since: p.sentinel:2:8'],
    ],
  ] as const) {
    it(name, () => expect(lines(text)).toEqual(want))
  }

  it('long collections and texts are cut', () => {
    const cut = lines('main = rule { range(100) }')
    expect(cut.slice(-3)).toEqual(['      19', '      … 80 more', '    ]'])
    const long = lines(`main = rule { "${'a'.repeat(300)}" }`).at(-1)
    expect(long).toBe(`    ${'a'.repeat(200)}…`)
  })

  it('what a policy prints moves no cursor; its colours show where colours are wanted', () => {
    const text = 'print("\\033[31mred\\033[0m \\033[2Jx\\033]0;title\\007y\\tz\\r")\nmain = true'
    expect(lines(text).at(-1)).toBe('red xy\tz ')
    expect(lines(text, 'coloured').at(-1)).toBe('\u001b[31mred\u001b[0m xy\tz ')
  })
})

it('a value as JSON: what JSON cannot hold is text or null', () => {
  const value = new Map<never, never>([
    [1, 9007199254740993n],
    [true, [undefined, Number.NaN, Number.POSITIVE_INFINITY]],
    ['__proto__', null],
  ] as never)
  expect(JSON.stringify(valueJson(value))).toBe(
    '{"1":"9007199254740993","true":[null,"NaN","Infinity"],"__proto__":null}',
  )
})

it('lines of results are painted by their status', () => {
  const of = (name: string, text: string) =>
    outcomeOf({ name, level: 'advisory', durationMs: 0 }, evaluate(text), [], {
      kind: 'text',
      traces: 'failed',
      look: 'plain',
    })
  const outcomes = [of('a', 'main = true'), of('b', 'main = false')]
  const paint = (status: string, line: string) => `<${status}>${line}`
  expect(outcomeText(outcomes, paint)).toMatch(
    /^<pass>Pass - a\n<fail>Fail - b\n\nExecution trace\.[\s\S]*\n\nFail - b\n$/,
  )
})
