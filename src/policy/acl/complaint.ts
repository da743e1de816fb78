import { type Diagnostic, draw, positionOf, type Source } from '../../source/index.ts'

/**
 * What is wrong with a policy as one text, for the answer to whoever wrote it: in Vault's words, then where, the line,
 * a caret and the hint. Warnings are left out.
 */
export function aclComplaint(source: Source, diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const told = errors.map((error) => {
    const { line, column } = positionOf(source.text, error.span.start)
    const [, ...excerptAndHint] = draw(source, error)
    return [`${error.message} (line ${line}, column ${column})`, ...excerptAndHint].join('\n')
  })
  return `failed to parse policy: ${told.join('\n')}`
}
