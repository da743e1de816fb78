// The rules that look at one node at a time.

import type { Span } from '../../source/index.ts'
import { comparisonLevel, precedence } from '../syntax/precedence.ts'
import type { Binary, Expression, Test, Unary } from '../syntax/tree.ts'
import type { TreeNode } from '../syntax/visit.ts'
import { mayEndWithoutReturn } from './returns.ts'
import type { LintRuleName } from './rules.ts'

/** Something that a rule found. */
export type Finding = {
  readonly rule: LintRuleName
  readonly message: string
  readonly span: Span
  readonly hint?: string
}

/** What the checks are given beside the node. */
export type Ground = {
  readonly text: string
  readonly mayBeUndefined: (node: Expression) => boolean
  /** Whether something is called in a stretch of the source. */
  readonly hasCall: (span: Span) => boolean
  /** Whether a name stands for something in this source, or for what hosts usually give. */
  readonly isKnown: (name: string) => boolean
}

type Check = (node: TreeNode, ground: Ground) => Finding | undefined

/** What the rules find at a node. */
export const findingsAt = (node: TreeNode, ground: Ground): readonly Finding[] =>
  checks.map((check) => check(node, ground)).filter((found) => found !== undefined)

const checks: readonly Check[] = [
  missingReturn,
  subtraction,
  negatedOperand,
  noEffect,
  zeroDivisor,
  undefinedPredicate,
]

function missingReturn(node: TreeNode): Finding | undefined {
  if (node.kind !== 'function' || !mayEndWithoutReturn(node.body)) return undefined
  return {
    rule: 'missing-return',
    message: 'the function may end without `return`, and is undefined then',
    span: { start: node.span.end - 1, end: node.span.end },
    hint: 'return a value at the end',
  }
}

/** `request.data.zip-code` is a subtraction. The formatter puts blanks around it: then the name on its right tells. */
function subtraction(node: TreeNode, { text, isKnown }: Ground): Finding | undefined {
  if (node.kind !== 'binary' || node.operator !== '-' || node.left.kind !== 'selector') return undefined
  const { left, right } = node
  const root = rootOf(right)
  const isTight = text.slice(left.span.end, right.span.start) === '-'
  if (root === undefined || (!isTight && isKnown(root))) return undefined
  const name = hyphenated(text, left.name.span.start)
  return {
    rule: 'subtraction',
    message: isTight
      ? `\`${name}\` is a subtraction`
      : `this is a subtraction, and nothing here is called \`${root}\``,
    span: { start: left.span.start, end: isTight ? left.name.span.start + name.length : right.span.end },
    hint: `write \`["${name}"]\` to select${isKnown(root) ? ', or put blanks around `-`' : ''}`,
  }
}

/** The name that `code`, `code.text` and their like begin with. */
function rootOf(node: Expression): string | undefined {
  if (node.kind === 'selector') return rootOf(node.operand)
  return node.kind === 'identifier' ? node.name : undefined
}

/** So far names with hyphens are looked at. */
const maxNames = 200

/** The names from `start` that have hyphens between them, with blanks or without: `a-b-c`. */
function hyphenated(text: string, start: number): string {
  const names = /[\p{L}_][\p{L}\p{Nd}_]*(?:[ \t]*-[ \t]*[\p{L}_][\p{L}\p{Nd}_]*)*/uy
  return (names.exec(text.slice(start, start + maxNames))?.[0] ?? '').replace(/[ \t]/g, '')
}

/** `not a in b` is `(not a) in b`. */
function negatedOperand(node: TreeNode, { text }: Ground): Finding | undefined {
  const [left, level] = comparedBy(node)
  if (left?.kind !== 'unary' || level < comparisonLevel) return undefined
  if (left.operator !== 'not' && left.operator !== '!') return undefined
  const { operator } = node as Binary | Test
  return {
    rule: 'negated-operand',
    message: `\`${left.operator}\` negates only what stands right behind it, not the \`${operator}\``,
    span: left.span,
    hint: hintForNegation(left, operator, text),
  }
}

function comparedBy(node: TreeNode): readonly [Expression | undefined, number] {
  if (node.kind === 'binary') return [node.left, precedence[node.operator]]
  return node.kind === 'test' ? [node.operand, comparisonLevel] : [undefined, 0]
}

const negations: ReadonlyMap<string, string> = new Map([
  ['in', 'not in'],
  ['contains', 'not contains'],
  ['matches', 'not matches'],
  ['is', 'is not'],
  ['==', '!='],
  ['is empty', 'is not empty'],
  ['is defined', 'is not defined'],
])

function hintForNegation({ operand }: Unary, operator: string, text: string): string {
  const negated = negations.get(operator)
  const subject = text.slice(operand.span.start, operand.span.end)
  return negated === undefined || subject.length > 40 || subject.includes('\n')
    ? 'put parentheses around what is to be negated'
    : `write \`${subject} ${negated}${operator.startsWith('is ') ? '' : ' …'}\`, or put parentheses around what is to be negated`
}

/** A line that computes something and does nothing with it. */
function noEffect(node: TreeNode, { hasCall }: Ground): Finding | undefined {
  if (node.kind !== 'expression' || hasCall(node.span)) return undefined
  return { rule: 'no-effect', message: 'the value of this line is not used', span: node.span }
}

function zeroDivisor(node: TreeNode): Finding | undefined {
  if (node.kind !== 'binary' || (node.operator !== '/' && node.operator !== '%')) return undefined
  const isZero = node.right.kind === 'int' && node.right.value === 0
  return isZero ? { rule: 'zero-divisor', message: 'division by zero', span: node.span } : undefined
}

/** A rule whose predicate is undefined is true (decision 21): it looks like a check and is none. */
function undefinedPredicate(node: TreeNode, { mayBeUndefined }: Ground): Finding | undefined {
  if (node.kind !== 'rule' || node.predicate === undefined || !mayBeUndefined(node.predicate))
    return undefined
  return {
    rule: 'undefined-predicate',
    message: 'where this is undefined the rule does not apply, and is true',
    span: node.predicate.span,
    hint: 'give a default with `else`, or ask with `is defined` first',
  }
}
