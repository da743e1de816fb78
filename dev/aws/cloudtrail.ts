// CloudTrail: writes a record for every management event, and looks records up.
// Sources: "CloudTrail record contents" and "CloudTrail userIdentity element" in the CloudTrail User Guide
// (cloudtrail-event-reference-record-contents, cloudtrail-event-reference-user-identity); "Logging IAM and AWS
// STS API calls" with its samples in the IAM User Guide (cloudtrail-integration); API_LookupEvents in the
// CloudTrail API Reference. Unlike AWS, records are there at once and not after some minutes, and the limit of
// two look-ups a second is left to fault injection.

import { fingerprint } from './pages.ts'
import {
  type Answer,
  authorize,
  type Call,
  newUuid,
  type Operation,
  type Service,
  type Stage,
} from './service.ts'
import { list, moment, needed, structure, text, whole } from './shapes.ts'
import { AwsError, type JsonObject, numberOf, structuresOf, textOf } from './wire.ts'
import type { AccessKey, TrailRecord } from './world-types.ts'

// API_LookupEvents and API_LookupAttribute. "Currently the list can contain only one item."
const lookupEventsInput = structure({
  LookupAttributes: {
    ...list(
      structure({
        AttributeKey: needed(
          text({
            oneOf: [
              ...['EventId', 'EventName', 'ReadOnly', 'Username'],
              ...['ResourceType', 'ResourceName', 'EventSource', 'AccessKeyId'],
            ],
          }),
        ),
        AttributeValue: needed(text({ min: 1, max: 2000 })),
      }),
      { max: 1 },
    ),
    code: 'InvalidLookupAttributesException',
  },
  StartTime: moment,
  EndTime: moment,
  EventCategory: { ...text({ oneOf: ['insight'] }), code: 'InvalidEventCategoryException' },
  MaxResults: { ...whole({ min: 1, max: 50 }), code: 'InvalidMaxResultsException' },
  NextToken: text(),
})

/** The local CloudTrail. */
export const cloudtrail: Service = {
  protocol: 'json',
  operations: new Map<string, Operation>([
    [
      'LookupEvents',
      {
        takes: lookupEventsInput,
        run: lookupEvents,
        trail: { readOnly: true, requestParameters: lookupParameters },
      },
    ],
  ]),
}

/** How a call ended. */
export type Outcome = { readonly answer: Answer } | { readonly error: AwsError }

/** Writes the call into the caller's event history, and into that of the account whose role was used. */
export function writeTrail(stage: Stage, call: Call, operation: Operation, outcome: Outcome): void {
  if (operation.trail === undefined) return
  const { principal } = call.caller
  const alsoIn = 'answer' in outcome ? outcome.answer.alsoIn : undefined
  // "sharedEventID": one action, records in several accounts.
  const shared: JsonObject = alsoIn === undefined ? {} : { sharedEventID: newUuid(stage.random) }
  const write = (account: string, identity: JsonObject) =>
    stage.world.trail.push({
      account,
      region: call.region,
      atMs: call.atMs,
      userName: account === principal.account ? principal.name : undefined,
      resources: 'answer' in outcome ? (outcome.answer.resources ?? []) : [],
      event: {
        ...eventOf(stage, call, operation, outcome),
        userIdentity: identity,
        ...shared,
        recipientAccountId: account,
      },
    })
  write(principal.account, userIdentity(call.caller))
  // "Cross-account access": the other side sees the account and the principal's id, not its name.
  if (alsoIn !== undefined) {
    write(alsoIn, { type: 'AWSAccount', principalId: principal.id, accountId: principal.account })
  }
}

function eventOf(stage: Stage, call: Call, operation: Operation, outcome: Outcome): JsonObject {
  const refused = 'error' in outcome && /^(AccessDenied|Validation|Serialization)/.test(outcome.error.code)
  const roles = 'answer' in outcome ? (outcome.answer.resources ?? []) : []
  const role = roles.find(({ ResourceType }) => ResourceType === 'AWS::IAM::Role')?.ResourceName
  return {
    eventVersion: '1.08',
    userIdentity: null,
    eventTime: iso(call.atMs),
    eventSource: `${call.service}.amazonaws.com`,
    eventName: call.action,
    awsRegion: call.region,
    sourceIPAddress: '127.0.0.1',
    userAgent: call.userAgent,
    ...('error' in outcome ? { errorCode: outcome.error.code, errorMessage: outcome.error.message } : {}),
    // Records of calls that were not authorised or not understood do not tell what was asked for (seen; the guide does
    // not say so).
    requestParameters: refused ? null : (operation.trail?.requestParameters(call) ?? null),
    responseElements: 'answer' in outcome ? (outcome.answer.responseElements ?? null) : null,
    requestID: call.requestId,
    eventID: newUuid(stage.random),
    readOnly: operation.trail?.readOnly ?? true,
    ...(role === undefined
      ? {}
      : { resources: [{ accountId: role.split(':')[4], type: 'AWS::IAM::Role', ARN: role }] }),
    eventType: 'AwsApiCall',
    managementEvent: true,
    eventCategory: 'Management',
  }
}

/** The element `userIdentity`. The source identity of a session stands in `sessionContext`. */
function userIdentity(caller: AccessKey): JsonObject {
  const { principal, session } = caller
  const types = {
    root: 'Root',
    user: 'IAMUser',
    role: 'AssumedRole',
    'federated-user': 'FederatedUser',
  } as const
  const named = principal.kind === 'user' ? { userName: principal.name } : {}
  return {
    type: types[principal.kind],
    principalId: principal.id,
    arn: principal.arn,
    accountId: principal.account,
    accessKeyId: caller.accessKeyId,
    ...named,
    ...(session === undefined ? {} : { sessionContext: sessionContext(caller) }),
  }
}

