// From what was typed to what a command is given. Both parsers end here, so a flag means the same on the lean
// path and behind the framework: flag before environment before default, then checks, then types.

import { parseDuration, parseTimeout, SentinelError } from '../base/index.ts'
import type { Env } from '../machine/index.ts'
import { type Command, type Flag, flagName, type ParsedValues, type Value } from './command.ts'

/** What was typed: for each flag its texts (`true` and `false` for booleans), the positionals in order. */
export type Typed = {
  readonly flags: ReadonlyMap<string, readonly string[]>
  readonly positionals: readonly string[]
}

/**
 * The values of a command from what was typed and the environment.
 *
 * @throws SentinelError USAGE, DURATION_INVALID
 */
export function resolveValues(command: Command, typed: Typed, env: Env): ParsedValues {
  const values: Record<string, Value> = {}
  for (const [key, flag] of Object.entries(command.flags)) {
    const given = typed.flags.get(key) ?? []
    refuseSwallowedFlag(command, key, given)
    values[key] = flagValue(command, key, flag, given, env)
  }
  const named = command.passthrough === undefined ? typed.positionals : []
  Object.assign(values, resolvePositionals(command, named))
  return { ...values, rest: command.passthrough === undefined ? [] : typed.positionals }
}

/** A usage error that points to the command's help. */
export function usageError(command: Command, message: string, hint?: string): SentinelError {
  return new SentinelError('USAGE', message, { hint: hint ?? `see \`sentinel ${command.name} --help\`` })
}

function flagValue(command: Command, key: string, flag: Flag, given: readonly string[], env: Env): Value {
  const name = () => (flag.variableOnly === true ? `${flag.env}` : `--${flagName(key)}`)
  if (flag.type === 'list') return given.length > 0 ? given : fromEnv(flag, env)
  if (flag.type === 'boolean') return toBoolean(command, flag, given.at(-1), env)
  if (given.length > 1) throw usageError(command, `\`${name()}\` is given ${given.length} times`, flag.again)
  if (given[0] === '') throw usageError(command, `\`${name()}\` is empty`)
  const text = given[0] ?? fromEnv(flag, env)[0]
  if (text !== undefined) return toScalar(command, name, flag, text)
  if (flag.required === true) {
    const other = flag.env === undefined ? '' : ` (or ${flag.env} in the environment)`
    throw usageError(command, `\`${name()}\` is required${other}`)
  }
  return flag.default
}

// An empty variable counts as absent, as everywhere in AWS's own tools.
function fromEnv(flag: Flag, env: Env): readonly string[] {
  const text = flag.env === undefined ? undefined : env[flag.env]
  return text === undefined || text === '' ? [] : [text]
}

function toBoolean(
  command: Command,
  flag: Flag & { readonly type: 'boolean' },
  given: string | undefined,
  env: Env,
): boolean | undefined {
  if (given !== undefined) return given === 'true'
  const text = fromEnv(flag, env)[0]?.toLowerCase()
  if (text === undefined) return flag.mayBeUnsaid === true ? undefined : flag.default === true
  if (['0', 'f', 'false', 'no', 'off'].includes(text)) return false
  if (['1', 't', 'true', 'yes', 'on'].includes(text)) return true
  throw usageError(
    command,
    `\`${flag.env}\` must be 1 or 0, not \`${text}\``,
    `unset ${flag.env} or set it to 1`,
  )
}

function toScalar(command: Command, name: () => string, flag: Flag, text: string): string | number {
  if (flag.type === 'duration') return parseDuration(text)
  if (flag.type === 'timeout') return parseTimeout(text)
  if (flag.type !== 'choice') return text
  const chosen = flag.anyCase === true ? text.toLowerCase() : text
  if (flag.choices.includes(chosen)) return chosen
  throw usageError(command, `\`${name()}\` must be one of ${flag.choices.join(', ')}, not \`${text}\``)
}

/** `--profile --server` would otherwise ask for a profile called `--server`. */
function refuseSwallowedFlag(command: Command, key: string, given: readonly string[]): void {
  if (!given.some((text) => text.startsWith('--'))) return
  const names = Object.keys(command.flags).map(flagName)
  const swallowed = given.find((text) =>
    names.some((name) => text === `--${name}` || text === `--no-${name}`),
  )
  if (swallowed !== undefined) {
    throw usageError(command, `\`--${flagName(key)}\` needs a value, but \`${swallowed}\` follows`)
  }
}

function resolvePositionals(command: Command, given: readonly string[]): Record<string, Value> {
  const values: Record<string, Value> = {}
  let next = 0
  for (const [name, positional] of Object.entries(command.positionals ?? {})) {
    if (positional.required === true && given[next] === undefined) {
      throw usageError(command, `\`${name.toUpperCase()}\` is missing`)
    }
    values[name] = positional.repeated === true ? given.slice(next) : given[next]
    next = positional.repeated === true ? given.length : next + 1
  }
  const more = Object.values(command.positionals ?? {}).at(-1)?.again
  if (given.length > next) throw usageError(command, `unexpected argument \`${given[next]}\``, more)
  return values
}
