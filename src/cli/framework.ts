// The whole command line behind commander, built from the list of commands: help, suggestions and everything
// that the lean parser leaves. It only reads what was typed; values.ts gives it meaning, for both parsers alike.

import { Command as Commander, CommanderError, Option } from 'commander'
import { exits, formatDuration, SentinelError } from '../base/index.ts'
import { meantBy, meantInstead } from './claims.ts'
import { coloursOf } from './colour.ts'
import { type Command, type Flag, flagName, type Section } from './command.ts'
import type { Deps } from './deps.ts'
import type { Io } from './io.ts'
import { withJsonFlag } from './json-spelled.ts'
import { withTwoDashes } from './two-dashes.ts'
import { resolveValues, type Typed } from './values.ts'

type Chosen = { readonly command: Command; readonly typed: Typed }

/** Parses and runs a command line, or prints the help that it asks for. @throws SentinelError USAGE and what the command throws */
export async function runByFramework(
  argv: readonly string[],
  deps: Deps,
  sections: readonly Section[],
): Promise<number> {
  const chosen = parse(argv, deps.io, sections)
  if (typeof chosen === 'number') return chosen
  const meant = meantInstead(argv, (name) => isCommand(name, sections))
  if (meant !== undefined) {
    throw new SentinelError('USAGE', `\`sentinel ${chosen.command.name}\` takes no policy`, {
      hint: `did you mean \`sentinel ${meant}\`?`,
    })
  }
  return await chosen.command.run(deps, resolveValues(chosen.command, chosen.typed, deps.io.env))
}

/** The command that a command line names, by its first words. */
export function commandOf(argv: readonly string[], sections: readonly Section[]): Command | undefined {
  const commands = sections.flatMap((section) => section.commands)
  const words = (command: Command) => command.name.split(' ')
  return commands.find((command) => words(command).every((word, at) => word === argv[at]))
}

function asFrameworkReads(argv: readonly string[], sections: readonly Section[]): readonly string[] {
  const command = commandOf(argv, sections)
  if (command === undefined) return argv.map((arg) => (arg === '-help' ? '--help' : arg))
  const words = command.name.split(' ').length
  return [...argv.slice(0, words), ...withJsonFlag(command, withTwoDashes(command, argv.slice(words)))]
}

/** What a command line of one command says, read as the framework reads it. @throws SentinelError USAGE */
export function frameworkParse(command: Command, args: readonly string[], io: Io): Typed | undefined {
  const chosen = parse([...command.name.split(' '), ...args], io, [
    { title: 'Commands', commands: [command] },
  ])
  return typeof chosen === 'number' ? undefined : chosen.typed
}

