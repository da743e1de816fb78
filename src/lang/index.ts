// The Sentinel policy language: sources to trees, trees to text and to results. Pure: what it needs it is given.
// This is also the library `sentinel-gateway/lang`; test/data/lang.d.cts is its face.

export type { Diagnostic, Source, Span } from '../source/index.ts'
export { draw } from '../source/index.ts'

export type { Formatted } from './format/format.ts'
export { format } from './format/format.ts'
export type { HttpQuestion } from './imports/http.ts'
export { standardImports } from './imports/names.ts'
export { lint } from './lint/lint.ts'
export type { CompileOptions, EvaluationInputs, Imports, Named, Parameter, Policy } from './policy.ts'
export { compile, evaluate } from './policy.ts'
export type { HostValue } from './run/border.ts'
export type { Limits } from './run/meter.ts'
export { defaultLimits } from './run/meter.ts'
export type { Answer, Need } from './run/need.ts'
export type { EvaluationError, Location, Result, RuleTrace, Status, Trace } from './run/result.ts'
export { check } from './syntax/check.ts'
export type { Parsed } from './syntax/parser.ts'
export { parse } from './syntax/parser.ts'
export type { SourceLike } from './syntax/source.ts'
export type { Expression, Program, Statement } from './syntax/tree.ts'
export { Float } from './values/float.ts'
