// How a result came about, for whoever wants to know afterwards. It is made when the evaluation is over, and paid for like
// everything else, out of what is left then, and with a share of all at most. What is small is always there; of what is large, and finds nothing left, there
// is a mark.

import type { Program, Statement } from '../syntax/tree.ts'
import { type Bytes, bytesToText } from '../values/bytes.ts'
import { Dict } from '../values/dict.ts'
import { List } from '../values/list.ts'
import { type Beginning, beginningOf, cut } from '../values/text.ts'
import type { Value } from '../values/value.ts'
import { toHost } from './border.ts'
import { describePolicy, describeStatement } from './describe.ts'
import type { Allowance, Meter } from './meter.ts'
import { positionIn, type RuleTrace, type Trace } from './result.ts'
import { Rule, type Unit } from './scope.ts'

/** The last assignment of each name at the top of a source. */
export const assignmentsIn = ({ statements }: Program): ReadonlyMap<string, Statement> =>
  new Map(
    statements.flatMap((node) =>
      node.kind === 'assignment' && node.target.kind === 'identifier'
        ? [[node.target.name, node] as const]
        : [],
    ),
  )

/** The trace of a source that has run, as far as it came. */
export function traceOf(
  { source, program, scope }: Unit,
  meter: Meter,
  assignments: ReadonlyMap<string, Statement>,
): Trace {
  const named = [...scope.variables].filter(
    (one): one is [string, Rule] => one[1] instanceof Rule && one[1].state === 'done',
  )
  const ascending = named.toSorted(([, a], [, b]) => a.node.span.start - b.node.span.start)
  const show = shower(meter)
  const rules = ascending.map(([name, { node, value }]): RuleTrace => {
    const statement = assignments.get(name)
    return {
      name,
      description: statement === undefined ? '' : describeStatement(source, program, statement),
      position: positionIn(source, statement?.span.start ?? node.span.start),
      ...show(value),
    }
  })
  const rank = ({ name }: RuleTrace) => (name === 'main' ? '' : name)
  return {
    description: describePolicy(source, program),
    rules: rules.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)),
  }
}

type Shown = Pick<RuleTrace, 'value' | 'isCut' | 'text' | 'items' | 'more'>

/** What shows values, the same one as often as it comes. */
function shower(meter: Meter): (value: Value) => Shown {
  const known = new Map<Value, Beginning<string>>()
  const allowance = meter.allowance(traceShare)
  return (value) => {
    if (isSmall(value)) {
      return { value: toHost(value, free), isCut: false, ...textual(beginningOf(value, free)) }
    }
    const beginning =
      known.get(value) ?? orNothing(allowance, () => textual(beginningOf(value, allowance))) ?? none
    known.set(value, beginning)
    const whole = orNothing(allowance, () => ({ value: toHost(value, allowance) }))
    return { value: whole?.value, isCut: whole === undefined, ...beginning }
  }
}

const textual = ({ text, items, more }: Beginning<Bytes>): Beginning<string> => ({
  text: bytesToText(text),
  items: items?.map(bytesToText),
  more,
})

const none: Beginning<string> = { text: bytesToText(cut), items: undefined, more: 0 }

const free = { step: () => {}, pay: () => {} }

/** Of the bytes of an evaluation traces have one in so many. */
const traceShare = 4

/** A text of at most so many bytes is small. */
const smallText = 64

const isSmall = (value: Value) =>
  typeof value === 'string' ? value.length <= smallText : !(value instanceof List || value instanceof Dict)

/** A value that is too deep to be shown, cannot be read, or finds nothing left to pay with, does not spoil the result. */
function orNothing<T>({ exhausted }: Allowance, make: () => T): T | undefined {
  if (exhausted) return undefined
  try {
    return make()
  } catch {
    return undefined
  }
}
