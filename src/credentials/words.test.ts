import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitWords } from './words.ts'

describe('words of a command line', () => {
  for (const [line, posix, windows] of [
    ['', [], []],
    ['a  b\tc', ['a', 'b', 'c'], ['a', 'b', 'c']],
    ['a "b c" d', ['a', 'b c', 'd'], ['a', 'b c', 'd']],
    ["a 'b c'", ['a', 'b c'], ['a', "'b", "c'"]],
    ['a"b"\'c\'', ['abc'], ["ab'c'"]],
    ['a ""', ['a', ''], ['a', '']],
    ['a\\ b', ['a b'], ['a\\', 'b']],
    ['"C:\\bin\\x.exe" y', ['C:\\bin\\x.exe', 'y'], ['C:\\bin\\x.exe', 'y']],
    ['C:\\bin\\x y', ['C:binx', 'y'], ['C:\\bin\\x', 'y']],
    ['"a \\" b"', ['a " b'], ['a " b']],
    ['"a\\\\" b', ['a\\', 'b'], ['a\\', 'b']],
    ['$HOME ~ `x`', ['$HOME', '~', '`x`'], ['$HOME', '~', '`x`']],
    ['"open', undefined, undefined],
  ] as const) {
    it(`${line === '' ? '(nothing)' : line}`, () => {
      expect(splitWords(line, 'posix')).toEqual(posix)
      expect(splitWords(line, 'windows')).toEqual(windows)
    })
  }

  it('an escape at the end is left open', () => {
    expect(splitWords('a\\', 'posix')).toBeUndefined()
  })

  const python =
    spawnSync('python3', ['-c', 'import shlex'], { env: { PATH: process.env.PATH } }).status === 0
  it.skipIf(!python)('Python’s shlex splits the same [needs python3]', () => {
    const lines = fc.sample(
      fc.array(fc.constantFrom('a', 'B', ' ', "'", '"', '\\', '\t', '$')).map((parts) => parts.join('')),
      { numRuns: 300, seed: 3 },
    )
    const script = `
import json, shlex, sys
def split(line):
    try: return shlex.split(line)
    except ValueError: return None
print(json.dumps([split(line) for line in json.load(sys.stdin)]))`
    const run = spawnSync('python3', ['-c', script], {
      input: JSON.stringify(lines),
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    })
    const theirs = JSON.parse(run.stdout) as (string[] | null)[]
    for (const [index, line] of lines.entries()) {
      expect({ line, words: splitWords(line, 'posix') ?? null }).toEqual({ line, words: theirs[index] })
    }
  })
})
