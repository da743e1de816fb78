import type { MfaCode } from '../aws/index.ts'
import { printable, SentinelError } from '../base/index.ts'
import type { CredentialsDeps } from './deps.ts'

/** A code of an MFA device. @throws SentinelError MFA_REQUIRED where nobody can be asked; MFA_FAILED for no code */
export async function askMfa(
  deps: Pick<CredentialsDeps, 'askForCode'>,
  profile: string,
  serialNumber: string,
  instead = 'run sentinel exec for the profile in a terminal once',
): Promise<MfaCode> {
  const code = (await deps.askForCode({ profile, serialNumber }))?.replaceAll(' ', '')
  const device = printable(serialNumber)
  if (code === undefined) {
    const message = `profile \`${printable(profile)}\` needs a code of the MFA device ${device}`
    throw new SentinelError('MFA_REQUIRED', message, { hint: instead })
  }
  if (/^\d{6}$/.test(code)) return { serialNumber, code }
  throw new SentinelError('MFA_FAILED', 'an MFA code has six digits', {
    hint: `look at the device ${device} again`,
  })
}
