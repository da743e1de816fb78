// From a text to a governing policy. What is written is parsed, looked over and checked against the names that requests
// have: all that is wrong is told at once, and nothing of it is kept.

import { compile, lint, type Policy, parse, standardImports, unknownNames } from '../../lang/index.ts'
import { type Diagnostic, draw, positionOf, type Source } from '../../source/index.ts'
import { governingNames, idleImports } from './names.ts'
import { type GoverningPolicy, titleOf, type WrittenPolicy } from './policy.ts'

/** What a server allows beside what every policy may use. */
export type ReadingOptions = {
  /** Whether policies may import `http`. */
  readonly http: boolean
}

/** A policy, or what is wrong with its text. */
export type ReadPolicy =
  | { readonly policy: GoverningPolicy; readonly warnings: readonly string[] }
  | {
      /** For whoever wrote it: each error with its line and a caret. */
      readonly complaint: string
      /** For logs: no line of the text, which may hold what was pasted into it. */
      readonly places: string
    }

/** How many words, marks and comments a policy may have: what every request pays for is read by people too. */
const maxSize = 100_000

/** Reads a policy that somebody writes. */
export function readGoverning(written: WrittenPolicy, options: ReadingOptions): ReadPolicy {
  const policy = storedGoverning(written)
  const program = policy.program()
  const source = { name: titleOf(written), text: written.text }
  const errors = errorsIn(program, options)
  if (errors.length > 0) return complaintOf(source, errors)
  const warnings = lint(source).map((finding) => remark(source, finding))
  return { policy, warnings }
}

/**
 * A policy that was accepted before, as it was stored. One that is none any more does not pass.
 *
 * Its text is read at its first use: there may be many thousands of policies.
 */
export function storedGoverning(written: WrittenPolicy): GoverningPolicy {
  let program: Policy | undefined
  return {
    ...written,
    program() {
      program ??= compile(
        { name: titleOf(written), text: withoutIdleImports(written.text) },
        { size: maxSize },
      )
      return program
    },
  }
}

function errorsIn(program: Policy, { http }: ReadingOptions): readonly Diagnostic[] {
  if (program.diagnostics.length > 0) return program.diagnostics
  const imports = http ? standardImports : new Set([...standardImports].filter((path) => path !== 'http'))
  const { statements, params } = parse(program.source, maxSize).program
  const hasMain = statements.some(
    (node) =>
      (node.kind === 'assignment' && node.target.kind === 'identifier' && node.target.name === 'main') ||
      (node.kind === 'declaration' && node.name.text === 'main'),
  )
  const noMain: Diagnostic = {
    severity: 'error',
    message: 'the policy has no `main`',
    span: { start: 0, end: 0 },
    hint: 'add a rule `main`: the policy passes where that is true',
  }
  return [
    ...(hasMain ? [] : [noMain]),
    ...params.map(({ name }): Diagnostic => {
      const message = `nobody gives the parameter \`${name.text}\` a value`
      return { severity: 'error', message, span: name.span, hint: 'write a variable instead' }
    }),
    ...unknownNames(program, { globals: governingNames, imports }),
  ]
}

/** Such imports become blanks, so that every place stays where it was. */
function withoutIdleImports(text: string): string {
  if (![...idleImports].some((path) => text.includes(`"${path}"`))) return text
  let left = text
  for (const { path, alias, span } of parse({ name: '', text }, maxSize).program.imports) {
    if (alias !== undefined || !idleImports.has(path)) continue
    left = left.slice(0, span.start) + ' '.repeat(span.end - span.start) + left.slice(span.end)
  }
  return left
}

function complaintOf(source: Source, errors: readonly Diagnostic[]): ReadPolicy {
  const shown = errors.map((error) => told(source, error)).join('\n')
  const places = errors.map(({ span }) => {
    const { line, column } = positionOf(source.text, span.start)
    return `(line ${line}, column ${column})`
  })
  return {
    complaint: `failed to parse policy: ${shown}`,
    places: `failed to parse policy: ${places.join('; ')}`,
  }
}

/** A warning is one line: clients print it behind a word of their own. */
function remark(source: Source, { message, span, hint }: Diagnostic): string {
  const { line, column } = positionOf(source.text, span.start)
  return `line ${line}, column ${column}: ${message}${hint === undefined ? '' : `: ${hint}`}`
}

/** What, where, the line, a caret and the hint, as for ACLs. */
function told(source: Source, diagnostic: Diagnostic): string {
  const { line, column } = positionOf(source.text, diagnostic.span.start)
  const [, ...excerptAndHint] = draw(source, diagnostic)
  return [`${diagnostic.message} (line ${line}, column ${column})`, ...excerptAndHint].join('\n')
}
