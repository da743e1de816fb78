// The decision, written a second time from the specification alone, slowly and plainly: YAML's data as it is,
// regular expressions for globs, `Intl` for the wall clock. It shares no code with the room, and must agree with it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type AccessRequest, type CompiledPolicy, compileAccessPolicy, evaluate } from '../index.ts'

type Time = { days?: string[]; hours?: { start: string; end: string }; timezone?: string }
type Rule = {
  name: string
  effect: string
  conditions: { profiles?: string[]; users?: string[]; mode?: string[]; time?: Time }
}
type Policy = { version: '1'; trusted_session_roles?: string[]; rules: Rule[] }

function decide(policy: Policy, asked: AccessRequest) {
  const index = policy.rules.findIndex((rule) => matches(rule, asked, policy.trusted_session_roles ?? []))
  const { name, effect } = policy.rules[index] ?? { name: '', effect: 'deny' }
  const server = asked.mode === 'server'
  const tracked = server && asked.session === 'tracked'
  if (effect === 'require_server') return [server ? 'allow' : 'deny', name, index, !server]
  if (effect === 'require_server_session') return [tracked ? 'allow' : 'deny', name, index, !server]
  return [effect, name, index, false]
}

function matches({ conditions: c }: Rule, { user, profile, mode, nowMs }: AccessRequest, trusted: string[]) {
  return (
    (c.profiles ?? ['*']).some((glob) => like(glob, profile, '.')) &&
    (c.users === undefined || c.users.some((glob) => names(glob, user, trusted))) &&
    (c.mode ?? [mode]).includes(mode) &&
    (c.time === undefined || during(c.time, nowMs))
  )
}

function like(glob: string, text: string, any: string): boolean {
  const body = glob
    .replace(/[.+^$()|[\]{}\\]/g, '\\$&')
    .replace(/\*+/g, `${any}*`)
    .replaceAll('?', any)
  return new RegExp(`^${body}$`, 'su').test(text)
}

function names(glob: string, user: string, trusted: string[]): boolean {
  // Bare names, `Role/session` and `:special` are three kinds; a pattern of one kind names none of another.
  const kind = (text: string) => (text.startsWith(':') ? ':' : text.includes('/') ? '/' : '')
  if (kind(glob) === kind(user)) return like(glob, user, '[^/]')
  const [role = ''] = user.split('/')
  const session = user.slice(role.length + 1)
  return kind(glob) === '' && kind(user) === '/' && trusted.includes(role) && like(glob, session, '[^/]')
}

const week = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

function during({ days, hours, timezone = 'UTC' }: Time, nowMs: number): boolean {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const part = (type: string) => format.formatToParts(nowMs).find((found) => found.type === type)?.value ?? ''
  const today = part('weekday').toLowerCase()
  const yesterday = week[(week.indexOf(today) + 6) % 7] ?? ''
  const clock = `${part('hour')}:${part('minute')}`
  const on = (day: string) => days === undefined || days.includes(day)
  if (hours === undefined) return on(today)
  if (hours.start < hours.end) return on(today) && hours.start <= clock && clock < hours.end
  return (on(today) && hours.start <= clock) || (on(yesterday) && clock < hours.end)
}

const zones = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Europe/Dublin',
  'Pacific/Auckland',
  'Asia/Kolkata',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'America/St_Johns',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
]
const clockTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 59))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)
const hours = fc
  .record({ start: clockTime, end: fc.oneof(clockTime, fc.constant('24:00')) })
  .filter(({ start, end }) => start !== end)
const some = <T>(...items: T[]) => fc.subarray(items, { minLength: 1 })
const time = fc
  .record({ days: some(...week), hours, timezone: fc.constantFrom(...zones) }, { requiredKeys: [] })
  .filter((found) => found.days !== undefined || found.hours !== undefined)
