// The canonical style of HCL 1: two blanks for each bracket that is open, `=` of attributes that follow each other below
// each other, one blank between words, at most one empty line. It works on words and lines, so comments stay where they are.
//
// INVARIANT: what is written says what was read. It is read again, and where that says something else nothing is changed.

import type { Source } from '../source/index.ts'
import { readHcl1 } from './hcl1.ts'
import { heredocOfHcl1, quotedOfHcl1 } from './hcl1-text.ts'
import { Scanner } from './scanner.ts'
import type { Value } from './tree.ts'

/**
 * The text in the canonical style; JSON stays as it is.
 *
 * @returns undefined where it cannot be read
 */
export function formatHcl1(source: Source): string | undefined {
  const before = shapeOf(source)
  if (before === undefined || /^\ufeff?\s*\{/.test(source.text)) return before && source.text
  const formatted = linesToText(withoutEmptyLines(wordsToLines(textToWords(source.text))))
  return shapeOf({ ...source, text: formatted }) === before ? formatted : source.text
}

/** What a text says, without where it says it. */
function shapeOf(source: Source): string | undefined {
  const { root, diagnostics } = readHcl1(source)
  return diagnostics.some(({ severity }) => severity === 'error') ? undefined : valueShape(root)
}

function valueShape(value: Value): string {
  switch (value.kind) {
    case 'object':
      return `{${value.entries.map(({ name, value: each }) => `${JSON.stringify(name.text)}:${valueShape(each)}`).join(',')}}`
    case 'list':
      return `[${value.elements.map(valueShape).join(',')}]`
    case 'null':
      return 'null'
    case 'string':
      return JSON.stringify(value.value)
    default:
      return `${value.kind} ${value.value}`
  }
}

const blank = /[ \t\r]+/y
const restOfLine = /[^\n]*/y
const word = /[^\s{}[\],=:"#]+/y

/** Words, brackets, comments and line breaks; blanks are none. Heredocs, and comments over several lines, are one each. */
function textToWords(text: string): readonly string[] {
  const scanner = new Scanner(text)
  const words: string[] = []
  while (!scanner.atEnd) {
    if (scanner.match(blank) !== undefined) continue
    const start = scanner.at
    stepOver(scanner)
    words.push(text.slice(start, scanner.at).replace(/\r$/, ''))
  }
  return words
}

function stepOver(scanner: Scanner): void {
  const { text, at } = scanner
  if (scanner.char === '"') quotedOfHcl1(scanner)
  else if (text.startsWith('<<', at)) heredocOfHcl1(scanner)
  else if (text.startsWith('/*', at)) scanner.at = text.indexOf('*/', at + 2) + 2
  else if (scanner.char === '#' || text.startsWith('//', at)) scanner.match(restOfLine)
  else if (scanner.match(word) === undefined) scanner.at++
}

type Line = readonly string[]

function wordsToLines(words: readonly string[]): readonly Line[] {
  const lines: string[][] = [[]]
  for (const each of words) {
    if (each === '\n') lines.push([])
    else lines.at(-1)?.push(each)
  }
  return lines
}

const opens = (each: string) => each === '{' || each === '['
const closes = (each: string) => each === '}' || each === ']'

function linesToText(lines: readonly Line[]): string {
  const written: string[] = []
  let depth = 0
  for (let at = 0; at < lines.length; ) {
    const run = attributesFrom(lines, at)
    const width = Math.max(0, ...run.map(([name = '']) => name.length))
    for (const line of run) written.push(`${indent(depth)}${attributeText(line, width)}`)
    at += run.length
    const line = run.length > 0 ? undefined : lines[at++]
    if (line === undefined) continue
    const leading = line.findIndex((each) => !closes(each))
    const back = leading === -1 ? line.length : leading
    written.push(line.length === 0 ? '' : indent(depth - back) + joined(line))
    depth += line.filter(opens).length - line.filter(closes).length
  }
  return `${written.join('\n').trim()}\n`
}

/** Of empty lines one between two others: not behind what opens, nor in front of what closes. */
function withoutEmptyLines(lines: readonly Line[]): readonly Line[] {
  const first = lines.filter((line, at) => line.length > 0 || (lines[at + 1]?.length ?? 0) > 0)
  return first.filter((line, at) => {
    const [before, after] = [first[at - 1], first[at + 1]]
    return line.length > 0 || (before !== undefined && !opensLast(before) && !closes(after?.[0] ?? ''))
  })
}

const opensLast = (line: Line) => opens(line.findLast((each) => !/^(?:#|\/\/|\/\*)/.test(each)) ?? '')

/** Attributes on lines of their own that follow each other, from a line on. */
function attributesFrom(lines: readonly Line[], at: number): readonly Line[] {
  let end = at
  while (end < lines.length && isAttribute(lines[end] ?? [])) end++
  return lines.slice(at, end)
}

const isAttribute = (line: Line): boolean =>
  line[1] === '=' &&
  line.filter(opens).length === line.filter(closes).length &&
  !line.some((each) => each.includes('\n'))

const attributeText = ([name = '', , ...value]: Line, width: number) =>
  `${name.padEnd(width)} = ${joined(value)}`

function joined(line: Line): string {
  let text = ''
  for (const [index, each] of line.entries()) {
    const before = line[index - 1]
    const isTight = before === undefined || before === '[' || each === ']' || each === ',' || each === ':'
    text += isTight || (before === '{' && each === '}') ? each : ` ${each}`
  }
  return text
}

const indent = (depth: number) => '  '.repeat(Math.max(0, depth))