function parse(argv: readonly string[], io: Io, sections: readonly Section[]): Chosen | number {
  const asked = { chosen: undefined as Chosen | undefined }
  const root = buildRoot(io, sections, (chosen) => {
    asked.chosen = chosen
  })
  try {
    root.parse(asFrameworkReads(argv, sections), { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    if (thrown.exitCode === 0) return 0
    // As Vault's client: nothing at all behind its name is as no command that there is.
    if (thrown.code === 'commander.help')
      return argv.length === 1 && argv[0] === 'vault' ? 127 : thrown.exitCode
    throw asUsageError(thrown, argv, sections)
  }
  return asked.chosen ?? 1
}

function buildRoot(io: Io, sections: readonly Section[], choose: (chosen: Chosen) => void): Commander {
  const { bold, isColorSupported } = coloursOf(io.stdout, io.env)
  const root = new Commander('sentinel')
    .description('Decides who may have AWS credentials, and can always say why.')
    .usage('<command> [flags]')
    .exitOverride()
    .enablePositionalOptions()
    .configureHelp({
      styleTitle: (title) => bold(title),
      showGlobalOptions: false,
      subcommandTerm: (each) => each.name(),
    })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => {},
      getOutHasColors: () => isColorSupported,
      getErrHasColors: () => false,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .optionsGroup('Flags:')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command...]', 'show help for a command')
    .option('--version', 'print the version')
    .addHelpText('after', '\nEach command has its own help: sentinel <command> --help')
  for (const section of sections) {
    for (const command of section.commands) addCommand(root, section, command, choose)
  }
  return root
}

function addCommand(
  root: Commander,
  section: Section,
  command: Command,
  choose: (chosen: Chosen) => void,
): void {
  const words = command.name.split(' ')
  const above = words.slice(0, -1).map((_, at) => words.slice(0, at + 1))
  const group = above.reduce((parent, path) => groupOf(parent, section, path), root)
  const node = group
    .command(words.at(-1) ?? '')
    .helpGroup(group === root ? `${section.title}:` : 'Commands:')
    .summary(command.summary)
    .description([`${command.summary}.`, ...(command.description ?? [])].join('\n\n'))
    .usage(usageOf(command))
    .optionsGroup('Flags:')
    .helpOption('--help', 'show help')
    .passThroughOptions(command.passthrough !== undefined)
    .addHelpText('after', helpTail(command))
  for (const { term, help } of argumentsOf(command)) node.argument(term, help)
  const flags = new Map<string, string[]>()
  for (const [key, flag] of Object.entries(command.flags)) addFlag(node, key, flag, flags)
  node.action(() => choose({ command, typed: { flags, positionals: node.args } }))
}

/** What stands behind the flags: `<id>`, `[path...]`, a child's `[command...]`. */
export function argumentsOf(command: Command): readonly { readonly term: string; readonly help: string }[] {
  const own = Object.entries(command.positionals ?? {}).map(([name, { help, required, repeated }]) => {
    const dots = repeated === true ? '...' : ''
    return { term: required === true ? `<${name}${dots}>` : `[${name}${dots}]`, help }
  })
  const { passthrough } = command
  return passthrough === undefined
    ? own
    : [...own, { term: `[${passthrough.placeholder}...]`, help: passthrough.help }]
}

/** The usual order behind the command's name: flags, then arguments. */
export function usageOf(command: Command): string {
  const separator = command.passthrough === undefined ? [] : ['[--]']
  return ['[flags]', ...separator, ...argumentsOf(command).map(({ term }) => term)].join(' ')
}

/** The group that the words of `path` name, made when its first command comes. */
function groupOf(parent: Commander, section: Section, path: readonly string[]): Commander {
  const name = path.at(-1) ?? ''
  const known = parent.commands.find((each) => each.name() === name)
  if (known !== undefined) return known
  const prefix = `${path.join(' ')} `
  const verbs = section.commands
    .filter((command) => command.name.startsWith(prefix))
    .map((command) => command.name.slice(prefix.length))
  return parent
    .command(name)
    .usage('<command> [flags]')
    .helpGroup(path.length === 1 ? `${section.title}:` : 'Commands:')
    .summary(verbs.join(', '))
    .optionsGroup('Flags:')
    .helpOption('-h, --help', 'show help')
}

function addFlag(node: Commander, key: string, flag: Flag, into: Map<string, string[]>): void {
  if (flag.variableOnly === true) return
  const add = (text: string) => into.set(key, [...(into.get(key) ?? []), text])
  const name = flagName(key)
  const value = flag.type === 'boolean' ? '' : ` <${placeholderOf(flag)}>`
  const short = flag.short === undefined ? '' : `-${flag.short}, `
  node.addOption(new Option(`${short}--${name}${value}`, helpOf(flag)).hideHelp(flag.hidden === true))
  node.on(`option:${name}`, (text: string) => add(flag.type === 'boolean' ? 'true' : text))
  for (const alias of flag.aliases ?? []) {
    node.addOption(new Option(`--${alias}${value}`).hideHelp())
    node.on(`option:${alias}`, (text: string) => add(flag.type === 'boolean' ? 'true' : text))
  }
  if (flag.type !== 'boolean') return
  for (const each of [name, ...(flag.aliases ?? [])]) {
    node.addOption(new Option(`--no-${each}`).hideHelp())
    node.on(`option:no-${each}`, () => add('false'))
  }
}

/** What the help calls a flag's value. */
export function placeholderOf(flag: Flag): string {
  if (flag.placeholder !== undefined) return flag.placeholder
  if (flag.type === 'choice') return flag.choices.join('|')
  return flag.type === 'duration' || flag.type === 'timeout' ? 'time' : 'text'
}

/** A flag's line in the help and in the guide. */
export function helpOf(flag: Flag): string {
  const notes: string[] = []
  if ('required' in flag && flag.required === true) notes.push('required')
  if ('default' in flag && flag.default !== undefined) {
    notes.push(`default ${defaultOf(flag)}`)
  }
  if (flag.type === 'list') notes.push('may be given more than once')
  if (flag.env !== undefined && flag.variableOnly !== true) notes.push(`or ${flag.env}`)
  return notes.length === 0 ? flag.help : `${flag.help} (${notes.join('; ')})`
}

function defaultOf(flag: Flag): string {
  if (flag.type === 'list' || flag.default === undefined) return ''
  if (flag.type === 'duration') return formatDuration(flag.default)
  return flag.type === 'timeout' ? formatDuration(flag.default / 1000) : String(flag.default)
}

function helpTail(command: Command): string {
  const statuses = exits[command.exits ?? 'gateway']
  const width = Math.max(...statuses.map(({ status }) => status.length))
  const variables = Object.values(command.flags).filter((flag) => flag.variableOnly && !flag.hidden)
  const widest = Math.max(...variables.map(({ env = '' }) => env.length))
  return [
    ...(variables.length === 0 ? [] : ['', 'Environment:']),
    ...variables.map((flag) => `  ${flag.env?.padEnd(widest)}  ${helpOf(flag)}`),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
    '',
    'Exit status:',
    ...statuses.map(({ status, meaning }) => `  ${status.padEnd(width)}  ${meaning}`),
  ].join('\n')
}

function asUsageError(
  error: CommanderError,
  argv: readonly string[],
  sections: readonly Section[],
): SentinelError {
  const [first = '', ...more] = error.message.replace(/^error: /, '').split('\n')
  const [, nearest] = /^\(Did you mean (?:one of )?(.+)\?\)$/.exec(more.join(' ').trim()) ?? []
  const message = first.replaceAll("'", '`').replace(/\.$/, '')
  const help = `sentinel ${commandOf(argv, sections)?.name ?? ''} --help`.replace('  ', ' ')
  const guess =
    otherTool(error, argv, sections) ??
    longerFlag(error, argv, sections) ??
    (nearest === undefined ? otherGroup(error, argv, sections) : `did you mean \`${nearest}\`?`)
  const isVault = error.code === 'commander.unknownCommand' && argv[0] === 'vault'
  const code = isVault && !isGroup(`vault ${argv[1]}`, sections) ? 'COMMAND_NOT_FOUND' : 'USAGE'
  return new SentinelError(code, message, { hint: guess ?? `see \`${help}\`` })
}

/** `breakglass --reason` is told about `--reason-code`, although `--region` has as many letters in common. */
function longerFlag(
  error: CommanderError,
  argv: readonly string[],
  sections: readonly Section[],
): string | undefined {
  const [, typed] = /^error: unknown option '--([a-z-]{3,})'/.exec(error.message) ?? []
  if (error.code !== 'commander.unknownOption' || typed === undefined) return undefined
  const names = Object.keys(commandOf(argv, sections)?.flags ?? {}).map(flagName)
  const found = names.find((name) => name.startsWith(`${typed}-`))
  return found === undefined ? undefined : `did you mean \`--${found}\`?`
}

const isCommand = (name: string, sections: readonly Section[]) =>
  commandOf(name.split(' '), sections)?.name === name

const isGroup = (name: string, sections: readonly Section[]) =>
  sections.some(({ commands }) => commands.some((command) => command.name.startsWith(`${name} `)))

/** `sentinel validate policy.sentinel` is told about `sentinel lint`. */
function otherTool(
  error: CommanderError,
  argv: readonly string[],
  sections: readonly Section[],
): string | undefined {
  if (error.code !== 'commander.unknownCommand') return undefined
  const meant = meantBy(argv, (name) => isCommand(name, sections))
  return meant === undefined ? undefined : `did you mean \`sentinel ${meant}\`?`
}

/** `sentinel bootstrap` is told about `sentinel init bootstrap`. */
function otherGroup(
  error: CommanderError,
  argv: readonly string[],
  sections: readonly Section[],
): string | undefined {
  if (error.code !== 'commander.unknownCommand') return undefined
  const commands = sections.flatMap((section) => section.commands)
  const found = commands.find((command) => command.name.split(' ').includes(argv[0] ?? ''))
  return found === undefined || found.name.startsWith(`${argv[0]} `)
    ? undefined
    : `did you mean \`sentinel ${found.name}\`?`
}
