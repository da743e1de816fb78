// What the formatter promises of any source: nothing is lost, nothing changes twice.

import { format, lint, parse } from '../../src/lang/index.ts'
import { lex } from '../../src/lang/syntax/lexer.ts'
import { show } from '../../src/lang/syntax/show.fake.ts'

const named = (text: string) => ({ name: 'policy.sentinel', text })
const treeOf = (text: string) => show(parse(named(text)).program)
const commentsOf = (text: string) => {
  const { comments } = lex(text)
  return comments.map(({ start, end }) => text.slice(start, end).replace(/\s+/g, ' ').trim()).join('\n')
}

/** Without what stands in comments: their empty lines are their author's. */
function withoutComments(text: string): string {
  const { comments } = lex(text)
  const blocks = comments.filter(({ start }) => text.startsWith('/*', start)).toReversed()
  return blocks.reduce((left, { start, end }) => `${left.slice(0, start)}/**/${left.slice(end)}`, text)
}

const withoutRawStrings = (text: string) => text.replace(/`[^`]*`/g, '``')
const hasBlanksLeft = (text: string) =>
  /[ \t]\n/.test(withoutRawStrings(text)) || /\n\n\n/.test(withoutRawStrings(withoutComments(text)))

/** What is wrong with the formatted text, undefined when nothing is. Sources that do not parse have none. */
export function brokenRoundTrip(text: string): string | undefined {
  const once = format(named(text))
  if (once.kind === 'invalid') return once.diagnostics.length > 0 ? undefined : 'no text and no reason'
  if (treeOf(once.text) !== treeOf(text)) return `the formatted text means something else:\n${once.text}`
  if (commentsOf(text) !== commentsOf(once.text)) return `a comment is lost:\n${once.text}`
  if (hasBlanksLeft(once.text)) return `blanks are left over:\n${once.text}`
  const twice = format(named(once.text))
  if (twice.kind === 'invalid') return `the formatted text does not parse:\n${once.text}`
  return twice.text === once.text ? undefined : `formatting twice:\n${once.text}\n--- gives\n${twice.text}`
}

/** A diagnostic of the parser or the linter that points out of the file, or something thrown. */
export function brokenDiagnostics(text: string): string | undefined {
  const source = named(text)
  const outside = [...parse(source).diagnostics, ...lint(source)].find(
    ({ span: { start, end } }) => !(0 <= start && start <= end && end <= text.length),
  )
  return (
    outside &&
    `\`${outside.message}\` is said of ${outside.span.start} to ${outside.span.end} of ${text.length}`
  )
}
