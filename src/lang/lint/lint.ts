// What is allowed and probably not meant. A source that is wrong gives its errors instead.

import { closest } from '../../base/index.ts'
import type { Diagnostic, Span } from '../../source/index.ts'
import { check, nameOfImport, namesMadeBy } from '../syntax/check.ts'
import { parse } from '../syntax/parser.ts'
import { predeclared } from '../syntax/predeclared.ts'
import type { SourceLike } from '../syntax/source.ts'
import type { Program } from '../syntax/tree.ts'
import { everyNode } from '../syntax/visit.ts'
import { type Finding, findingsAt } from './checks.ts'
import { type LintRuleName, lintRules } from './rules.ts'
import { undefinedIn } from './undefined.ts'
import { unusedNames } from './unused.ts'

/** A diagnostic with the rule that found it; errors of the source come from no rule. */
export type LintFinding = Diagnostic & { readonly rule: LintRuleName | undefined }

/** Everything about a source that its author should look at, in the order of the text. */
export function lint(given: SourceLike): readonly LintFinding[] {
  const { program, diagnostics, source } = parse(given)
  const errors = diagnostics.length > 0 ? diagnostics : check(program)
  if (errors.length > 0) return errors.map((error) => ({ ...error, rule: undefined }))
  const ground = { text: source.text, mayBeUndefined: undefinedIn(program), isKnown: namesIn(program) }
  const findings = [
    ...[...everyNode(program.statements)].flatMap((node) => findingsAt(node, ground)),
    ...repeatedImports(program),
    ...unusedNames(program).map(
      ({ text, span, rule }): Finding => ({ rule, message: `\`${text}\` is never used`, span }),
    ),
  ]
  const { ignores, unknown } = ignoredIn(source.text, program.comments)
  return [...findings.filter((finding) => !ignores(finding)), ...unknown]
    .map((finding): LintFinding => ({ severity: 'warning', ...finding }))
    .sort((a, b) => a.span.start - b.span.start)
}

/** What Vault gives. */
const usualGlobals = ['controlgroup', 'identity', 'mfa', 'namespace', 'replication', 'request', 'token']

function namesIn({ imports, params, statements }: Program): (name: string) => boolean {
  const made = [...everyNode(statements)].flatMap(namesMadeBy).map(({ text }) => text)
  const names = new Set([...made, ...imports.map(nameOfImport), ...params.map(({ name }) => name.text)])
  return (name) => names.has(name) || predeclared.has(name) || usualGlobals.includes(name)
}

function repeatedImports({ imports }: Program): readonly Finding[] {
  const seen = new Set<string>()
  return imports.flatMap(({ path, span }) => {
    const isRepeated = seen.has(path)
    seen.add(path)
    return isRepeated ? [{ rule: 'repeated-import', message: `\`${path}\` is imported twice`, span }] : []
  })
}

/** `# lint:ignore RULE, RULE` is for its own line and the next. */
function ignoredIn(text: string, comments: readonly Span[]) {
  const lines = new Set<string>()
  const unknown: Finding[] = []
  for (const span of comments) {
    const names = /^(?:#|\/\/)\s*lint:ignore\s+(.*\S)/.exec(text.slice(span.start, span.end))?.[1]
    for (const name of names?.split(/[\s,]+/) ?? []) {
      if (!lintRules.has(name as LintRuleName)) unknown.push(unknownRule(name, span))
      const line = lineOf(text, span.start)
      lines.add(`${line}:${name}`).add(`${line + 1}:${name}`)
    }
  }
  const ignores = ({ rule, span }: Finding) =>
    lines.size > 0 && lines.has(`${lineOf(text, span.start)}:${rule}`)
  return { ignores, unknown }
}

function unknownRule(name: string, span: Span): Finding {
  const near = closest(name, lintRules.keys())
  return {
    rule: 'unknown-rule',
    message: `no rule is called \`${name}\``,
    span,
    ...(near === undefined ? {} : { hint: `did you mean \`${near}\`?` }),
  }
}

const lineOf = (text: string, offset: number) => text.slice(0, offset).split('\n').length
