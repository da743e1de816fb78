// What the contract's cases are written with: an AWS under test, its clients, and short words for common steps.

import { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SSMClient } from '@aws-sdk/client-ssm'
import { SSOClient } from '@aws-sdk/client-sso'
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type AssumeRoleCommandOutput,
  type Credentials,
  STSClient,
} from '@aws-sdk/client-sts'
import { example, type LocalAws, type PolicyDocument } from './index.ts'

export type Keys = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export type Clients = {
  readonly sts: STSClient
  readonly ssm: SSMClient
  readonly sso: SSOClient
  readonly cloudtrail: CloudTrailClient
  readonly dynamodb: DynamoDBClient
}

/** An AWS under test. */
export type Backend = {
  /** Clients that sign with these keys; alice's by default. */
  as(keys?: Keys, region?: string): Clients
  /** Makes a role in the example account and gives its ARN. */
  addRole(name: string, trust: PolicyDocument): Promise<string>
  /** Only the local AWS can be looked into; every other lacks what a case does with it. */
  local(): LocalAws
  /** Moves the service's clock, and with it the clients' that are made later. */
  advance(ms: number): void
}

export type Case = {
  readonly name: string
  /** Why moto does not pass; absent when it does. */
  readonly moto?: `lacks: ${string}` | `laxer: ${string}`
  run(backend: Backend): Promise<void>
}

/** Clients for an endpoint. They try once, so that a refusal is seen as it is. */
export function clientsOf(
  endpoint: string,
  systemClockOffset = 0,
  credentials: Keys = example.alice.keys,
  region: string = example.region,
): Clients {
  const config = { endpoint, region, credentials, maxAttempts: 1, systemClockOffset }
  return {
    sts: new STSClient(config),
    ssm: new SSMClient(config),
    sso: new SSOClient(config),
    cloudtrail: new CloudTrailClient(config),
    dynamodb: new DynamoDBClient(config),
  }
}

/** What a refused call threw. */
export type Refusal = {
  readonly name: string
  readonly message: string
  readonly $metadata: { readonly httpStatusCode?: number }
}

/** Waits for a call to be refused. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call
  } catch (thrown) {
    return thrown as Refusal
  }
  throw new Error('expected a refusal, but the call was answered')
}

/** Keys out of an answer of STS. */
export function keysOf(credentials: Credentials | undefined): Keys {
  const { AccessKeyId, SecretAccessKey, SessionToken } = credentials ?? {}
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined) {
    throw new Error('the answer has no credentials')
  }
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

/** A SourceIdentity as Sentinel writes it. */
export const stamp = 'sentinel,alice,0123456789abcdef'

/** Assumes a role; DevRole with Sentinel's stamp unless the input says otherwise. */
export function assume(
  backend: Backend,
  input: Partial<AssumeRoleCommandInput> = {},
  keys?: Keys,
): Promise<AssumeRoleCommandOutput> {
  const stamped = { RoleArn: example.roles.dev, RoleSessionName: stamp, SourceIdentity: stamp, ...input }
  return backend.as(keys).sts.send(new AssumeRoleCommand(stamped))
}
