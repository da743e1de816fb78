import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { GetRoleCredentialsCommand, SSOClient } from '@aws-sdk/client-sso'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { refusalOf } from './contract-driver.ts'
import { example, type Fault, type FaultMatch, type LocalAws, startLocalAws } from './index.ts'

type Trial = {
  readonly aws: LocalAws
  who(): Promise<{ readonly Arn?: string | undefined }>
  read(): Promise<{ readonly Parameter?: { readonly Value?: string | undefined } | undefined }>
}

async function trial(run: (trial: Trial) => Promise<void>, maxAttempts = 1): Promise<void> {
  const aws = await startLocalAws()
  const config = { endpoint: aws.url, region: example.region, credentials: example.alice.keys, maxAttempts }
  const [sts, ssm] = [new STSClient(config), new SSMClient(config)]
  const Name = '/sentinel/policies/dev'
  await ssm.send(new PutParameterCommand({ Name, Value: 'v', Type: 'String' }))
  try {
    await run({
      aws,
      who: () => sts.send(new GetCallerIdentityCommand({})),
      read: () => ssm.send(new GetParameterCommand({ Name })),
    })
  } finally {
    await aws.close()
  }
}

const errors: readonly (readonly [what: string, fault: Fault, sts: object, ssm: object])[] = [
  [
    'throttling',
    { kind: 'throttle' },
    { name: 'Throttling', message: 'Rate exceeded' },
    { name: 'ThrottlingException', message: 'Rate exceeded' },
  ],
  ['a denial', { kind: 'deny' }, { name: 'AccessDenied' }, { name: 'AccessDeniedException' }],
  [
    'an internal failure',
    { kind: 'error' },
    { name: 'InternalFailure', $metadata: expect.objectContaining({ httpStatusCode: 500 }) },
    { name: 'InternalServerError', $metadata: expect.objectContaining({ httpStatusCode: 500 }) },
  ],
  [
    "an error of the test's choice",
    { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'later' },
    { name: 'ServiceUnavailable', message: 'later' },
    { name: 'ServiceUnavailable', message: 'later' },
  ],
  ['a lost answer', { kind: 'lost' }, { code: 'ECONNRESET' }, { code: 'ECONNRESET' }],
  ['a broken connection', { kind: 'reset' }, { code: 'ECONNRESET' }, { code: 'ECONNRESET' }],
]

