import {
  AssumeRoleCommand,
  type Credentials,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { Secret } from '../base/index.ts'
import { type ClientSettings, callAws } from './call.ts'
import type { Connection } from './connection.ts'
import { halfAnswer, type Operation } from './failures.ts'
import type {
  AssumeRoleRequest,
  AwsCredentials,
  CallDeps,
  CallerIdentity,
  MfaCode,
  Session,
  SessionTokenRequest,
} from './types.ts'

export async function getCallerIdentity(
  deps: CallDeps,
  connection: Connection,
  credentials: AwsCredentials,
): Promise<CallerIdentity & { readonly serverTimeMs: number | undefined }> {
  const operation: Operation = { service: 'STS', name: 'GetCallerIdentity' }
  const { output, serverTimeMs } = await callAws(deps, {
    connection,
    operation,
    credentials,
    client: (settings) => new STSClient(withGlobal(settings, connection)),
    send: (client, options) => client.send(new GetCallerIdentityCommand({}), options),
  })
  const { Arn: arn, Account: accountId, UserId: userId } = output
  if (arn === undefined || !/^arn:[\w-]+:/.test(arn)) throw halfAnswer(operation, 'an ARN')
  if (accountId === undefined || !/^\d{12}$/.test(accountId)) throw halfAnswer(operation, 'an account')
  if (userId === undefined || userId === '') throw halfAnswer(operation, 'a user id')
  return { arn, accountId, userId, serverTimeMs }
}

export async function doAssumeRole(
  deps: CallDeps,
  connection: Connection,
  credentials: AwsCredentials,
  request: AssumeRoleRequest,
): Promise<Session> {
  const operation: Operation = { service: 'STS', name: 'AssumeRole', subject: request.roleArn }
  const { output, serverTimeMs } = await callAws(deps, {
    connection,
    operation,
    credentials,
    client: (settings) => new STSClient(withGlobal(settings, connection)),
    send: (client, options) =>
      client.send(
        new AssumeRoleCommand({
          RoleArn: request.roleArn,
          RoleSessionName: request.roleSessionName,
          DurationSeconds: request.durationSeconds,
          SourceIdentity: request.sourceIdentity,
          ExternalId: request.externalId,
          ...mfaInput(request.mfa),
        }),
        options,
      ),
  })
  const session = sessionOf(operation, output.Credentials, serverTimeMs, deps.clock.now())
  // A session that is not stamped as it was asked for must not be recorded as if it were.
  if (output.SourceIdentity === request.sourceIdentity) return session
  throw halfAnswer(operation, 'the SourceIdentity that was sent')
}

export async function doGetSessionToken(
  deps: CallDeps,
  connection: Connection,
  credentials: AwsCredentials,
  request: SessionTokenRequest,
): Promise<Session> {
  const operation: Operation = { service: 'STS', name: 'GetSessionToken' }
  const { output, serverTimeMs } = await callAws(deps, {
    connection,
    operation,
    credentials,
    client: (settings) => new STSClient(withGlobal(settings, connection)),
    send: (client, options) =>
      client.send(
        new GetSessionTokenCommand({ DurationSeconds: request.durationSeconds, ...mfaInput(request.mfa) }),
        options,
      ),
  })
  return sessionOf(operation, output.Credentials, serverTimeMs, deps.clock.now())
}

function withGlobal(settings: ClientSettings, connection: Connection) {
  return { ...settings, useGlobalEndpoint: connection.useGlobalSts }
}

const mfaInput = (mfa: MfaCode | undefined) =>
  mfa === undefined ? {} : { SerialNumber: mfa.serialNumber, TokenCode: mfa.code }

function sessionOf(
  operation: Operation,
  answer: Credentials | undefined,
  serverTimeMs: number | undefined,
  nowMs: number,
): Session {
  if (answer === undefined) throw halfAnswer(operation, 'credentials')
  const { AccessKeyId: accessKeyId, SecretAccessKey: secret, SessionToken: token, Expiration } = answer
  if (accessKeyId === undefined || accessKeyId === '') throw halfAnswer(operation, 'an access key id')
  if (secret === undefined || secret === '') throw halfAnswer(operation, 'a secret access key')
  if (token === undefined || token === '') throw halfAnswer(operation, 'a session token')
  const expiresAtMs = Expiration?.getTime() ?? Number.NaN
  if (Number.isNaN(expiresAtMs)) throw halfAnswer(operation, 'an expiry')
  if (expiresAtMs <= (serverTimeMs ?? nowMs)) throw halfAnswer(operation, 'an expiry in the future')
  const credentials = {
    accessKeyId,
    secretAccessKey: new Secret(secret),
    sessionToken: new Secret(token),
    expiresAtMs,
  }
  return { credentials, serverTimeMs }
}
