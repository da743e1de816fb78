// What is expected of CloudTrail: every call is found again, in the shape of AWS's own records.

import { LookupEventsCommand, type LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts'
import { expect } from 'vitest'
import {
  assume,
  type Backend,
  type Case,
  keysOf,
  lacks,
  outOfReach,
  refusalOf,
  sendingJson,
  stamp,
} from './contract-driver.ts'
import { addUser, example } from './index.ts'

const { account, otherAccount, roles } = example
const lacking = lacks('LookupEvents')
const by = (AttributeKey: string, AttributeValue: string) =>
  ({ LookupAttributes: [{ AttributeKey, AttributeValue }] }) as LookupEventsCommandInput
const look = (backend: Backend, input: LookupEventsCommandInput = {}, keys?: Parameters<Backend['as']>[0]) =>
  backend.as(keys).cloudtrail.send(new LookupEventsCommand(input))

async function records(
  backend: Backend,
  input: LookupEventsCommandInput,
  keys?: Parameters<Backend['as']>[0],
) {
  const { Events = [] } = await look(backend, input, keys)
  return Events.map((event) => JSON.parse(event.CloudTrailEvent ?? '{}') as Record<string, never>)
}

/** What no SDK would write, and what it is refused as. */
const refusedInputs: readonly (readonly [what: string, sent: object, code: string])[] = [
  ['a start that is a text', { StartTime: 'x' }, 'SerializationException'],
  ['a start that is a date in words', { StartTime: '2026-01-01T00:00:00Z' }, 'SerializationException'],
  ['an end that is a text', { EndTime: 'x' }, 'SerializationException'],
  ['an end that is a truth value', { EndTime: true }, 'SerializationException'],
  ['an end after the year 9999', { EndTime: 1e12 }, 'InvalidTimeRangeException'],
  ['a number of results that is a text', { MaxResults: '5' }, 'SerializationException'],
  ['half a result', { MaxResults: 1.5 }, 'SerializationException'],
  ['a token that is a number', { NextToken: 7 }, 'SerializationException'],
  ['attributes that are a structure', { LookupAttributes: {} }, 'SerializationException'],
  ['an attribute that is a text', { LookupAttributes: ['Username'] }, 'SerializationException'],
  [
    'an attribute without a value',
    { LookupAttributes: [{ AttributeKey: 'Username' }] },
    'InvalidLookupAttributesException',
  ],
  [
    'an attribute that does not exist',
    { LookupAttributes: [{ AttributeKey: 'UserName', AttributeValue: 'a' }] },
    'InvalidLookupAttributesException',
  ],
  [
    'a value of 2001 characters',
    { LookupAttributes: [{ AttributeKey: 'Username', AttributeValue: 'a'.repeat(2001) }] },
    'InvalidLookupAttributesException',
  ],
]

export const trailCases: readonly Case[] = [
  {
    name: 'CloudTrail records an AssumeRole with who, which role, which stamp and which key came out',
    moto: lacking,
    async run(backend) {
      const answer = await assume(backend, { DurationSeconds: 900, ExternalId: 'e1' })
      const [record] = await records(backend, by('EventName', 'AssumeRole'))
      expect(record).toMatchObject({
        eventSource: 'sts.amazonaws.com',
        eventName: 'AssumeRole',
        eventType: 'AwsApiCall',
        eventCategory: 'Management',
        managementEvent: true,
        readOnly: true,
        awsRegion: 'us-east-1',
        recipientAccountId: account,
        userIdentity: {
          type: 'IAMUser',
          arn: example.alice.arn,
          accountId: account,
          accessKeyId: example.alice.keys.accessKeyId,
          userName: 'alice',
        },
        requestParameters: {
          roleArn: roles.dev,
          roleSessionName: stamp,
          sourceIdentity: stamp,
          durationSeconds: 900,
          externalId: 'e1',
        },
        responseElements: {
          sourceIdentity: stamp,
          credentials: {
            accessKeyId: answer.Credentials?.AccessKeyId,
            expiration: expect.stringMatching(/^[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M$/),
          },
          assumedRoleUser: { arn: answer.AssumedRoleUser?.Arn },
        },
        resources: [{ accountId: account, type: 'AWS::IAM::Role', ARN: roles.dev }],
      })
      expect(JSON.stringify(record)).not.toContain(answer.Credentials?.SecretAccessKey)
    },
  },
  {
    name: 'CloudTrail records what is done with issued keys under the stamp of their session',
    moto: lacking,
    async run(backend) {
      const keys = keysOf((await assume(backend)).Credentials)
      await backend
        .as(keys)
        .ssm.send(new PutParameterCommand({ Name: '/sentinel/x', Value: 'v', Type: 'String' }))
      const [record] = await records(backend, by('EventName', 'PutParameter'))
      expect(record).toMatchObject({
        eventSource: 'ssm.amazonaws.com',
        readOnly: false,
        userIdentity: {
          type: 'AssumedRole',
          principalId: expect.stringMatching(new RegExp(`^AROA\\w+:${stamp}$`)),
          arn: `arn:aws:sts::${account}:assumed-role/DevRole/${stamp}`,
          accessKeyId: keys.accessKeyId,
          sessionContext: {
            sessionIssuer: { type: 'Role', arn: roles.dev, accountId: account, userName: 'DevRole' },
            attributes: { mfaAuthenticated: 'false', creationDate: expect.stringMatching(/^\d{4}-.*Z$/) },
            sourceIdentity: stamp,
          },
        },
        requestParameters: { name: '/sentinel/x' },
      })
      // The value of a parameter is nobody's business.
      expect(record?.requestParameters).not.toHaveProperty('value')
    },
  },
  {
    name: 'CloudTrail records an inherited stamp in the answer, which the call did not send',
    moto: lacking,
    async run(backend) {
      const keys = keysOf((await assume(backend)).Credentials)
      await assume(backend, { RoleArn: roles.sandbox, SourceIdentity: undefined }, keys)
      const [record] = await records(backend, by('EventName', 'AssumeRole'))
      expect(record?.requestParameters).not.toHaveProperty('sourceIdentity')
      expect(record?.responseElements).toMatchObject({ sourceIdentity: stamp })
    },
  },
  {
    name: 'CloudTrail records the tags of a call, which of them are passed on, and those that came in',
    moto: lacking,
    async run(backend) {
      const untold = { SourceIdentity: undefined }
      const sent = {
        Tags: [
          { Key: 'team', Value: 'dev' },
          { Key: 'cost', Value: '1' },
        ],
        TransitiveTagKeys: ['team'],
      }
      const session = await assume(backend, { RoleArn: roles.sandbox, ...untold, ...sent })
      const actions = ['sts:AssumeRole', 'sts:TagSession']
      const trust = { Effect: 'Allow', Principal: { AWS: roles.sandbox }, Action: actions } as const
      const RoleArn = await backend.addRole('Next', { Statement: trust })
      await assume(backend, { RoleArn, ...untold }, keysOf(session.Credentials))
      const [second, first] = await records(backend, by('EventName', 'AssumeRole'))
      expect(first?.requestParameters).toMatchObject({
        tags: [
          { key: 'team', value: 'dev' },
          { key: 'cost', value: '1' },
        ],
        transitiveTagKeys: ['team'],
      })
      expect(first?.requestParameters).not.toHaveProperty('incomingTransitiveTags')
      expect(second?.requestParameters).toMatchObject({ incomingTransitiveTags: { team: 'dev' } })
      expect(second?.requestParameters).not.toHaveProperty('tags')
    },
  },
  {
    name: 'CloudTrail records a refusal with its error and nothing else',
    moto: lacking,
    async run(backend) {
      expect(await records(backend, by('EventName', 'AssumeRole'))).toEqual([])
      await refusalOf(assume(backend, { SourceIdentity: undefined }))
      const [record] = await records(backend, by('EventName', 'AssumeRole'))
      expect(record).toMatchObject({
        errorCode: 'AccessDenied',
        errorMessage: expect.stringContaining('is not authorized to perform: sts:AssumeRole'),
        requestParameters: null,
        responseElements: null,
      })
    },
  },
  {
    name: 'CloudTrail tells the account of the role too, without the name of the caller',
    moto: outOfReach("users of a test's choice"),
    async run(backend) {
      const keys = { accessKeyId: 'AKIAPARTNER222EXAMPL', secretAccessKey: 'partnerSecretEXAMPLEKEY' }
      addUser(backend.local().world, { account: otherAccount, name: 'partner', keys })
      await assume(backend, { RoleArn: roles.partner, ExternalId: example.externalId })
      const [here] = await records(backend, by('EventName', 'AssumeRole'))
      const [there] = await records(backend, by('EventName', 'AssumeRole'), keys)
      expect(there?.userIdentity).toEqual({
        type: 'AWSAccount',
        principalId: expect.stringMatching(/^AIDA/),
        accountId: account,
      })
      expect(there?.sharedEventID).toBe(here?.sharedEventID)
      expect(there?.eventID).not.toBe(here?.eventID)
      expect(there?.recipientAccountId).toBe(otherAccount)
    },
  },
  {
    name: 'CloudTrail records MFA',
    moto: lacking,
    async run(backend) {
      const { keys, mfaSerial: SerialNumber, mfaCodes } = example.carol
      const answer = await backend
        .as(keys)
        .sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode: mfaCodes[0] }))
      await backend.as(keysOf(answer.Credentials)).sts.send(new GetCallerIdentityCommand({}))
      const [record] = await records(backend, by('EventName', 'GetCallerIdentity'))
      expect(record?.userIdentity).toMatchObject({
        type: 'IAMUser',
        sessionContext: { attributes: { mfaAuthenticated: 'true' } },
      })
    },
  },
  {
    name: 'CloudTrail finds by every attribute',
    moto: lacking,
    async run(backend) {
      const answer = await assume(backend)
      const keys = keysOf(answer.Credentials)
      await refusalOf(backend.as(keys).ssm.send(new GetParameterCommand({ Name: '/sentinel/none' })))
      const { Events: [event] = [] } = await look(backend, by('EventName', 'GetParameter'))
      expect(event).toMatchObject({ EventName: 'GetParameter', ReadOnly: 'true', Username: stamp })
      const attributes = [
        by('Username', stamp),
        by('AccessKeyId', keys.accessKeyId),
        by('EventId', event?.EventId ?? ''),
        by('EventSource', 'ssm.amazonaws.com'),
      ]
      for (const attribute of attributes) {
        const found = (await look(backend, attribute)).Events?.map((item) => item.EventId)
        expect(found, JSON.stringify(attribute)).toEqual([event?.EventId])
      }
      const byKey = await look(backend, by('ResourceName', keys.accessKeyId))
      expect(byKey.Events?.map((item) => item.EventName)).toEqual(['AssumeRole'])
    },
  },
  {
    name: 'CloudTrail gives the newest first, in pages of at most fifty, none twice',
    moto: lacking,
    async run(backend) {
      const { sts } = backend.as()
      for (let i = 0; i < 53; i++) await sts.send(new GetCallerIdentityCommand({}))
      const filter = by('EventName', 'GetCallerIdentity')
      const firstPage = await look(backend, filter)
      // Written between the pages: must not shift the second one.
      await sts.send(new GetCallerIdentityCommand({}))
      const secondPage = await look(backend, { ...filter, NextToken: firstPage.NextToken })
      expect([firstPage.Events?.length, secondPage.Events?.length]).toEqual([50, 3])
      const ids = [...(firstPage.Events ?? []), ...(secondPage.Events ?? [])].map((event) => event.EventId)
      expect(new Set(ids).size).toBe(53)
      expect(secondPage.NextToken).toBeUndefined()
    },
  },
  {
    name: 'CloudTrail takes a page token only with the parameters that it was given for',
    moto: lacking,
    async run(backend) {
      for (let i = 0; i < 2; i++) await backend.as().sts.send(new GetCallerIdentityCommand({}))
      const { NextToken } = await look(backend, { ...by('EventName', 'GetCallerIdentity'), MaxResults: 1 })
      const refusal = await refusalOf(look(backend, { ...by('EventName', 'AssumeRole'), NextToken }))
      expect(refusal.name).toBe('InvalidNextTokenException')
    },
  },
  {
    name: 'CloudTrail keeps to a range of time',
    moto: lacking,
    async run(backend) {
      await backend.as().sts.send(new GetCallerIdentityCommand({}))
      expect((await look(backend)).Events).toHaveLength(1)
      backend.advance(3_600_000)
      await backend.as().sts.send(new GetCallerIdentityCommand({}))
      const { Events: [newest] = [] } = await look(backend, by('EventName', 'GetCallerIdentity'))
      const StartTime = new Date((newest?.EventTime?.getTime() ?? 0) - 60_000)
      const late = await look(backend, { ...by('EventName', 'GetCallerIdentity'), StartTime })
      const early = await look(backend, { ...by('EventName', 'GetCallerIdentity'), EndTime: StartTime })
      expect([late.Events?.length, early.Events?.length]).toEqual([1, 1])
    },
  },
  {
    name: 'CloudTrail refuses a range that ends before it starts',
    moto: lacking,
    async run(backend) {
      const range = { StartTime: new Date(2_000_000), EndTime: new Date(1_000_000) }
      expect((await refusalOf(look(backend, range))).name).toBe('InvalidTimeRangeException')
    },
  },
  ...([0, 51] as const).map(
    (MaxResults): Case => ({
      name: `CloudTrail refuses pages of ${MaxResults}`,
      moto: lacking,
      async run(backend) {
        expect((await refusalOf(look(backend, { MaxResults }))).name).toBe('InvalidMaxResultsException')
      },
    }),
  ),
  ...refusedInputs.map(
    ([what, sent, code]): Case => ({
      name: `CloudTrail refuses ${what}`,
      moto: lacking,
      async run(backend) {
        const client = sendingJson(backend.as().cloudtrail, sent)
        expect((await refusalOf(client.send(new LookupEventsCommand({})))).name).toBe(code)
      },
    }),
  ),
  {
    name: 'CloudTrail looks for one attribute at a time',
    moto: lacking,
    async run(backend) {
      const LookupAttributes = [
        { AttributeKey: 'EventName', AttributeValue: 'AssumeRole' },
        { AttributeKey: 'Username', AttributeValue: 'alice' },
      ] as const
      const refusal = await refusalOf(look(backend, { LookupAttributes: [...LookupAttributes] }))
      expect(refusal.name).toBe('InvalidLookupAttributesException')
    },
  },
  {
    name: 'CloudTrail has Insights apart, and none here',
    moto: lacking,
    async run(backend) {
      await backend.as().sts.send(new GetCallerIdentityCommand({}))
      expect((await look(backend, { EventCategory: 'insight' })).Events).toEqual([])
      const other = 'management' as 'insight'
      expect((await refusalOf(look(backend, { EventCategory: other }))).name).toBe(
        'InvalidEventCategoryException',
      )
    },
  },
  {
    name: 'CloudTrail forgets after ninety days',
    moto: lacking,
    async run(backend) {
      await backend.as().sts.send(new GetCallerIdentityCommand({}))
      const filter = by('EventName', 'GetCallerIdentity')
      expect((await look(backend, filter)).Events).toHaveLength(1)
      backend.advance(91 * 86_400_000)
      expect((await look(backend, filter)).Events).toEqual([])
      expect((await look(backend, { ...filter, StartTime: new Date(0) })).Events).toEqual([])
    },
  },
  {
    name: 'CloudTrail keeps Regions apart',
    moto: lacking,
    async run(backend) {
      await backend.as(undefined, 'eu-west-1').sts.send(new GetCallerIdentityCommand({}))
      const elsewhere = new LookupEventsCommand(by('EventName', 'GetCallerIdentity'))
      expect((await look(backend, by('EventName', 'GetCallerIdentity'))).Events).toEqual([])
      expect((await backend.as(undefined, 'eu-west-1').cloudtrail.send(elsewhere)).Events).toHaveLength(1)
    },
  },
]
