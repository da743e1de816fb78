import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AccessRequest, type CompiledPolicy, compileAccessPolicy, evaluate } from '../index.ts'
import { alternatives } from './alternatives.ts'

const nowMs = Date.parse('2026-02-03T23:30:00Z')

async function compiled(rules: string, at = nowMs): Promise<CompiledPolicy> {
  const text = `version: "1"\nrules:\n${rules}`
  const result = await compileAccessPolicy({ name: 'p', text }, { nowMs: at, tzVersion: 'x' })
  if ('diagnostics' in result) throw new Error(JSON.stringify(result.diagnostics))
  return result.policy
}

const asked: AccessRequest = { user: 'alice', profile: 'prod', mode: 'cli', nowMs }
const rule = (name: string, effect: string, conditions: string) =>
  `- {name: ${name}, effect: ${effect}, conditions: {${conditions}}}\n`

describe('what would be allowed instead', () => {
  const office =
    'time: {days: [monday, tuesday], hours: {start: "09:00", end: "17:00"}, timezone: America/New_York}'
  for (const [name, rules, want] of [
    ['nothing', rule('a', 'deny', ''), { server: 'refused', approval: false }],
    ['no rule matched', rule('a', 'allow', 'profiles: [dev]'), { server: 'refused', approval: false }],
    ['server mode', rule('a', 'require_server', ''), { server: 'allowed', approval: false }],
    [
      'server mode, since another rule is for it',
      rule('a', 'allow', 'mode: [server]') + rule('b', 'deny', ''),
      { server: 'allowed', approval: false },
    ],
    [
      'server mode with a session',
      rule('a', 'require_server_session', ''),
      { server: 'allowed with a tracked session', approval: false },
    ],
    ['an approval', rule('a', 'require_approval', ''), { server: 'refused', approval: true }],
    [
      'waiting until Monday',
      rule('a', 'allow', office),
      {
        server: 'refused',
        approval: false,
        opens: {
          atMs: Date.parse('2026-02-09T14:00:00Z'),
          rule: 'a',
          local: 'monday 09:00 America/New_York',
        },
      },
    ],
    [
      'waiting for server mode is no waiting',
      rule('a', 'require_server', office),
      { server: 'refused', approval: false },
    ],
    [
      'waiting, or an approval',
      rule('a', 'allow', office) + rule('b', 'require_approval', ''),
      {
        server: 'refused',
        approval: true,
        opens: {
          atMs: Date.parse('2026-02-09T14:00:00Z'),
          rule: 'a',
          local: 'monday 09:00 America/New_York',
        },
      },
    ],
    [
      'the end of a freeze',
      rule('freeze', 'deny', 'time: {days: [tuesday]}') + rule('b', 'allow', ''),
      {
        server: 'refused',
        approval: false,
        opens: { atMs: Date.parse('2026-02-04T00:00:00Z'), rule: 'b', local: 'wednesday 00:00 UTC' },
      },
    ],
    [
      'a freeze over the start of the window',
      rule('freeze', 'deny', 'time: {hours: {start: "00:00", end: "09:30"}, timezone: Asia/Kolkata}') +
        rule('b', 'allow', 'time: {hours: {start: "02:00", end: "05:00"}}'),
      {
        server: 'refused',
        approval: false,
        opens: { atMs: Date.parse('2026-02-04T04:00:00Z'), rule: 'b', local: 'wednesday 04:00 UTC' },
      },
    ],
    [
      'windows of other people do not count',
      rule('a', 'allow', 'users: [bob], time: {days: [monday]}'),
      { server: 'refused', approval: false },
    ],
  ] as const) {
    it(name, async () => expect(alternatives(await compiled(rules), asked)).toEqual(want))
  }

  it('a window that the change of clocks swallows opens a week later', async () => {
    const at = Date.parse('2026-03-07T12:00:00Z')
    const policy = await compiled(
      rule(
        'a',
        'allow',
        'time: {days: [sunday], hours: {start: "02:00", end: "03:00"}, timezone: America/New_York}',
      ),
      at,
    )
    expect(alternatives(policy, { ...asked, nowMs: at }).opens).toEqual({
      atMs: Date.parse('2026-03-15T06:00:00Z'),
      rule: 'a',
      local: 'sunday 02:00 America/New_York',
    })
  })

  it('a window that starts in the hour that is skipped opens with the hour after', async () => {
    const at = Date.parse('2026-03-08T01:00:00Z')
    const policy = await compiled(
      rule(
        'a',
        'allow',
        'time: {days: [sunday], hours: {start: "02:30", end: "04:00"}, timezone: America/New_York}',
      ),
      at,
    )
    expect(alternatives(policy, { ...asked, nowMs: at }).opens).toMatchObject({
      atMs: Date.parse('2026-03-08T07:00:00Z'),
      local: 'sunday 03:00 America/New_York',
    })
  })
})

it('is the first minute that is allowed, found by trying every minute', async () => {
  const [start, end] = [
    fc.constantFrom('00:00', '01:30', '09:00', '23:00'),
    fc.constantFrom('02:15', '06:00', '17:00', '24:00'),
  ]
  const zone = fc.constantFrom(
    'UTC',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Europe/Berlin',
  )
  const days = fc.subarray(['monday', 'wednesday', 'saturday', 'sunday'], { minLength: 1 })
  const rules = fc.array(fc.tuple(fc.constantFrom('allow', 'allow', 'deny'), days, start, end, zone), {
    minLength: 1,
    maxLength: 4,
  })
  const instant = fc.constantFrom(
    '2026-03-06T12:34Z',
    '2026-03-28T20:00Z',
    '2026-04-03T00:00Z',
    '2026-10-30T12:00Z',
  )
  await fc.assert(
    fc.asyncProperty(rules, instant, async (written, at) => {
      const text = written.map(([effect, on, from, to, timezone], index) =>
        rule(
          `r${index}`,
          effect,
          `time: {days: [${on}], hours: {start: "${from}", end: "${to}"}, timezone: ${timezone}}`,
        ),
      )
      const request = { ...asked, nowMs: Date.parse(at) }
      const policy = await compiled(text.join(''), request.nowMs)
      let first: number | undefined
      for (let minute = 1; minute < 15 * 1440 && first === undefined; minute++) {
        const then = request.nowMs + minute * 60_000
        if (evaluate(policy, { ...request, nowMs: then }).effect === 'allow') first = then
      }
      const { opens } = alternatives(policy, request)
      // Already allowed: it is asked of refusals only.
      if (evaluate(policy, request).effect !== 'allow') expect(opens?.atMs).toBe(first)
    }),
    { numRuns: 100, seed: 3 },
  )
})
