import type { Caller, CredentialRequest, RecorderDeps } from '../../gateway/index.ts'
import type { AccessAnswer } from '../../policy/index.ts'
import type { AccessValues } from '../access-values.ts'
import type { GatewayDeps } from '../gateway-deps.ts'
import type { Reach } from '../reach.ts'
import type { SingleUse } from '../single-use.ts'
import type { Ways } from '../ways.ts'

/** Who asks, for which request, and what they gave on the command line. */
export type Asker = {
  readonly deps: GatewayDeps
  readonly values: AccessValues
  readonly request: CredentialRequest
  readonly caller: Caller
  /** The role that the profile gives, where it gives one. */
  readonly roleArn: string | undefined
  /** Where what is changed for it is recorded. */
  readonly recorder: RecorderDeps
  /** Where a table of requests is named. */
  readonly use: SingleUse | undefined
  /** In server mode. */
  readonly session: ServerSession | undefined
  /** AWS, as the tables are reached; a role that is assumed for it is recorded. */
  reach(): Promise<Reach>
  /** Those of its walk: an answer that was learnt in another walk adds that one's. */
  readonly ways: Ways
}

/** The session of one server. */
export type ServerSession = {
  /** 16 lower-case hex characters. */
  readonly id: string
  /** Whether it was made in any table. */
  isTracked(): boolean
  /** Makes it in the table of the command line, where there is one. @throws SentinelError as `find` */
  begin(): Promise<void>
  /**
   * How it stands, in every table where it was made and in this one, where it is made first. What this throws is an
   * outage, and denies.
   */
  find(asker: Asker, table: string | undefined): Promise<AccessAnswer>
  /** Notes that credentials were given out. */
  used(sourceIdentity: string | undefined): void
  /** Ends it where it stands. What fails is said and no more: the exit status is the child's. */
  end(): Promise<void>
}
