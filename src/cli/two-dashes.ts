// The commands of the policy language and of the server take flags as Go writes them: one dash before a long name, a value behind a
// switch. Both parsers see them rewritten to the form of the others, so that a flag is explained and read in one way.

import { type Command, flagName } from './command.ts'
import { usageError } from './values.ts'

const [yes, no] = [
  ['1', 't', 'T', 'TRUE', 'true', 'True'],
  ['0', 'f', 'F', 'FALSE', 'false', 'False'],
]

/**
 * A command line in which every flag has two dashes and no switch has a value: `-json` becomes `--json`,
 * `-color=false` becomes `--no-color`, `-h` becomes `--help`. Command lines of other groups stay as they are.
 *
 * @throws SentinelError USAGE where the value of a switch is neither true nor false
 */
export function withTwoDashes(command: Command, args: readonly string[]): readonly string[] {
  if (command.group === undefined) return args
  const known = knownFlags(command)
  const written: string[] = []
  for (let rest = args; rest.length > 0; ) {
    if (rest[0] === '--') return [...written, ...rest]
    const flag = rewritten(command, known, rest)
    written.push(...flag)
    rest = rest.slice(flag.length)
  }
  return written
}

/** The first flag or name of a command line, with the value that follows it: that is nobody's flag. */
function rewritten(
  command: Command,
  known: ReadonlyMap<string, Known>,
  [arg = '', ...next]: readonly string[],
): readonly string[] {
  const [, name, value] = /^--?([a-zA-Z][^=]*)(?:=(.*))?$/s.exec(arg) ?? []
  const found = name === undefined ? undefined : known.get(name)
  if (found?.isSwitch === true) return [switchOf(command, found.name, value)]
  if (found !== undefined) {
    return value === undefined ? [`--${found.name}`, ...next.slice(0, 1)] : [`--${found.name}=${value}`]
  }
  // Nobody knows it: the framework says so, and what it may have meant.
  return [name === undefined || name.length === 1 ? arg : arg.replace(/^--?/, '--')]
}

function switchOf(command: Command, name: string, value: string | undefined): string {
  if (value === undefined || isYes(value)) return `--${name}`
  if (no.includes(value)) return `--no-${name}`
  throw usageError(command, `\`-${name}\` is a switch: true or false, not \`${value}\``)
}

/** Whether the value of a switch, as Go writes it, switches on. */
export const isYes = (value: string): boolean => yes.includes(value)

type Known = { readonly name: string; readonly isSwitch: boolean }

function knownFlags(command: Command): ReadonlyMap<string, Known> {
  const known = new Map([['h', { name: 'help', isSwitch: true }]])
  for (const [key, flag] of Object.entries(command.flags)) {
    if (flag.variableOnly === true) continue
    const name = flagName(key)
    for (const each of [name, ...(flag.aliases ?? []), ...(flag.short ?? [])]) {
      known.set(each, { name, isSwitch: flag.type === 'boolean' })
    }
  }
  return known
}
