// The likely fix of a text that does not parse. People bring habits along from other languages, and each leaves the
// same trace: what was expected, what stands there, and what stood right before.

import { closest } from '../../base/index.ts'
import { isKeyword } from './tokens.ts'

/** Where the parser could not go on. */
export type Stuck = {
  /** What should stand here, as the message says it. */
  readonly expected: string
  /** The text of the token here, and whether it follows the last one without a blank. */
  readonly found: string
  readonly isTight: boolean
  /** The texts of the tokens around. */
  readonly before: string
  readonly after: string
  /** The line of the last bracket that is still open, when the file ends too soon. */
  readonly openedIn: number | undefined
}

type Fix = readonly [applies: (stuck: Stuck) => boolean, hint: string | ((stuck: Stuck) => string)]

const compare = 'write `is` or `==` to compare'
const isNumber = (text: string) => /^\d/.test(text)
const isName = (text: string) => /^[\p{L}_]/u.test(text)
const endOfStatement = 'a newline or `;`'
const [listOrCall, openBrace] = [/^`,` or `[)\]}]`$/, '`{`']

/** Words of other languages, with what to write instead. */
const words: ReadonlyMap<string, string> = new Map([
  ...['elif', 'elseif', 'elsif', 'elsf'].map((word) => [word, 'write `else if`'] as const),
  ...['let', 'const', 'var', 'def', 'my', 'local'].map(
    (word) => [word, 'a variable needs no word before it: write `name = value`'] as const,
  ),
  ...['function', 'fun', 'fn', 'lambda', 'proc'].map((word) => [word, 'write `func`'] as const),
  ...['foreach', 'while', 'loop', 'until'].map(
    (word) => [word, 'loop with `for list as item { … }`'] as const,
  ),
  ...['switch', 'match', 'select'].map((word) => [word, 'write `case value { when …: … }`'] as const),
  ['AND', 'write `and`'],
  ['OR', 'write `or`'],
  ['NOT', 'write `not`'],
  ['IN', 'write `in`'],
  ['then', 'put the body in braces'],
  ['from', 'write `import "path" as name`'],
  ['instanceof', 'ask `types.type_of(value)` of the import `types`'],
  ['new', 'call a function without `new`'],
  ['try', 'errors cannot be caught; ask with `is defined`, or give a default with `else`'],
])

const builtins = new Set(['print', 'append', 'delete', 'error', 'length', 'keys', 'values'])
const starts = ['func', 'import', 'param', 'return', 'continue', 'break', 'for', 'case']

