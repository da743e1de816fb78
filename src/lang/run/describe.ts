// Comments that mean something (specification 1.2): the group at the top of a policy describes it, the group
// right above a rule describes the rule.

import type { Source, Span } from '../../source/index.ts'
import type { Program } from '../syntax/tree.ts'

/** The text of the first group of comments, if it comes before everything else. */
export function describePolicy({ text }: Source, { comments, imports, params, statements }: Program): string {
  const first = [...imports, ...params, ...statements][0]?.span.start ?? text.length
  const [comment] = comments
  if (comment === undefined || comment.start > first) return ''
  const group = [comment]
  for (const next of comments.slice(1)) {
    const last = group.at(-1)
    if (last === undefined || next.start > first || !areNeighbours(text, last.end, next.start)) break
    group.push(next)
  }
  return textOf(text, group)
}

/** The text of the comments right above a statement or parameter. */
export function describeStatement(
  { text }: Source,
  { comments }: Program,
  { span }: { readonly span: Span },
): string {
  const end = countBefore(comments, span.start)
  let [first, below] = [end, span.start]
  for (; first > 0; first--) {
    const comment = comments[first - 1] as Span
    if (!areNeighbours(text, comment.end, below) || !startsLine(text, comment.start)) break
    below = comment.start
  }
  return textOf(text, comments.slice(first, end))
}

/** How many of these, which are in order, end before an offset. */
function countBefore(spans: readonly Span[], offset: number): number {
  let [low, high] = [0, spans.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle]?.end ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return low
}

const maxBlanks = 1000
const areNeighbours = (text: string, end: number, start: number) =>
  start - end < maxBlanks && /^[ \t\r]*\n[ \t]*$/.test(text.slice(end, start))
const startsLine = (text: string, start: number) =>
  /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, start - 1000), start))

/** So much of what is said about something is kept. */
const maxDescription = 10_000

/** What stands in comments, without their marks. */
function textOf(text: string, group: readonly Span[]): string {
  const lines: string[] = []
  let length = 0
  for (const { start, end } of group) {
    const line = withoutMarks(text.slice(start, Math.min(end, start + 2 * maxDescription)))
    lines.push(line)
    length += line.length + 1
    if (length > maxDescription) break
  }
  const whole = lines.join('\n').trim()
  return whole.length > maxDescription ? `${whole.slice(0, maxDescription)}…` : whole
}

function withoutMarks(comment: string): string {
  if (comment.startsWith('/*')) return comment.slice(2, comment.endsWith('*/') ? -2 : undefined).trim()
  return comment.replace(/^(?:#|\/\/) ?/, '')
}
