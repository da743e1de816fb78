// Changes of the meaning, as data. Each makes the engine a little wrong; a run that does not notice is worth nothing.
// `from` must stand in the file exactly once.

/** One wrong engine. */
export type Mutant = {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
}

const run = (file: string) => `src/lang/run/${file}.ts`
const imports = (file: string) => `src/lang/imports/${file}.ts`
const valueFile = (file: string) => `src/lang/values/${file}.ts`

// biome-ignore format: table
export const mutants: readonly Mutant[] = [
  { name: 'different types are undefined instead of unequal', file: valueFile('compare'), from: 'return a === b\n}\n\n/** The order', to: 'return a === b ? true : typeof a === typeof b ? false : undefined\n}\n\n/** The order' },
  { name: '`else` binds more loosely than comparisons', file: 'src/lang/syntax/precedence.ts', from: 'else: 4', to: 'else: 2' },
  { name: '`else` binds more tightly than sums', file: 'src/lang/syntax/precedence.ts', from: 'else: 4', to: 'else: 5' },
  { name: 'an element of null is an error', file: run('access'), from: 'if (all === undefined || all === null) return undefined\n  if (all instanceof List', to: 'if (all === undefined) return undefined\n  if (all instanceof List' },
  { name: '`undefined or true` is undefined', file: run('logic'), from: "if (operator === 'or' && b === true) return true\n", to: '' },
  { name: '`undefined and false` is false, as Kleene has it', file: run('logic'), from: "if (operator === 'or' && b === true) return true", to: "if (operator === 'or' && b === true) return true\n  if (operator === 'and' && b === false) return false" },
  { name: 'a predicate that is undefined counts as true', file: imports('collection'), from: 'return answer === true', to: 'return answer !== false' },
  { name: 'maps.get gives the default for null', file: imports('maps'), from: '(value === undefined ? other : value)', to: '(value == null ? other : value)' },
  { name: 'values of maps in the order of their keys', file: valueFile('dict'), from: 'return [...this.entriesBySlot.keys()].map((slot) => this.keyOf(slot))', to: 'return [...this.entriesBySlot.keys()].map((slot) => this.keyOf(slot)).reverse()' },
  { name: 'sums do not wrap around', file: valueFile('int'), from: 'toInt(BigInt(a) + BigInt(b))', to: 'toInt(BigInt(Math.max(-(2 ** 63), Math.min(2 ** 63 - 1, Number(a) + Number(b)))))' },
  { name: 'a product is that of doubles', file: valueFile('int'), from: 'toInt(BigInt(a) * BigInt(b))', to: 'toInt(BigInt(Math.trunc(Number(a) * Number(b))))' },
  { name: 'quotients are rounded down', file: valueFile('int'), from: 'Math.trunc(a / b) + 0', to: 'Math.floor(a / b) + 0' },
  { name: 'remainders have the sign of the divisor', file: valueFile('int'), from: '(a % b) + 0', to: '(((a % b) + b) % b) + 0' },
  { name: 'division by zero is 0', file: run('operators'), from: "b === 0 ? fail('division by zero')", to: 'b === 0 ? 0' },
  { name: 'a float and an int are never one key', file: valueFile('dict'), from: 'if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value + 0', to: 'if (!Number.isInteger(value)) return value + 0\n  if (Number.isSafeInteger(value)) return BigInt(value) + 2n ** 70n' },
  { name: 'NaN compares as undefined', file: run('operators'), from: 'return isNumber(a) && isNumber(b) ? false : undefined', to: 'return undefined' },
  { name: 'a slice may end beyond the end', file: run('access'), from: ' || from > to || to > all.length', to: ' || from > to' },
  { name: 'negative indexes are out of range', file: run('access'), from: 'index < 0 ? length + index : index', to: 'index' },
  { name: 'a needle that is undefined is not in an empty list', file: run('operators'), from: 'if (one === undefined) return undefined\n  let found', to: 'if (one === undefined && list.length > 0) return undefined\n  let found' },
  { name: 'an undefined element hides a later match', file: run('operators'), from: 'if (same === undefined) found = undefined', to: 'if (same === undefined) return undefined' },
  { name: 'data of modules is not copied', file: valueFile('copy'), from: 'return value instanceof List || value instanceof Dict ? value.copy(lazyCopyOf) : value', to: 'return value' },
  { name: 'sums of lists change the left one', file: run('operators'), from: 'return new List<Value>([...a.elements(), ...b.elements()])', to: 'for (const one of b.elements()) a.append(one)\n    return a' },
  { name: 'a char for a byte: strings are UTF-16', file: valueFile('bytes'), from: 'if (!beyondAscii.test(text)) return text\n  const parts', to: 'if (text.length > 0) return text\n  const parts' },
  { name: 'printed lists have commas', file: valueFile('text'), from: ".join(' ')}]`", to: ".join(', ')}]`" },
  { name: 'floats print as short as they can', file: valueFile('text'), from: 'if (value instanceof Float) return fixed(value.value)', to: 'if (value instanceof Float) return shortest(value.value)' },
  { name: 'maps print in the order of insertion', file: valueFile('text'), from: 'const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))\n  const text', to: 'const sorted = entries\n  const text' },
  { name: '`split` keeps no empty parts', file: imports('strings'), from: ': whole.split(separator)', to: ': whole.split(separator).filter((part) => part.length > 0)' },
  { name: 'a prerelease satisfies any constraint', file: imports('version'), from: "return version.prerelease === '' || (", to: 'return true || (' },
  { name: 'a network contains those around it', file: imports('sockaddr'), from: ' || outer.prefix > inner.prefix) return false', to: ') return false' },
  { name: 'json.marshal keeps the order of keys', file: imports('json'), from: 'named.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))', to: 'named' },
  { name: 'decimals round halves to even', file: imports('decimal-number'), from: 'rest * 2n === abs(b)', to: '(rest * 2n === abs(b) && quotient % 2n === 1n)' },
  { name: 'range includes its end', file: run('builtins'), from: 'distance <= 0n ? 0 : Number((distance + size - 1n) / size)', to: 'distance < 0n ? 0 : Number((distance + size) / size)' },
  { name: '`int` rounds', file: run('native'), from: 'const whole = Math.trunc(value)', to: 'const whole = Math.round(value)' },
]
