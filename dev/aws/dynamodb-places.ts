// Which table a call means: one of the caller's own account by its name, or one of any account by its ARN, whose policy
// must let the caller in then. Sources: "Using resource-based policies for DynamoDB" (access-control-resource-based) in the
// DynamoDB Developer Guide, API_GetItem (TableName: "You can also provide the Amazon Resource Name (ARN) of the table"),
// "Cross-account policy evaluation logic" in the IAM User Guide.

import type { PolicyDocument } from './policy-types.ts'
import { accessDenied, type Call, callerContext, identityRefusal, type Stage } from './service.ts'
import { evaluatePolicy } from './trust.ts'
import { AwsError, type Json, type JsonObject, textOf } from './wire.ts'

/** Where a table is. */
export type TablePlace = { readonly account: string; readonly name: string; readonly arn: string }

/** The tables that a call names: one, or those of a batch. */
export function placesOf(call: Call): readonly TablePlace[] {
  const { params } = call
  const named = isObject(params.RequestItems)
    ? Object.keys(params.RequestItems)
    : [textOf(params, 'TableName') ?? textOf(params, 'ResourceArn') ?? '*']
  return named.map((text) => placeOf(call, text))
}

function placeOf({ region, caller }: Call, text: string): TablePlace {
  const { account: own } = caller.principal
  if (!text.startsWith('arn:')) {
    return { account: own, name: text, arn: `arn:aws:dynamodb:${region}:${own}:table/${text}` }
  }
  const [, where, account = '', name = ''] = arnPattern.exec(text) ?? []
  if (where === region) return { account, name, arn: text }
  throw new AwsError('ValidationException', `Invalid table ARN for this Region: ${text}`)
}

const arnPattern = /^arn:aws:dynamodb:([a-z0-9-]+):(\d{12}):table\/([a-zA-Z0-9_.-]{3,255})$/

/** Parameters with names instead of ARNs, as dynalite knows its tables. */
export function byName(params: JsonObject): JsonObject {
  const { TableName, RequestItems } = params
  const items = isObject(RequestItems) ? { RequestItems: renamed(RequestItems, nameOnly) } : {}
  return { ...params, ...(typeof TableName === 'string' ? { TableName: nameOnly(TableName) } : {}), ...items }
}

/** A batch is answered under the names that were used in it. */
export function asAsked({ RequestItems }: JsonObject, answered: JsonObject): JsonObject {
  if (!isObject(RequestItems)) return answered
  const asked = new Map(Object.keys(RequestItems).map((text) => [nameOnly(text), text]))
  const back = (name: string) => asked.get(name) ?? name
  const parts = ['Responses', 'UnprocessedKeys', 'UnprocessedItems'] as const
  const put = parts.flatMap((part) => {
    const of = answered[part]
    return isObject(of) ? [[part, renamed(of, back)] as const] : []
  })
  return { ...answered, ...Object.fromEntries(put) }
}

const nameOnly = (text: string) => (text.startsWith('arn:') ? text.slice(text.indexOf('/') + 1) : text)

const renamed = (of: JsonObject, name: (text: string) => string): JsonObject =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [name(key), value]))

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Refuses unless the caller may do it to the table, or to an index of it. @param policy the table's own */
export function requireLeave(
  stage: Stage,
  call: Call,
  { account, arn }: TablePlace,
  policy: PolicyDocument | undefined,
): void {
  const index = textOf(call.params, 'IndexName')
  const [action, resource] = [`dynamodb:${call.action}`, index === undefined ? arn : `${arn}/index/${index}`]
  const { principal } = call.caller
  const question = { action, resource, context: callerContext(call.caller) }
  const { effect, named } =
    policy === undefined
      ? { effect: 'none', named: 'nobody' as const }
      : evaluatePolicy(policy, { ...question, principal }, stage.report)
  const isOwn = account === principal.account
  const refusal =
    effect === 'deny'
      ? 'with an explicit deny in a resource-based policy'
      : (identityRefusal(stage, call.caller, question, isOwn ? named : 'nobody') ??
        (isOwn || effect === 'allow'
          ? undefined
          : `because no resource-based policy allows the ${action} action`))
  if (refusal !== undefined) throw accessDenied(call, action, resource, refusal)
}
