// The decisions about requests, approvals and emergencies, written a second time from the specification alone: plainly,
// over YAML's data as it is. They share no code with the room, and must agree with it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { decideApproval } from './approval.ts'
import { decideOpening, type OpeningFacts } from './emergency.ts'
import type { Party } from './people.ts'
import { decideRequest, type RequestState } from './request.ts'
import { ours, party, theirs } from './rules/kit.fake.ts'
import { compileApprovalPolicy, compileBreakglassPolicy, compileRateLimitPolicy } from './rules/lazily.ts'
import type { Compilation } from './rules/load.ts'
import { compiledAtMs, instant, profile, profiles, some, time, user, users } from './rules/made-up.fake.ts'
import { during, like, names, type Time } from './rules/reference.fake.ts'

const at = { nowMs: compiledAtMs, tzVersion: 'x' }
const runs = { numRuns: 60, seed: 3 }
const each = 25

/** The compiled policy of a random document, after a round trip through JSON. */
function compiledOf<Policy>(compilation: Compilation<Policy>): Policy {
  if ('diagnostics' in compilation) throw new Error(JSON.stringify(compilation.diagnostics))
  return JSON.parse(JSON.stringify(compilation.policy)) as Policy
}

const ruleFor = <Rule extends { profiles?: string[] }>(rules: Rule[], profile: string) =>
  rules.find((rule) => (rule.profiles ?? ['*']).some((glob) => like(glob, profile, '.')))

/** What tells a caller: two callers with one of them in common may be one person. */
const marks = ({ user, arn }: Party) =>
  [`arn ${arn}`, `name ${user}`, `own ${(user.split('/').pop() ?? '').replace(':', '')}`].map((mark) =>
    mark.toLowerCase(),
  )

/** A session's role; nobody else has one. */
const roleOf = ({ user }: Party) => /^([^:/]+)\//.exec(user)?.[1] ?? ''

const same = (one: Party, other: Party) => marks(one).some((mark) => marks(other).includes(mark))

/** A session whose name says nothing: anybody who can open one may have chosen it. */
const isAnybody = (one: Party, trusted: string[]) =>
  one.user.startsWith(':federated/') || (roleOf(one) !== '' && !trusted.includes(roleOf(one)))

// Requests and approvals

type Auto = { users?: string[]; time?: Time; max_duration?: string }
type ApprovalRule = {
  name: string
  profiles?: string[]
  approvers: string[]
  required_approvals?: number
  single_use?: boolean
  auto_approve?: Auto
}
type Approvals = { trusted_session_roles?: string[]; approver_accounts?: string[]; rules: ApprovalRule[] }

const everybody: string[] = ['*', '*/*', ':*']
const hours = fc.constantFrom('15m', '1h', '90m', '8h')
const secondsOf: Record<string, number> = {
  '15m': 900,
  '1h': 3600,
  '90m': 5400,
  '2h': 7200,
  '4h': 14_400,
  '8h': 28_800,
}
const trusted = fc.option(some('Fed', 'Dev', 'X'), { nil: undefined })
const leaveOut = { requiredKeys: [] }
const numbered = <Rule extends object>(rules: Rule[]) =>
  rules.map((rule, at) => ({ name: `r${at}`, ...rule }))
/** Without the keys that have no value. */
const plain = (data: object): unknown => JSON.parse(JSON.stringify(data))

