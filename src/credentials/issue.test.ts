import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { example } from '../../dev/aws/index.ts'
import { fakeMachine } from '../machine/machine.fake.ts'
import { failureOf, issueFor, localAws, type PersonParts, person, writeToken } from './kit.fake.ts'
import { planProfile } from './planner.ts'

const keysOf = ({ keys }: { readonly keys: { accessKeyId: string; secretAccessKey: string } }) =>
  `aws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`
const aliceKeys = `[base]\n${keysOf(example.alice)}`
const viaBase = (role: string) => `[profile dev]\nrole_arn = ${role}\nsource_profile = base\n`

/** A person and a local AWS with the same clock. */
async function start(parts: PersonParts, awsAheadMs = 0) {
  const machine = parts.machine ?? fakeMachine()
  const aws = await localAws(machine, awsAheadMs)
  const someone = person({ ...parts, machine, env: { AWS_ENDPOINT_URL: aws.url, ...parts.env } })
  const actions = () => aws.calls.map(({ action }) => action)
  return { aws, machine, someone, actions }
}

describe('a role', () => {
  it('is assumed with the stamp, and the session is named after it', async () => {
    const { aws, someone, machine } = await start({ config: viaBase(example.roles.dev), shared: aliceKeys })
    const issued = await issueFor(someone)
    expect(issued).toMatchObject({
      issuedBy: '0000000000000001',
      served: 'fresh',
      roleArn: example.roles.dev,
      sourceIdentity: 'sentinel,alice,0000000000000001',
      durationSeconds: 3600,
    })
    expect(issued.credentials.accessKeyId).toMatch(/^ASIA/)
    expect(issued.credentials.expiresAtMs).toBe(machine.clock.now() + 3_600_000)
    expect(aws.calls.map(({ action, accessKeyId }) => [action, accessKeyId])).toEqual([
      ['GetCallerIdentity', example.alice.keys.accessKeyId],
      ['AssumeRole', example.alice.keys.accessKeyId],
    ])
    expect(aws.reports).toEqual([])
  })

  it('is assumed with keys of the environment, an external id and a longer duration', async () => {
    const { accessKeyId, secretAccessKey } = example.alice.keys
    const { someone } = await start({
      config: `[profile dev]\nrole_arn = ${example.roles.partner}\nexternal_id = ${example.externalId}\n[profile prod]\nrole_arn = ${example.roles.prod}`,
      env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    })
    expect((await issueFor(someone)).roleArn).toBe(example.roles.partner)
    const long = await issueFor(someone, { profile: 'prod', durationSeconds: 43_200 })
    expect(long.durationSeconds).toBe(43_200)
  })

  it('behind another role carries the stamp of the first', async () => {
    const { aws, someone } = await start({
      config: `[profile dev]\nrole_arn = ${example.roles.deploy}\nsource_profile = mid\nduration_seconds = 7200\n[profile mid]\nrole_arn = ${example.roles.dev}\nsource_profile = base`,
      shared: aliceKeys,
    })
    const issued = await issueFor(someone)
    expect(issued).toMatchObject({ roleArn: example.roles.deploy, durationSeconds: 3600 })
    expect(issued.sourceIdentity).toBe('sentinel,alice,0000000000000001')
    expect(aws.reports).toEqual([])
  })

  it('behind another role uses a kept session of that one, and names who stamped it', async () => {
    const { someone, actions, machine } = await start({
      config:
        `[profile dev]\nrole_arn = ${example.roles.deploy}\nsource_profile = mid\n[profile mid]\nrole_arn = ${example.roles.prod}\nduration_seconds = 43200\nsource_profile = base\n`.replace(
          example.roles.deploy,
          example.roles.sandbox,
        ),
      shared: aliceKeys,
    })
    await issueFor(someone, {}, 1)
    machine.clock.advance(3_400_000)
    const again = await issueFor(someone, {}, 2)
    expect(actions().filter((action) => action === 'AssumeRole').length).toBe(3)
    expect(again).toMatchObject({ served: 'fresh', issuedBy: '0000000000000001' })
    expect(again.sourceIdentity).toBe('sentinel,alice,0000000000000001')
  })

  for (const [name, role, requested, keys, code, hint] of [
    [
      'that the caller may not assume',
      example.roles.dev,
      {},
      example.mallory,
      'STS_ACCESS_DENIED',
      'sts:SetSourceIdentity',
    ],
    [
      'that allows less time',
      example.roles.dev,
      { durationSeconds: 7200 },
      example.alice,
      'DURATION_INVALID',
      'maximum session duration',
    ],
    [
      'that is not there',
      example.roles.dev.replace('DevRole', 'NoRole'),
      {},
      example.alice,
      'STS_ACCESS_DENIED',
      '',
    ],
  ] as const) {
    it(`${name} is not`, async () => {
      const { someone } = await start({ config: viaBase(role), shared: `[base]\n${keysOf(keys)}` })
      const error = await failureOf(issueFor(someone, requested))
      expect(error.code).toBe(code)
      expect(error.hint ?? '').toContain(hint)
    })
  }

  it('is refused before the call when the SourceIdentity is illegal', async () => {
    const { someone, actions } = await start({ config: viaBase(example.roles.dev), shared: aliceKeys })
    const { issueCredentials, baseCredentials, findCaller } = await import('./index.ts')
    const request = {
      profile: 'dev',
      region: 'us-east-1',
      userSession: 'fetched',
      foreignEndpoints: 'accepted',
    } as const
    const recipe = planProfile(
      { resolve, authorities: new Map() },
      await someone.deps.config(),
      someone.deps.env,
      request,
    )
    const base = await baseCredentials(someone.deps, recipe)
    const caller = await findCaller(someone.deps, { recipe }, async () => base)
    for (const sourceIdentity of ['sentinel:alice:0', 's', 'x'.repeat(65), 'sentinel,ä,1']) {
      const request = { recipe, base, caller, requestId: '0', sourceIdentity, terms: {} }
      expect((await failureOf(issueCredentials(someone.deps, request))).code).toBe('SOURCE_IDENTITY_INVALID')
    }
    expect(actions()).toEqual(['GetCallerIdentity'])
  })

  it('is refused before the call when a caller that is a role asks for more than an hour', async () => {
    const { someone, aws, actions } = await start({
      config: viaBase(example.roles.sandbox),
      shared: aliceKeys,
    })
    const { credentials } = await issueFor(someone)
    const chained = person({
      machine: someone.machine,
      config: `[profile dev]\nrole_arn = ${example.roles.sandbox}\n`,
      env: {
        AWS_ENDPOINT_URL: aws.url,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey.reveal(),
        AWS_SESSION_TOKEN: credentials.sessionToken?.reveal() ?? '',
      },
    })
    const before = actions().length
    const error = await failureOf(issueFor(chained, { durationSeconds: 7200 }))
    expect(error).toMatchObject({ code: 'DURATION_INVALID' })
    expect(error.message).toContain('the base credentials are those of a role')
    expect(actions().slice(before)).toEqual(['GetCallerIdentity'])
  })
})

