// Two evaluations of one case, and whether a host could tell them apart.

import type { Answer, EvaluationInputs, Imports, Result } from '../../src/lang/index.ts'
import { unusable } from '../../src/lang/run/outcome.ts'
import type { Case } from './case.ts'
import type { Engine } from './engines.ts'

/** Made-up programs are small; what needs or prints more than this is not worth waiting for. */
const limits = { steps: 300_000, output: 50_000 }
/** How often an evaluation may ask for a fact. */
const maxRounds = 5

/** What one engine made of a case, as text: each evaluation, and each fact that it asked for. */
export type Told = { readonly text: string; readonly last: Result | undefined; readonly hitLimit: boolean }

/** Evaluates a case, then without its globals, then again: nothing may be left over from one to the next. */
export function told(engine: Engine, one: Case): Told {
  try {
    const run = engine({ name: 'policy.sentinel', text: one.text }, importsOf(one))
    const first = withAnswers(run, one)
    const second = withAnswers(run, { ...one, globals: new Map(), now: one.now + 1n })
    const all = [...first, ...second, ...withAnswers(run, one)]
    const broken = all.find(({ error }) => error?.message.startsWith(unusable))
    // All that these cases give can be used, so this is a bug, and none that two engines may share.
    if (broken !== undefined) throw new Error(`${engine.name}: ${broken.error?.message}`)
    return { text: all.map(asText).join('\n'), last: first.at(-1), hitLimit: all.some(isOverLimit) }
  } catch (thrown) {
    // Nothing that a policy does may throw: the stack says more than the message.
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    return { text: `THROWN ${text}`, last: undefined, hitLimit: false }
  }
}

/** Whether an evaluation was ended by a limit; where exactly is each evaluator's own business. */
const isOverLimit = ({ error }: Result) =>
  /^(?:more than \d+ (?:steps|bytes printed)$|values of more than )/.test(error?.message ?? '')

/** Evaluates, and again with each fact that is asked for. */
function withAnswers(run: (inputs: EvaluationInputs) => Result, one: Case): readonly Result[] {
  const answers = new Map<string, Answer>()
  const results: Result[] = []
  for (let round = 0; round < maxRounds; round++) {
    const result = run(inputsOf(one, answers))
    results.push(result)
    if (result.need === undefined) break
    answers.set(result.need.key, answerTo(result.need.key))
  }
  return results
}

function inputsOf(one: Case, answers: ReadonlyMap<string, Answer>): EvaluationInputs {
  const { globals, params, now, http, asObjects } = one
  const named = asObjects ? plainObject : <T>(all: ReadonlyMap<string, T>) => all
  return { globals: named(globals), params: named(params), answers, now, http, limits }
}

function importsOf({ modules: texts, data, asObjects }: Case): Imports {
  const modules = new Map([...texts].map(([path, text]) => [path, { name: `${path}.sentinel`, text }]))
  return asObjects ? { modules: plainObject(modules), data: plainObject(data) } : { modules, data }
}

/** An object with these own fields, `__proto__` among them. */
function plainObject<T>(all: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  const made: Record<string, T> = {}
  for (const [name, value] of all) Object.defineProperty(made, name, { value, enumerable: true })
  return made
}

/** What hosts answer: mostly what was asked for. The same question has the same answer. */
function answerTo(key: string): Answer {
  let hash = 0
  for (const letter of key) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0
  hash = ((hash ^ (hash >>> 11)) >>> 0) % 1000
  const response = (status: number) => ({
    value: { status_code: status, headers: { a: 'b' }, body: '{"a": 1}' },
  })
  if (hash % 10 < 7) return response(200)
  return hash % 10 === 7 ? response(404) : hash % 10 === 8 ? { error: 'no route to the host' } : { value: 7 }
}

/** Everything of a result that a host can see; the trace is recorded by one evaluator only. */
function asText({ status, value, print, error, undefinedAt, need, diagnostics }: Result): string {
  return [
    `status ${status}`,
    `value ${shown(value)}`,
    ...print.map((line) => `print ${JSON.stringify(line)}`),
    error && `error ${place(error)} ${error.span.start}-${error.span.end} ${JSON.stringify(error.message)}`,
    undefinedAt && `undefined at ${place(undefinedAt)}`,
    need && `need ${need.key} ${shown(need.ask)}`,
    ...diagnostics.map(({ message, span }) => `diagnostic ${span.start}-${span.end} ${message}`),
  ]
    .filter((line) => line !== undefined)
    .join('\n')
}

const place = ({
  file,
  line,
  column,
  offset,
}: {
  file: string
  line: number
  column: number
  offset: number
}) => `${file}:${line}:${column} (${offset})`

/** A host's value as text: numbers and bigints apart, order kept. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (value instanceof Map)
    return `{${[...value].map(([key, one]) => `${shown(key)}: ${shown(one)}`).join(', ')}}`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{${Object.entries(value)
    .map(([key, one]) => `${key}: ${shown(one)}`)
    .join(', ')}}`
}
