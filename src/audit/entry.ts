// What a line of the decision log says. The keys are those of the reference's log where it has them, so that what reads
// its lines reads ours; they stand in one order in every line. What is not known is left out.

import { visible } from '../base/index.ts'

/** Where, how and by whom; the same for decisions, outcomes and administration. */
type Circumstances = {
  /** 16 lower-case hex characters, for refusals too. */
  readonly request_id: string
  /** The name that policies match; empty where the caller could not be found out. */
  readonly user: string
  readonly profile?: string | undefined
  readonly caller_arn?: string | undefined
  readonly account_id?: string | undefined
  /** How Sentinel was called: `cli`, `exec`, `credential_process`, … */
  readonly mode?: string | undefined
  /** Where AWS was asked: each region that any answer came from. */
  readonly region?: string | undefined
  /** Endpoints that are not AWS's, foreign CAs, proxies: all through which any answer came. */
  readonly endpoint?: string | undefined
  readonly ca?: string | undefined
  readonly proxy?: string | undefined
  /** Present where the person allowed an endpoint that is not AWS's. */
  readonly insecure?: true | undefined
  /** The session of the server (`exec --server`) that was asked. */
  readonly session_id?: string | undefined
  readonly host?: string | undefined
  readonly sentinel_version?: string | undefined
}

/** What the policy said, and what it is about. In an outcome it stands again, so that each line explains itself. */
type Ruling = {
  readonly effect: string
  /** The rule's name; empty where none matched. */
  readonly rule: string
  /** From 0; -1 where none matched. */
  readonly rule_index: number
  readonly reason: string
  /** An SSM parameter's name, or the path of a file. */
  readonly policy_path: string
  readonly policy_version?: number | undefined
  readonly policy_sha256?: string | undefined
  /** Present where the rule wants server mode, or a tracked session in it. */
  readonly requires_server?: true | undefined
  readonly requires_server_session?: true | undefined
  readonly role_arn?: string | undefined
  readonly session_duration_seconds?: number | undefined
  /** Present where nothing can be stamped and the person allowed that. */
  readonly unstamped?: true | undefined
  /** By what it was issued although the policy alone refuses it; `effect` stays the policy's own. */
  readonly override?: 'approval' | 'breakglass' | undefined
  /** The approval, or the break-glass event, that overrides or would have. */
  readonly approved_request_id?: string | undefined
  readonly break_glass_event_id?: string | undefined
  readonly approval_signature?: 'unsigned: advisory' | undefined
  /** Where it lies: a table's name or ARN, or `local`. */
  readonly override_table?: string | undefined
  readonly error_code?: string | undefined
}

/** What was decided, before anything was done. A refusal, and a request that failed before, end with this line. */
export type DecisionEntry = Circumstances &
  Ruling & {
    readonly event: 'decision'
    readonly profile: string
    readonly outcome?: 'denied' | 'error' | undefined
  }

/** How it ended. `issued` is written before anything is released. */
export type OutcomeEntry = Circumstances &
  Partial<Ruling> & {
    readonly event: 'outcome'
    readonly outcome: 'issued' | 'denied' | 'error' | 'abandoned'
    readonly served?: 'fresh' | 'cache' | undefined
    /** The request id that the credentials are stamped with; another one than `request_id` when served from the cache. */
    readonly issued_by?: string | undefined
    readonly source_identity?: string | undefined
    /** RFC 3339, UTC. */
    readonly expires_at?: string | undefined
    readonly access_key_id?: string | undefined
  }

/** The same refusal again, several times within seconds. `request_id` is that of the first, which has a line of its own. */
export type RepeatsEntry = Circumstances &
  Ruling & {
    readonly event: 'repeats'
    readonly profile: string
    readonly outcome: 'denied' | 'error'
    /** How often, not counting the first. */
    readonly count: number
  }

/** A change to Sentinel's own set-up, such as a policy put into SSM. */
export type AdministrationEntry = Circumstances & {
  readonly event: 'administration'
  readonly action: string
  readonly resource: string
  readonly outcome?: 'started' | 'done' | 'denied' | 'error' | undefined
  readonly error_code?: string | undefined
  readonly reason?: string | undefined
}

/** Everything that can happen to a request for approval, a break-glass event or a server session. */
export type ChangeEvent =
  | 'request.created'
  | 'request.approved'
  | 'request.denied'
  | 'request.cancelled'
  | 'request.consumed'
  | 'breakglass.invoked'
  | 'breakglass.closed'
  | 'session.created'
  | 'session.revoked'
  | 'session.ended'

/** The thing that is changed, by its id: 16 lower-case hex characters. */
export type ChangedThing =
  | { readonly request_id: string }
  | { readonly event_id: string }
  | { readonly session_id: string }

