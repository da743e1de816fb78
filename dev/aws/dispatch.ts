// One request from wire to wire: which service and operation, who signed it, what comes out.
// Sources: "Common Errors" of each service's API reference for what a bad signature is answered with.

import { cloudtrail, type Outcome, writeTrail } from './cloudtrail.ts'
import { dynamodb } from './dynamodb.ts'
import { type Fault, faultError, spoilReply, spoilResult } from './faults.ts'
import { type Call, newUuid, type Operation, type Service, type Stage } from './service.ts'
import { checkInput, type Reading } from './shapes.ts'
import { readSignature, type Signature, scopeProblem, signatureMatches, skewProblem } from './sigv4.ts'
import { ssm } from './ssm.ts'
import { answerSso, ssoAction } from './sso.ts'
import { sts } from './sts.ts'
import {
  AwsError,
  contentTypeOf,
  type JsonObject,
  type Params,
  type Protocol,
  parseForm,
  parseJson,
  type Reply,
  type ServiceName,
  textOf,
  type WireRequest,
  writeError,
  writeResult,
} from './wire.ts'
import type { AccessKey } from './world-types.ts'

const services: ReadonlyMap<ServiceName, Service> = new Map([
  ['sts', sts],
  ['ssm', ssm],
  ['cloudtrail', cloudtrail],
  ['dynamodb', dynamodb],
])

/** What a request asks for, before anybody checked who sent it. */
export type Asked = {
  readonly service: ServiceName
  readonly action: string
  readonly region: string
  readonly signed: Signature | undefined
}

/** Reads service and operation from the signature's scope, the target header, the path or the form. */
export function recognise(request: WireRequest): Asked {
  const signed = readSignature(request)
  const region = signed?.region ?? 'us-east-1'
  const portal = ssoAction(request)
  if (portal !== undefined) return { service: 'sso', action: portal, region, signed }
  const target = request.headers.get('x-amz-target')
  if (target !== undefined) return { ...operationOfTarget(target), region, signed }
  const form = request.method === 'GET' ? request.query : request.body.toString('utf8')
  return { service: 'sts', action: new URLSearchParams(form).get('Action') ?? '', region, signed }
}

// botocore's `targetPrefix`; the SDK for JavaScript leaves CloudTrail's package out.
const targets: ReadonlyMap<string, ServiceName> = new Map([
  ['AmazonSSM', 'ssm'],
  ['CloudTrail_20131101', 'cloudtrail'],
  ['com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101', 'cloudtrail'],
  ['DynamoDB_20120810', 'dynamodb'],
])

/** What a target names: the service with its version, a dot, the operation. Any other text keeps its dot: no operation has one. */
function operationOfTarget(target: string): { readonly service: ServiceName; readonly action: string } {
  const dot = target.lastIndexOf('.')
  const service = targets.get(target.slice(0, Math.max(dot, 0)))
  if (service !== undefined) return { service, action: target.slice(dot + 1) }
  return { service: 'ssm', action: dot === -1 ? `.${target}` : target }
}

/** Carries out a request. A fault may stand in for the operation or spoil its answer. */
export async function answer(
  stage: Stage,
  asked: Asked,
  request: WireRequest,
  fault: Fault | undefined,
): Promise<Reply> {
  const requestId = newUuid(stage.random)
  const protocol: Protocol =
    asked.service === 'sso' ? 'rest' : (services.get(asked.service)?.protocol ?? 'json')
  const contentType = contentTypeOf(protocol, asked.service)
  try {
    const result =
      asked.service === 'sso'
        ? sso(stage, { ...asked, requestId }, request, fault)
        : await operate(stage, asked, request, requestId, fault)
    return spoilReply(
      fault,
      writeResult(protocol, asked.action, spoilResult(fault, result), requestId, contentType),
    )
  } catch (thrown) {
    const error = thrown instanceof AwsError ? thrown : undefined
    if (error === undefined) throw thrown
    return writeError(protocol, error, requestId, contentType)
  }
}

function sso(
  stage: Stage,
  asked: Asked & { readonly requestId: string },
  request: WireRequest,
  fault: Fault | undefined,
): JsonObject {
  const refusal = faultError(fault, 'sso', asked.action)
  if (refusal !== undefined) throw refusal
  return answerSso(stage, asked, request)
}

