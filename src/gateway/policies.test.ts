import { describe, expect, it } from 'vitest'
import { fakeClock } from '../base/clock.fake.ts'
import { SentinelError } from '../base/index.ts'
import { evaluate } from '../policy/index.ts'
import { loadPolicy, type Parameter, type PolicyDeps, type PolicySource } from './policies.ts'

const parameter = { kind: 'parameter', name: '/sentinel/policies/dev' } as const
const file = { kind: 'file', path: 'policy.yaml' } as const
const policy = (effect: string) => `
version: "1"
rules:
  - {name: all, effect: ${effect}, conditions: {profiles: [dev]}}
`

function world(text = policy('allow')) {
  const clock = fakeClock('2026-02-03T15:00:00Z')
  const kept = new Map<string, string>()
  const seen = { fetched: 0, warnings: [] as string[] }
  const ssm: { parameter: Parameter; text: string } = { parameter: { value: text, version: 3 }, text }
  const deps: PolicyDeps = {
    clock,
    tzVersion: '2026a',
    sealed: { read: (name) => kept.get(name), write: (name, body) => kept.set(name, body) },
    cacheScope: 'alice',
    maxAgeMs: 30_000,
    readText: () => ssm.text,
    fetchParameter: async () => {
      seen.fetched++
      return ssm.parameter
    },
    share: async ({ read, make, write }) => {
      const value = read() ?? (await make())
      write(value)
      return value
    },
    warn: (message) => seen.warnings.push(message),
  }
  const load = (source: PolicySource = parameter, more: Partial<PolicyDeps> = {}) =>
    loadPolicy({ ...deps, ...more }, 'policy', source)
  const effect = async (source?: PolicySource) => {
    const { compiled } = await load(source)
    return evaluate(compiled, { user: 'alice', profile: 'dev', mode: 'cli', nowMs: clock.now() }).effect
  }
  return { clock, kept, seen, ssm, load, effect }
}

describe('a policy in a parameter', () => {
  it('comes with its version and hash, which the record names', async () => {
    const { load } = world()
    expect(await load()).toMatchObject({
      path: '/sentinel/policies/dev',
      version: 3,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('is used again for 30 seconds and no longer', async () => {
    const { clock, seen, load } = world()
    await load()
    clock.advance(30_000)
    await load()
    expect(seen.fetched).toBe(1)
    clock.advance(1)
    await load()
    expect(seen.fetched).toBe(2)
  })

  it('is fetched again when the clock was set back', async () => {
    const { clock, seen, load } = world()
    await load()
    clock.advance(-1)
    await load()
    expect(seen.fetched).toBe(2)
  })

  it('that changed is noticed at the next fetch', async () => {
    const { clock, ssm, effect } = world()
    expect(await effect()).toBe('allow')
    ssm.parameter = { value: policy('deny'), version: 4 }
    expect(await effect()).toBe('allow')
    clock.advance(30_001)
    expect(await effect()).toBe('deny')
  })

  it('that is unchanged is not compiled again', async () => {
    const { clock, kept, load } = world()
    const first = await load()
    clock.advance(31_000)
    const again = await load()
    expect(again.compiled).toEqual(first.compiled)
    expect(kept.size).toBe(1)
  })

  it('is compiled again for other time zone data', async () => {
    const { load } = world()
    await load()
    expect((await load(parameter, { tzVersion: '2027a' })).compiled.tzVersion).toBe('2027a')
  })

  it('got for somebody else is not used', async () => {
    const { seen, load } = world()
    await load()
    await load(parameter, { cacheScope: 'bob' })
    expect(seen.fetched).toBe(2)
  })

  it('that is older than the one seen before is used, with a warning', async () => {
    const { clock, ssm, seen, load } = world()
    await load()
    clock.advance(31_000)
    ssm.parameter = { value: policy('allow'), version: 2 }
    expect((await load()).version).toBe(2)
    expect(seen.warnings).toEqual([expect.stringMatching(/version 2, but version 3 was seen before/)])
  })

  it('that cannot be fetched is not replaced by an old one', async () => {
    const { clock, load } = world()
    await load()
    clock.advance(31_000)
    const down = { fetchParameter: () => Promise.reject(new SentinelError('SSM_THROTTLED', 'slow down')) }
    await expect(load(parameter, down)).rejects.toMatchObject({ code: 'SSM_THROTTLED' })
  })
})

describe('a policy in a file', () => {
  it('is read every time, has no version, and is named by its path', async () => {
    const { ssm, load, effect } = world()
    expect(await load(file)).not.toHaveProperty('version')
    expect((await load(file)).path).toBe('policy.yaml')
    expect(await effect(file)).toBe('allow')
    ssm.text = policy('deny')
    expect(await effect(file)).toBe('deny')
  })

  it('never takes the place of the parameter of the same name', async () => {
    const { seen, load } = world()
    await load({ kind: 'file', path: parameter.name })
    await load(parameter)
    expect(seen.fetched).toBe(1)
  })
})

it('every error of a policy is drawn with its place', async () => {
  const { load } = world('version: "1"\nrules:\n  - {name: a, effect: Deny, conditions: {}, extra: 1}\n')
  const error = await load(file).catch((thrown: SentinelError) => thrown)
  expect(error).toMatchObject({ code: 'POLICY_INVALID' })
  expect((error as SentinelError).details.join('\n')).toMatch(
    /policy\.yaml:3:\d+: error: .*Deny[\s\S]*policy\.yaml:3:\d+: error: .*extra/,
  )
})