const conditions = fc.record(
  {
    profiles: some('dev', 'prod', 'dev-*', 'd?v', '*', '*-1', '???'),
    users: some(
      'alice',
      'bob',
      '*',
      'a*',
      '?ob',
      'Dev/*',
      'Dev/alice',
      '*/*',
      'Fed/b?b',
      ':root',
      ':federated/*',
      ':*',
      '*root',
    ),
    mode: some('server', 'cli', 'credential_process'),
    time,
  },
  { requiredKeys: [] },
)
const effect = fc.constantFrom(
  'allow',
  'deny',
  'require_approval',
  'require_server',
  'require_server_session',
)
const policies = fc
  .record({
    trusted_session_roles: fc.option(some('Fed', 'Dev', 'X'), { nil: undefined }),
    rules: fc.array(fc.record({ effect, conditions }), { minLength: 1, maxLength: 6 }),
  })
  .map(
    ({ trusted_session_roles, rules }): Policy => ({
      version: '1',
      ...(trusted_session_roles && { trusted_session_roles }),
      rules: rules.map((rule, index) => ({ name: `r${index}`, ...rule }) as Rule),
    }),
  )

const compiledAtMs = Date.parse('2026-01-15T00:00:00Z')
// Changes of clocks within the horizon, where mistakes would be.
const changes = [
  '2026-02-15T02:00Z',
  '2026-03-08T07:00Z',
  '2026-03-22T02:00Z',
  '2026-03-29T01:00Z',
  '2026-04-04T15:00Z',
  '2026-09-26T14:00Z',
  '2026-10-25T01:00Z',
  '2026-11-01T06:00Z',
].map((at) => Date.parse(at))
const near = (at: number, spreadMs: number) => fc.integer({ min: at - spreadMs, max: at + spreadMs })
const instant = fc.oneof(
  fc.integer({ min: compiledAtMs - 2 * 86_400_000, max: compiledAtMs + 400 * 86_400_000 - 1 }),
  fc.constantFrom(...changes).chain((at) => near(at, 36 * 3_600_000)),
  fc.constantFrom(...changes).chain((at) => near(at, 90 * 60_000)),
)
const request = fc.record({
  user: fc.constantFrom(
    'alice',
    'bob',
    'Dev/alice',
    'Dev/bob',
    'Fed/bob',
    'X/y/z',
    ':root',
    ':federated/bob',
    'root',
  ),
  profile: fc.constantFrom('dev', 'prod', 'dev-1', 'other', '__proto__', '💥💥💥'),
  mode: fc.constantFrom('server' as const, 'cli' as const, 'credential_process' as const),
  nowMs: instant,
  session: fc.constantFrom('tracked' as const, 'none' as const),
})

async function compile(policy: Policy): Promise<CompiledPolicy> {
  const at = { nowMs: compiledAtMs, tzVersion: 'x' }
  const result = await compileAccessPolicy({ name: 'random', text: stringify(policy) }, at)
  if ('diagnostics' in result) throw new Error(JSON.stringify(result.diagnostics))
  return result.policy
}

describe('the decision equals the reference', () => {
  it('for 4,000 random requests of 200 random policies, also after a round trip through JSON', async () => {
    const answers = new Set<unknown>()
    await fc.assert(
      fc.asyncProperty(
        policies,
        fc.array(request, { minLength: 20, maxLength: 20 }),
        async (policy, requests) => {
          const compiled = await compile(policy)
          const kept = JSON.parse(JSON.stringify(compiled)) as CompiledPolicy
          for (const asked of requests) {
            const got = evaluate(compiled, asked)
            expect([got.effect, got.rule, got.index, got.requiresServer]).toEqual(decide(policy, asked))
            expect(evaluate(kept, asked)).toEqual(got)
            answers.add(`${got.effect} ${got.index >= 0}`)
          }
        },
      ),
      { numRuns: 200, seed: 3 },
    )
    // Random input that only ever meets one answer would prove nothing.
    expect([...answers].sort()).toEqual(['allow true', 'deny false', 'deny true', 'require_approval true'])
  })
})
