// What Parameter Store takes: names, versions, types, tiers, sizes, patterns. Sources: "Requirements and constraints for parameter
// names" (sysman-parameter-name-constraints) and "Managing parameter tiers" (parameter-store-advanced-parameters)
// in the Systems Manager User Guide; API_PutParameter in its API Reference.

import type { Call } from './service.ts'
import { AwsError, booleanOf, tagsOf, textOf } from './wire.ts'
import type { ParameterVersion } from './world-types.ts'

/** sysman-parameter-name-constraints. */
export function checkName(name: string): void {
  if (/^\/aws\//i.test(name)) {
    throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`)
  }
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw new AwsError(
      'ValidationException',
      'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    )
  }
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(name) || /\/\/|\/$/.test(name) || name.length > 1011) {
    throw new AwsError(
      'ValidationException',
      'Parameter name: can only consist of letters, numbers and the symbols ._-/, at most 1011 characters, without empty sub-paths',
    )
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw new AwsError('ValidationException', 'Parameter name must be a fully qualified name.')
  }
  if (name.split('/').filter((step) => step !== '').length > 15) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      'A parameter hierarchy can have a maximum depth of fifteen levels.',
    )
  }
}

/** The signs of a name: a call that asks for several is refused as a whole over one that cannot be a name. */
export function checkSigns(name: string): void {
  if (/^[a-zA-Z0-9_.\-/]+$/.test(name)) return
  throw new AwsError(
    'ValidationException',
    `Parameter name: ${name} can only consist of letters, numbers and the symbols ._-/`,
  )
}

/** API_PutParameter, KeyId: the one key that there is here is the one that Parameter Store makes for itself. */
export function checkKey(keyId: string): void {
  if (keyId === 'alias/aws/ssm') return
  throw new AwsError('InvalidKeyId', `Alias or key ${keyId} is not found.`)
}

/** API_PutParameter, Overwrite and Type. */
export function checkOverwrite(
  call: Call,
  last: ParameterVersion | undefined,
  type: string | undefined,
): void {
  if (last === undefined && type === undefined) {
    throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.')
  }
  const overwrites = booleanOf(call.params, 'Overwrite') === true
  if (last !== undefined && !overwrites) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    )
  }
  if (overwrites && call.params.Tags !== undefined) {
    throw new AwsError(
      'ValidationException',
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    )
  }
  checkType(last, type)
}

/** API_PutParameter, HierarchyTypeMismatchException. */
export function checkType(last: ParameterVersion | undefined, type: string | undefined): void {
  if (last === undefined || type === undefined || type === last.type) return
  throw new AwsError(
    'HierarchyTypeMismatchException',
    "Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you can't change a parameter from a String type to a SecureString type. You must create a new, unique parameter.",
  )
}

/**
 * API_AddTagsToResource: at most 50 tags. "Tag restrictions" in the Tagging AWS Resources User Guide: a key once, and
 * `aws:` is reserved, in keys and values, in any capitals.
 */
export function checkTags(call: Call): void {
  const tags = tagsOf(call.params)
  const refuse = (message: string) => new AwsError('ValidationException', message)
  if (tags.length > 50) throw refuse('A parameter can have at most 50 tags.')
  const keys = tags.map(([key]) => key)
  const twice = keys.find((key, i) => keys.indexOf(key) < i)
  if (twice !== undefined) throw refuse(`Duplicate tag key: ${twice}`)
  const reserved = tags.flat().find((text) => /^aws:/i.test(text))
  if (reserved !== undefined) throw refuse(`${reserved} has the reserved prefix aws:`)
}

/** API_PutParameter, Value: a value holds no reference to a parameter, nor anything else in double brackets. */
export function checkReferences(value: string): void {
  if (!/\{\{.*\}\}/s.test(value)) return
  throw new AwsError(
    'ValidationException',
    'Parameter value cannot nest another parameter. Do not use "{{}}" in the value.',
  )
}

/** API_PutParameter, DataType. */
export function checkDataType(dataType: string): void {
  if (['text', 'aws:ec2:image', 'aws:ssm:integration'].includes(dataType)) return
  throw new AwsError(
    'ValidationException',
    `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
  )
}

/**
 * API_PutParameter, AllowedPattern. The reference does not say whether a version without a pattern keeps the one
 * before; here it does.
 */
export function checkPattern(value: string, pattern: string | undefined): void {
  if (pattern === undefined) return
  let allowed: RegExp
  try {
    allowed = new RegExp(pattern)
  } catch {
    throw new AwsError(
      'InvalidAllowedPatternException',
      "The request doesn't meet the regular expression requirement.",
    )
  }
  if (allowed.test(value)) return
  throw new AwsError(
    'ParameterPatternMismatchException',
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  )
}

/**
 * parameter-store-advanced-parameters: which tier a version gets. An advanced parameter is never standard again;
 * intelligent tiering, and a version that names no tier, do not ask for that.
 */
export function tierOf(
  call: Call,
  value: string,
  last: ParameterVersion | undefined,
): ParameterVersion['tier'] {
  const asked = textOf(call.params, 'Tier')
  if (asked === 'Standard' && last?.tier === 'Advanced') {
    throw new AwsError(
      'ValidationException',
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. Delete it and create it again as a standard parameter.",
    )
  }
  const isLong = asked === 'Intelligent-Tiering' && Buffer.byteLength(value, 'utf8') > 4096
  return asked === 'Advanced' || isLong || last?.tier === 'Advanced' ? 'Advanced' : 'Standard'
}

/** parameter-store-advanced-parameters: only advanced parameters have policies. The local AWS has none at all. */
export function refusePolicies(call: Call, tier: ParameterVersion['tier']): void {
  if (textOf(call.params, 'Policies') === undefined) return
  if (tier === 'Standard') {
    throw new AwsError(
      'ValidationException',
      'Parameter policies need the advanced-parameter tier: standard parameters cannot have them.',
    )
  }
  throw new AwsError('NotImplemented', 'The local AWS has no parameter policies', 501)
}

/** parameter-store-advanced-parameters: 4 KB for standard parameters, 8 KB for advanced ones. */
export function checkSize(value: string, tier: ParameterVersion['tier']): void {
  const bytes = Buffer.byteLength(value, 'utf8')
  const limit = tier === 'Standard' ? 4096 : 8192
  if (bytes > limit) {
    const more =
      tier === 'Standard'
        ? ' To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.'
        : ''
    throw new AwsError(
      'ValidationException',
      `${tier} tier parameters support a maximum parameter value of ${limit} characters.${more}`,
    )
  }
}
