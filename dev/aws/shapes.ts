// What a request may hold: for each member the type and the constraints that the operation's page in the service's
// API Reference gives ("Type", "Length Constraints", "Valid Range", "Pattern", "Valid Values", "Required"). Every call
// is held to them before it is carried out, in the words that AWS's services use: all problems at once, each naming
// member and constraint. What was sent under another type is refused, never taken for what was not sent; some of AWS's
// services convert some of it (DynamoDB reads "true"), which is not documented, and nothing may rely on it. Members
// that the reference does not have are passed over, as AWS does. model.test.ts holds the shapes against botocore's.

import { AwsError, type Json, type JsonObject } from './wire.ts'

type Range = { readonly min?: number; readonly max?: number }
type Text = Range & {
  readonly kind: 'text'
  /** Anchored at both ends. */
  readonly pattern?: RegExp
  readonly oneOf?: readonly string[]
}
type Whole = Range & { readonly kind: 'whole' }
type List = Range & { readonly kind: 'list'; readonly of: Shape }

/** A structure, by its members' names on the wire. */
export type Structure = { readonly kind: 'structure'; readonly members: Readonly<Record<string, Member>> }

/** `moment` is a time as JSON services write it: seconds since the Unix epoch. */
export type Shape = Text | Whole | List | Structure | { readonly kind: 'flag' } | { readonly kind: 'moment' }

/** A shape, and what is to be said of it where it stands in a structure. */
export type Member = Shape & {
  readonly needed?: boolean
  /** The error code for what is wrong with it, where the operation has one of its own. */
  readonly code?: string
  /** The local AWS has no such thing: who sends it, correctly, is told so. */
  readonly notHere?: boolean
}

export const text = (limits: Omit<Text, 'kind'> = {}): Text => ({ kind: 'text', ...limits })
export const whole = (limits: Range = {}): Whole => ({ kind: 'whole', ...limits })
export const list = (of: Shape, limits: Range = {}): List => ({ kind: 'list', of, ...limits })
export const structure = (members: Structure['members']): Structure => ({ kind: 'structure', members })
export const flag = { kind: 'flag' } as const
export const moment = { kind: 'moment' } as const
export const needed = <S extends Shape>(shape: S): S & { readonly needed: true } => ({
  ...shape,
  needed: true,
})
export const notHere = <S extends Shape>(shape: S): S & { readonly notHere: true } => ({
  ...shape,
  notHere: true,
})

/** How a request was written, and what its service says of a member that breaks its constraint. */
export type Reading = { readonly form: boolean; readonly code: string }

type Problem = {
  readonly at: string
  readonly value: Json | undefined
  readonly kind: 'type' | 'constraint' | 'not here'
  readonly what: string
  readonly code?: string | undefined
}

/**
 * Refuses what does not have the shape.
 *
 * @throws AwsError SerializationException for a wrong type in JSON; the service's or the member's own code for a broken
 *   constraint, and for a wrong type in a form; NotImplemented for what the local AWS has not
 */
export function checkInput(input: Structure, sent: JsonObject, reading: Reading): void {
  const problems = [...problemsOf(input, sent, '', reading)]
  const wrongType = problems.find(({ kind }) => kind === 'type')
  if (wrongType !== undefined && !reading.form) {
    const { at, value, what } = wrongType
    throw new AwsError('SerializationException', `'${at}': ${JSON.stringify(value)} is no ${what}`)
  }
  const broken = problems.filter(({ kind }) => kind !== 'not here')
  if (broken.length > 0) {
    const count = `${broken.length} validation error${broken.length === 1 ? '' : 's'} detected`
    const code = broken.find((problem) => problem.code !== undefined)?.code ?? reading.code
    throw new AwsError(code, `${count}: ${broken.map(sentence).join('; ')}`)
  }
  const [missing] = problems
  if (missing !== undefined) throw new AwsError('NotImplemented', `The local AWS has no '${missing.at}'`, 501)
}

