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
  /** Makes a role in the example account, in place of one of that name, and gives its ARN. */
  addRole(name: string, trust: PolicyDocument): Promise<string>
  /** Only the local AWS can be looked into; every other lacks what a case does with it. */
  local(): LocalAws
  /** Moves the service's clock, and with it the clients' that are made later. */
  advance(ms: number): void
}

export type Case = {
  readonly name: string
  /** Why moto does not pass; absent when it does. */
  readonly moto?: Miss
  run(backend: Backend): Promise<void>
}

/** Why a case does not pass on moto, and how it fails there: with this, and not with anything else. */
export type Miss = {
  readonly kind: 'laxer' | 'breaks' | 'lacks' | 'out of reach'
  readonly what: string
  /** Matches the name and message of what the case throws. */
  readonly fails: RegExp
}

/** moto answers what AWS refuses, or answers less than AWS; by default what it should refuse. */
export const laxer = (what: string, fails: RegExp = /^Error: expected a refusal/): Miss => ({
  kind: 'laxer',
  what,
  fails,
})

// A page for people, which is no answer of the protocol.
const page = /^SyntaxError: Unexpected token '<'|^Error: @aws-sdk XML parse error: mismatched tags <html>/

/** moto does not know the call. */
export const lacks = (what: string): Miss => ({ kind: 'lacks', what, fails: page })

/** moto answers the call, but breaks down over this input. */
export const breaks = (what: string): Miss => ({ kind: 'breaks', what, fails: page })

/** moto might do it, but this driver cannot bring it there: what the case needs has no call in AWS. */
export const outOfReach = (what: string): Miss => ({
  kind: 'out of reach',
  what,
  fails: /^Error: only the local AWS has this$/,
})

/**
 * Clients for an endpoint, each made when it is asked for. They try once, so that a refusal is seen as it is.
 *
 * @param made is shown each client that is made
 */
export function clientsOf(
  endpoint: string,
  systemClockOffset = 0,
  credentials: Keys = example.alice.keys,
  region: string = example.region,
  made: (client: Clients[keyof Clients]) => void = () => {},
): Clients {
  const config = { endpoint, region, credentials, maxAttempts: 1, systemClockOffset }
  const once = <C extends Clients[keyof Clients]>(make: () => C) => {
    let client: C | undefined
    return () => {
      if (client === undefined) {
        client = make()
        made(client)
      }
      return client
    }
  }
  const sts = once(() => new STSClient(config))
  const ssm = once(() => new SSMClient(config))
  const sso = once(() => new SSOClient(config))
  const cloudtrail = once(() => new CloudTrailClient(config))
  const dynamodb = once(() => new DynamoDBClient(config))
  return {
    get sts() {
      return sts()
    },
    get ssm() {
      return ssm()
    },
    get sso() {
      return sso()
    },
    get cloudtrail() {
      return cloudtrail()
    },
    get dynamodb() {
      return dynamodb()
    },
  }
}

/** A request as a client wrote it: the parts that are the same in all five. */
export type Written = {
  method: string
  body?: unknown
  path: string
  query: Record<string, unknown>
  headers: Record<string, string>
}
/** So is this part of their middleware stacks. */
type Editor = (
  next: (args: { request: unknown }) => Promise<{ response: unknown; output: object }>,
) => (args: { request: unknown }) => Promise<{ response: unknown; output: object }>
type Stack = { add(editor: Editor, options: { readonly step: 'build'; readonly priority: 'high' }): void }

/** Changes each request that a client wrote, before it is signed: for what the SDK itself would not write. */
export function rewriting<C extends { readonly middlewareStack: unknown }>(
  client: C,
  edit: (request: Written) => void,
): C {
  const stack = client.middlewareStack as Stack
  const editor: Editor = (next) => (args) => {
    const request = args.request as Written
    edit(request)
    request.headers['content-length'] = String(Buffer.byteLength(String(request.body ?? '')))
    return next(args)
  }
  stack.add(editor, { step: 'build', priority: 'high' })
  return client
}

/** A client that sends this JSON, whatever it is told. */
export const sendingJson = <C extends { readonly middlewareStack: unknown }>(client: C, sent: object): C =>
  rewriting(client, (request) => {
    request.body = JSON.stringify(sent)
  })

/** What a refused call threw. */
export type Refusal = {
  readonly name: string
  readonly message: string
  readonly $metadata: { readonly httpStatusCode?: number }
}

/** Waits for a call to be refused by the service; whatever else goes wrong is thrown on. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call
  } catch (thrown) {
    // `$fault` is on what the SDK read as an error of the service.
    if (thrown instanceof Error && '$fault' in thrown) return thrown as unknown as Refusal
    throw thrown
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
