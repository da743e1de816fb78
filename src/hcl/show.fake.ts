import { type Diagnostic, draw, type Source } from '../source/index.ts'
import type { Body, Value } from './tree.ts'

/** A value in one line: strings quoted, objects with `=`. */
export function shownValue(value: Value): string {
  if (value.kind === 'list') return `[${value.elements.map(shownValue).join(', ')}]`
  if (value.kind === 'object') {
    return `{${value.entries.map((entry) => `${entry.name.text} = ${shownValue(entry.value)}`).join(', ')}}`
  }
  if (value.kind === 'null') return 'null'
  return typeof value.value === 'bigint' ? `${value.value}n` : JSON.stringify(value.value)
}

/** A body in one line: `a = 1; b "c" { … }`. */
export function shownBody({ attributes, blocks }: Body): string {
  const lines = [
    ...attributes.map(({ name, value }) => `${name.text} = ${shownValue(value)}`),
    ...blocks.map(({ type, labels, body }) =>
      [type.text, ...labels.map(({ text }) => JSON.stringify(text)), `{ ${shownBody(body)} }`].join(' '),
    ),
  ]
  return lines.join('; ')
}

/** Diagnostics as `line:column: message (hint)`. */
export function shownDiagnostics(source: Source, diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map((one) => {
    const [head = ''] = draw({ ...source, name: 'f' }, one)
    return head.replace(/^f:/, '').replace(': error', '') + (one.hint === undefined ? '' : ` (${one.hint})`)
  })
}