describe('the cache', () => {
  const parts = { config: viaBase(example.roles.dev), shared: aliceKeys }

  it('serves while five minutes are left, and names the request that stamped', async () => {
    const { someone, machine, actions } = await start(parts)
    const first = await issueFor(someone, {}, 1)
    machine.clock.advance(3_300_000)
    const second = await issueFor(someone, {}, 2)
    expect(second).toMatchObject({ served: 'cache', issuedBy: '0000000000000001' })
    expect(second.sourceIdentity).toBe(first.sourceIdentity)
    expect(second.credentials.secretAccessKey.reveal()).toBe(first.credentials.secretAccessKey.reveal())
    machine.clock.advance(1)
    expect(await issueFor(someone, {}, 3)).toMatchObject({ served: 'fresh', issuedBy: '0000000000000003' })
    expect(actions().filter((action) => action === 'AssumeRole').length).toBe(2)
    expect(actions().filter((action) => action === 'GetCallerIdentity').length).toBe(1)
  })

  it('keeps the caller for an hour, and asks again after', async () => {
    const { someone, machine, actions } = await start(parts)
    await issueFor(someone)
    machine.clock.advance(3_600_001)
    await issueFor(someone)
    expect(actions().filter((action) => action === 'GetCallerIdentity').length).toBe(2)
  })

  it('lets go of what ended days ago, when something new is issued and not before', async () => {
    const { someone } = await start(parts)
    const folder = join(someone.deps.paths.cacheFolder, 'sessions')
    await issueFor(someone)
    const old = join(folder, `${'0'.repeat(32)}.enc`)
    writeFileSync(old, 'x')
    utimesSync(old, 0, 0)
    await issueFor(someone)
    expect(readdirSync(folder)).toHaveLength(2)
    await issueFor(someone, { durationSeconds: 900 })
    expect(readdirSync(folder)).toHaveLength(2)
    expect(readdirSync(folder)).not.toContain(`${'0'.repeat(32)}.enc`)
  })

  it('does not serve what lies in the future', async () => {
    const { someone, machine } = await start(parts)
    await issueFor(someone)
    machine.clock.advance(-60_000)
    expect((await issueFor(someone)).served).toBe('fresh')
  })

  it('respects AWS_MIN_TTL', async () => {
    const { someone, machine } = await start({ ...parts, env: { AWS_MIN_TTL: '30m' } })
    await issueFor(someone)
    machine.clock.advance(1_800_001)
    expect((await issueFor(someone)).served).toBe('fresh')
  })

  it('is apart for other callers, durations, regions and endpoints', async () => {
    const { someone, machine, aws } = await start(parts)
    await issueFor(someone)
    expect((await issueFor(someone)).served).toBe('cache')
    expect((await issueFor(someone, { durationSeconds: 900 })).served).toBe('fresh')
    expect((await issueFor(someone, { region: 'eu-west-1' })).served).toBe('fresh')
    const bob = person({
      ...parts,
      machine,
      home: someone.home,
      shared: `[base]\n${keysOf(example.bob)}`,
      env: { AWS_ENDPOINT_URL: aws.url },
    })
    expect((await issueFor(bob)).served).toBe('fresh')
    const other = person({
      ...parts,
      machine,
      home: someone.home,
      env: { AWS_ENDPOINT_URL: aws.url.replace('127.0.0.1', 'localhost') },
    })
    expect((await issueFor(other)).served).toBe('fresh')
  })

  it('holds no secret in the clear, and one that was edited is refused', async () => {
    const { someone } = await start(parts)
    const { credentials } = await issueFor(someone)
    const folder = join(someone.deps.paths.cacheFolder, 'sessions')
    const [name = ''] = readdirSync(folder)
    const bytes = readFileSync(join(folder, name))
    for (const secret of [credentials.secretAccessKey, credentials.sessionToken]) {
      expect(bytes.includes(secret?.reveal() ?? '')).toBe(false)
    }
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
    writeFileSync(join(folder, name), bytes)
    expect((await failureOf(issueFor(someone))).code).toBe('CACHE_TAMPERED')
  })

  it('an edited caller is refused', async () => {
    const { someone } = await start(parts)
    await issueFor(someone)
    const folder = join(someone.deps.paths.cacheFolder, 'callers')
    const [name = ''] = readdirSync(folder)
    const text = readFileSync(join(folder, name), 'utf8')
    expect(text).not.toContain(example.alice.keys.accessKeyId)
    writeFileSync(join(folder, name), text.replace('user/alice', 'user/carol'))
    expect((await failureOf(issueFor(someone))).code).toBe('CACHE_TAMPERED')
  })

  it('one call for many callers at once', async () => {
    const { someone, actions } = await start(parts)
    const all = await Promise.all(Array.from({ length: 20 }, (_, index) => issueFor(someone, {}, index + 1)))
    expect(actions().filter((action) => action === 'AssumeRole').length).toBe(1)
    expect(new Set(all.map(({ credentials }) => credentials.accessKeyId)).size).toBe(1)
    expect(all.filter(({ served }) => served === 'fresh').length).toBe(1)
  })
})

