// What is allowed and probably not meant. Each check looks at a program on its own and gives warnings; a source
// that is wrong gives its errors instead.

import type { Diagnostic, Span } from '../../source/index.ts'
import { check } from '../syntax/check.ts'
import { parse } from '../syntax/parser.ts'
import { comparisonLevel, precedence } from '../syntax/precedence.ts'
import type { SourceLike } from '../syntax/source.ts'
import type { Binary, Expression, Program } from '../syntax/tree.ts'
import { childrenOf, everyNode, type TreeNode } from '../syntax/visit.ts'
import { mayEndWithoutReturn } from './returns.ts'
import { unusedNames } from './unused.ts'

type Finding = { readonly message: string; readonly span: Span; readonly hint?: string }

/** Everything about a source that its author should look at, in the order of the text. */
export function lint(given: SourceLike): readonly Diagnostic[] {
  const { program, diagnostics, source } = parse(given)
  const errors = diagnostics.length > 0 ? diagnostics : check(program)
  if (errors.length > 0) return errors
  const nodes = [...everyNode(program.statements)]
  const findings = [
    ...nodes.flatMap((node) => checks.flatMap((one) => one(node, source.text))),
    ...repeatedImports(program),
    ...unusedNames(program).map(({ text, span }) => ({ message: `\`${text}\` is never used`, span })),
  ]
  return findings
    .map((finding): Diagnostic => ({ severity: 'warning', ...finding }))
    .sort((a, b) => a.span.start - b.span.start)
}

type Check = (node: TreeNode, text: string) => readonly Finding[]

const checks: readonly Check[] = [
  missingReturn,
  hyphen,
  negatedOperand,
  noEffect,
  zeroDivisor,
  undefinedPredicate,
]

function missingReturn(node: TreeNode): readonly Finding[] {
  if (node.kind !== 'function' || !mayEndWithoutReturn(node.body)) return []
  const span = { start: node.span.end - 1, end: node.span.end }
  return [
    {
      message: 'the function may end without `return`, and is undefined then',
      span,
      hint: 'return a value at the end',
    },
  ]
}

/** `request.data.zip-code` is a subtraction. */
function hyphen(node: TreeNode, text: string): readonly Finding[] {
  if (node.kind !== 'binary' || node.operator !== '-') return []
  const { left, right, span } = node
  const isTight = text.slice(left.span.end, right.span.start) === '-'
  const looksLikeName = right.kind === 'identifier' || right.kind === 'selector'
  if (!isTight || left.kind !== 'selector' || !looksLikeName) return []
  const name = `${left.name.text}-${text.slice(right.span.start, right.span.end)}`
  return [
    {
      message: `\`${name}\` is a subtraction`,
      span,
      hint: `write \`["${name}"]\` to select, or put blanks around \`-\``,
    },
  ]
}

/** `not a in b` is `(not a) in b`. */
function negatedOperand(node: TreeNode): readonly Finding[] {
  if (node.kind !== 'binary' && node.kind !== 'test') return []
  const level = node.kind === 'binary' ? precedence[node.operator] : comparisonLevel
  const left = node.kind === 'binary' ? node.left : node.operand
  if (level < comparisonLevel || left.kind !== 'unary' || !/^(?:not|!)$/.test(left.operator)) return []
  const message = `\`${left.operator}\` negates only what stands right behind it, not the \`${node.operator}\``
  return [{ message, span: left.span, hint: 'put parentheses around what is to be negated' }]
}

/** A line that computes something and does nothing with it. */
function noEffect(node: TreeNode): readonly Finding[] {
  if (node.kind !== 'expression' || [...everyNode([node.expression])].some(({ kind }) => kind === 'call'))
    return []
  return [{ message: 'the value of this line is not used', span: node.span }]
}

function zeroDivisor(node: TreeNode): readonly Finding[] {
  if (node.kind !== 'binary' || (node.operator !== '/' && node.operator !== '%')) return []
  const isZero = node.right.kind === 'int' && node.right.value === 0
  return isZero ? [{ message: 'division by zero', span: node.span }] : []
}

/** A rule whose predicate is undefined is true (decision 21): it looks like a check and is none. */
function undefinedPredicate(node: TreeNode): readonly Finding[] {
  if (node.kind !== 'rule' || node.predicate === undefined || !mayBeUndefined(node.predicate)) return []
  const message = 'where this is undefined the rule does not apply, and is true'
  return [
    {
      message,
      span: node.predicate.span,
      hint: 'give a default with `else`, or ask with `is defined` first',
    },
  ]
}

function mayBeUndefined(node: Expression): boolean {
  if (node.kind === 'selector' || node.kind === 'index' || node.kind === 'slice') return true
  if (node.kind === 'test' && node.operator.endsWith('defined')) return false
  if (node.kind === 'binary') return chainMayBeUndefined(node)
  if (node.kind === 'call' || node.kind === 'function' || node.kind === 'rule') return false
  return childrenOf(node).some((child) => mayBeUndefined(child as Expression))
}

/** `x else default` is as defined as its default; what follows `x is defined and` was asked for. */
function chainMayBeUndefined(node: Binary): boolean {
  let first: Expression = node
  for (; first.kind === 'binary'; first = first.left) {
    if (first.operator === 'else') return mayBeUndefined(first.right)
    if (first.operator === 'and' && asksForDefined(first.left)) return false
    if (mayBeUndefined(first.right)) return true
  }
  return mayBeUndefined(first)
}

const asksForDefined = (node: Expression): boolean =>
  [...everyNode([node])].some(
    ({ kind, ...rest }) => kind === 'test' && 'operator' in rest && rest.operator === 'is defined',
  )

function repeatedImports({ imports }: Program): readonly Finding[] {
  const seen = new Set<string>()
  return imports.flatMap(({ path, span }) => {
    const isRepeated = seen.has(path)
    seen.add(path)
    return isRepeated ? [{ message: `\`${path}\` is imported twice`, span }] : []
  })
}
