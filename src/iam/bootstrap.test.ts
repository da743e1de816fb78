import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileAccessPolicy, evaluate } from '../policy/index.ts'
import { policyAccessDocuments, starterPolicy } from './bootstrap.ts'
import { policyParameterName } from './parameter-name.ts'

const nowMs = Date.parse('2026-02-03T15:00:00Z')

async function verdictOf(text: string, user: string, profile: string) {
  const compilation = await compileAccessPolicy({ name: 'starter', text }, { nowMs, tzVersion: 't' })
  if (!('policy' in compilation)) throw new Error(JSON.stringify(compilation.diagnostics))
  return evaluate(compilation.policy, { user, profile, mode: 'cli', nowMs }).effect
}

describe('the parameter of a profile', () => {
  for (const [root, profile, want] of [
    ['/sentinel/policies', 'dev', '/sentinel/policies/dev'],
    ['/sentinel/policies/', 'dev-1', '/sentinel/policies/dev-1'],
    ['/team_a', 'x.y', '/team_a/x.y'],
  ] as const) {
    it(`${root} and ${profile} give ${want}`, () => {
      expect(policyParameterName(root, profile)).toBe(want)
    })
  }

  for (const [root, profile] of [
    ['sentinel', 'dev'],
    ['/', 'dev'],
    ['/a b', 'dev'],
    ['/sentinel', 'dev/../prod'],
    ['/sentinel', 'with space'],
    ['/sentinel', ''],
  ] as const) {
    it(`${JSON.stringify([root, profile])} is refused`, () => {
      expect(() => policyParameterName(root, profile)).toThrow(/cannot be/)
    })
  }
})

describe('the starter policy', () => {
  it('allows its maker and asks everybody else for approval', async () => {
    const text = starterPolicy('dev', 'alice')
    expect(await verdictOf(text, 'alice', 'dev')).toBe('allow')
    expect(await verdictOf(text, 'bob', 'dev')).toBe('require_approval')
    expect(await verdictOf(text, 'alice', 'prod')).toBe('require_approval')
  })

  it('works for every name that AWS lets somebody have', async () => {
    const word = fc.stringMatching(/^[\w+=,.@-]{2,64}$/)
    const name = fc.oneof(
      word,
      fc.tuple(word, word).map(([role, session]) => `${role}/${session}`),
      fc.constant(':root'),
    )
    await fc.assert(
      fc.asyncProperty(name, async (user) => {
        expect(await verdictOf(starterPolicy('dev', user), user, 'dev')).toBe('allow')
      }),
      { seed: 3, numRuns: 100 },
    )
  })
})

it('IAM documents name the parameters below the root, and only administrators write', () => {
  const documents = policyAccessDocuments('/sentinel/policies')
  expect(Object.keys(documents)).toEqual(['SentinelPolicyReader', 'SentinelPolicyAdmin'])
  expect(documents.SentinelPolicyReader?.Statement[0]).toMatchObject({
    Resource: 'arn:aws:ssm:*:*:parameter/sentinel/policies/*',
  })
  expect(JSON.stringify(documents.SentinelPolicyReader)).not.toContain('Put')
  expect(JSON.stringify(documents.SentinelPolicyAdmin)).toContain('ssm:PutParameter')
})
