// What the formatter promises of any source: nothing is lost, nothing changes twice.

import { format, lint, parse } from '../../src/lang/index.ts'
import { show } from '../../src/lang/syntax/show.fake.ts'
import type { Batch } from './work.ts'

const named = (text: string) => ({ name: 'policy.sentinel', text })
const treeOf = (text: string) => show(parse(named(text)).program)
const comments = /\/\* c \*\/|# c|\/\/ c|\/\* d/g

/**
 * What is wrong with the formatted text, undefined when nothing is. Sources that do not parse have none. Where comments
 * stand between any two tokens, a second run may still align some of them: then only they and the meaning are kept.
 */
export function brokenRoundTrip(text: string, kind: Batch['kind']): string | undefined {
  const once = format(named(text))
  if (once.kind === 'invalid') return once.diagnostics.length > 0 ? undefined : 'no text and no reason'
  if (treeOf(once.text) !== treeOf(text)) return `the formatted text means something else:\n${once.text}`
  if (kind === 'soup') return undefined
  if (String(text.match(comments)) !== String(once.text.match(comments)))
    return `a comment is lost:\n${once.text}`
  if (/[ \t]\n|\n\n\n/.test(once.text.replace(/`[^`]*`/g, '``'))) return `blanks are left over:\n${once.text}`
  const twice = format(named(once.text))
  if (twice.kind === 'invalid') return `the formatted text does not parse:\n${once.text}`
  return kind !== 'commented' || twice.text === once.text
    ? undefined
    : `formatting twice:\n${once.text}\n--- gives\n${twice.text}`
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