describe('issued by an approval or an event', () => {
  const parts = { config: viaBase(example.roles.dev), shared: aliceKeys }
  const until = (machine: { clock: { now(): number } }, seconds: number, id = 'aaaaaaaaaaaaaaaa') => ({
    override: { id, untilMs: machine.clock.now() + seconds * 1000 },
  })

  for (const [name, left, seconds] of [
    ['with much time left they last as long as ever', 7200, 3600],
    ['they end a little before it does', 1800, 1795],
    ['the last 15 minutes are enough', 900, 900],
  ] as const) {
    it(name, async () => {
      const { someone, machine, aws } = await start(parts)
      const terms = until(machine, left)
      const issued = await issueFor(someone, {}, 1, terms)
      expect(issued.durationSeconds).toBe(seconds)
      expect(issued.credentials.expiresAtMs).toBeLessThanOrEqual(terms.override.untilMs)
      expect(aws.reports).toEqual([])
    })
  }

  const { mfaSerial, mfaCodes } = example.carol
  const withCode = {
    config: `${viaBase(example.roles.prod)}mfa_serial = ${mfaSerial}\nduration_seconds = 43200\n`,
    shared: `[base]\n${keysOf(example.carol)}`,
    codes: mfaCodes,
  }
  for (const [name, ahead, left, seconds, own, calls] of [
    ['ten seconds, they are asked for again and end with it all the same', 10, 1800, 1785, parts, 2],
    ['nearly five minutes, likewise', 290, 1200, 905, parts, 2],
    ['ten seconds, and they are shorter anyway, once is enough', 10, 7200, 3600, parts, 1],
    ['ten seconds, a code that goes along is used once', 10, 7200, 7185, withCode, 1],
  ] as const) {
    it(`where this clock is behind AWS's by ${name}`, async () => {
      const { someone, machine, actions, aws } = await start(own, ahead * 1000)
      const terms = until(machine, left)
      const issued = await issueFor(someone, {}, 1, terms)
      expect(issued.credentials.expiresAtMs).toBeLessThanOrEqual(terms.override.untilMs)
      expect(issued.durationSeconds).toBe(seconds)
      expect(actions().filter((action) => action === 'AssumeRole')).toHaveLength(calls)
      const again = await issueFor(someone, {}, 2, terms)
      expect(again).toMatchObject({ served: 'cache', durationSeconds: seconds })
      expect(again.credentials.expiresAtMs).toBe(issued.credentials.expiresAtMs)
      expect(aws.reports).toEqual([])
    })
  }

  it("where less than 15 minutes are left by AWS's clock they are refused, and nothing is kept", async () => {
    const { someone, machine, actions } = await start(parts, 290_000)
    const error = await failureOf(issueFor(someone, {}, 1, until(machine, 1100)))
    expect([error.code, error.message]).toEqual(['ACCESS_ENDING', expect.stringContaining('clock of AWS')])
    expect(actions().filter((action) => action === 'AssumeRole')).toHaveLength(1)
    expect(existsSync(join(someone.deps.paths.cacheFolder, 'sessions'))).toBe(false)
  })

  it('what ends too late a second time is refused too, and nothing is kept', async () => {
    const { someone, machine, aws, actions } = await start(parts)
    const terms = until(machine, 1800)
    const late = new Date(terms.override.untilMs + 1000).toISOString()
    const spoilt = aws.fail(
      { action: 'AssumeRole' },
      { kind: 'members', set: new Map([['Credentials.Expiration', late]]) },
    )
    expect((await failureOf(issueFor(someone, {}, 1, terms))).code).toBe('CLOCK_SKEW')
    expect(actions().filter((action) => action === 'AssumeRole')).toHaveLength(2)
    spoilt.remove()
    machine.clock.advance(10_000)
    expect((await issueFor(someone, {}, 2, terms)).served).toBe('fresh')
  })

  it('what was kept for a later end is not served for an earlier one', async () => {
    const { someone, machine } = await start(parts)
    await issueFor(someone, {}, 1, until(machine, 3600))
    const terms = until(machine, 1800)
    const issued = await issueFor(someone, {}, 2, terms)
    expect(issued.served).toBe('fresh')
    expect(issued.credentials.expiresAtMs).toBeLessThanOrEqual(terms.override.untilMs)
  })

  it('they are refused without a call when less than 15 minutes are left', async () => {
    const { someone, machine, actions } = await start(parts)
    const error = await failureOf(issueFor(someone, {}, 1, until(machine, 899)))
    expect(error.code).toBe('ACCESS_ENDING')
    expect(actions()).not.toContain('AssumeRole')
  })

  it('they are served again under the same one, and under no other and no none', async () => {
    const { someone, machine } = await start(parts)
    const terms = until(machine, 1800)
    await issueFor(someone, {}, 1, terms)
    machine.clock.advance(60_000)
    expect(await issueFor(someone, {}, 2, terms)).toMatchObject({ served: 'cache', durationSeconds: 1795 })
    expect((await issueFor(someone, {}, 3)).served).toBe('fresh')
    expect((await issueFor(someone, {}, 4, until(machine, 1800, 'bbbbbbbbbbbbbbbb'))).served).toBe('fresh')
  })

  it('a role on the way is stamped anew for each of them', async () => {
    const { someone, machine } = await start({
      config: `[profile dev]\nrole_arn = ${example.roles.deploy}\nsource_profile = mid\n[profile mid]\nrole_arn = ${example.roles.dev}\nsource_profile = base`,
      shared: aliceKeys,
    })
    await issueFor(someone, {}, 1)
    expect((await issueFor(someone, {}, 2, until(machine, 3600))).issuedBy).toBe('0000000000000002')
  })

  it('a limit of the rule shortens the last role only, and names another entry', async () => {
    const { someone } = await start(parts)
    expect((await issueFor(someone, {}, 1, { longestSeconds: 1200 })).durationSeconds).toBe(1200)
    expect(await issueFor(someone, {}, 2, { longestSeconds: 7200 })).toMatchObject({
      served: 'fresh',
      durationSeconds: 3600,
    })
    expect((await issueFor(someone, {}, 3)).served).toBe('cache')
  })
})

