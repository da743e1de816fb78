// An access policy made ready to be asked, as plain JSON data: it is kept in a sealed file from call to call, so
// that the everyday path needs no YAML parser and no `Intl`. What a time zone does is in it as a table.

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

/** One rule. An absent list matches everything. */
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

/** An access policy, compiled. It answers for instants from `fromMs` to before `untilMs` only. */
export type CompiledPolicy = {
  readonly format: typeof format
  readonly tzVersion: string
  readonly fromMs: number
  readonly untilMs: number
  readonly trustedSessionRoles: readonly string[]
  readonly zones: readonly CompiledZone[]
  readonly rules: readonly CompiledRule[]
}

/** The shape of this data; another one is compiled again. */
export const format = 1

/**
 * Whether a compiled policy must be compiled again before it may be asked: it was made by another version of
 * this program, with other time zone data, or for another time.
 *
 * @param tzVersion version of the time zone data (`process.versions.tz`)
 */
export function isStale(policy: CompiledPolicy, nowMs: number, tzVersion: string): boolean {
  const inside = nowMs >= policy.fromMs && nowMs < policy.untilMs
  return policy.format !== format || policy.tzVersion !== tzVersion || !inside
}
