import { printable, SentinelError, visibleJson } from '../../base/index.ts'
import { type LintFinding, lint as lintSource } from '../../lang/index.ts'
import type { Files } from '../../project/index.ts'
import { draw, placeIn, type Source } from '../../source/index.ts'
import { type Colours, coloursOf } from '../colour.ts'
import { command } from '../command.ts'
import { diskFiles } from '../disk-files.ts'
import { policiesAt, readNamed } from '../policy-files.ts'
import { colourFlag, noPolicies, onlyPolicies } from './language.ts'

/** One file: what was found in it, or why it could not be read. */
type Looked =
  | { readonly source: Source; readonly found: readonly LintFinding[] }
  | { readonly name: string; readonly failed: SentinelError }

export const lint = command({
  name: 'lint',
  summary: 'Find what a policy allows and its author hardly meant',
  description: [
    'Looks at policies and modules without evaluating them. docs/guide/lint.md explains every rule. A comment `# lint:ignore RULE` keeps a rule quiet on its own line and the next.',
  ],
  examples: ['sentinel lint', 'sentinel lint policies policy.sentinel', 'sentinel lint -json policies'],
  group: 'language',
  exits: 'lint',
  jsonOfFailure: { files: 0, errors: 1, warnings: 0, findings: [] },
  flags: {
    json: { type: 'boolean', help: 'print JSON for a program to read' },
    color: colourFlag,
  },
  positionals: {
    paths: { help: 'files, or folders whose `*.sentinel` are looked at (default: .)', repeated: true },
  },
  run(deps, { paths, json, color }) {
    const files = diskFiles(deps)
    const { stdout, env } = deps.io
    const colours = coloursOf(color ? stdout : { ...stdout, isTTY: false }, env)
    const counts = new Counts()
    const found: object[] = []
    for (const looked of lookedAt(files, paths.length === 0 ? ['.'] : paths)) {
      const shown = counts.add(looked)
      if (json) found.push(...asJson(shown))
      else for (const line of asText(shown, colours)) stdout.write(`${line}\n`)
    }
    stdout.write(json ? `${visibleJson(counts.asJson(found), 2)}\n` : counts.asText())
    return counts.errors > 0 ? 9 : counts.warnings > 0 ? 1 : 0
  },
})

function* lookedAt(files: Files, paths: readonly string[]): Generator<Looked> {
  for (const path of paths) yield* lookAt(files, path)
}

function* lookAt(files: Files, path: string): Generator<Looked> {
  let policies: readonly string[]
  try {
    policies = policiesAt(files, path)
    if (policies.length === 0) throw noPolicies(path)
  } catch (thrown) {
    yield failed(path, thrown)
    return
  }
  for (const name of policies) yield lookAtOne(files, name)
}

function lookAtOne(files: Files, name: string): Looked {
  try {
    const source = { name, text: readNamed(files, name, onlyPolicies, () => files.readText(name)) }
    return { source, found: lintSource(source) }
  } catch (thrown) {
    return failed(name, thrown)
  }
}

function failed(name: string, thrown: unknown): Looked {
  if (thrown instanceof SentinelError) return { name, failed: thrown }
  throw thrown
}

/** How many errors are shown, and how many warnings: of a thousand files each may have a thousand. */
const maxShown = 10_000

/** What was found so far. Nothing else is kept of a file once it was shown: there may be a hundred thousand. */
class Counts {
  files = 0
  errors = 0
  warnings = 0

  /** Counts what was found in a file; gives as much of it as is shown. */
  add(looked: Looked): Looked {
    this.files++
    if ('failed' in looked) return this.errors++ < maxShown ? looked : { source: nowhere, found: [] }
    const found = looked.found.filter(({ severity }) =>
      severity === 'error' ? this.errors++ < maxShown : this.warnings++ < maxShown,
    )
    return { ...looked, found }
  }

  private get unshown(): number {
    return Math.max(0, this.errors - maxShown) + Math.max(0, this.warnings - maxShown)
  }

  asText(): string {
    const { files, errors, warnings, unshown } = this
    const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`
    const more = unshown === 0 ? '' : `; ${unshown} of them not shown`
    return `${count(files, 'file')}, ${count(errors, 'error')}, ${count(warnings, 'warning')}${more}\n`
  }

  asJson(findings: readonly object[]): object {
    const { files, errors, warnings, unshown } = this
    return { files, errors, warnings, ...(unshown === 0 ? {} : { not_shown: unshown }), findings }
  }
}

const nowhere: Source = { name: '', text: '' }

function asText(looked: Looked, { yellow, red }: Colours): readonly string[] {
  if ('failed' in looked) {
    const { message, hint } = looked.failed
    const advice = hint === undefined ? [] : [`  hint: ${printable(hint)}`]
    return [`${printable(looked.name)}: ${red('error')}: ${printable(message)}`, ...advice]
  }
  return looked.found.flatMap((finding) => {
    const rule = finding.rule === undefined ? '' : ` [${finding.rule}]`
    const [head = '', ...rest] = draw(looked.source, { ...finding, message: `${finding.message}${rule}` })
    return [
      head.replace(/: (?:error|warning): /, (word) => (word === ': error: ' ? red(word) : yellow(word))),
      ...rest,
    ]
  })
}

function asJson(looked: Looked): readonly object[] {
  if ('found' in looked) return looked.found.map((finding) => findingAsJson(looked.source, finding))
  const { message, hint } = looked.failed
  return [{ path: looked.name, severity: 'error', rule: 'unreadable', message, hint }]
}

function findingAsJson(source: Source, { rule, severity, message, hint, span }: LintFinding) {
  const [start, end] = [placeIn(source, span.start), placeIn(source, span.end)]
  return {
    path: source.name,
    severity,
    rule: rule ?? 'syntax',
    message,
    hint,
    line: start.line,
    column: start.column,
    end_line: end.line,
    end_column: end.column,
  }
}