describe('when AWS fails', () => {
  const parts = { config: viaBase(example.roles.dev), shared: aliceKeys }
  for (const [name, action, fault, code] of [
    ['AssumeRole is throttled', 'AssumeRole', { kind: 'throttle' }, 'STS_THROTTLED'],
    ['AssumeRole is denied', 'AssumeRole', { kind: 'deny' }, 'STS_ACCESS_DENIED'],
    ['AssumeRole answers nothing', 'AssumeRole', { kind: 'empty' }, 'STS_ERROR'],
    ['AssumeRole answers half', 'AssumeRole', { kind: 'truncated' }, 'STS_ERROR'],
    ['the connection breaks', 'AssumeRole', { kind: 'reset' }, 'AWS_UNREACHABLE'],
    ['STS has an internal failure', 'AssumeRole', { kind: 'error' }, 'STS_ERROR'],
    ['the caller cannot be found out', 'GetCallerIdentity', { kind: 'empty' }, 'STS_ERROR'],
  ] as const) {
    it(`${name}: a typed error, and nothing is kept`, async () => {
      const { someone, aws, machine } = await start(parts)
      const handle = aws.fail({ service: 'sts', action }, fault)
      expect((await failureOf(issueFor(someone))).code).toBe(code)
      handle.remove()
      machine.clock.advance(2_000)
      expect((await issueFor(someone)).served).toBe('fresh')
    })
  }

  it('a passing throttle is not noticed', async () => {
    const { someone, aws } = await start(parts)
    aws.fail({ service: 'sts', action: 'AssumeRole', times: 1 }, { kind: 'throttle' })
    expect((await issueFor(someone)).served).toBe('fresh')
  })

  it('a clock that is off refuses, at the caller and at the role', async () => {
    const machine = fakeMachine()
    const aws = await localAws(machine)
    const wrong = fakeMachine(machine.clock.now() - 6 * 60_000)
    const someone = person({ ...parts, machine: wrong, env: { AWS_ENDPOINT_URL: aws.url } })
    expect((await failureOf(issueFor(someone))).code).toBe('CLOCK_SKEW')
    expect(aws.calls.map(({ action }) => action)).toEqual(['GetCallerIdentity'])
    wrong.clock.advance(6 * 60_000)
    await issueFor(someone)
    machine.clock.advance(7 * 60_000)
    expect((await failureOf(issueFor(someone, { durationSeconds: 900 }))).code).toBe('CLOCK_SKEW')
    expect(readdirSync(join(someone.deps.paths.cacheFolder, 'sessions')).length).toBe(1)
  })

  it('an interrupt ends the wait', async () => {
    const { aws, someone, machine } = await start(parts)
    const stop = new AbortController()
    let letGo: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    aws.fail({ action: 'AssumeRole' }, { kind: 'wait', until: held })
    const other = person({
      ...parts,
      machine,
      home: someone.home,
      env: { AWS_ENDPOINT_URL: aws.url },
      signal: stop.signal,
    })
    const run = failureOf(issueFor(other))
    while (!aws.calls.some(({ action }) => action === 'AssumeRole')) await new Promise(setImmediate)
    stop.abort()
    expect((await run).code).toBe('CANCELLED')
    letGo()
  })
})

