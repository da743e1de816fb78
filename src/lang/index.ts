// The Sentinel policy language: sources to trees, trees to results. Pure: what it needs it is given.

export { check } from './syntax/check.ts'
export type { Parsed } from './syntax/parser.ts'
export { parse } from './syntax/parser.ts'
export type { Program } from './syntax/tree.ts'
