import { printable, SentinelError } from '../base/index.ts'
import type { MfaQuestion } from '../credentials/index.ts'
import type { Io } from './io.ts'
import { ask } from './terminal.ts'

/** A code of an MFA device, from the person at the terminal; undefined where there is none. */
export async function askForCode(
  io: Io,
  { profile, serialNumber }: MfaQuestion,
): Promise<string | undefined> {
  try {
    const question = `MFA code of ${printable(serialNumber)} for profile ${printable(profile)}:`
    return await ask(io, question, { instead: 'give the code with --mfa-token' })
  } catch (thrown) {
    if (thrown instanceof SentinelError && thrown.code === 'TERMINAL_REQUIRED') return undefined
    throw thrown
  }
}