describe('MFA', () => {
  const { mfaSerial, mfaCodes } = example.carol
  const shared = `[base]\n${keysOf(example.carol)}`
  const config = `${viaBase(example.roles.admin)}mfa_serial = ${mfaSerial}\n`

  it('is asked for once; the session with it is kept for the next role', async () => {
    const { someone, actions } = await start({ config, shared, codes: mfaCodes })
    await issueFor(someone)
    await issueFor(someone, { durationSeconds: 900 })
    expect(someone.asked).toEqual([mfaSerial])
    expect(actions()).toEqual(['GetCallerIdentity', 'GetSessionToken', 'AssumeRole', 'AssumeRole'])
  })

  it('of the source profile counts for the role', async () => {
    const { someone } = await start({
      config: `${viaBase(example.roles.admin)}[profile base]\nmfa_serial = ${mfaSerial}\n`,
      shared,
      codes: mfaCodes,
    })
    expect((await issueFor(someone)).roleArn).toBe(example.roles.admin)
  })

  it('goes with the role itself when that is to last over an hour', async () => {
    const { someone, actions } = await start({
      config: config.replace(example.roles.admin, example.roles.prod),
      shared,
      codes: mfaCodes,
    })
    expect((await issueFor(someone, { durationSeconds: 7200 })).durationSeconds).toBe(7200)
    expect(actions()).toEqual(['GetCallerIdentity', 'AssumeRole'])
    expect(someone.asked).toEqual([mfaSerial])
  })

  for (const [name, codes, code] of [
    ['nobody to ask', [], 'MFA_REQUIRED'],
    ['a wrong code', ['000000'], 'MFA_FAILED'],
    ['no code at all', ['abc'], 'MFA_FAILED'],
  ] as const) {
    it(`${name}: nothing is issued, and the next try is free`, async () => {
      const { someone } = await start({
        config,
        shared,
        codes: [...codes, ...(codes.length > 0 ? mfaCodes : [])],
      })
      expect((await failureOf(issueFor(someone))).code).toBe(code)
      if (codes.length > 0) expect((await issueFor(someone)).served).toBe('fresh')
    })
  }
})

