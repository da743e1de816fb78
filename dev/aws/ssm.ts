// Systems Manager Parameter Store. Sources: API_GetParameter, API_GetParameters, API_GetParametersByPath,
// API_PutParameter, API_DeleteParameter, API_DescribeParameters in the Systems Manager API Reference. What may be
// put is in ssm-rules.ts, what may be looked for in ssm-filters.ts.

import { createHash } from 'node:crypto'
import { type Page, pageOf } from './pages.ts'
import {
  type Answer,
  authorize,
  type Call,
  callerContext,
  identityRefusal,
  type Operation,
  type Service,
  type Stage,
} from './service.ts'
import { describedBy, filtersOf, isUnder, listedBy } from './ssm-filters.ts'
import {
  checkDataType,
  checkKey,
  checkName,
  checkOverwrite,
  checkPattern,
  checkReferences,
  checkSigns,
  checkSize,
  checkTags,
  refusePolicies,
  tierOf,
} from './ssm-rules.ts'
import {
  deleteParameterInput,
  describeParametersInput,
  getParameterInput,
  getParametersByPathInput,
  getParametersInput,
  putParameterInput,
} from './ssm-shapes.ts'
import { AwsError, booleanOf, type JsonObject, numberOf, tagsOf, textOf, textsOf } from './wire.ts'
import type { ParameterVersion, World } from './world-types.ts'

/** The local Parameter Store. */
export const ssm: Service = {
  protocol: 'json',
  operations: new Map<string, Operation>([
    [
      'GetParameter',
      { takes: getParameterInput, run: getParameter, trail: trail(true, ['Name', 'WithDecryption']) },
    ],
    [
      'GetParameters',
      { takes: getParametersInput, run: getParameters, trail: trail(true, ['Names', 'WithDecryption']) },
    ],
    [
      'GetParametersByPath',
      {
        takes: getParametersByPathInput,
        run: getParametersByPath,
        trail: trail(true, ['Path', 'Recursive', 'WithDecryption']),
      },
    ],
    // The value is not written down: CloudTrail says HIDDEN_DUE_TO_SECURITY_REASONS for it.
    [
      'PutParameter',
      {
        takes: putParameterInput,
        run: putParameter,
        trail: trail(false, ['Name', 'Type', 'Overwrite', 'Tier']),
      },
    ],
    ['DeleteParameter', { takes: deleteParameterInput, run: deleteParameter, trail: trail(false, ['Name']) }],
    [
      'DescribeParameters',
      { takes: describeParametersInput, run: describeParameters, trail: trail(true, ['ParameterFilters']) },
    ],
  ]),
}

function trail(readOnly: boolean, names: readonly string[]): NonNullable<Operation['trail']> {
  return {
    readOnly,
    requestParameters: (call) =>
      Object.fromEntries(
        names.flatMap((name) => {
          const value = call.params[name]
          return value === undefined ? [] : [[name.charAt(0).toLowerCase() + name.slice(1), value]]
        }),
      ),
  }
}

