// A policy author's folder: configuration, mocks, modules, parameters, and what they give to an evaluation. Files are
// read through what the caller gives.

export { readAssignment, readGiven } from './assignment.ts'
export type { Suite, Wanted } from './cases.ts'
export { everyCase, openSuiteShelf, readWanted, suiteOf } from './cases.ts'
export type { Configuration, Level, PolicyBlock, Provided, Trust } from './configuration.ts'
export type { Files, Finding, Shelf } from './files.ts'
export { isBroken, mostTogether, openShelf } from './files.ts'
export { bytesBeside, inputsOf, limitsWithin, openPolicy } from './inputs.ts'
export type { Court } from './judge.ts'
export { judge, notTried } from './judge.ts'
export type { Outcome, Paint, Show } from './outcome.ts'
export {
  exitStatusOf,
  findingJson,
  findingLines,
  noOutcomeJson,
  outcomeJson,
  outcomeOf,
  outcomeText,
  timeIsUp,
  valueJson,
} from './outcome.ts'
export type { Project } from './project.ts'
export { readConfiguration, readProject } from './project.ts'
export type { CaseReport, PaintVerdict, SuiteReport } from './report.ts'
export { caseReport, mostTold, suiteReport, suitesJson, suiteText } from './report.ts'
export { settle } from './settle.ts'
export type { Look } from './trace.ts'
export { traceLines } from './trace.ts'
export { resultsTooLarge } from './weight.ts'