describe('without a role nothing is stamped', () => {
  const config = `[profile dev]\n${keysOf(example.alice)}`

  it('a user gets a session, which is kept', async () => {
    const { someone, actions } = await start({ config })
    const issued = await issueFor(someone, { durationSeconds: 129_600 })
    expect(issued).toMatchObject({ served: 'fresh', issuedBy: '0000000000000001', durationSeconds: 129_600 })
    expect(issued.sourceIdentity).toBeUndefined()
    expect(issued.credentials.sessionToken).toBeDefined()
    expect(await issueFor(someone, { durationSeconds: 129_600 }, 2)).toMatchObject({
      served: 'cache',
      issuedBy: '0000000000000001',
    })
    expect(actions()).toEqual(['GetCallerIdentity', 'GetSessionToken'])
  })

  it('or the keys themselves, when the session is skipped', async () => {
    const { someone } = await start({ config })
    const { credentials, sourceIdentity, roleArn } = await issueFor(someone, { userSession: 'skipped' })
    expect(credentials.accessKeyId).toBe(example.alice.keys.accessKeyId)
    expect([sourceIdentity, roleArn]).toEqual([undefined, undefined])
  })

  it('a user with an MFA device gets a session with MFA, skipped or not', async () => {
    const { someone } = await start({
      config: `[profile dev]\n${keysOf(example.carol)}mfa_serial = ${example.carol.mfaSerial}`,
      codes: example.carol.mfaCodes,
    })
    expect((await issueFor(someone, { userSession: 'skipped' })).credentials.sessionToken).toBeDefined()
    expect(someone.asked.length).toBe(1)
  })
})

