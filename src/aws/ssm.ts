import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { callAws } from './call.ts'
import type { Connection } from './connection.ts'
import { halfAnswer, type Operation } from './failures.ts'
import type { AwsCredentials, CallDeps, NewParameter, Parameter } from './types.ts'

export async function readParameter(
  deps: CallDeps,
  connection: Connection,
  credentials: AwsCredentials,
  name: string,
): Promise<Parameter> {
  const operation: Operation = { service: 'SSM', name: 'GetParameter', subject: name }
  const { output, serverTimeMs } = await callAws(deps, {
    connection,
    operation,
    credentials,
    client: (settings) => new SSMClient(settings),
    send: (client, options) =>
      client.send(new GetParameterCommand({ Name: name, WithDecryption: true }), options),
  })
  const parameter = output.Parameter ?? undefined
  if (parameter === undefined) throw halfAnswer(operation, 'a parameter')
  if (typeof parameter.Value !== 'string') throw halfAnswer(operation, 'a value')
  return { name, value: parameter.Value, version: versionOf(operation, parameter.Version), serverTimeMs }
}

export async function createParameter(
  deps: CallDeps,
  connection: Connection,
  credentials: AwsCredentials,
  parameter: NewParameter,
): Promise<{ readonly version: number }> {
  const operation: Operation = { service: 'SSM', name: 'PutParameter', subject: parameter.name }
  const { output } = await callAws(deps, {
    connection,
    operation,
    credentials,
    client: (settings) => new SSMClient(settings),
    send: (client, options) =>
      client.send(
        new PutParameterCommand({
          Name: parameter.name,
          Value: parameter.value,
          Type: parameter.type,
          Overwrite: false,
          ...(parameter.description === undefined ? {} : { Description: parameter.description }),
        }),
        options,
      ),
  })
  return { version: versionOf(operation, output.Version) }
}

function versionOf(operation: Operation, version: number | undefined): number {
  if (version !== undefined && Number.isSafeInteger(version) && version >= 1) return version
  throw halfAnswer(operation, 'a version')
}
