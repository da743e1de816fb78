// From a command line to an exit status. Everything a run needs comes in as a value, so a test or a story runs
// it in its own process. Errors are printed here, once, and nowhere else.

import { asSentinelError, codes, printable, type SentinelError, visibleJson } from '../base/index.ts'
import type { Command, ParsedValues, Program } from './command.ts'
import type { Deps } from './deps.ts'
import type { Io } from './io.ts'
import { leanParse } from './lean.ts'
import { resolveValues } from './values.ts'

/** Runs one command line and gives the exit status; never throws. */
export async function main(argv: readonly string[], deps: Deps, program: Program): Promise<number> {
  try {
    const words = ['--version', '-version'].includes(argv[0] ?? '') ? ['version', ...argv.slice(1)] : argv
    const hot = await parseHot(words, deps.io, program)
    if (hot !== undefined) return await hot.command.run(deps, hot.values)
    const { runByFramework } = await import('./framework.ts')
    return await runByFramework(words, deps, await program.sections())
  } catch (thrown) {
    const command = await commandNamed(argv, program)
    return report(asSentinelError(thrown), deps.io, {
      asJson: wantsJson(argv, command),
      ...(command?.group === 'language' ? { status: 9 } : {}),
    })
  }
}

async function parseHot(
  argv: readonly string[],
  io: Io,
  program: Program,
): Promise<{ readonly command: Command; readonly values: ParsedValues } | undefined> {
  const command = await hotCommand(argv, program)
  const typed = command && leanParse(command, argv.slice(1))
  return command && typed && { command, values: resolveValues(command, typed, io.env) }
}

async function hotCommand([name = '']: readonly string[], program: Program): Promise<Command | undefined> {
  return (await program.hot.get(name)?.())?.find((command) => command.name === name)
}

/** `status`: where it is not that of the error's code. */
type Report = { readonly asJson: boolean; readonly status?: number }

function report(error: SentinelError, io: Io, { asJson, status = codes[error.code].exit }: Report): number {
  if (error.code === 'OUTPUT_CLOSED') return status
  try {
    if (io.env.SENTINEL_TRACE === 'stack') io.stderr.write(`${traceOf(error)}\n`)
    if (asJson) io.stdout.write(errorAsJson(error))
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
  return argv.some((arg) => arg === '--json' || (command.group === 'language' && arg === '-json'))
}

function errorAsText(error: SentinelError): string {
  const lines = [
    `sentinel: error: ${printable(error.message)} [${error.code}]`,
    ...error.details.map((line) => line.split('\n').map(printable).join('\n')),
    ...(error.hint === undefined ? [] : [`sentinel: hint: ${printable(error.hint)}`]),
  ]
  return `${lines.join('\n')}\n`
}

function errorAsJson({ code, message, hint, details }: SentinelError): string {
  const error = { code, message, hint, details: details.length === 0 ? undefined : details }
  return `${visibleJson({ error }, 2)}\n`
}

function traceOf(error: SentinelError): string {
  const causes: string[] = []
  for (let at: unknown = error; at instanceof Error && causes.length < 8; at = at.cause) {
    causes.push(at.stack ?? at.message)
  }
  return causes.join('\ncaused by: ')
}
