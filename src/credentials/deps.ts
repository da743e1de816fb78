import type { Env } from '../aws/index.ts'
import type { Keys, Machine, Paths } from '../machine/index.ts'
import type { AwsConfig } from './config.ts'

/** What an MFA code is asked for. */
export type MfaQuestion = { readonly profile: string; readonly serialNumber: string }

/** What getting credentials needs. */
export type CredentialsDeps = {
  readonly machine: Machine
  readonly keys: Keys
  readonly paths: Pick<Paths, 'cacheFolder' | 'awsSsoCacheFolder'>
  readonly env: Env
  /** The config files as they were when the recipe was made. */
  config(): Promise<AwsConfig>
  /** Aborting it ends every wait with CANCELLED. */
  readonly signal: AbortSignal
  /** Asks the person for a code; undefined where there is nobody to ask. */
  askForCode(question: MfaQuestion): Promise<string | undefined>
}
