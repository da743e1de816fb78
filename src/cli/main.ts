// From a command line to an exit status. Everything a run needs comes in as a value, so a test or a story runs
// it in its own process. Errors come here, are printed once (report.ts), and nowhere else.

import { asSentinelError } from '../base/index.ts'
import { type Command, hotCommand, type ParsedValues, type Program } from './command.ts'
import type { Deps } from './deps.ts'
import type { Io } from './io.ts'
import { leanParse } from './lean.ts'
import { resolveValues } from './values.ts'

/** Runs one command line and gives the exit status; never throws. */
export async function main(argv: readonly string[], deps: Deps, program: Program): Promise<number> {
  try {
    const words = withVersion(argv)
    const hot = await parseHot(words, deps.io, program)
    if (hot !== undefined) return await hot.command.run(deps, hot.values)
    const { runByFramework } = await import('./framework.ts')
    return await runByFramework(words, deps, await program.sections())
  } catch (thrown) {
    const { report } = await import('./report.ts')
    return report(asSentinelError(thrown), deps.io, argv, program)
  }
}

/** A command line that asks for the version, in whatever way, in the one way. */
function withVersion(argv: readonly string[]): readonly string[] {
  const [first = '', second = '', ...more] = argv
  if (['--version', '-version'].includes(first)) return ['version', ...argv.slice(1)]
  const isVault = first === 'vault' && ['version', '--version', '-version', '-v'].includes(second)
  return isVault ? ['version', ...more] : argv
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
