// A command is data: its name, flags and examples are written once, and the parsers, the help, the generated
// docs/guide/commands.md and the tests read them from here. Names of flags are camelCase keys here and
// --kebab-case on the command line.

import type { exits } from '../base/index.ts'
import type { Deps } from './deps.ts'

type FlagBase = {
  /** What it does, lower case, without a final full stop. */
  readonly help: string
  /** One letter, given as `-x`. */
  readonly short?: string
  /** Environment variable that is read where the flag is not given. */
  readonly env?: string
  /** What the value is called in the help: `--duration <time>`. */
  readonly placeholder?: string
  /** Other names that work and are not shown, written as they are typed, without dashes. */
  readonly aliases?: readonly string[]
  /** Works, and is not shown. */
  readonly hidden?: boolean
  /** Only its environment variable is read: nothing on the command line goes over it. */
  readonly variableOnly?: true
}

type ValueBase<T> = FlagBase & {
  readonly required?: boolean
  /** What to do instead of giving it twice. */
  readonly again?: string
  readonly default?: T
}

/** One flag of a command. */
export type Flag =
  | (FlagBase & {
      readonly type: 'boolean'
      readonly default?: boolean
      /** Where nobody says it, that is neither true nor false. */
      readonly mayBeUnsaid?: true
    })
  | (ValueBase<string> & { readonly type: 'string' })
  /** Seconds; typed as `1h30m`, `15m` or bare seconds. */
  | (ValueBase<number> & { readonly type: 'duration' })
  /** Milliseconds, and fractions of them; typed as `500ms`, `1m30s` or bare seconds. */
  | (ValueBase<number> & { readonly type: 'timeout' })
  | (ValueBase<string> & {
      readonly type: 'choice'
      readonly choices: readonly string[]
      /** Capital letters count as small ones. */
      readonly anyCase?: true
    })
  /** May be given more than once; not comma separated. */
  | (FlagBase & { readonly type: 'list' })

export type Flags = Readonly<Record<string, Flag>>

/** An argument without a name, in the order of the keys. Only the last may be repeated. */
export type Positional = {
  readonly help: string
  readonly required?: boolean
  readonly repeated?: boolean
  /** What to do instead of giving one more. */
  readonly again?: string
}

export type Positionals = Readonly<Record<string, Positional>>

type Kept = { readonly required: true } | { readonly default: string | number }
type ScalarOf<F extends Flag> = F extends { readonly type: 'duration' | 'timeout' }
  ? number
  : F extends { readonly type: 'choice'; readonly choices: readonly (infer C)[] }
    ? C
    : string

/** What a flag gives: the type follows from its description. */
export type ValueOf<F extends Flag> = F extends { readonly type: 'boolean' }
  ? F extends { readonly mayBeUnsaid: true }
    ? boolean | undefined
    : boolean
  : F extends { readonly type: 'list' }
    ? readonly string[]
    : F extends Kept
      ? ScalarOf<F>
      : ScalarOf<F> | undefined

type ArgumentOf<P extends Positional> = P extends { readonly repeated: true }
  ? readonly string[]
  : P extends { readonly required: true }
    ? string
    : string | undefined

/** Everything a command is given from its command line. `rest` is the child's command line of a pass-through command. */
export type Values<F extends Flags, P extends Positionals> = {
  readonly [K in keyof F]: ValueOf<F[K]>
} & { readonly [K in keyof P]: ArgumentOf<P[K]> } & { readonly rest: readonly string[] }

/** How a command is written down. */
export type Definition<F extends Flags, P extends Positionals> = {
  /** One or more words: `exec`, `init bootstrap`. */
  readonly name: string
  /** One line for the list of commands, without a final full stop. */
  readonly summary: string
  /** Paragraphs under the summary in the command's own help. */
  readonly description?: readonly string[]
  /** Whole command lines, the first the most usual. */
  readonly examples: readonly [string, ...string[]]
  readonly flags: F
  readonly positionals?: P
  /** Everything after the first positional or `--` belongs to a child command; this is what the help calls it. */
  readonly passthrough?: { readonly placeholder: string; readonly help: string }
  /** Which table of exit statuses the help shows (decision 23). */
  readonly exits?: keyof typeof exits
  /**
   * A command of the policy language or of the server: it takes flags as Go writes them too (`-json`, `-trace=false`).
   * Whatever keeps one of the language from its work ends it with status 9.
   */
  readonly group?: 'language' | 'server'
  /** Exit status of every failure, where it is not that of the failure's code. */
  readonly failsWith?: number
  /**
   * What else its JSON holds when it fails before it has anything to say, beside `error`: whoever reads it finds the
   * same keys as always.
   */
  readonly jsonOfFailure?: Readonly<Record<string, unknown>>
  /** Gives the exit status. */
  run(deps: Deps, values: Values<F, P>): Promise<number> | number
}

/** A command whose own types are forgotten, as lists and parsers see it. */
export type Command = Omit<Definition<Flags, Positionals>, 'run'> & {
  run(deps: Deps, values: ParsedValues): Promise<number> | number
}

/** What a parser gives: as {@link Values}, without the command's own types. */
export type ParsedValues = Readonly<Record<string, Value>> & { readonly rest: readonly string[] }

export type Value = string | number | boolean | readonly string[] | undefined

/** Writes a command down; the types of its values follow from the flags and positionals. */
export function command<const F extends Flags, const P extends Positionals = Record<never, never>>(
  definition: Definition<F, P>,
): Command {
  // The parsers build exactly the values that the definition describes; values.ts is where that is kept true.
  return definition as unknown as Command
}

/** `policyParameter` → `policy-parameter`. */
export function flagName(key: string): string {
  let [name, from] = ['', 0]
  for (let at = 0; at < key.length; at++) {
    const letter = key.charAt(at)
    if (letter < 'A' || letter > 'Z') continue
    name += `${key.slice(from, at)}-${letter.toLowerCase()}`
    from = at + 1
  }
  return name + key.slice(from)
}

/** A named part of the list of commands in the help. */
export type Section = { readonly title: string; readonly commands: readonly Command[] }

/** The commands of the program, behind two doors. */
export type Program = {
  /** The hot ones by name, dispatched before any framework loads; what is loaded for one may hold others too. */
  readonly hot: ReadonlyMap<string, () => Promise<readonly Command[]>>
  /** All of them. */
  sections(): Promise<readonly Section[]>
}

/** The hot command that a command line names, if it is one. */
export async function hotCommand(
  [name = '']: readonly string[],
  program: Program,
): Promise<Command | undefined> {
  const commands = await program.hot.get(name)?.()
  return commands?.find((command) => command.name === name)
}
