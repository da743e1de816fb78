// How a result came about, as people read it: the result, what was printed, and what each rule gave. `apply` and
// `test` show it alike.

import { printable } from '../base/index.ts'
import type { Result, RuleTrace } from '../lang/index.ts'

/** How wide descriptions are, how much of a value is shown, and how many lines that were printed. */
const [descriptionWidth, maxLength, maxPrinted] = [78, 200, 10_000]

/** How a text may look: with the colours that a policy prints, or without. */
export type Look = 'coloured' | 'plain'

/** The word for a status, as in `Pass - policy.sentinel`. */
export const wordOf = (status: string): string => status.charAt(0).toUpperCase() + status.slice(1)

/** The trace of a policy, a line each; without a line break at their ends. */
export function traceLines(name: string, result: Result, look: Look): readonly string[] {
  const { status, undefinedAt, print, trace } = result
  const origin = undefinedAt && `${printable(undefinedAt.file)}:${undefinedAt.line}:${undefinedAt.column}`
  const blocks = [
    [`${wordOf(status)} - ${printable(name)}`],
    origin === undefined ? [] : [`Undefined since: ${origin}`],
    described(trace.description),
    print.length === 0 ? [] : ['Print messages:', '', ...printedLines(print, look)],
    ...trace.rules.map(ruleLines),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]))
}

function ruleLines(rule: RuleTrace): readonly string[] {
  const { name, description, position } = rule
  return [
    `${printable(position.file)}:${position.line}:${position.column} - Rule "${printable(name)}"`,
    ...described(description).map((line) => `  ${line}`),
    '  Value:',
    ...valueLines(rule).map((line) => `    ${line}`),
  ]
}

const described = (text: string): readonly string[] =>
  text === '' ? [] : ['Description:', ...wrapped(text).map((line) => `  ${line}`.trimEnd())]

/** Lists and maps an element a line, without commas. */
function valueLines({ text, items, more }: RuleTrace): readonly string[] {
  if (items === undefined || items.length === 0) return [short(text)]
  const lines = items.map((item) => `  ${short(item)}`)
  const [open, close] = [text.charAt(0), text.charAt(text.length - 1)]
  return [open, ...lines, ...(more > 0 ? [`  … ${more} more`] : []), close]
}

function short(text: string): string {
  const shown = printable(text)
  return shown.length > maxLength ? `${shown.slice(0, maxLength)}…` : shown
}

/** The lines of a text at most so wide; its own line breaks stay. */
function wrapped(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = []
    let current = ''
    for (const word of printable(line).split(' ')) {
      const longer = current === '' ? word : `${current} ${word}`
      if (longer.length > descriptionWidth && current !== '') {
        lines.push(current)
        current = word
      } else current = longer
    }
    return [...lines, current]
  })
}

// ECMA-48's SGR, by itself a piece of the split.
const esc = '\u001b'
const colour = new RegExp(`(${esc}\\[[0-9;]*m)`)

/** The first lines of what was printed, and how many more there are. */
function printedLines(print: readonly string[], look: Look): readonly string[] {
  const lines: string[] = []
  let rest = 0
  for (const text of print) {
    if (lines.length < maxPrinted) lines.push(...shownLines(beginning(text, maxPrinted - lines.length), look))
    else rest++
  }
  return rest === 0 ? lines : [...lines, `… ${rest} more messages`]
}

/** As many lines of a text as may be shown. */
function beginning(text: string, lines: number): string {
  let end = -1
  for (let line = 0; line < lines; line++) {
    end = text.indexOf('\n', end + 1)
    if (end === -1) return text
  }
  return `${text.slice(0, end)}\n…`
}

/** What a policy prints may have line breaks, tabs and colours, and nothing else that a terminal obeys. */
function shownLines(text: string, look: Look): readonly string[] {
  return text.split('\n').map((line) =>
    line
      .split(colour)
      .map((part, at) =>
        at % 2 === 0 ? part.split('\t').map(printable).join('\t') : look === 'coloured' ? part : '',
      )
      .join(''),
  )
}
