// Faults on demand: what a test says shall go wrong with which calls. A fault either stands in for the
// operation (throttle, deny, error, reset) or spoils its answer (empty, truncated, changed); `wait` holds the
// call until the test's promise is settled, so nobody sleeps.

import { AwsError, type Json, type JsonObject, type Reply, type ServiceName } from './wire.ts'

/** Which calls; what is left out matches every one. */
export type FaultMatch = {
  readonly service?: ServiceName
  readonly action?: string
  readonly accessKeyId?: string
  /** How many calls; default all. */
  readonly times?: number
}

export type Fault =
  | { readonly kind: 'throttle' }
  | { readonly kind: 'deny' }
  /** An error answer, by default an internal failure with status 500. */
  | { readonly kind: 'error'; readonly status?: number; readonly code?: string; readonly message?: string }
  /** The connection ends without an answer. */
  | { readonly kind: 'reset' }
  /** The operation is carried out, and then the connection ends without an answer. */
  | { readonly kind: 'lost' }
  /** The call is held until this is settled. */
  | { readonly kind: 'wait'; readonly until: Promise<unknown> }
  /** Status 200 with nothing in it. */
  | { readonly kind: 'empty' }
  /** The first half of the body, with a length that fits it. */
  | { readonly kind: 'truncated' }
  /** Members of the result are replaced, at a path such as `Parameter.Value`; `undefined` leaves them out. */
  | { readonly kind: 'members'; readonly set: ReadonlyMap<string, Json | undefined> }

/** A fault in force. */
export type FaultHandle = {
  /** How many calls it has struck. */
  readonly hits: number
  remove(): void
}

type Seen = {
  readonly service: ServiceName
  readonly action: string
  readonly accessKeyId: string | undefined
}
type Rule = { readonly match: FaultMatch; readonly fault: Fault; hits: number }

export type Faults = {
  add(match: FaultMatch, fault: Fault): FaultHandle
  /** The waits that hold this call, and the one other fault that strikes it. */
  take(call: Seen): { readonly waits: readonly Promise<unknown>[]; readonly fault: Fault | undefined }
}

/** Keeps the faults in force. The first that was added strikes first. */
export function faultBoard(): Faults {
  const rules = new Set<Rule>()
  const strikes = (rule: Rule, call: Seen) =>
    rule.hits < (rule.match.times ?? Number.POSITIVE_INFINITY) &&
    (rule.match.service ?? call.service) === call.service &&
    (rule.match.action ?? call.action) === call.action &&
    (rule.match.accessKeyId ?? call.accessKeyId) === call.accessKeyId
  return {
    add(match, fault) {
      const rule: Rule = { match, fault, hits: 0 }
      rules.add(rule)
      return {
        get hits() {
          return rule.hits
        },
        remove: () => void rules.delete(rule),
      }
    },
    take(call) {
      const struck = [...rules].filter((rule) => strikes(rule, call))
      const waits = struck.filter((rule) => rule.fault.kind === 'wait')
      const other = struck.find((rule) => rule.fault.kind !== 'wait')
      for (const rule of other === undefined ? waits : [...waits, other]) rule.hits++
      return {
        waits: waits.flatMap(({ fault }) => (fault.kind === 'wait' ? [fault.until] : [])),
        fault: other?.fault,
      }
    },
  }
}

/** The error that a fault makes of a call; undefined when the call is to be carried out. */
export function faultError(
  fault: Fault | undefined,
  service: ServiceName,
  action: string,
): AwsError | undefined {
  switch (fault?.kind) {
    case 'throttle':
      return new AwsError(
        throttleCode.get(service) ?? 'ThrottlingException',
        'Rate exceeded',
        service === 'sso' ? 429 : 400,
      )
    case 'deny':
      return denied(service, action)
    case 'error':
      return new AwsError(
        fault.code ?? (service === 'sts' ? 'InternalFailure' : 'InternalServerError'),
        fault.message ?? 'We encountered an internal error. Please try again.',
        fault.status ?? 500,
      )
    default:
      return undefined
  }
}

const throttleCode: ReadonlyMap<ServiceName, string> = new Map([
  ['sts', 'Throttling'],
  ['sso', 'TooManyRequestsException'],
])

function denied(service: ServiceName, action: string): AwsError {
  const message = `User is not authorized to perform: ${service}:${action} with an explicit deny in a service control policy`
  if (service === 'sts') return new AwsError('AccessDenied', message, 403)
  if (service === 'sso') return new AwsError('ForbiddenException', 'No access', 403)
  return new AwsError('AccessDeniedException', message)
}

/** The result with the members of the fault replaced. */
export function spoilResult(fault: Fault | undefined, result: JsonObject): JsonObject {
  if (fault?.kind !== 'members') return result
  return [...fault.set].reduce((spoilt, [path, value]) => replaced(spoilt, path.split('.'), value), result)
}

function replaced(
  object: JsonObject,
  [step = '', ...rest]: readonly string[],
  value: Json | undefined,
): JsonObject {
  const inner = object[step]
  const below =
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as JsonObject) : {}
  return { ...object, [step]: rest.length === 0 ? value : replaced(below, rest, value) }
}

/** The reply as the fault leaves it. */
export function spoilReply(fault: Fault | undefined, reply: Reply): Reply {
  if (fault?.kind === 'empty') return { ...reply, body: '' }
  if (fault?.kind === 'truncated') return { ...reply, body: reply.body.slice(0, reply.body.length / 2) }
  return reply
}
