import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../src/base/clock.fake.ts'
import { example, type LocalAws, startLocalAws } from './index.ts'

type Options = Parameters<typeof startLocalAws>[0]

async function running(options: Options, run: (aws: LocalAws) => Promise<void>): Promise<void> {
  const aws = await startLocalAws(options)
  try {
    await run(aws)
    expect(aws.reports).toEqual([])
  } finally {
    await aws.close()
  }
}

it('a request that asks for nothing is no call, and uses up no fault', async () => {
  const aws = await startLocalAws()
  try {
    const fault = aws.fail({ times: 1 }, { kind: 'reset' })
    const answer = await fetch(aws.url)
    expect([answer.status, fault.hits, aws.calls]).toEqual([400, 0, []])
  } finally {
    await aws.close()
  }
})

describe('the local AWS', () => {
  it('shows its own clock in the header that clients measure skew by', () =>
    running({ clock: fakeClock('2026-03-01T10:00:00Z') }, async (aws) => {
      const answer = await fetch(aws.url)
      expect(answer.headers.get('date')).toBe('Sun, 01 Mar 2026 10:00:00 GMT')
    }))

  it('lists every call with its time, also those that it refuses', () =>
    running({ clock: fakeClock('2026-03-01T10:00:00Z') }, async (aws) => {
      await fetch(`${aws.url}/?Action=GetCallerIdentity&Version=2011-06-15`)
      expect(aws.calls).toEqual([
        {
          service: 'sts',
          action: 'GetCallerIdentity',
          region: 'us-east-1',
          accessKeyId: undefined,
          at: Date.parse('2026-03-01T10:00:00Z'),
        },
      ])
    }))

  it('makes the same answers of the same random source', async () => {
    const ids: unknown[] = []
    for (const _ of [1, 2]) {
      const random = { bytes: (length: number) => new Uint8Array(length).fill(7) }
      await running({ random }, async (aws) => {
        const sts = new STSClient({
          endpoint: aws.url,
          region: example.region,
          credentials: example.alice.keys,
        })
        ids.push((await sts.send(new GetCallerIdentityCommand({}))).$metadata.requestId)
      })
    }
    expect(ids[0]).toBe(ids[1])
  })

  it('has a world of its own for each start', () =>
    running({}, (first) =>
      running({}, async (second) => {
        expect(first.url).not.toBe(second.url)
        expect(first.world).not.toBe(second.world)
      }),
    ))

  it('listens on no port after the end', async () => {
    const aws = await startLocalAws()
    await aws.close()
    await expect(fetch(aws.url)).rejects.toThrow()
  })

  const json = { 'x-amz-target': 'AmazonSSM.GetParameter' }
  const scope = 'AKIAIOSFODNN7EXAMPLE/20260301/us-east-1/ssm/aws4_request'
  const badlySigned = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`
  const strange = [
    [
      'an unsigned call to STS',
      '/?Action=GetCallerIdentity',
      { method: 'GET' },
      403,
      /<Code>MissingAuthenticationToken</,
    ],
    [
      'an unsigned call to SSM',
      '/',
      { method: 'POST', headers: json },
      400,
      /"MissingAuthenticationTokenException"/,
    ],
    ['an action that STS has not', '/?Action=Nothing', { method: 'GET' }, 400, /<Code>InvalidAction</],
    [
      'an operation that SSM has not',
      '/',
      { method: 'POST', headers: { 'x-amz-target': 'AmazonSSM.Nothing' } },
      400,
      /UnknownOperation/,
    ],
    ...['Nonsense.GetParameter', 'DynamoDB_19990101.ListTables', 'GetParameter', '.GetParameter'].map(
      (target) =>
        [
          `the target ${target}`,
          '/',
          { method: 'POST', headers: { 'x-amz-target': target } },
          400,
          /UnknownOperation/,
        ] as const,
    ),
    [
      'a signature without a time',
      '/',
      { method: 'POST', headers: { ...json, authorization: badlySigned } },
      400,
      /InvalidSignatureException/,
    ],
    [
      'markup in the name of an action',
      `/?Action=${encodeURIComponent('<b>&')}`,
      { method: 'GET' },
      400,
      /&lt;b&gt;&amp;/,
    ],
  ] as const
  for (const [what, path, init, status, body] of strange) {
    it(`refuses ${what} in AWS's form`, () =>
      running({}, async (aws) => {
        const answer = await fetch(`${aws.url}${path}`, init)
        expect(answer.status).toBe(status)
        expect(await answer.text()).toMatch(body)
      }))
  }
})
