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
    const looked = (paths.length === 0 ? ['.'] : paths).flatMap((path) => lookAt(files, path))
    const colours = coloursOf(color ? deps.io.stdout : { ...deps.io.stdout, isTTY: false }, deps.io.env)
    deps.io.stdout.write(json ? asJson(looked) : asText(looked, colours))
    const { errors, warnings } = countsOf(looked)
    return errors > 0 ? 9 : warnings > 0 ? 1 : 0
  },
})

function lookAt(files: Files, path: string): readonly Looked[] {
  let policies: readonly string[]
  try {
    policies = policiesAt(files, path)
    if (policies.length === 0) throw noPolicies(path)
  } catch (thrown) {
    return [failed(path, thrown)]
  }
  return policies.map((name) => {
    try {
      const source = { name, text: readNamed(files, name, onlyPolicies, () => files.readText(name)) }
      return { source, found: lintSource(source) }
    } catch (thrown) {
      return failed(name, thrown)
    }
  })
}

function failed(name: string, thrown: unknown): Looked {
  if (thrown instanceof SentinelError) return { name, failed: thrown }
  throw thrown
}

function countsOf(looked: readonly Looked[]) {
  const found = looked.flatMap((each) => ('found' in each ? each.found : []))
  const errors = found.filter(({ severity }) => severity === 'error').length
  const unread = looked.filter((each) => 'failed' in each).length
  return { files: looked.length, errors: errors + unread, warnings: found.length - errors }
}

function asText(looked: readonly Looked[], { yellow, red }: Colours): string {
  const lines = looked.flatMap((each) => {
    if ('failed' in each) {
      const { message, hint } = each.failed
      const advice = hint === undefined ? [] : [`  hint: ${printable(hint)}`]
      return [`${printable(each.name)}: ${red('error')}: ${printable(message)}`, ...advice]
    }
    return each.found.flatMap((finding) => {
      const rule = finding.rule === undefined ? '' : ` [${finding.rule}]`
      const [head = '', ...rest] = draw(each.source, { ...finding, message: `${finding.message}${rule}` })
      return [
        head.replace(/: (?:error|warning): /, (word) => (word === ': error: ' ? red(word) : yellow(word))),
        ...rest,
      ]
    })
  })
  const { files, errors, warnings } = countsOf(looked)
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`
  return `${[...lines, `${count(files, 'file')}, ${count(errors, 'error')}, ${count(warnings, 'warning')}`].join('\n')}\n`
}

function asJson(looked: readonly Looked[]): string {
  const { files, errors, warnings } = countsOf(looked)
  const findings = looked.flatMap((each): readonly object[] => {
    if ('found' in each) {
      return each.found.map((finding) => findingAsJson(each.source, finding))
    }
    const { message, hint } = each.failed
    return [{ path: each.name, severity: 'error', rule: 'unreadable', message, hint }]
  })
  return `${visibleJson({ files, errors, warnings, findings }, 2)}\n`
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
