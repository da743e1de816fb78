// Whether somebody holds their MFA device: AWS says so, nobody else (SerialNumber and TokenCode of GetSessionToken).

import { type AwsCredentials, connectionTo, getSessionToken, requireSameTime } from '../aws/index.ts'
import { type Clock, printable, SentinelError } from '../base/index.ts'
import { askMfa } from './ask-mfa.ts'
import type { CredentialsDeps } from './deps.ts'
import { shortestSeconds } from './durations.ts'
import { isLongTerm } from './expiry.ts'
import type { Recipe } from './recipe.ts'

/**
 * Has AWS verify that the owner of the base credentials holds their MFA device. The session that AWS gives is dropped.
 *
 * @param serialNumber the device; where it is absent, the one that the profile names
 * @returns the device
 * @throws SentinelError MFA_REQUIRED where there is no device, nobody to ask, or the base credentials are no user's keys;
 * MFA_FAILED; as assumeRole of `aws`; CLOCK_SKEW
 */
export async function verifyMfa(
  deps: Pick<CredentialsDeps, 'askForCode' | 'signal'> & { readonly clock: Clock },
  recipe: Recipe,
  base: AwsCredentials,
  serialNumber: string | undefined,
): Promise<string> {
  const name = printable(recipe.profile)
  const serial = serialNumber ?? recipe.baseMfaSerial ?? recipe.hops.find((hop) => hop.mfaSerial)?.mfaSerial
  if (serial === undefined) {
    throw new SentinelError('MFA_REQUIRED', `no MFA device of profile \`${name}\` is known`, {
      hint: 'give --mfa-serial, or add `mfa_serial` to the profile',
    })
  }
  // AWS STS API Reference, GetSessionToken: it cannot be called with the credentials of a role.
  if (!isLongTerm(base)) {
    const message = `AWS verifies MFA codes only for the keys of an IAM user, and profile \`${name}\` has none`
    throw new SentinelError('MFA_REQUIRED', message, {
      hint: 'use a profile whose base credentials are the access key of an IAM user',
    })
  }
  const mfa = await askMfa(deps, recipe.profile, serial, 'give the code with --mfa-token')
  const wanted = { durationSeconds: shortestSeconds, mfa }
  const session = await getSessionToken(deps, connectionTo('sts', recipe.settings), base, wanted)
  requireSameTime(deps.clock, session.serverTimeMs)
  return serial
}
