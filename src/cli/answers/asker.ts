import type { Caller, CredentialRequest } from '../../gateway/index.ts'
import type { AccessValues } from '../access-values.ts'
import type { GatewayDeps } from '../gateway-deps.ts'
import type { Reach } from '../reach.ts'

/** Who asks, for which request, and what they gave on the command line. */
export type Asker = {
  readonly deps: GatewayDeps
  readonly values: AccessValues
  readonly request: CredentialRequest
  readonly caller: Caller
  /** AWS, as the tables are reached; a role that is assumed for it is recorded. */
  reach(): Promise<Reach>
}
