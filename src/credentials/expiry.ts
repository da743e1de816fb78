import type { AwsCredentials } from '../aws/index.ts'
import { SentinelError } from '../base/index.ts'

/** Whether credentials are a user's own keys, which do not expire and may ask for a session with MFA. */
export const isLongTerm = (credentials: AwsCredentials): boolean => credentials.sessionToken === undefined

/** Passes credentials on unless they have expired. */
export function notExpired(nowMs: number, credentials: AwsCredentials, source: string): AwsCredentials {
  if (credentials.expiresAtMs === undefined || credentials.expiresAtMs > nowMs) return credentials
  throw new SentinelError('STS_EXPIRED_CREDENTIALS', `the credentials of ${source} have expired`, {
    hint: 'get new ones where these came from',
  })
}