function sentence({ at, value, kind, what }: Problem): string {
  const shown = value === undefined || value === null ? 'null' : `'${shownValue(value)}'`
  const constraint = kind === 'type' ? `Member must be of type ${what}` : what
  return `Value ${shown} at '${at}' failed to satisfy constraint: ${constraint}`
}

const shownValue = (value: Json) => (typeof value === 'object' ? JSON.stringify(value) : String(value))

function* problemsOf(shape: Member, value: Json, at: string, reading: Reading): Generator<Problem> {
  const problem = (kind: Problem['kind'], what: string): Problem => ({
    at,
    value,
    kind,
    what,
    code: shape.code,
  })
  const read = readAs(shape, value, reading)
  if (read === undefined) return yield problem('type', typeNames[shape.kind])
  for (const what of brokenLimits(shape, read)) yield problem('constraint', what)
  if (shape.kind === 'list') {
    for (const [i, item] of (read as readonly Json[]).entries()) {
      yield* problemsOf({ ...shape.of, ...codeOf(shape) }, item, `${at}.${i + 1}.member`, reading)
    }
  }
  if (shape.kind === 'structure') {
    yield* memberProblems(shape, read as JsonObject, at === '' ? '' : `${at}.`, reading)
  }
  if (shape.notHere === true) yield problem('not here', '')
}

function* memberProblems(
  shape: Structure & Member,
  sent: JsonObject,
  before: string,
  reading: Reading,
): Generator<Problem> {
  for (const [name, member] of Object.entries(shape.members)) {
    const at = `${before}${name.charAt(0).toLowerCase()}${name.slice(1)}`
    // `null` is what was not sent ("AWS JSON 1.1 protocol").
    const value = (Object.hasOwn(sent, name) ? sent[name] : undefined) ?? undefined
    const inner: Member = { ...codeOf(shape), ...member }
    if (value !== undefined) yield* problemsOf(inner, value, at, reading)
    else if (member.needed === true) {
      yield { at, value, kind: 'constraint', what: 'Member must not be null', code: inner.code }
    }
  }
}

const codeOf = ({ code }: Member) => (code === undefined ? {} : { code })

const typeNames: Readonly<Record<Shape['kind'], string>> = {
  text: 'String',
  whole: 'Integer',
  flag: 'Boolean',
  moment: 'Timestamp',
  list: 'List',
  structure: 'Structure',
}

/** The value as what the shape is; undefined when it is none. In a form everything is text to begin with. */
function readAs(shape: Shape, value: Json, { form }: Reading): Json | undefined {
  if (form && shape.kind === 'whole') return /^-?\d+$/.test(String(value)) ? Number(value) : undefined
  // boto3 sends an empty list in a form as an empty text.
  if (form && shape.kind === 'list' && value === '') return []
  return isOfKind[shape.kind](value) ? value : undefined
}

const isOfKind: Readonly<Record<Shape['kind'], (value: Json) => boolean>> = {
  text: (value) => typeof value === 'string',
  whole: (value) => Number.isInteger(value),
  flag: (value) => typeof value === 'boolean',
  moment: (value) => typeof value === 'number',
  list: (value) => Array.isArray(value),
  structure: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

/** What AWS says of each limit that a value of the right type breaks. */
function* brokenLimits(shape: Shape, value: Json): Generator<string> {
  if (shape.kind === 'flag' || shape.kind === 'moment' || shape.kind === 'structure') return
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = shape
  const [size, measure] =
    shape.kind === 'whole' ? [Number(value), 'value'] : [(value as string | readonly Json[]).length, 'length']
  if (size < min) yield `Member must have ${measure} greater than or equal to ${min}`
  if (size > max) yield `Member must have ${measure} less than or equal to ${max}`
  if (shape.kind !== 'text') return
  const { pattern, oneOf } = shape
  if (pattern !== undefined && !pattern.test(String(value))) {
    const source = pattern.source.replace(/^\^|\$$/g, '')
    yield `Member must satisfy regular expression pattern: ${source}`
  }
  if (oneOf !== undefined && !oneOf.includes(String(value))) {
    yield `Member must satisfy enum value set: [${oneOf.join(', ')}]`
  }
}
