// The decision, written a second time from the specification alone, slowly and plainly: YAML's data as it is,
// regular expressions for globs, `Intl` for the wall clock. It shares no code with the room, and must agree with it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type AccessRequest, type CompiledPolicy, compileAccessPolicy, evaluate } from '../index.ts'
import { compiledAtMs, instant, profile, profiles, some, time, user, users } from './made-up.fake.ts'
import { during, like, names, type Time } from './reference.fake.ts'

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

const conditions = fc.record(
  {
    profiles,
    users,
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

const request = fc.record({
  user,
  profile,
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
