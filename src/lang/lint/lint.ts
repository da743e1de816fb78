// What is allowed and probably not meant. A source that is wrong gives its errors instead.

import { closest } from '../../base/index.ts'
import type { Diagnostic, Span } from '../../source/index.ts'
import { linesOf } from '../format/lines.ts'
import { check, namesMadeIn } from '../syntax/check.ts'
import { parse } from '../syntax/parser.ts'
import { predeclared } from '../syntax/predeclared.ts'
import type { SourceLike } from '../syntax/source.ts'
import type { Program } from '../syntax/tree.ts'
import { everyNode } from '../syntax/visit.ts'
import { type Finding, findingsAt, type Ground } from './checks.ts'
import { type LintRuleName, lintRules } from './rules.ts'
import { undefinedIn } from './undefined.ts'
import { unusedNames } from './unused.ts'
import { nodesWithin } from './within.ts'

/** A diagnostic with the rule that found it; errors of the source come from no rule. */
export type LintFinding = Diagnostic & { readonly rule: LintRuleName | undefined }

/** Everything about a source that its author should look at, in the order of the text. */
export function lint(given: SourceLike): readonly LintFinding[] {
  const { program, diagnostics, source } = parse(given)
  const errors = diagnostics.length > 0 ? diagnostics : check(program)
  if (errors.length > 0) return errors.map((error) => ({ ...error, rule: undefined }))
  const { ignores, unknown } = ignoredIn(source.text, program.comments)
  const all = [
    firstOf(findingsIn(program, source.text), ignores),
    firstOf(repeatedImports(program), ignores),
    firstOf(unusedIn(program), ignores),
    firstOf(unknown, () => false),
  ]
  return shortened(all.flat().sort((a, b) => a.span.start - b.span.start))
}

/** Who has a thousand warnings needs no more of them, and they may be a million. */
const maxFindings = 1000

/** As many findings as are shown, and one more. */
function firstOf(findings: Iterable<Finding>, ignores: (finding: Finding) => boolean): LintFinding[] {
  const first: LintFinding[] = []
  for (const finding of findings) {
    if (first.length > maxFindings) break
    if (!ignores(finding)) first.push({ severity: 'warning', ...finding })
  }
  return first
}

function shortened(findings: readonly LintFinding[]): readonly LintFinding[] {
  const [last] = findings.slice(maxFindings)
  if (last === undefined) return findings
  const message = `more than ${maxFindings} warnings; those from here on are not shown`
  return [
    ...findings.slice(0, maxFindings),
    { severity: 'warning', rule: undefined, message, span: last.span },
  ]
}

function* findingsIn(program: Program, text: string): Generator<Finding> {
  const ground: Ground = {
    text,
    mayBeUndefined: undefinedIn(program),
    hasCall: nodesWithin(program.statements, ({ kind }) => kind === 'call'),
    isKnown: namesIn(program),
  }
  for (const node of everyNode(program.statements)) yield* findingsAt(node, ground)
}

function* unusedIn(program: Program): Generator<Finding> {
  for (const { text, span, rule } of unusedNames(program))
    yield { rule, message: `\`${text}\` is never used`, span }
}

/** What Vault gives. */
const usualGlobals = ['controlgroup', 'identity', 'mfa', 'namespace', 'replication', 'request', 'token']

/** Whether a name stands for something. The names are gathered when somebody asks first. */
function namesIn(program: Program): (name: string) => boolean {
  let names: ReadonlySet<string> | undefined
  return (name) => {
    names ??= namesMadeIn(program)
    return names.has(name) || predeclared.has(name) || usualGlobals.includes(name)
  }
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
  const ignored = new Map<LintRuleName, Set<number>>()
  const unknown: Finding[] = []
  const lineOf = linesOf(text)
  for (const span of comments) {
    const names = /^(?:#|\/\/)\s*lint:ignore\s+(.*\S)/.exec(
      text.slice(span.start, Math.min(span.end, span.start + maxWidth)),
    )?.[1]
    for (const name of names?.split(/[\s,]+/) ?? []) {
      if (!isRule(name)) {
        if (unknown.length <= maxFindings) unknown.push(unknownRule(name, span))
        continue
      }
      const lines = ignored.get(name) ?? new Set()
      ignored.set(name, lines.add(lineOf(span.start)).add(lineOf(span.start) + 1))
    }
  }
  const ignores = ({ rule, span }: Finding) => ignored.get(rule)?.has(lineOf(span.start)) === true
  return { ignores, unknown }
}

/** How much of a comment may name rules. */
const maxWidth = 2000

const isRule = (name: string): name is LintRuleName => lintRules.has(name as LintRuleName)

function unknownRule(name: string, span: Span): Finding {
  const near = closest(name, lintRules.keys())
  return {
    rule: 'unknown-rule',
    message: `no rule is called \`${name}\``,
    span,
    ...(near === undefined ? {} : { hint: `did you mean \`${near}\`?` }),
  }
}