describe('a fault', () => {
  for (const [what, fault, sts, ssm] of errors) {
    it(`can be ${what}`, () =>
      trial(async ({ aws, who, read }) => {
        aws.fail({}, fault)
        await expect(who()).rejects.toMatchObject(sts)
        await expect(read()).rejects.toMatchObject(ssm)
      }))
  }

  it("of the access portal has the portal's own names", () =>
    trial(async ({ aws }) => {
      aws.fail({ service: 'sso', times: 1 }, { kind: 'throttle' })
      aws.fail({ service: 'sso', times: 1 }, { kind: 'deny' })
      const sso = new SSOClient({ endpoint: aws.url, region: example.region, maxAttempts: 1 })
      const { accessToken, permissionSet: roleName } = example.sso
      const fetchRole = () =>
        refusalOf(
          sso.send(new GetRoleCredentialsCommand({ accessToken, accountId: example.account, roleName })),
        )
      expect(await fetchRole()).toMatchObject({
        name: 'TooManyRequestsException',
        $metadata: { httpStatusCode: 429 },
      })
      expect(await fetchRole()).toMatchObject({
        name: 'ForbiddenException',
        $metadata: { httpStatusCode: 403 },
      })
    }))

  it("strikes as often as said, and the SDK's own retry gets over it", () =>
    trial(async ({ aws, who }) => {
      const fault = aws.fail({ service: 'sts', times: 1 }, { kind: 'throttle' })
      expect((await who()).Arn).toBe(example.alice.arn)
      expect(fault.hits).toBe(1)
      expect(aws.calls.filter((call) => call.service === 'sts')).toHaveLength(2)
    }, 2))

  const other: readonly (readonly [string, FaultMatch])[] = [
    ['another service', { service: 'ssm' }],
    ['another action', { action: 'AssumeRole' }],
    ['another caller', { accessKeyId: example.bob.keys.accessKeyId }],
  ]
  for (const [what, match] of other) {
    it(`of ${what} does not strike`, () =>
      trial(async ({ aws, who }) => {
        const fault = aws.fail(match, { kind: 'reset' })
        expect((await who()).Arn).toBe(example.alice.arn)
        expect(fault.hits).toBe(0)
      }))
  }

  it('that was removed does not strike', () =>
    trial(async ({ aws, who }) => {
      aws.fail({}, { kind: 'reset' }).remove()
      expect((await who()).Arn).toBe(example.alice.arn)
    }))

  it('can answer 200 with nothing, which the SDK takes for an answer without members', () =>
    trial(async ({ aws, who, read }) => {
      aws.fail({}, { kind: 'empty' })
      expect((await who()).Arn).toBeUndefined()
      expect((await read()).Parameter).toBeUndefined()
    }))

  it('can cut an answer in half', () =>
    trial(async ({ aws, who, read }) => {
      aws.fail({}, { kind: 'truncated' })
      await expect(who()).rejects.toThrow(/XML parse error/)
      await expect(read()).rejects.toThrow(/JSON/)
    }))

  const spoilt: readonly (readonly [string, ReadonlyMap<string, null | undefined>, unknown])[] = [
    ['a member', new Map([['Parameter.Value', undefined]]), { Parameter: { Version: 1 } }],
    ['all of it', new Map([['Parameter', undefined]]), {}],
  ]
  for (const [what, set, rest] of spoilt) {
    it(`can leave out ${what}`, () =>
      trial(async ({ aws, read }) => {
        aws.fail({ action: 'GetParameter' }, { kind: 'members', set })
        const answer = await read()
        expect(answer).toMatchObject(rest as object)
        expect(answer.Parameter?.Value).toBeUndefined()
      }))
  }

  it('can put null where a text belongs', () =>
    trial(async ({ aws }) => {
      const raw: string[] = []
      const seen = await startLocalAws({ world: aws.world, observe: ({ reply }) => raw.push(reply.body) })
      seen.fail({}, { kind: 'members', set: new Map([['Parameter.Value', null]]) })
      const ssm = new SSMClient({
        endpoint: seen.url,
        region: example.region,
        credentials: example.alice.keys,
      })
      await ssm.send(new GetParameterCommand({ Name: '/sentinel/policies/dev' }))
      expect(raw[0]).toContain('"Value":null')
      await seen.close()
    }))

  it('can hold a call until the test lets it go', () =>
    trial(async ({ aws, who }) => {
      let release: (value?: unknown) => void = () => {}
      const until = new Promise((done) => {
        release = done
      })
      const fault = aws.fail({ service: 'sts' }, { kind: 'wait', until })
      const held = who()
      const first = await Promise.race([held.then(() => 'answered'), arrived(fault)])
      expect(first).toBe('held')
      release()
      expect((await held).Arn).toBe(example.alice.arn)
    }))

  it('can hold a call and then strike it', () =>
    trial(async ({ aws, who }) => {
      aws.fail({}, { kind: 'wait', until: Promise.resolve() })
      aws.fail({}, { kind: 'throttle' })
      expect((await refusalOf(who())).name).toBe('Throttling')
    }))

  it('that stands in for an operation keeps it from happening, and CloudTrail knows', () =>
    trial(async ({ aws, who }) => {
      aws.fail({ service: 'sts' }, { kind: 'deny' })
      await refusalOf(who())
      expect(aws.world.trail.at(-1)?.event).toMatchObject({
        eventName: 'GetCallerIdentity',
        errorCode: 'AccessDenied',
      })
    }))
})

/** Resolves on the turn of the event loop on which the fault has struck. */
async function arrived(fault: { readonly hits: number }): Promise<string> {
  while (fault.hits === 0) await new Promise((turn) => setImmediate(turn))
  return 'held'
}