const approvalPolicies = fc
  .record({
    trusted_session_roles: trusted,
    approver_accounts: fc.option(fc.constant([theirs]), { nil: undefined }),
    rules: fc.array(
      fc.record(
        {
          profiles,
          approvers: fc.oneof(users, fc.constant(everybody)),
          required_approvals: fc.integer({ min: 1, max: 2 }),
          single_use: fc.boolean(),
          auto_approve: fc
            .record({ users, time, max_duration: hours }, leaveOut)
            .filter((auto) => Object.keys(auto).length > 0),
        },
        { requiredKeys: ['approvers'] },
      ),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map((policy) => plain({ ...policy, rules: numbered(policy.rules) }) as Approvals)
  // What can never be fulfilled does not compile; that is tried elsewhere.
  .filter(({ rules }) =>
    rules.every(
      ({ approvers, required_approvals = 1 }) =>
        required_approvals < 2 || approvers.some((a) => /[*?]/.test(a)),
    ),
  )

const caller = fc
  .tuple(
    fc.oneof(user, fc.constantFrom('ALICE', 'dev/carol', 'carol', 'Fed/carol')),
    fc.constantFrom(ours, ours, theirs),
  )
  .map(([name, account]) => party(name, account))
const seconds = fc.constantFrom(0, 899, 900, 901, 3600, 3601, 5400, 14_400, 28_800, 28_801, 90_000)

function requestAnswer({ rules, trusted_session_roles: trusted = [] }: Approvals, asked: Asked) {
  const rule = ruleFor(rules, asked.profile)
  if (asked.durationSeconds < 900 || rule === undefined) return 'refused'
  const duration = Math.min(asked.durationSeconds, 28_800)
  const auto = rule.auto_approve
  const isAuto =
    auto !== undefined &&
    (auto.users === undefined || auto.users.some((glob) => names(glob, asked.by.user, trusted))) &&
    (auto.time === undefined || during(auto.time, asked.nowMs)) &&
    duration <= (secondsOf[auto.max_duration ?? '8h'] ?? 0)
  if (!isAuto && isAnybody(asked.by, trusted)) return 'refused'
  return [rule.name, isAuto, duration, rule.required_approvals ?? 1, rule.single_use ?? false]
}

type Asked = { profile: string; durationSeconds: number; nowMs: number; by: Party }
const asked = fc.record({ profile, durationSeconds: seconds, nowMs: instant, by: caller })

it('a request is decided as the reference decides it', async () => {
  const seen = new Set<unknown>()
  await fc.assert(
    fc.asyncProperty(
      approvalPolicies,
      fc.array(asked, { minLength: each, maxLength: each }),
      async (policy, requests) => {
        const text = stringify({ version: '1', ...policy })
        const compiled = compiledOf(await compileApprovalPolicy({ name: 'p', text }, at))
        for (const request of requests) {
          const got = decideRequest({
            ...request,
            justification: 'long enough a text',
            caller: { known: request.by },
            policy: { known: { compiled } },
          })
          const want = requestAnswer(policy, request)
          const { rule, autoApproved, durationSeconds, requiredApprovals, singleUse } =
            got.kind === 'allow' ? got.grant : ({} as Record<string, never>)
          expect(
            got.kind === 'deny'
              ? 'refused'
              : [rule, autoApproved, durationSeconds, requiredApprovals, singleUse],
          ).toEqual(want)
          seen.add(want === 'refused' ? want : want[1])
        }
      },
    ),
    runs,
  )
  expect(seen).toEqual(new Set(['refused', true, false]))
})

function approvalAnswer(policy: Approvals, request: RequestState, by: Party, nowMs: number) {
  const { trusted_session_roles: trusted = [], approver_accounts: accounts = [] } = policy
  const rule = ruleFor(policy.rules, request.profile)
  if (request.status !== 'pending' || nowMs >= request.expiresAtMs || rule === undefined) return 'refused'
  const mayApprove = (who: Party) =>
    rule.approvers.some((glob) => names(glob, who.user, trusted)) &&
    !isAnybody(who, trusted) &&
    !same(who, request.requester) &&
    [request.requester.accountId, ...accounts].includes(who.accountId)
  if (!mayApprove(by) || isAnybody(request.requester, trusted)) return 'refused'
  const people: Party[] = []
  for (const who of request.approvals) {
    if (mayApprove(who) && !people.some((other) => same(other, who))) people.push(who)
  }
  if (people.some((other) => same(other, by))) return 'refused'
  const needed = Math.max(rule.required_approvals ?? 1, request.requiredApprovals)
  return [people.length + 1, needed, people.length + 1 >= needed]
}

const requestState = fc.record({
  id: fc.constant('0123456789abcdef'),
  profile,
  durationSeconds: seconds,
  requester: caller,
  status: fc.constantFrom('pending', 'pending', 'pending', 'approved', 'denied', 'expired', 'cancelled'),
  expiresAtMs: fc.constantFrom(compiledAtMs - 1, compiledAtMs, compiledAtMs + 1, compiledAtMs + 9_999_999),
  requiredApprovals: fc.integer({ min: 1, max: 3 }),
  singleUse: fc.boolean(),
  approvals: fc.array(caller, { maxLength: 2 }),
})

it('an approval is decided as the reference decides it', async () => {
  const seen = new Set<unknown>()
  await fc.assert(
    fc.asyncProperty(
      approvalPolicies,
      fc.array(fc.tuple(requestState, caller), { minLength: each * 3, maxLength: each * 3 }),
      async (policy, approvals) => {
        const text = stringify({ version: '1', ...policy })
        const compiled = compiledOf(await compileApprovalPolicy({ name: 'p', text }, at))
        for (const [request, by] of approvals as [RequestState, Party][]) {
          const facts = {
            nowMs: compiledAtMs,
            caller: { known: by },
            request: { known: request },
            policy: { known: { compiled } },
          }
          const got = decideApproval({ verb: 'approve', ...facts })
          const want = approvalAnswer(policy, request, by, compiledAtMs)
          expect(
            got.kind === 'deny'
              ? 'refused'
              : [got.grant.approvals, got.grant.requiredApprovals, got.grant.completes],
          ).toEqual(want)
          // Whoever may approve may deny; and nobody ever approves what they asked for.
          if (got.kind === 'allow') expect(decideApproval({ verb: 'deny', ...facts }).kind).toBe('allow')
          if (by.arn === request.requester.arn) expect(got.kind).toBe('deny')
          seen.add(want === 'refused' ? want : `${want[0]} ${want[2]}`)
        }
      },
    ),
    runs,
  )
  expect([...seen].sort()).toEqual(['1 false', '1 true', '2 false', '2 true', '3 true', 'refused'].sort())
})

// Emergencies

type GlassRule = {
  name: string
  profiles?: string[]
  users: string[]
  allowed_reason_codes?: string[]
  time?: Time
  max_duration?: string
  overrides?: string[]
  mfa?: string
}
type Glass = { trusted_session_roles?: string[]; rules: GlassRule[] }
type LimitRule = {
  name: string
  profiles?: string[]
  cooldown?: string
  max_per_user?: number
  max_per_profile?: number
  quota_window?: string
  escalation_threshold?: number
}
type Limits = { rules: LimitRule[] }

const reason = fc.constantFrom('incident', 'maintenance', 'security', 'recovery', 'other')
const glassPolicies = fc
  .record({
    trusted_session_roles: trusted,
    rules: fc.array(
      fc.record(
        {
          profiles,
          users: fc.oneof(users, fc.constant(everybody)),
          allowed_reason_codes: some('incident', 'maintenance', 'security', 'recovery', 'other'),
          time,
          max_duration: fc.constantFrom('15m', '1h', '4h'),
          overrides: some('deny', 'require_server', 'require_server_session'),
          mfa: fc.constantFrom('required', 'none'),
        },
        { requiredKeys: ['users'] },
      ),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map((policy) => plain({ ...policy, rules: numbered(policy.rules) }) as Glass)
const limitPolicies = fc
  .array(
    fc
      .record(
        {
          profiles,
          cooldown: fc.constantFrom('15m', '1h'),
          max_per_user: fc.integer({ min: 1, max: 3 }),
          max_per_profile: fc.integer({ min: 1, max: 3 }),
          escalation_threshold: fc.integer({ min: 1, max: 2 }),
        },
        leaveOut,
      )
      .filter((rule) => 'cooldown' in rule || 'max_per_user' in rule || 'max_per_profile' in rule)
      .map((rule) => ({ quota_window: '2h', ...rule })),
    { minLength: 1, maxLength: 3 },
  )
  .map((rules) => plain({ rules: numbered(rules) }) as Limits)

const opening = fc.record({
  profile,
  reasonCode: fc.oneof(reason, fc.constant('outage')),
  durationSeconds: seconds,
  nowMs: instant,
  by: caller,
  /** How long ago (seconds), by whom and for what earlier openings were. */
  earlier: fc.array(
    fc.record({
      ago: fc.constantFrom(-60, 0, 899, 900, 901, 3599, 3600, 7199, 7200, 90_000),
      mine: fc.boolean(),
      elsewhere: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  active: fc.constantFrom('none', 'none', 'none', 'over', 'running'),
})
type Opening = {
  profile: string
  reasonCode: string
  durationSeconds: number
  nowMs: number
  by: Party
  earlier: { ago: number; mine: boolean; elsewhere: boolean }[]
  active: string
}

function openingAnswer(glass: Glass, limits: Limits | undefined, asked: Opening) {
  const { nowMs, durationSeconds, reasonCode } = asked
  if (reasonCode === 'outage' || durationSeconds < 900) return 'input'
  const rule = ruleFor(glass.rules, asked.profile)
  const fits =
    rule?.users.some((glob) => names(glob, asked.by.user, glass.trusted_session_roles ?? [])) &&
    (rule.allowed_reason_codes ?? [reasonCode]).includes(reasonCode) &&
    (rule.time === undefined || during(rule.time, nowMs)) &&
    durationSeconds <= (rule.max_duration ? (secondsOf[rule.max_duration] ?? 0) : 1e9)
  if (rule === undefined || !fits) return 'policy'
  if (asked.active === 'running') return 'state'
  const mine = limited(limits, asked)
  if (mine === 'limit') return mine
  return {
    rule: rule.name,
    durationSeconds: Math.min(durationSeconds, 14_400),
    overrides: rule.overrides ?? [],
    mfa: rule.mfa ?? 'none',
    escalated: mine.threshold !== undefined && mine.openings >= mine.threshold,
  }
}

function limited(limits: Limits | undefined, { profile, earlier }: Opening) {
  const byDefault = { cooldown: '30m', max_per_user: 3, max_per_profile: 10, quota_window: '24h' }
  const rule: Omit<LimitRule, 'name'> = ruleFor(limits?.rules ?? [], profile) ?? byDefault
  const ago = { '15m': 900, '30m': 1800, '1h': 3600, '2h': 7200, '24h': 86_400 } as Record<string, number>
  const since = (text = '') => earlier.filter((one) => one.ago < (ago[text] ?? 0))
  const openings = since(rule.quota_window).filter(({ mine }) => mine).length
  const all = since(rule.quota_window).filter(({ elsewhere }) => !elsewhere).length
  if (since(rule.cooldown).some((one) => one.mine && !one.elsewhere)) return 'limit'
  if (openings >= (rule.max_per_user ?? 1e9) || all >= (rule.max_per_profile ?? 1e9)) return 'limit'
  return { openings, threshold: rule.escalation_threshold }
}

function openingFacts(asked: Opening): Omit<OpeningFacts, 'policy' | 'limits'> {
  const { by, earlier, active, nowMs } = asked
  const rows = earlier.map(({ ago, mine, elsewhere }) => ({
    atMs: nowMs - ago * 1000,
    profile: elsewhere ? 'elsewhere' : asked.profile,
    mine,
  }))
  const expiresAtMs = active === 'over' ? nowMs : nowMs + 1
  return {
    ...asked,
    justification: 'long enough a text to say what happened',
    caller: { known: by },
    unstampable: undefined,
    ledger: {
      known: {
        ofUser: [rows.filter(({ mine }) => mine)],
        ofProfile: rows.filter((row) => row.profile === asked.profile),
      },
    },
    again: '',
    active: { known: active === 'none' ? undefined : { id: 'e', expiresAtMs } },
  }
}

describe('an emergency is decided as the reference decides it', () => {
  for (const [name, limitsOf] of [
    ['with a rate-limit policy', limitPolicies],
    ['without one', fc.constant(undefined)],
  ] as const) {
    it(name, async () => {
      const seen = new Set<unknown>()
      await fc.assert(
        fc.asyncProperty(
          glassPolicies,
          limitsOf as fc.Arbitrary<Limits | undefined>,
          fc.array(opening, { minLength: each * 2, maxLength: each * 2 }),
          async (glass, limits, openings) => {
            const source = (data: object) => ({ name: 'p', text: stringify({ version: '1', ...data }) })
            const policy = compiledOf(await compileBreakglassPolicy(source(glass), at))
            const rates = limits && compiledOf(await compileRateLimitPolicy(source(limits), at))
            for (const asked of openings as Opening[]) {
              const got = decideOpening({
                ...openingFacts(asked),
                policy: { known: { compiled: policy } },
                limits: { known: { compiled: rates } },
              })
              const want = openingAnswer(glass, limits, asked)
              if (got.kind === 'deny') expect(got.why.kind).toBe(want)
              else expect(got.grant).toMatchObject(want as object)
              seen.add(got.kind === 'deny' ? got.why.kind : got.grant.escalated)
            }
          },
        ),
        runs,
      )
      const marked = limitsOf === limitPolicies ? [true] : []
      expect(seen).toEqual(new Set(['input', 'policy', 'state', 'limit', false, ...marked]))
    })
  }
})
