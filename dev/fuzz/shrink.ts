// Smaller cases, by what the tree says: without a statement, with a node in place of what holds it, with something
// plain in place of an expression. What comes out need not parse; such a case fails in no way that is looked for.

import { parse } from '../../src/lang/syntax/parser.ts'
import { childrenOf, everyNode, type TreeNode } from '../../src/lang/syntax/visit.ts'
import type { Case } from './case.ts'

type Edit = { readonly start: number; readonly end: number; readonly text: string }

/** Cases that are smaller, the boldest steps first. */
export function* smaller(one: Case): Generator<Case> {
  for (const name of ['globals', 'params', 'data', 'modules'] as const) {
    for (const key of one[name].keys())
      yield { ...one, [name]: without(one[name] as ReadonlyMap<string, unknown>, key) }
  }
  for (const text of smallerTexts(one.text)) yield { ...one, text }
  for (const [path, module] of one.modules) {
    for (const text of smallerTexts(module))
      yield { ...one, modules: new Map([...one.modules, [path, text]]) }
  }
  for (const name of ['globals', 'params', 'data'] as const) {
    for (const [key, value] of one[name]) {
      for (const simpler of simplerValues(value))
        yield { ...one, [name]: new Map([...one[name], [key, simpler]]) }
    }
  }
}

function without<T>(all: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  return new Map([...all].filter(([name]) => name !== key))
}

function* smallerTexts(text: string): Generator<string> {
  const { program } = parse({ name: 'p', text })
  const { statements, imports, params } = program
  const parts = [...statements, ...imports, ...params]
  for (let size = parts.length >> 1; size > 1; size >>= 1) {
    for (let at = 0; at < parts.length; at += size) {
      const gone = parts.slice(at, at + size)
      yield edited(
        text,
        gone.map(({ span }) => ({ ...span, text: '' })),
      )
    }
  }
  for (const { span } of parts) yield edited(text, [{ ...span, text: '' }])
  for (const node of everyNode(statements)) {
    for (const edit of editsOf(node, text)) {
      const made = edited(text, [edit])
      if (made.length < text.length || (made.length === text.length && made < text)) yield made
    }
  }
  const plain = text.replace(/[ \t]*(?:#|\/\/)[^\n]*|[ \t]+$/gm, '').replace(/\n{2,}/g, '\n')
  if (plain.length < text.length) yield plain
}

/** Edits do not overlap; they are made from the end on. */
const edited = (text: string, edits: readonly Edit[]): string =>
  edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((made, { start, end, text: fresh }) => made.slice(0, start) + fresh + made.slice(end), text)

const plainExpressions = ['1', 'true', '""', '[]', '{}', 'undefined']
const isPlain = /^(?:\d|true|""|\[\]|\{\}|undefined|[\p{L}_][\p{L}\p{Nd}_]*)$/u

function* editsOf(node: TreeNode, text: string): Generator<Edit> {
  const { span } = node
  const own = text.slice(span.start, span.end)
  if (isStatementKind(node.kind)) yield { ...span, text: '' }
  for (const child of childrenOf(node)) yield { ...span, text: text.slice(child.span.start, child.span.end) }
  if (isStatementKind(node.kind) || isPlain.test(own)) return
  for (const plain of plainExpressions) yield { ...span, text: plain }
}

const statementKinds = new Set([
  'assignment',
  'expression',
  'if',
  'for',
  'case',
  'declaration',
  'return',
  'break',
  'continue',
  'block',
])
const isStatementKind = (kind: string) => statementKinds.has(kind)

function* simplerValues(value: unknown): Generator<unknown> {
  if (value === null || value === 1 || value === true || value === '') return
  if (Array.isArray(value)) for (const at of value.keys()) yield value.filter((_, index) => index !== at)
  else if (value instanceof Map)
    for (const key of value.keys()) yield new Map([...value].filter(([name]) => name !== key))
  else yield* [null, 1, true, '']
}