function sessionContext({ principal, session }: AccessKey): JsonObject {
  const { role } = principal
  const issuer =
    role === undefined
      ? {}
      : {
          sessionIssuer: {
            type: 'Role',
            principalId: role.id,
            arn: role.arn,
            accountId: role.account,
            userName: role.name,
          },
        }
  return {
    ...issuer,
    attributes: {
      creationDate: iso(session?.issuedAtMs ?? 0),
      mfaAuthenticated: String(session?.mfa === true),
    },
    ...(session?.sourceIdentity === undefined ? {} : { sourceIdentity: session.sourceIdentity }),
  }
}

/** API_LookupEvents: newest first, at most 50 a page, one attribute, this account and Region, 90 days. */
function lookupEvents(stage: Stage, call: Call): Answer {
  const most = numberOf(call.params, 'MaxResults') ?? 50
  const [start, end] = timeRange(call)
  const category = textOf(call.params, 'EventCategory')
  const attribute = lookupAttribute(call)
  authorize(stage, call, 'cloudtrail:LookupEvents', '*')
  const { account } = call.caller.principal
  const found = stage.world.trail
    // Nothing here makes Insights events.
    .filter((record) => category === undefined && record.account === account && record.region === call.region)
    .filter((record) => record.atMs >= start && record.atMs <= end && attribute(record))
    .reverse()
  const { from, upTo } = readToken(call, found.length)
  // Records that were written after the first page must not shift the later ones.
  const stable = found.slice(found.length - upTo)
  const to = from + most
  return {
    result: {
      Events: stable.slice(from, to).map(shownEvent),
      NextToken: to < stable.length ? writeToken(call, to, upTo) : undefined,
    },
  }
}

/** The end of the year 9999, after which no timestamp can be written. */
const latestTime = Date.UTC(10_000, 0) - 1

function timeRange(call: Call): readonly [number, number] {
  const ninetyDaysAgo = call.atMs - 90 * 86_400_000
  const start = typeof call.params.StartTime === 'number' ? call.params.StartTime * 1000 : ninetyDaysAgo
  const end = typeof call.params.EndTime === 'number' ? call.params.EndTime * 1000 : call.atMs
  if (start > end) {
    throw new AwsError('InvalidTimeRangeException', 'The start time must be before the end time.')
  }
  if ([start, end].some((time) => time < 0 || time > latestTime)) {
    throw new AwsError('InvalidTimeRangeException', 'The time range is outside the range of possible values.')
  }
  return [Math.max(start, ninetyDaysAgo), end]
}

function lookupAttribute(call: Call): (record: TrailRecord) => boolean {
  const [attribute] = structuresOf(call.params, 'LookupAttributes')
  if (attribute === undefined) return () => true
  const matches = attributes.get(textOf(attribute, 'AttributeKey') ?? '')
  const value = textOf(attribute, 'AttributeValue') ?? ''
  return (record) => matches?.(record, value) === true
}

type Matcher = (record: TrailRecord, value: string) => boolean
const attributes: ReadonlyMap<string, Matcher> = new Map<string, Matcher>([
  ['EventId', (record, value) => record.event.eventID === value],
  ['EventName', (record, value) => record.event.eventName === value],
  ['EventSource', (record, value) => record.event.eventSource === value],
  ['ReadOnly', (record, value) => String(record.event.readOnly) === value],
  ['Username', (record, value) => record.userName === value],
  ['AccessKeyId', (record, value) => accessKeyOf(record) === value],
  ['ResourceType', (record, value) => record.resources.some((item) => item.ResourceType === value)],
  ['ResourceName', (record, value) => record.resources.some((item) => item.ResourceName === value)],
])

function accessKeyOf(record: TrailRecord): string | undefined {
  return textOf((record.event.userIdentity ?? {}) as JsonObject, 'accessKeyId')
}

function shownEvent(record: TrailRecord): JsonObject {
  return {
    EventId: textOf(record.event, 'eventID'),
    EventName: textOf(record.event, 'eventName'),
    ReadOnly: String(record.event.readOnly),
    AccessKeyId: accessKeyOf(record),
    EventTime: Math.floor(record.atMs / 1000),
    EventSource: textOf(record.event, 'eventSource'),
    Username: record.userName,
    Resources: record.resources,
    CloudTrailEvent: JSON.stringify(record.event),
  }
}

/** A token is good only with the parameters that it was given for. */
function writeToken(call: Call, from: number, upTo: number): string {
  return Buffer.from(`${from}/${upTo}/${fingerprint(call)}`).toString('base64')
}

function readToken(call: Call, count: number): { readonly from: number; readonly upTo: number } {
  const token = textOf(call.params, 'NextToken')
  if (token === undefined) return { from: 0, upTo: count }
  const [from, upTo, print] = Buffer.from(token, 'base64').toString('utf8').split('/')
  if (print !== fingerprint(call)) {
    throw new AwsError('InvalidNextTokenException', 'The token is invalid or was given for other parameters.')
  }
  return { from: Number(from), upTo: Math.min(Number(upTo), count) }
}

function lookupParameters(call: Call): JsonObject {
  const { LookupAttributes, MaxResults } = call.params
  return { maxResults: MaxResults, lookupAttributes: LookupAttributes }
}

const iso = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