/** What a line says of a change: the reference's keys where it has them. What people wrote is encrypted on the way there (words.ts). */
export type ChangeWords = {
  readonly profile?: string | undefined
  /** The role that an approval or an event is for. */
  readonly role_arn?: string | undefined
  /** What the thing is after it. */
  readonly status?: string | undefined
  readonly requester?: string | undefined
  readonly invoker?: string | undefined
  readonly justification?: string | undefined
  readonly reason_code?: string | undefined
  readonly duration_seconds?: number | undefined
  readonly approver?: string | undefined
  readonly approver_comment?: string | undefined
  readonly auto_approved?: true | undefined
  readonly approvals?: number | undefined
  readonly required_approvals?: number | undefined
  readonly single_use?: true | undefined
  readonly approval_signature?: 'unsigned: advisory' | undefined
  readonly overrides?: readonly string[] | undefined
  readonly mfa_serial?: string | undefined
  readonly escalated?: true | undefined
  readonly closed_by?: string | undefined
  readonly closed_reason?: string | undefined
  readonly revoked_by?: string | undefined
  readonly revoked_reason?: string | undefined
  /** RFC 3339, UTC. */
  readonly expires_at?: string | undefined
  readonly valid_until?: string | undefined
  /** The rule that allowed or refused it, and the policy that it stands in. */
  readonly rule?: string | undefined
  readonly policy_path?: string | undefined
  readonly policy_version?: number | undefined
  readonly policy_sha256?: string | undefined
  /** Where the thing lies: a table's name, or `local`. */
  readonly table?: string | undefined
}

/** A change of state: `started` before it is made, then how it ended. A refusal is one line. */
export type ChangeEntry = Omit<Circumstances, 'request_id' | 'session_id'> &
  Partial<Record<'request_id' | 'event_id' | 'session_id', string | undefined>> &
  ChangeWords & {
    readonly event: ChangeEvent
    /** The id of this walk; that of the request for credentials where the change is a part of one. */
    readonly walk_id: string
    /** The same as `user`, by the reference's name. */
    readonly actor: string
    readonly outcome: 'started' | 'done' | 'denied' | 'error'
    readonly error_code?: string | undefined
    readonly reason?: string | undefined
  }

/** Somebody says that the clock is right although the log's last line is later: time counts from here. */
export type AcceptClockEntry = Circumstances & {
  readonly event: 'accept-clock'
  readonly reason?: string | undefined
}

/** What can be appended. Time, sequence and chain are added by the log. */
export type Entry =
  | DecisionEntry
  | OutcomeEntry
  | RepeatsEntry
  | AdministrationEntry
  | ChangeEntry
  | AcceptClockEntry

/** What the log says about itself. */
export type LogEvent =
  | {
      /** The first line: which log this is, under which keys, and which log stood in its place before. */
      readonly event: 'log'
      readonly log: string
      readonly key: string
      readonly previous_log?: string | undefined
      readonly previous_count?: number | undefined
      readonly previous_mac?: string | undefined
    }
  | {
      /** The line before is half a line: its writer was stopped. */
      readonly event: 'torn'
      readonly torn_bytes: number
      readonly torn_sha256: string
    }
  | {
      /** What stands before is not what the head says. A break with `log` founds the chain anew. */
      readonly event: 'break'
      readonly reason: string
      readonly expected_size?: number | undefined
      readonly found_size: number
      readonly log?: string | undefined
      readonly key?: string | undefined
    }

/** What else a change says stands behind these, in the order in which the door of changes says it. */
const order: readonly string[] = [
  'event',
  'log',
  'key',
  'request_id',
  'event_id',
  'session_id',
  'walk_id',
  'user',
  'profile',
  'effect',
  'rule',
  'rule_index',
  'requires_server',
  'requires_server_session',
  'override',
  'approved_request_id',
  'approval_signature',
  'break_glass_event_id',
  'override_table',
  'action',
  'resource',
  'outcome',
  'count',
  'error_code',
  'reason',
  'policy_path',
  'policy_version',
  'policy_sha256',
  'served',
  'issued_by',
  'source_identity',
  'unstamped',
  'role_arn',
  'session_duration_seconds',
  'expires_at',
  'access_key_id',
  'mode',
  'caller_arn',
  'account_id',
  'region',
  'endpoint',
  'ca',
  'proxy',
  'insecure',
  'host',
  'sentinel_version',
]

/** The members of an entry as JSON without the braces, in the log's order. */
export function entryToMembers(entry: Entry | LogEvent, timestamp: string): string {
  const values = new Map<string, unknown>(Object.entries(entry))
  let text = `"schema_version":1,"timestamp":"${timestamp}"`
  const put = (key: string, value: unknown) => {
    if (value !== undefined) text += `,"${key}":${JSON.stringify(value)}`
  }
  // Plain loops: this is the first and the last time that the process does it, and it is waited for.
  for (const key of order) put(key, values.get(key))
  for (const [key, value] of values) if (!order.includes(key)) put(key, value)
  return visible(text)
}