// biome-ignore format: table
const fixes: readonly Fix[] = [
  [({ expected, openedIn }) => openedIn !== undefined && expected !== 'an expression', ({ openedIn }) => `the bracket opened in line ${openedIn} is not closed`],
  [({ before }) => words.has(before), ({ before }) => words.get(before) ?? ''],
  [({ found }) => words.has(found), ({ found }) => words.get(found) ?? ''],
  [({ found, before }) => found === '=' && /^[=!]=$/.test(before), ({ before }) => `write \`${before}\``],
  [({ found, before }) => found === '=' && before === '=', compare],
  [({ found, before }) => found === '=' && isKeyword(before), ({ before }) => `\`${before}\` is a reserved word; choose another name`],
  [({ found, after }) => isKeyword(found) && after === '=', ({ found }) => `\`${found}\` is a reserved word; choose another name`],
  [({ found, before }) => found === '>' && before === '<', 'write `is not` or `!=`'],
  [({ found, before }) => found === '*' && before === '*', 'powers are in the import `decimal`'],
  [({ expected, before, found }) => expected === 'an expression' && before === '+' && found !== '}' && !isOperator(found), 'write `x += 1` to add'],
  [({ found, before }) => found === '=' && before === ':', 'write `=` to assign'],
  [({ found, after, expected }) => found === ':' && after === '=' && expected === endOfStatement, 'write `=` to assign'],
  [({ expected, found }) => expected === 'the path of the import as a string' && isName(found), ({ found }) => `write \`import "${found}"\``],
  [({ expected, found }) => expected === 'the path of the import as a string' && found === '(', 'write each import on a line of its own, without parentheses'],
  [({ found, before, expected }) => found === ',' && before.startsWith('"') && expected === endOfStatement, 'write each on a line of its own'],
  [({ found, expected }) => found === ',' && expected === endOfStatement, 'assign one variable at a time'],
  [({ expected, found }) => expected === '`as`' && found !== '', 'write `list as item` or `map as key, value` before the brace'],
  [({ expected, found }) => expected === openBrace && found === ',', 'a loop has at most two names'],
  [({ expected, found, before }) => expected === openBrace && before === 'else' && found !== '', 'put the body in braces, or write `else if`'],
  [({ expected, found, before }) => expected === openBrace && before === 'rule' && isName(found), ({ found }) => `write \`${found} = rule { … }\``],
  [({ expected, found }) => expected === openBrace && found === '=', compare],
  [({ expected }) => expected === openBrace, 'put the body in braces'],
  [({ expected, found }) => expected === '`}`' && found === '=', compare],
  [({ expected }) => expected === '`}`', 'only one expression may stand between these braces'],
  [({ expected, found }) => listOrCall.test(expected) && (found === ':' || found === '=') , 'parameters have neither types nor defaults, and arguments no names'],
  [({ expected, found }) => listOrCall.test(expected) && found !== '', 'put a comma between the two'],
  [({ expected, found }) => expected === '`)`' && found === ',', 'there are no tuples: write a list in brackets'],
  [({ expected, found }) => expected === '`(`' && isName(found), 'put the parameters in parentheses'],
  [({ expected }) => expected === '`:` after the key', 'write `"key": value`'],
  [({ expected }) => expected === '`when`, `else` or `}`', 'a clause begins with `when value:` or `else:`'],
  [({ expected, found }) => expected === '`:`' && found === openBrace[1], 'a clause has no braces: write `when value:` and its statements'],
  [({ expected, found }) => expected === 'an expression' && found === 'if', 'there is no conditional expression: write an `if` statement, or `else` for a default'],
  [({ expected, found }) => expected === 'an expression' && found === 'return', 'a rule gives its one expression: leave `return` out'],
  [({ expected, found }) => expected === 'an expression' && found === 'empty', 'write `is empty` behind what is asked'],
  [({ expected, found, before }) => expected === 'an expression' && found === 'in' && before === 'is', 'write `in`'],
  [({ expected, found }) => expected === 'an expression' && found === '.', 'put the `.` at the end of the line before'],
  [({ expected, found }) => expected === 'an expression' && found === '=', compare],
  [({ expected, found }) => expected === 'an expression' && isOperator(found), 'an expression goes on in the next line only after an operator'],
  [({ found, after }) => found === 'not' && after === 'is', 'write `is not`'],
  [({ found }) => found === 'not', 'write `not in`, `not contains` or `not matches`'],
  [({ found, before, isTight }) => isTight && isNumber(before) && /^_/.test(found), 'digits cannot be grouped'],
  [({ found, before, isTight }) => isTight && before === '0' && /^[bo]/.test(found), 'write numbers in decimal, as 0x1F or as 017'],
  [({ found, before, isTight }) => isTight && isNumber(before) && isName(found), 'numbers have no units; multiply, as in `10 * time.second`'],
  [({ found, expected }) => found === openBrace[1] && expected === endOfStatement, 'write `func`, `if` or `for` before what has braces'],
  [({ found, isTight }) => isTight && /^\.\d/.test(found), 'write the index of a list in brackets'],
  [({ found, expected }) => found === ')' && expected === endOfStatement, '`)` closes nothing here'],
  [({ found, before, expected }) => found === ':' && isName(before) && expected === endOfStatement, 'write `=` to assign; parameters have no types'],
  [({ found, expected }) => found === '=' && expected === endOfStatement, 'give a parameter its value with `default`; elsewhere assign one at a time'],
  [({ before, found }) => builtins.has(before) && found !== '', ({ before }) => `call it: \`${before}(…)\``],
  [({ before, found, expected }) => isMisspelt(before) && isName(found) && expected === endOfStatement, ({ before }) => `write \`${closest(before, starts)}\``],
  [({ found, expected }) => isName(found) && expected === endOfStatement, 'put an operator between the two, or each on a line of its own'],
]

const isOperator = (text: string) => /^(?:and|or|xor|is|in|contains|matches|[-+*/%<>=!]=?|else)$/.test(text)
const isMisspelt = (text: string) => !starts.includes(text) && closest(text, starts) !== undefined

/** What its author probably has to do, one imperative sentence; undefined where that cannot be known. */
export function likelyFix(stuck: Stuck): string | undefined {
  const hint = fixes.find(([applies]) => applies(stuck))?.[1]
  return typeof hint === 'function' ? hint(stuck) : hint
}
