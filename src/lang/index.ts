// The Sentinel policy language: sources to trees, trees to text and to results. Pure: what it needs it is given.

export type { Formatted } from './format/format.ts'
export { format } from './format/format.ts'
export { check } from './syntax/check.ts'
export type { Parsed } from './syntax/parser.ts'
export { parse } from './syntax/parser.ts'
export type { Program } from './syntax/tree.ts'
