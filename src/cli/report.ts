// How a run that failed ends: what is printed, and the exit status. Loaded only then.

import { codes, printable, type SentinelError, visibleJson } from '../base/index.ts'
import { type Command, hotCommand, type Program } from './command.ts'
import type { Io } from './io.ts'
import { jsonSpelled } from './json-spelled.ts'
import { isYes } from './two-dashes.ts'

/** Prints an error, once, and gives the exit status. */
export async function report(
  error: SentinelError,
  io: Io,
  argv: readonly string[],
  program: Program,
): Promise<number> {
  const command = await commandNamed(argv, program)
  const status = command?.group === 'language' ? 9 : (command?.failsWith ?? codes[error.code].exit)
  if (error.code === 'OUTPUT_CLOSED') return status
  try {
    if (io.env.SENTINEL_TRACE === 'stack') io.stderr.write(`${traceOf(error)}\n`)
    if (wantsJson(argv, command)) io.stdout.write(errorAsJson(error, command))
    else io.stderr.write(errorAsText(error))
  } catch {
    // Nobody reads any more; the exit status still tells.
  }
  return status
}

async function commandNamed(argv: readonly string[], program: Program): Promise<Command | undefined> {
  const hot = await hotCommand(argv, program)
  if (hot !== undefined) return hot
  const { commandOf } = await import('./framework.ts')
  return commandOf(argv, await program.sections())
}

/** Only a command that has `--json` answers in it: the stdout of the others belongs to credentials or to a child. */
function wantsJson(argv: readonly string[], command: Command | undefined): boolean {
  if (command?.flags.json?.type !== 'boolean') return false
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  const flags = command.group === 'language' ? own : jsonSpelled(own)
  const isLanguage = command.group === 'language'
  const last = flags.findLast((arg) =>
    (isLanguage ? /^--?(?:no-)?json(?:=.*)?$/ : /^--(?:no-)?json$/).test(arg),
  )
  return last !== undefined && (/^--?json$/.test(last) || isYes(last.replace(/^.*=/, '')))
}

/** An error as a person reads it. */
export function errorAsText(error: SentinelError): string {
  const lines = [
    `sentinel: error: ${printable(error.message)} [${error.code}]`,
    ...error.details.map((line) => line.split('\n').map(printable).join('\n')),
    ...(error.hint === undefined ? [] : [`sentinel: hint: ${printable(error.hint)}`]),
  ]
  return `${lines.join('\n')}\n`
}

function errorAsJson(
  { code, message, hint, details, errors }: SentinelError,
  command: Command | undefined,
): string {
  const lines = errors === undefined && details.length > 0 ? details : undefined
  const error = { code, message, hint, details: lines, errors }
  return `${visibleJson({ error, ...command?.jsonOfFailure }, 2)}\n`
}

function traceOf(error: SentinelError): string {
  const causes: string[] = []
  for (let at: unknown = error; at instanceof Error && causes.length < 8; at = at.cause) {
    causes.push(at.stack ?? at.message)
  }
  return causes.join('\ncaused by: ')
}