async function operate(
  stage: Stage,
  asked: Asked,
  request: WireRequest,
  requestId: string,
  fault: Fault | undefined,
): Promise<JsonObject> {
  const service = services.get(asked.service)
  const operation = service?.operations.get(asked.action) ?? service?.operations.get('*')
  const json = service?.protocol === 'json'
  if (operation === undefined || !isAddressed(request, json)) throw unknownOperation(asked, json, stsVersion)
  const caller = authenticate(stage, asked, request, json)
  const params = paramsOf(request, json)
  // "Common Parameters" in the STS API Reference: Version is required.
  if (!json && params.Version !== stsVersion) throw unknownOperation(asked, json, textOf(params, 'Version'))
  const call: Call = {
    ...asked,
    params,
    caller,
    atMs: stage.clock.now(),
    requestId,
    userAgent: request.headers.get('user-agent') ?? '',
    request,
  }
  const outcome = await run(stage, call, operation, fault)
  writeTrail(stage, call, operation, outcome)
  if ('error' in outcome) throw outcome.error
  return outcome.answer.result
}

// "Common Errors" in each service's API Reference.
const inForm: Reading = { form: true, code: 'ValidationError' }
const inJson: Reading = { form: false, code: 'ValidationException' }

async function run(
  stage: Stage,
  call: Call,
  operation: Operation,
  fault: Fault | undefined,
): Promise<Outcome> {
  try {
    const refusal = faultError(fault, call.service, call.action)
    if (refusal !== undefined) return { error: refusal }
    checkInput(operation.takes, call.params, call.service === 'sts' ? inForm : inJson)
    return { answer: await operation.run(stage, call) }
  } catch (thrown) {
    if (thrown instanceof AwsError) return { error: thrown }
    throw thrown
  }
}

/**
 * "Making query requests" in the IAM User Guide: GET or POST, to the endpoint itself. "AWS JSON 1.1 protocol": POST, to `/`.
 */
const isAddressed = ({ method, path }: WireRequest, json: boolean) =>
  path === '/' && (method === 'POST' || (method === 'GET' && !json))

function paramsOf(request: WireRequest, json: boolean): Params {
  if (json) return parseJson(request.body)
  return parseForm(request.method === 'GET' ? request.query : request.body.toString('utf8'))
}

const stsVersion = '2011-06-15'

function unknownOperation(asked: Asked, json: boolean, version = 'NO_VERSION_SPECIFIED'): AwsError {
  return json
    ? new AwsError('UnknownOperationException', `The local AWS has no ${asked.service}:${asked.action}`)
    : new AwsError('InvalidAction', `Could not find operation ${asked.action} for version ${version}`)
}

/** Who signed the request. The JSON services and STS say the same things under different names. */
function authenticate(stage: Stage, asked: Asked, request: WireRequest, json: boolean): AccessKey {
  const refuse = (xmlCode: string, jsonCode: string, message: string) =>
    json ? new AwsError(jsonCode, message) : new AwsError(xmlCode, message, 403)
  const { signed } = asked
  if (signed === undefined) {
    const code = 'MissingAuthenticationToken'
    throw refuse(code, `${code}Exception`, 'Request is missing Authentication Token')
  }
  const key = stage.world.keys.get(signed.accessKeyId)
  const token = request.headers.get('x-amz-security-token')
  if (key === undefined || key.session?.token !== token) {
    const message = 'The security token included in the request is invalid.'
    throw refuse('InvalidClientTokenId', 'UnrecognizedClientException', message)
  }
  const problem =
    scopeProblem(request, signed, asked.service) ?? skewProblem(request, signed, stage.clock.now())
  if (problem !== undefined) throw refuse('SignatureDoesNotMatch', 'InvalidSignatureException', problem)
  if (!signatureMatches(request, signed, key.secretAccessKey)) {
    const message =
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
    throw refuse('SignatureDoesNotMatch', 'InvalidSignatureException', message)
  }
  if (key.session !== undefined && key.session.expiresAtMs <= stage.clock.now()) {
    const message = 'The security token included in the request is expired'
    throw refuse('ExpiredToken', 'ExpiredTokenException', message)
  }
  return key
}