function getParameter(stage: Stage, call: Call): Answer {
  const { name, selector, key, arn } = wantedBy(stage, call, textOf(call.params, 'Name') ?? '')
  authorize(stage, call, 'ssm:GetParameter', arn)
  const versions = stage.world.parameters.get(key)
  // ParameterNotFound comes without a message.
  if (versions === undefined) throw new AwsError('ParameterNotFound', '')
  const found = select(versions, selector)
  if (found === undefined) {
    throw new AwsError(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`,
    )
  }
  const shown = shownParameter(stage, call, found)
  return { result: { Parameter: { ...shown, ...(selector === '' ? {} : { Selector: `:${selector}` }) } } }
}

/** API_GetParameters: up to ten names; the ones that are not there are listed, not refused. */
function getParameters(stage: Stage, call: Call): Answer {
  const names = new Set(textsOf(call.params, 'Names'))
  const invalid: string[] = []
  const found: JsonObject[] = []
  for (const asked of names) checkSigns(wantedBy(stage, call, asked).name)
  for (const asked of names) {
    const { selector, key, arn } = wantedBy(stage, call, asked)
    authorize(stage, call, 'ssm:GetParameters', arn)
    const version = select(stage.world.parameters.get(key) ?? [], selector)
    if (version === undefined) invalid.push(asked)
    else found.push(shownParameter(stage, call, version))
  }
  return { result: { Parameters: found, InvalidParameters: invalid } }
}

function getParametersByPath(stage: Stage, call: Call): Answer {
  const path = textOf(call.params, 'Path') ?? ''
  if (!path.startsWith('/')) {
    throw new AwsError('ValidationException', 'The parameter path must begin with a forward slash (/)')
  }
  const recursive = booleanOf(call.params, 'Recursive') === true
  const wanted = filtersOf(call.params, listedBy)
  authorize(stage, call, 'ssm:GetParametersByPath', parameterArn(call, path))
  const under = latest(stage.world, call).filter(
    (item) => isUnder(item.name, path, recursive) && wanted(item),
  )
  const page = pageFor(call, under, 10)
  return {
    result: { Parameters: page.items.map((item) => shownParameter(stage, call, item)), NextToken: page.next },
  }
}

function putParameter(stage: Stage, call: Call): Answer {
  const name = textOf(call.params, 'Name') ?? ''
  const value = textOf(call.params, 'Value') ?? ''
  const type = textOf(call.params, 'Type')
  checkDataType(textOf(call.params, 'DataType') ?? 'text')
  checkName(name)
  checkTags(call)
  checkReferences(value)
  authorize(stage, call, 'ssm:PutParameter', parameterArn(call, name))
  const before = stage.world.parameters.get(keyOf(call, name)) ?? []
  const last = before.at(-1)
  checkOverwrite(call, last, type)
  const tier = tierOf(call, value, last)
  checkSize(value, tier)
  refusePolicies(call, tier)
  const allowedPattern = textOf(call.params, 'AllowedPattern') ?? last?.allowedPattern
  checkPattern(value, allowedPattern)
  // API_PutParameter, Overwrite and Type: a version that says nothing of its type has the one before's.
  const madeType = (type as ParameterVersion['type'] | undefined) ?? last?.type ?? 'String'
  const keyId = textOf(call.params, 'KeyId') ?? last?.keyId ?? 'alias/aws/ssm'
  if (madeType === 'SecureString') checkKey(keyId)
  const made: ParameterVersion = {
    name,
    value,
    type: madeType,
    version: (last?.version ?? 0) + 1,
    tier,
    keyId: madeType === 'SecureString' ? keyId : undefined,
    description: textOf(call.params, 'Description'),
    dataType: textOf(call.params, 'DataType') ?? last?.dataType ?? 'text',
    allowedPattern,
    tags: last?.tags ?? new Map(tagsOf(call.params)),
    modifiedAtMs: call.atMs,
    modifiedBy: call.caller.principal.arn,
  }
  // ParameterMaxVersionLimitExceeded: of more than a hundred versions, the oldest goes.
  stage.world.parameters.set(keyOf(call, name), [...before, made].slice(-100))
  const result = { Version: made.version, Tier: made.tier }
  return { result, responseElements: { version: made.version, tier: made.tier } }
}

function deleteParameter(stage: Stage, call: Call): Answer {
  const name = textOf(call.params, 'Name') ?? ''
  authorize(stage, call, 'ssm:DeleteParameter', parameterArn(call, name))
  if (!stage.world.parameters.delete(keyOf(call, name))) throw new AwsError('ParameterNotFound', '')
  return { result: {} }
}

function describeParameters(stage: Stage, call: Call): Answer {
  const wanted = filtersOf(call.params, describedBy)
  authorize(
    stage,
    call,
    'ssm:DescribeParameters',
    `arn:aws:ssm:${call.region}:${call.caller.principal.account}:*`,
  )
  // Nobody shares parameters with anybody here.
  const all = booleanOf(call.params, 'Shared') === true ? [] : latest(stage.world, call)
  const page = pageFor(call, all.filter(wanted), 50)
  const described = page.items.map((item) => ({
    Name: item.name,
    ARN: parameterArn(call, item.name),
    Type: item.type,
    KeyId: item.keyId,
    LastModifiedDate: item.modifiedAtMs / 1000,
    LastModifiedUser: item.modifiedBy,
    Description: item.description,
    AllowedPattern: item.allowedPattern,
    Version: item.version,
    Tier: item.tier,
    DataType: item.dataType,
  }))
  return { result: { Parameters: described, NextToken: page.next } }
}

function shownParameter(stage: Stage, call: Call, item: ParameterVersion): JsonObject {
  const sealed = item.type === 'SecureString'
  const open = sealed && booleanOf(call.params, 'WithDecryption') === true
  if (open) refuseWithoutKey(stage, call, item.keyId ?? '')
  return {
    Name: item.name,
    Type: item.type,
    Value: sealed && !open ? ciphertext(item) : item.value,
    Version: item.version,
    LastModifiedDate: item.modifiedAtMs / 1000,
    ARN: parameterArn(call, item.name),
    DataType: item.dataType,
  }
}

/** "How Parameter Store uses AWS KMS": the caller's own kms:Decrypt decides, and KMS's sentence comes back. */
function refuseWithoutKey(stage: Stage, call: Call, keyId: string): void {
  const resource = `arn:aws:kms:${call.region}:${call.caller.principal.account}:${keyId}`
  const question = { action: 'kms:Decrypt', resource, context: callerContext(call.caller) }
  if (identityRefusal(stage, call.caller, question, 'nobody') === undefined) return
  throw new AwsError(
    'AccessDeniedException',
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
  )
}

/** What a SecureString looks like without decryption: opaque, and of no use. */
function ciphertext(item: ParameterVersion): string {
  const digest = createHash('sha512').update(`${item.name}:${item.version}:${item.value}`).digest('base64')
  return `AQICAH${digest}`
}

/** What a call asks for by name or by ARN, each with a version behind a colon or without. */
type Wanted = {
  readonly name: string
  readonly selector: string
  readonly arn: string
  /** Where the world has it. */
  readonly key: string
}

/**
 * API_GetParameter, Name: the ARN's account and Region count. A Region is only read at its own endpoint; another account's
 * parameter is found when it is shared, which here none is.
 */
function wantedBy(stage: Stage, call: Call, asked: string): Wanted {
  const parts = /^arn:aws:ssm:([^:]*):(\d{12}):parameter(\/.*)$/.exec(asked)
  const [, region = call.region, account = call.caller.principal.account, plain = asked] = parts ?? []
  if (region !== call.region) {
    throw new AwsError(
      'ValidationException',
      `The Region of ${asked} is not ${call.region}, which was asked.`,
    )
  }
  const [path = '', ...selectors] = plain.split(':')
  // `simple` and `/simple` have the same ARN (parameterArn).
  const bare = path.slice(1)
  const isBare = parts !== null && stage.world.parameters.has(keyOf(call, bare, account))
  const name = isBare ? bare : path
  return {
    name,
    selector: selectors.join(':'),
    arn: parameterArn(call, name, account),
    key: keyOf(call, name, account),
  }
}

function select(versions: readonly ParameterVersion[], selector: string): ParameterVersion | undefined {
  return selector === '' ? versions.at(-1) : versions.find((item) => String(item.version) === selector)
}

function latest(world: World, call: Call): readonly ParameterVersion[] {
  const prefix = keyOf(call, '')
  return [...world.parameters]
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([, versions]) => versions.slice(-1))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function pageFor<T>(call: Call, all: readonly T[], most: number): Page<T> {
  const token = textOf(call.params, 'NextToken')
  const page = pageOf(all, token, numberOf(call.params, 'MaxResults') ?? most, call)
  if (page === undefined) throw new AwsError('InvalidNextToken', 'The specified token is not valid.')
  return page
}

const keyOf = (call: Call, name: string, account = call.caller.principal.account) =>
  `${account}/${call.region}/${name}`

function parameterArn(call: Call, name: string, account = call.caller.principal.account): string {
  const plain = name.startsWith('/') ? name.slice(1) : name
  return `arn:aws:ssm:${call.region}:${account}:parameter/${plain}`
}
