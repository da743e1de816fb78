// The largest sources that are still read, of one kind of node each: as many of them as a source may have, written as
// densely as the grammar allows.

import { freeLetters, lex } from './syntax/lexer.ts'
import { maxTokens, sizeOf } from './syntax/tokens.ts'

/** What stands before, what is repeated, and what stands behind. */
type Dense = readonly [name: string, head: string, unit: string | ((at: number) => string), tail: string]

// biome-ignore format: table
const table: readonly Dense[] = [
  ['comments #', '', '#\n', ''],
  ['comments //', '', '//\n', ''],
  ['comments block', '', '/**/', ''],
  ['comment then stmt', '', '#\na\n', ''],
  ['blank lines', '', '\n', ''],
  ['semicolons', '', ';', ''],
  ['imports same', '', 'import"a"\n', ''],
  ['imports alias', '', 'import"a"as a\n', ''],
  ['imports distinct', '', (i) => `import"a${i}"\n`, ''],
  ['params', '', (i) => `param a${i}\n`, ''],
  ['params default', '', (i) => `param a${i} default 0\n`, ''],
  ['params list', '', (i) => `param a${i} default []\n`, ''],
  ['params dup', '', 'param a\n', ''],
  ['assign', '', 'a=0\n', ''],
  ['assign+=', 'a=0\n', 'a+=0\n', ''],
  ['assign distinct', '', (i) => `a${i}=0\n`, ''],
  ['assign index', 'a={}\n', 'a[0]=0\n', ''],
  ['expression', 'a=0\n', 'a\n', ''],
  ['expression 0', '', '0\n', ''],
  ['if', '', 'if 0{}\n', ''],
  ['if true', 'a=true\n', 'if a{}\n', ''],
  ['else if', 'if false{}', 'else if false{}', ''],
  ['if else', '', 'if true{}else{}\n', ''],
  ['for', '', 'for[]as a{}\n', ''],
  ['for2', '', 'for{}as a,b{}\n', ''],
  ['case empty', '', 'case{}\n', ''],
  ['case else', '', 'case{else:}\n', ''],
  ['when', 'case 1{', 'when 0:\n', '}'],
  ['when values', 'case 1{when 0', ',0', ':}'],
  ['func decl', '', 'func a(){}\n', ''],
  ['func decl distinct', '', (i) => `func a${i}(){}\n`, ''],
  ['func literal', '', 'func(){}\n', ''],
  ['func param', 'a=func(b', (i) => `,a${i}`, '){}'],
  ['return', 'func a(){', 'return 0\n', '}'],
  ['break', 'for[]as a{', 'break\n', '}'],
  ['break outside', '', 'break\n', ''],
  ['return outside', '', 'return 0\n', ''],
  ['block', '', '{}\n', ''],
  ['block;', '', '{};', ''],
  ['call', '', 'int(0)\n', ''],
  ['print', '', 'print()\n', ''],
  ['call args', 'print(0', ',0', ')'],
  ['int list', 'a=[', '0,', ']'],
  ['float list', 'a=[', '.1,', ']'],
  ['bigint list', 'a=[', (i) => `${9_000_000_000_000_000_000n + BigInt(i)},`, ']'],
  ['string list', 'a=[', '"",', ']'],
  ['string list distinct', 'a=[', (i) => `"${i}",`, ']'],
  ['string long distinct', 'a=[', (i) => `"abcdefghijklm${i}",`, ']'],
  ['string very long distinct', 'a=[', (i) => `"${'abcdefghijklmnopqrstuvwxyz'.repeat(2)}${i}",`, ']'],
  ['func param long', 'a=func(b', (i) => `,abcdefghijklmnopqrstuvwxyz${i}`, '){}'],
  ['string escape', 'a=[', '"\\n",', ']'],
  ['string nonascii', 'a=[', '"é",', ']'],
  ['raw string', 'a=[', '``,', ']'],
  ['name list', 'b=0;a=[', 'b,', ']'],
  ['name distinct list', 'a=[', (i) => `b${i},`, ']'],
  ['list list', 'a=[', '[],', ']'],
  ['list1 list', 'a=[', '[0],', ']'],
  ['map list', 'a=[', '{},', ']'],
  ['map1 list', 'a=[', '{0:0},', ']'],
  ['map entries', 'a={', '0:0,', '}'],
  ['map entries distinct', 'a={', (i) => `${i}:0,`, '}'],
  ['map entries strings', 'a={', (i) => `"${i}":"",`, '}'],
  ['rule list', 'a=[', 'rule{0},', ']'],
  ['rule when list', 'a=[', 'rule when 0{0},', ']'],
  ['rule stmt', '', 'a=rule{0}\n', ''],
  ['rule distinct', '', (i) => `a${i}=rule{true}\n`, 'main=true'],
  ['rule distinct evaluated', '', (i) => `a${i}=rule{${i === 0 ? 'true' : `a${i - 1}`}}\n`, 'main=rule{false}\n'],
  ['rule commented', '', (i) => `#\na${i}=rule{true}\na${i}\n`, 'main=rule{true}\n'],
  ['func list', 'a=[', 'func(){},', ']'],
  ['quant list', 'a=[', 'all[]as b{0},', ']'],
  ['quant2 list', 'a=[', 'map{}as b,c{0},', ']'],
  ['unary -', 'a=[', `${'-'.repeat(390)}0,`, ']'],
  ['unary not', 'a=[', `${'not '.repeat(390)}0,`, ']'],
  ['unary -0', 'a=[', '-0,', ']'],
  ['binary +', 'a=0', '+0', ''],
  ['binary and', 'a=true', ' and true', ''],
  ['binary else', 'a=0', ' else 0', ''],
  ['binary is', 'a=[', '0 is 0,', ']'],
  ['binary + list', 'a=[', '0+0,', ']'],
  ['binary mixed', 'a=0', '*0+0', ''],
  ['test', 'a=0', ' is defined', ''],
  ['test list', 'a=[', '0 is defined,', ']'],
  ['selector', 'b={};a=[', `b${'.a'.repeat(190)},`, ']'],
  ['selector1', 'b={};a=[', 'b.a,', ']'],
  ['index', 'b={};a=[', `b${'[0]'.repeat(190)},`, ']'],
  ['slice', 'b="";a=[', `b${'[:]'.repeat(190)},`, ']'],
  ['slice full', 'b="";a=[', 'b[0:0],', ']'],
  ['calls', 'b=undefined;a=[', `b${'()'.repeat(190)},`, ']'],
  ['group', 'a=[', `${'('.repeat(390)}0${')'.repeat(390)},`, ']'],
  ['group1', 'a=[', '(0),', ']'],
  ['nested lists', 'a=[', `${'['.repeat(390) + ']'.repeat(390)},`, ']'],
  ['nested maps', 'a=[', `${'{0:'.repeat(390)}0${'}'.repeat(390)},`, ']'],
  ['nested if', '', `${'if 0{'.repeat(390) + '}'.repeat(390)}\n`, ''],
  ['nested func', 'a=[', `${'func(){'.repeat(195) + '}'.repeat(195)},`, ']'],
  ['lint noeffect', 'a=0\n', 'a is 0\n', ''],
  ['lint ignore', '', '# lint:ignore x\na is 0\n', ''],
  ['lint unused', '', (i) => `a${i}=0\n`, ''],
  ['lint subtraction', 'a={}\n', 'b=a.b-c\n', ''],
  ['lint negated', 'a={}\n', 'b=not a in a\n', ''],
  ['lint and', 'main=rule when true', ' and true', '{true}'],
  ['lint and, many', '', (i) => `a${i}=rule when true${' and true'.repeat(300)}{true}\n`, 'main=true'],
  ['lint variables', 'param p\na0=p is 1\n', (i) => `a${i + 1}=a${i}\n`, 'main=rule when a9{true}'],
  ['lint functions', `x=${'func(){'.repeat(190)}`, '0\n', `${'}'.repeat(190)}`],
  ['test and is', 'a=0', ' is defined is true', ''],
  ['fmt column', `a="${'x'.repeat(20_000)}" # c\n`, 'b=1 # c\n', ''],
  ['fmt indent', 'if true {\n'.repeat(390), 'b=1\n', '}\n'.repeat(390)],
  ['fmt indented comments', 'if true {\n'.repeat(390), '#\n', '}\n'.repeat(390)],
  ['lines of a comment', '/*', '\n', '*/'],
  ['lines of a comment, wide', '/*', 'a\r\n', '*/'],
  ['lines of a comment with blanks', '/*', ' \t\n', '*/'],
  ['lint undefined pred', 'a={}\n', 'b=rule when a.b{0}\n', ''],
]

/** A source, by its name. */
export type DenseSource = { readonly name: string; readonly text: () => string }

/** All of them. */
export const denseSources: readonly DenseSource[] = table.map((dense) => ({
  name: dense[0],
  text: () => filled(dense),
}))

const sizeIn = (text: string) => sizeOf(lex(text))
const maxBytes = 16 * 1024 * 1024

function filled([, head, unit, tail]: Dense): string {
  const unitAt = typeof unit === 'string' ? () => unit : unit
  const pair = unitAt(10_000) + unitAt(10_001)
  const size = (sizeIn(head + pair + tail) - sizeIn(head + tail)) / 2
  // A long text has less room for words: see the lexer.
  const width = pair.length / 2 + 1
  const room = Math.min(
    maxTokens - 100,
    ((maxTokens - 100 + (freeLetters >> 5)) * size) / (size + width / 32),
  )
  const most = size === 0 ? Number.POSITIVE_INFINITY : room / size
  const count = Math.floor(Math.min(most, (maxBytes - 100) / (pair.length / 2)))
  return `${head}${Array.from({ length: count }, (_, at) => unitAt(at)).join('')}${tail}\n`
}
