import { GetRoleCredentialsCommand, SSOClient } from '@aws-sdk/client-sso'
import { Secret } from '../base/index.ts'
import { callAws } from './call.ts'
import type { Connection } from './connection.ts'
import { halfAnswer, type Operation } from './failures.ts'
import type { CallDeps, Session, SsoRoleRequest } from './types.ts'

export async function readRoleCredentials(
  deps: CallDeps,
  connection: Connection,
  request: SsoRoleRequest,
): Promise<Session> {
  const subject = `${request.accountId}/${request.roleName}`
  const operation: Operation = { service: 'SSO', name: 'GetRoleCredentials', subject }
  const { output, serverTimeMs } = await callAws(deps, {
    connection,
    operation,
    credentials: undefined,
    client: (settings) => new SSOClient(settings),
    send: (client, options) =>
      client.send(
        new GetRoleCredentialsCommand({
          accessToken: request.accessToken.reveal(),
          accountId: request.accountId,
          roleName: request.roleName,
        }),
        options,
      ),
  })
  const answer = output.roleCredentials ?? undefined
  if (answer === undefined) throw halfAnswer(operation, 'credentials')
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = answer
  if (typeof accessKeyId !== 'string' || accessKeyId === '') throw halfAnswer(operation, 'an access key id')
  if (typeof secretAccessKey !== 'string' || secretAccessKey === '')
    throw halfAnswer(operation, 'a secret access key')
  if (typeof sessionToken !== 'string' || sessionToken === '') throw halfAnswer(operation, 'a session token')
  if (typeof expiration !== 'number' || expiration <= (serverTimeMs ?? deps.clock.now()))
    throw halfAnswer(operation, 'an expiry in the future')
  const credentials = {
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    sessionToken: new Secret(sessionToken),
    expiresAtMs: expiration,
    accountId: request.accountId,
  }
  return { credentials, serverTimeMs }
}
