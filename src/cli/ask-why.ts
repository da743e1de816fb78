import { printable, SentinelError } from '../base/index.ts'
import type { Deps } from './deps.ts'
import { ask } from './terminal.ts'

/** How long an answer may be, in characters. */
export type Length = { readonly least: number; readonly most: number }

/**
 * The justification that was left out, asked for at the terminal.
 *
 * @throws SentinelError USAGE where nobody can be asked; CANCELLED
 */
export async function askWhy({ io }: Deps, question: string, { least, most }: Length): Promise<string> {
  const length = `in ${least} to ${most} characters`
  try {
    return await ask(io, `${printable(question)}, ${length}?`, { instead: 'give --justification' })
  } catch (thrown) {
    if (!(thrown instanceof SentinelError) || thrown.code !== 'TERMINAL_REQUIRED') throw thrown
    throw new SentinelError('USAGE', '`--justification` is required where nobody can be asked', {
      hint: `say ${length} why the profile is needed`,
    })
  }
}