describe('SSO', () => {
  const { accessToken, startUrl, permissionSet } = example.sso
  const mark = (text: string) => createHash('sha1').update(text).digest('hex')
  const own = `sso_account_id = ${example.account}\nsso_role_name = ${permissionSet}\nsso_region = us-east-1\n`
  const config = `[profile dev]\nsso_session = corp\n${own}[sso-session corp]\nsso_start_url = ${startUrl}\n`
  const token = (expiresAt: string) => JSON.stringify({ accessToken, expiresAt, startUrl })

  it('gives credentials with the token that is there; they are kept', async () => {
    const { someone, actions } = await start({ config })
    writeToken(someone.home, mark('corp'), token('2026-02-03T12:00:00Z'))
    const issued = await issueFor(someone)
    expect(issued).toMatchObject({ served: 'fresh', issuedBy: '0000000000000001' })
    expect(issued.credentials.sessionToken).toBeDefined()
    await issueFor(someone)
    expect(actions()).toEqual(['GetRoleCredentials', 'GetCallerIdentity'])
  })

  it('is the base of a role', async () => {
    const { someone } = await start({
      config: `[profile dev]\nrole_arn = ${example.roles.dev}\nsso_start_url = ${startUrl}\n${own}`,
    })
    writeToken(someone.home, mark(startUrl), token('2026-02-03T12:00:00UTC'))
    expect((await issueFor(someone)).sourceIdentity).toBe('sentinel,alice,0000000000000001')
  })

  for (const [name, body, code] of [
    ['nobody is logged in', undefined, 'SSO_NO_CREDENTIALS'],
    ['the file holds no token', '{"accessToken":""}', 'SSO_NO_CREDENTIALS'],
    ['the file is half', '{"accessToken', 'SSO_NO_CREDENTIALS'],
    ['the login has expired', token('2026-02-03T09:59:59Z'), 'SSO_EXPIRED_TOKEN'],
    [
      'the portal does not know the token',
      token('2026-02-03T12:00:00Z').replace(accessToken, 'other'),
      'SSO_EXPIRED_TOKEN',
    ],
  ] as const) {
    it(`${name}: the hint says how to log in`, async () => {
      const { someone } = await start({ config })
      if (body !== undefined) writeToken(someone.home, mark('corp'), body)
      const error = await failureOf(issueFor(someone))
      expect(error).toMatchObject({ code, hint: 'run: aws sso login --profile dev' })
    })
  }

  it('a role that is not assigned', async () => {
    const { someone } = await start({ config: config.replace(`= ${permissionSet}`, '= Admin') })
    writeToken(someone.home, mark('corp'), token('2026-02-03T12:00:00Z'))
    expect((await failureOf(issueFor(someone))).code).toBe('SSO_ACCESS_DENIED')
  })
})

describe('what is missing', () => {
  for (const [name, parts, code, text] of [
    [
      'no keys anywhere',
      { config: `[profile dev]\nrole_arn = ${example.roles.dev}` },
      'CONFIG_MISSING_CREDENTIALS',
      'no AWS_ACCESS_KEY_ID',
    ],
    [
      'half the keys',
      { config: '[profile dev]\noutput = json', env: { AWS_ACCESS_KEY_ID: 'A' } },
      'CONFIG_MISSING_CREDENTIALS',
      'no AWS_SECRET_ACCESS_KEY',
    ],
    [
      'expired keys in the environment',
      {
        config: '[profile dev]\noutput = json',
        env: {
          AWS_ACCESS_KEY_ID: 'A',
          AWS_SECRET_ACCESS_KEY: 's',
          AWS_SESSION_TOKEN: 't',
          AWS_CREDENTIAL_EXPIRATION: '2026-02-03T09:00:00Z',
        },
      },
      'STS_EXPIRED_CREDENTIALS',
      'have expired',
    ],
    [
      'keys that AWS does not know',
      { config: '[profile dev]\naws_access_key_id = AKIAUNKNOWN2EXAMPLE\naws_secret_access_key = x' },
      'STS_EXPIRED_CREDENTIALS',
      'InvalidClientTokenId',
    ],
  ] as const) {
    it(name, async () => {
      const { someone } = await start(parts)
      const error = await failureOf(issueFor(someone))
      expect(error.code).toBe(code)
      expect(error.message).toContain(text)
    })
  }
})
