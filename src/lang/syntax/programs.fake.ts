// Random sources for properties: any construct of the grammar, in any layout that the grammar allows.
// A source is a list of words; between them go blanks, comments and, where it ends no statement, newlines.
// `?;` stands for a semicolon where one may be.

import fc from 'fast-check'
import { lex } from './lexer.ts'
import { endsStatement } from './tokens.ts'

type Words = readonly string[]
type Some = fc.Arbitrary<Words>
type Nodes = { readonly expression: Words; readonly statement: Words; readonly block: Words }
type Tie = <Key extends keyof Nodes>(key: Key) => fc.Arbitrary<Nodes[Key]>

/** One part after the other. */
const seq = (...parts: readonly (string | Some)[]): Some =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant([part]) : part)))
    .map((all) => all.flat())
const one = (...words: readonly string[]): Some => fc.constantFrom(...words).map((word) => word.split(' '))
const few = (item: Some, between: string, last: string): Some =>
  fc
    .array(item, { maxLength: 4 })
    .map((all) => all.flatMap((words, at) => [...words, at < all.length - 1 ? between : last]))
const listOf = (item: Some) => few(item, ',', ',')

const name = one('a', 'b', 'long_name', 'größe', '_', 'defined')
const literal = one(
  '0',
  '1',
  '0x1F',
  '1.5',
  '.5',
  '1e3',
  '"s"',
  '"\\n\\u00e9"',
  '`raw`',
  '"a_much_longer_string_literal"',
)
const arithmetic = ['+', '-', '*', '/', '%', '==', '!=', '<', '>=', 'else']
const worded = [
  'and',
  'or',
  'xor',
  'is',
  'is not',
  'in',
  'not in',
  'contains',
  'not contains',
  'matches',
  'not matches',
]
const binary = one(...arithmetic, ...worded)
const test = one('is empty', 'is not empty', 'is defined', 'is not defined')
const loop = fc.oneof(seq('as', name), seq('as', name, ',', name))
const parameters = fc.constantFrom<Words>(['(', ')'], ['(', 'a', ',', ')'], ['(', 'a', ',', 'b', ')'])

function expressions(tie: Tie): Some {
  const expression = tie('expression')
  const group = seq('(', expression, ')')
  const map = seq('{', listOf(seq(expression, ':', expression)), '}')
  return fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(name, literal),
    ...[group, map, seq('[', listOf(expression), ']')],
    ...[seq(one('-', '+', '!', 'not'), group), seq('(', group, test, ')')],
    ...[seq(group, binary, group, binary, name), seq('(', name, binary, '(', name, ')', ')')],
    seq(name, '.', name, '(', listOf(expression), ')', '.', 'rule'),
    ...[seq(name, '[', expression, ']'), seq(name, '[', name, ':', name, ']', '[', ':', ']')],
    seq('func', parameters, tie('block')),
    seq(one('any', 'all', 'filter', 'map'), group, loop, '{', expression, '?;', '}'),
    seq('rule', '{', expression, '?;', '}'),
    seq('rule', 'when', group, '{', expression, '?;', '}'),
  )
}

function statements(tie: Tie): Some {
  const expression = tie('expression')
  const group = seq('(', expression, ')')
  const clause = seq('when', name, ',', expression, ':', few(tie('statement'), ';', ';'))
  return fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    seq(name, one('=', '+=', '%='), expression),
    seq(name, '[', name, ']', '=', expression),
    seq(name, '(', expression, ',', ')'),
    seq('if', group, tie('block'), 'else', 'if', group, tie('block'), 'else', tie('block')),
    seq('for', group, loop, tie('block')),
    seq('case', group, '{', few(clause, ';', ';'), 'else', ':', group, ';', '}'),
    seq('func', name, parameters, tie('block')),
    seq('return', expression),
    one('break', 'continue'),
    tie('block'),
  )
}

const nodes = fc.letrec<Nodes>((tie) => ({
  expression: expressions(tie),
  statement: statements(tie),
  block: seq('{', few(tie('statement'), ';', ';'), '}'),
}))

const head = seq('import', '"a/b"', 'as', 'x', ';', 'param', 'p', 'default', '[', '1', ',', ']', ';')
const space = [' ', ' ', ' ', '  ', '\t', '\n', '\n\n\n', ' \n\t']
const comments = [' /* c */', ' # c\n', ' // c  \n\n', ' /* d\n  e */']
const isSeparator = (word: string | undefined) => word === ';' || word === '?;' || word === ','

/** Sources that parse, of all constructs, in wild layouts. */
export const wildSources = sourcesWith(() => [...space, ...comments])

/** The same with comments where people write them: at the ends of statements, elements and arguments. */
export const sources = sourcesWith((last, next) =>
  isSeparator(last) && !isSeparator(next) ? [...space, '# c\n', '\n# c\n'] : space,
)

type Gaps = (last: string | undefined, next: string) => readonly string[]

function sourcesWith(gaps: Gaps): fc.Arbitrary<string> {
  return fc
    .tuple(fc.oneof(head, seq()), few(nodes.statement, ';', ';'), fc.infiniteStream(fc.nat()))
    .map(([first, rest, picks]) => spaced([...first, ...rest], gaps, () => picks.next().value))
}

/** Puts gaps between words; one that would end a statement in the middle becomes a blank. */
function spaced(words: Words, gaps: Gaps, pick: () => number): string {
  let text = ''
  for (const [at, word] of words.entries()) {
    const last = words[at - 1]
    const choice = gaps(last, word)
    const wanted = choice[pick() % choice.length] ?? ' '
    text += isSeparator(word)
      ? separator(word, wanted)
      : (breaksTooEarly(words.slice(0, at), wanted) ? ' ' : wanted) + word
  }
  return text
}

function separator(word: string, gap: string): string {
  const breaks = gap.includes('\n')
  if (word === ',') return `,${gap}`
  return breaks ? gap : `;${gap}`
}

function breaksTooEarly(before: Words, gap: string): boolean {
  if (!gap.includes('\n') || isSeparator(before.at(-1))) return false
  const { kinds } = lex(
    before
      .slice(-2)
      .filter((word) => !word.startsWith('?'))
      .join(' '),
  )
  return endsStatement.has(kinds.findLast((kind) => kind !== ';' && kind !== 'end') ?? 'end')
}
