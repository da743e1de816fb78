// The parser of the hot commands: it knows the usual forms and nothing else. Whatever it does not know (help, an
// unknown flag, a missing value) it leaves to the framework, which explains it. A property test holds the two
// together: what this parser accepts, the framework reads alike.

import { type Command, type Flag, flagName } from './command.ts'
import { withTwoDashes } from './two-dashes.ts'
import type { Typed } from './values.ts'

/** What was typed, or undefined where the framework should look at it. */
export function leanParse(command: Command, args: readonly string[]): Typed | undefined {
  const flags = new Map<string, string[]>()
  const positionals: string[] = []
  for (let rest = withTwoDashes(command, args); rest.length > 0; ) {
    const [arg = '', next] = rest
    if (arg === '--') return { flags, positionals: [...positionals, ...rest.slice(1)] }
    if (!arg.startsWith('-') || arg === '-') {
      if (command.passthrough !== undefined) return { flags, positionals: rest }
      positionals.push(arg)
      rest = rest.slice(1)
    } else {
      const read = readFlag(command, arg, next)
      if (read === undefined) return undefined
      flags.set(read.key, [...(flags.get(read.key) ?? []), read.text])
      rest = rest.slice(read.used)
    }
  }
  return { flags, positionals }
}

/** `--flag value`, `--flag=value`, `-f value`, `--flag`, `--no-flag`. */
function readFlag(
  command: Command,
  arg: string,
  next: string | undefined,
): { readonly key: string; readonly text: string; readonly used: 1 | 2 } | undefined {
  const equals = arg.startsWith('--') ? arg.indexOf('=', 3) : -1
  const name = equals === -1 ? arg : arg.slice(0, equals)
  const value = equals === -1 ? undefined : arg.slice(equals + 1)
  const found = flagOf(command, name)
  if (found === undefined) return undefined
  const { key, means } = found
  if (means !== 'value') return value === undefined ? { key, text: means, used: 1 } : undefined
  if (value !== undefined) return { key, text: value, used: 1 }
  return next === undefined || next.startsWith('-') ? undefined : { key, text: next, used: 2 }
}

/** The flag that is typed so, dashes included. */
function flagOf(command: Command, typed: string) {
  for (const [key, flag] of Object.entries(command.flags)) {
    const means = meansOf(key, flag, typed)
    if (means !== undefined) return { key, means } as const
  }
  return undefined
}

function meansOf(key: string, flag: Flag, typed: string): 'true' | 'false' | 'value' | undefined {
  if (flag.variableOnly === true) return undefined
  const isSwitch = flag.type === 'boolean'
  const yes = isSwitch ? 'true' : 'value'
  if (typed === `-${flag.short}`) return yes
  for (const name of [flagName(key), ...(flag.aliases ?? [])]) {
    if (typed === `--${name}`) return yes
    if (isSwitch && typed === `--no-${name}`) return 'false'
  }
  return undefined
}
