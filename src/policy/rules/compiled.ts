// The policies made ready to be asked, as plain JSON data: they are kept in sealed files from call to call, so
// that the everyday path needs no YAML parser and no `Intl`. What a time zone does is in them as a table.

/** What a rule may demand. */
export const effects = [
  'allow',
  'deny',
  'require_approval',
  'require_server',
  'require_server_session',
] as const

/** What a rule does with a request that it matches. */
export type RuleEffect = (typeof effects)[number]

/** How credentials leave Sentinel. */
export const modes = ['server', 'cli', 'credential_process'] as const

/** How credentials leave Sentinel: the local endpoint, a child's environment, or `credential_process`. */
export type Mode = (typeof modes)[number]

/** English weekdays by their number: 0 is Sunday, as in JavaScript and in a day mask's lowest bit. */
export const weekdays = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const

/** When a rule applies. `end` below `start` means over midnight; minutes are of the local day. */
export type CompiledWindow = {
  /** Bit n is weekday n, 0 is Sunday. */
  readonly days: number
  /** Minutes, 0 to 1439. */
  readonly start: number
  /** Minutes, exclusive, 1 to 1440. */
  readonly end: number
  /** Index into the policy's zones. */
  readonly zone: number
}

/** One rule of an access policy. An absent list matches everything. */
export type CompiledRule = {
  readonly name: string
  readonly effect: RuleEffect
  readonly reason: string
  readonly profiles?: readonly string[]
  readonly users?: readonly string[]
  readonly modes?: readonly Mode[]
  readonly time?: CompiledWindow
  readonly maxServerDurationSeconds?: number
  readonly sessionTable?: string
}

/** From an instant (milliseconds) on, how far local time is ahead of UTC (milliseconds). */
export type Offset = readonly [fromMs: number, offsetMs: number]

/** A time zone between the ends of the policy's horizon; the first offset starts at the horizon's begin. */
export type CompiledZone = { readonly name: string; readonly offsets: readonly Offset[] }

/** For which time a document was compiled, and with what time zone data. It answers from `fromMs` to before `untilMs`. */
export type Horizon = {
  readonly format: typeof format
  readonly tzVersion: string
  readonly fromMs: number
  readonly untilMs: number
  readonly zones: readonly CompiledZone[]
}

/** A document of rules, compiled. */
export type Compiled<Rule> = Horizon & { readonly rules: readonly Rule[] }

/** Roles whose session names are taken at their word (decision 20). */
type Trusting = { readonly trustedSessionRoles: readonly string[] }

/** An access policy, compiled. */
export type CompiledPolicy = Compiled<CompiledRule> & Trusting

/** Who may approve requests for some profiles. */
export type CompiledApprovalRule = {
  readonly name: string
  readonly profiles?: readonly string[]
  readonly approvers: readonly string[]
  /** How many different people must approve, 1 to 10. */
  readonly requiredApprovals: number
  /** Whether an approval serves for one issue of credentials only. */
  readonly singleUse: boolean
  readonly autoApprove?: AutoApproval
}

/** What is approved by itself: users and time and duration must all fit. An absent one fits always. */
export type AutoApproval = {
  readonly users?: readonly string[]
  readonly time?: CompiledWindow
  readonly maxDurationSeconds?: number
}

/** An approval policy, compiled. */
export type CompiledApprovalPolicy = Compiled<CompiledApprovalRule> &
  Trusting & {
    /** Accounts besides the requester's whose callers may approve. */
    readonly approverAccounts: readonly string[]
    /** The KMS key that approvals are to be signed with (decision 25); nothing can be approved under it yet. */
    readonly signingKey?: string
  }

/** What an emergency may be about. */
export const reasonCodes = ['incident', 'maintenance', 'security', 'recovery', 'other'] as const

/** What an emergency is about. */
export type ReasonCode = (typeof reasonCodes)[number]

/** Effects of an access policy that break-glass goes over only where a rule lists them (decision 6). */
export const overridable = ['deny', 'require_server', 'require_server_session'] as const

/** An effect of an access policy that break-glass may go over where a rule lists it. */
export type Overridable = (typeof overridable)[number]

/** Who may break the glass for some profiles. */
export type CompiledBreakglassRule = {
  readonly name: string
  readonly profiles?: readonly string[]
  readonly users: readonly string[]
  /** Absent: any. */
  readonly reasonCodes?: readonly ReasonCode[]
  readonly time?: CompiledWindow
  readonly maxDurationSeconds?: number
  readonly overrides: readonly Overridable[]
  readonly mfa: 'required' | 'none'
}

/** A break-glass policy, compiled. */
export type CompiledBreakglassPolicy = Compiled<CompiledBreakglassRule> & Trusting

/** How often the glass may be broken for some profiles. */
export type CompiledRateLimitRule = {
  readonly name: string
  readonly profiles?: readonly string[]
  /** The least time between two openings by one user for one profile. */
  readonly cooldownSeconds?: number
  /** Openings by one user, whatever the profile, within the window. */
  readonly maxPerUser?: number
  /** Openings for one profile, by whomever, within the window. */
  readonly maxPerProfile?: number
  /** Seconds; present where there is a quota or a threshold. */
  readonly quotaWindowSeconds?: number
  /** From how many openings of a user within the window on the next one is marked. */
  readonly escalationThreshold?: number
}

/** A rate-limit policy, compiled. */
export type CompiledRateLimitPolicy = Compiled<CompiledRateLimitRule>

/** The kinds of documents, by the words of `config validate --type`. */
export const documentKinds = ['policy', 'approval', 'breakglass', 'ratelimit'] as const

/** A kind of document: `policy` is an access policy. */
export type DocumentKind = (typeof documentKinds)[number]

/** The shape of this data; another one is compiled again. */
export const format = 1

/**
 * Whether a compiled policy must be compiled again before it may be asked: it was made by another version of
 * this program, with other time zone data, or for another time.
 *
 * @param tzVersion version of the time zone data (`process.versions.tz`)
 */
export function isStale(policy: Horizon, nowMs: number, tzVersion: string): boolean {
  const inside = nowMs >= policy.fromMs && nowMs < policy.untilMs
  return policy.format !== format || policy.tzVersion !== tzVersion || !inside
}
