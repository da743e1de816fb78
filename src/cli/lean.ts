// The parser of the hot commands: it knows the usual forms and nothing else. Whatever it does not know (help, an
// unknown flag, a missing value) it leaves to the framework, which explains it. A property test holds the two
// together: what this parser accepts, the framework reads alike.

import { type Command, flagName } from './command.ts'
import { withTwoDashes } from './two-dashes.ts'
import type { Typed } from './values.ts'

type Known = { readonly key: string; readonly means: 'value' | 'true' | 'false' }

/** What was typed, or undefined where the framework should look at it. */
export function leanParse(command: Command, args: readonly string[]): Typed | undefined {
  const known = knownFlags(command)
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
      const read = readFlag(known, arg, next)
      if (read === undefined) return undefined
      flags.set(read.key, [...(flags.get(read.key) ?? []), read.text])
      rest = rest.slice(read.used)
    }
  }
  return { flags, positionals }
}

/** `--flag value`, `--flag=value`, `-f value`, `--flag`, `--no-flag`. */
function readFlag(
  known: ReadonlyMap<string, Known>,
  arg: string,
  next: string | undefined,
): { readonly key: string; readonly text: string; readonly used: 1 | 2 } | undefined {
  const [, name = arg, value] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? []
  const found = known.get(name)
  if (found === undefined) return undefined
  const { key, means } = found
  if (means !== 'value') return value === undefined ? { key, text: means, used: 1 } : undefined
  if (value !== undefined) return { key, text: value, used: 1 }
  return next === undefined || next.startsWith('-') ? undefined : { key, text: next, used: 2 }
}

function knownFlags(command: Command): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>()
  for (const [key, flag] of Object.entries(command.flags)) {
    const yes = { key, means: flag.type === 'boolean' ? 'true' : 'value' } as const
    for (const name of [flagName(key), ...(flag.aliases ?? [])]) {
      known.set(`--${name}`, yes)
      if (flag.type === 'boolean') known.set(`--no-${name}`, { key, means: 'false' })
    }
    if (flag.short !== undefined) known.set(`-${flag.short}`, yes)
  }
  return known
}
