// What callers without types, and hosts with odd data, get to see: results, never an exception.

import { describe, expect, it } from 'vitest'
import { format } from './format/format.ts'
import { lint } from './lint/lint.ts'
import {
  compile,
  type EvaluationInputs,
  evaluate,
  evaluateGenerally,
  evaluateGenerated,
  evaluateWalked,
} from './policy.ts'
import { parse } from './syntax/parser.ts'
import type { SourceLike } from './syntax/source.ts'

const evaluators = [evaluateWalked, evaluateGenerated, evaluateGenerally]
const wanted = 'a source is a text, or an object with `name` and `text`'

describe('what is no source is invalid, at its beginning', () => {
  for (const given of [null, undefined, 5, {}, { name: 'a' }, { name: 'a', text: null }, []]) {
    it(JSON.stringify(given) ?? 'undefined', () => {
      const source = given as unknown as SourceLike
      const { status, error, diagnostics } = evaluate(source)
      expect([status, error?.file, error?.line, error?.column]).toEqual(['invalid', 'policy.sentinel', 1, 1])
      expect([error?.message, diagnostics[0]?.message]).toEqual([wanted, wanted])
      expect(parse(source).diagnostics[0]?.message).toBe(wanted)
      expect(lint(source)[0]?.message).toBe(wanted)
      expect(format(source)).toMatchObject({ kind: 'invalid' })
    })
  }

  it('a module too, with its path', () => {
    const modules = { m: null as unknown as SourceLike }
    expect(evaluate('main = true', { modules }).error).toMatchObject({ file: 'm', message: wanted })
  })

  it('a text without a name has the usual one', () => {
    const source = { text: 'main = x' } as SourceLike
    expect(evaluate(source).error?.file).toBe('policy.sentinel')
  })
})

const throwing = (what = 'no') => {
  throw new Error(what)
}
const getter = Object.defineProperty({ good: 1 }, 'bad', { enumerable: true, get: () => throwing() })
const trap = new Proxy(
  {},
  {
    get: () => throwing(),
    ownKeys: () => throwing(),
    has: () => throwing(),
    getOwnPropertyDescriptor: () => throwing(),
  },
)
const sparse = Object.assign([], { 1: 1, 3: 2 })
const nothing = {
  get a() {
    throw null
  },
}
const list = Object.defineProperty([1, 2], 1, { get: () => throwing() })

const unusable = 'what the host gave cannot be used: '

type Odd = readonly [name: string, text: string, inputs: unknown, want: string]

// biome-ignore format: table
const odd: readonly Odd[] = [
  ['a getter that throws', 'main = g.bad is 1', { globals: { g: getter } }, `1:8: ${unusable}no`],
  ['one that is not looked at', 'main = 1 is 1', { globals: { g: getter } }, 'pass'],
  ['one among the elements', 'main = all g as k, v { v is 1 }', { globals: { g: getter } }, `1:12: ${unusable}no`],
  ['one among the globals', 'main = bad is 1', { globals: getter }, `1:1: ${unusable}no`],
  ['one among the parameters', 'param bad\nmain = bad is 1', { params: getter }, `1:1: ${unusable}no`],
  ['one in a list', 'main = all g as v { v > 0 }', { globals: { g: list } }, `1:12: ${unusable}no`],
  ['one in the result', 'main = g', { globals: { g: [getter] } }, `1:1: ${unusable}no`],
  ['a proxy', 'main = g.a is 1', { globals: { g: trap } }, `1:8: ${unusable}no`],
  ['a proxy in a proxy', 'main = a.a is 1', { globals: new Proxy({ a: trap }, {}) }, `1:8: ${unusable}no`],
  ['a proxy as globals', 'main = a is 1', { globals: trap }, `1:1: ${unusable}no`],
  ['something thrown that is no error', 'main = a is 1', { globals: nothing }, `1:1: ${unusable}object`],
  ['data', 'import "d"\nmain = d.bad is 1', { data: { d: getter } }, `2:8: ${unusable}no`],
  ['an instant that is no number', 'main = 1 is 1', { now: Number.NaN }, `1:1: ${unusable}The number NaN cannot be converted to a BigInt because it is not an integer`],
  ['a zone that throws', 'import "time"\nmain = time.now.hour is 1', { zone: { name: 'x', offsetSeconds: () => throwing() } }, `2:8: ${unusable}no`],
  ['a clock that throws', 'main = all range(9999) as x { x >= 0 }', { limits: { clock: { now: () => throwing() } } }, `1:12: ${unusable}no`],
  ['answers that are none', 'import "http"\nmain = http.get("https://a").status_code is 1', { http: true, answers: 5 }, 'need'],
  ['null for everything', 'param p default 1\nmain = p is 1', { globals: null, params: null, answers: null, limits: null, zone: null, modules: null, data: null, now: null }, 'pass'],
  ['null for the inputs', 'main = 1 is 1', null, 'pass'],
  ['a list with nothing at some places', 'print(g)\nmain = g[0] is undefined', { globals: { g: sparse } }, 'undefined [undefined 1 undefined 2]'],
  ['a list with nothing at some places, gone through', 'main = length(filter g as x { x is not defined or x > 1 }) is 3', { globals: { g: sparse } }, 'pass'],
]

describe('odd data of a host is an error of the evaluation, or harmless', () => {
  for (const [name, text, inputs, want] of odd) {
    it(name, () => {
      for (const evaluator of evaluators) {
        const { status, error, print } = evaluator(compile(text), inputs as EvaluationInputs)
        const told = [status, ...print].join(' ')
        expect(error === undefined ? told : `${error.line}:${error.column}: ${error.message}`).toBe(want)
      }
    })
  }
})
