// A policy author's folder: configuration, mocks, modules, parameters, and what they give to an evaluation. Files are
// read through what the caller gives.

export { readAssignment, readGiven } from './assignment.ts'
export type { Configuration, Level, PolicyBlock, Provided, Trust } from './configuration.ts'
export type { Files, Finding, Shelf } from './files.ts'
export { isBroken, openShelf } from './files.ts'
export { inputsOf, openPolicy } from './inputs.ts'
export type { Outcome, Paint } from './outcome.ts'
export {
  exitStatusOf,
  findingLines,
  outcomeJson,
  outcomeOf,
  outcomeText,
  traceJson,
  valueJson,
} from './outcome.ts'
export type { Project } from './project.ts'
export { readConfiguration, readProject } from './project.ts'
export { settle } from './settle.ts'
export type { Look } from './trace.ts'
export { traceLines, wordOf } from './trace.ts'
