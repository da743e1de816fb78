// A policy author's folder: configuration, mocks, modules, parameters, and what they give to an evaluation. Files are
// read through what the caller gives.

export type { Configuration, Level, PolicyBlock, Provided, Trust } from './configuration.ts'
export type { Files, Finding, Shelf } from './files.ts'
export { isBroken, openShelf } from './files.ts'
export type { Project } from './project.ts'
export { inputsOf, openPolicy, readConfiguration, readProject } from './project.ts'
