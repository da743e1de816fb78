// Writes what is generated from the commands and the rules of `lint`: pages of docs/guide/. A test demands that it leaves no diff.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { exits } from '../src/base/index.ts'
import { type Command, type Flag, flagName, type Section } from '../src/cli/command.ts'
import { argumentsOf, helpOf, placeholderOf, usageOf } from '../src/cli/framework.ts'
import { program } from '../src/cli/program.ts'
import { vaultFlags } from '../src/cli/vault/flags.ts'
import { lintRules } from '../src/lang/index.ts'

/** Every generated page: path from the repository's root → text. */
export async function generatedDocs(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/guide/commands.md', commandsGuide(await program.sections())],
    ['docs/guide/lint.md', lintGuide()],
    ['docs/guide/secrets.md', withVariables(readFileSync(pathOf('docs/guide/secrets.md'), 'utf8'))],
  ])
}

const pathOf = (page: string) => join(import.meta.dirname, '..', page)

/** A page in which the variables of `sentinel vault` stand between their marks. */
function withVariables(page: string): string {
  const rows = Object.entries<Flag>(vaultFlags).flatMap(([key, flag]) =>
    flag.env === undefined
      ? []
      : [
          [
            `\`${flag.env}\``,
            flag.variableOnly ? '' : `\`-${flagName(key)}\``,
            helpOf({ ...flag, variableOnly: true }),
          ],
        ],
  )
  const table = tableOf(['variable', 'flag', 'meaning'], rows).slice(1).join('\n')
  return page.replace(/(<!-- variables:[^\n]*\n)[\s\S]*(<!-- end of variables -->)/, `$1\n${table}\n\n$2`)
}

function lintGuide(): string {
  const chapters = [...lintRules].flatMap(([name, { finds, why, bad, good }]) => [
    ...['', `## ${name}`, '', finds, '', why],
    ...['', 'Found:', '', ...codeOf(bad), '', 'Not found:', '', ...codeOf(good)],
  ])
  const lines = [
    '# What `sentinel lint` finds',
    '',
    '<!-- Written by `npm run docs` from the rules themselves. Change src/lang/lint/rules.ts, not this page. -->',
    '',
    '`sentinel lint` looks at policies and modules without evaluating them, and warns of what the language allows and an author',
    'hardly means. A comment keeps rules quiet on its own line and the next: `# lint:ignore unused-import, no-effect`. What does',
    'not parse, or can never be evaluated, is shown as an error.',
    ...chapters,
  ]
  return `${lines.join('\n')}\n`
}

const codeOf = (text: string) => ['```sentinel', ...text.trimEnd().split('\n'), '```']

function commandsGuide(sections: readonly Section[]): string {
  const lines = [
    '# Commands',
    '',
    '<!-- Written by `npm run docs` from the commands themselves. Change src/cli/commands, not this page. -->',
    '',
    "Every command shows this page's text with `--help`. A flag goes over its environment variable, the variable over",
    'the default. `--flag value` and `--flag=value` mean the same; a switch is undone by `--no-` before its name; `--` ends',
    'the flags. Times are written like `15m`, `1h30m` or `900` (seconds). The commands of the policy language also take their',
    'flags as Go writes them: `-json`, `-color=false`.',
    ...sections.flatMap(({ title, commands }) => ['', `**${title}**`, '', ...commands.map(entryOf)]),
    ...sections.flatMap(({ commands }) => commands.flatMap(chapterOf)),
  ]
  return `${lines.join('\n')}\n`
}

const entryOf = ({ name, summary }: Command) =>
  `- [\`sentinel ${name}\`](#sentinel-${name.replaceAll(' ', '-')}) – ${summary}`

function chapterOf(command: Command): readonly string[] {
  const flags = Object.entries(command.flags).filter(([, flag]) => !flag.hidden && !flag.variableOnly)
  return [
    '',
    `## sentinel ${command.name}`,
    '',
    `${command.summary}.`,
    ...(command.description ?? []).flatMap((paragraph) => ['', paragraph]),
    '',
    '```text',
    `sentinel ${command.name} ${usageOf(command)}`,
    '```',
    ...tableOf(
      ['argument', 'meaning'],
      argumentsOf(command).map(({ term, help }) => [`\`${term}\``, help]),
    ),
    ...tableOf(
      ['flag', 'meaning'],
      flags.map(([key, flag]) => [`\`${formOf(key, flag)}\``, helpOf(flag)]),
    ),
    '',
    'Examples:',
    '',
    '```sh',
    ...command.examples,
    '```',
    ...tableOf(
      ['exit status', 'meaning'],
      exits[command.exits ?? 'gateway'].map(({ status, meaning }) => [status, meaning]),
    ),
  ]
}

function formOf(key: string, flag: Flag): string {
  const short = flag.short === undefined ? '' : `-${flag.short}, `
  const value = flag.type === 'boolean' ? '' : ` <${placeholderOf(flag)}>`
  return `${short}--${flagName(key)}${value}`
}

function tableOf(headings: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return []
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return ['', line(headings), line(headings.map(() => '---')), ...rows.map(line)]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, text] of await generatedDocs()) {
    const file = pathOf(path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    process.stdout.write(`${path}\n`)
  }
}
